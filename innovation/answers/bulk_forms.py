"""The form of one answer to many ideas."""

from collections.abc import Collection
from typing import Any

from wtforms import BooleanField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.answers.bulk import CHOOSE
from innovation.answers.drafts import LONGEST_TEXT, AnswerDraft
from innovation.answers.forms import tell_all
from innovation.answers.lifecycle import ANSWERS
from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.ideas.lifecycle import STATUS_LABELS, Handling
from innovation.moderation.bulk import Chosen
from innovation.programme.fields import DayField
from innovation.web.forms import Form, LineField, TextField

# To whom a matter is passed on is told idea by idea; what is described has been in use before.
_ALONE = frozenset({Handling.PASSED_ON, Handling.DESCRIBED})


class ManyForm(Form):
    """An answer for every idea that is marked, each as its number and the entry seen last."""

    picked = SelectMultipleField(_("Ideas"), validate_choice=False, choices=())
    handling = RadioField(_("What happens to the ideas?"), validate_choice=False)
    text = TextField(
        _("The answer and its reason"),
        description=_("Every author and everybody else read this."),
    )
    step = LineField(_("What happens next"))
    step_on = DayField(_("By when"), description=_("Day, month, year. Example: 15.12.2026"))
    named = BooleanField(_("Show my name with the answers"))
    limit = LONGEST_TEXT

    def __init__(self, *arguments: Any, **context: Any) -> None:
        """Offer what can be answered to many at once."""
        super().__init__(*arguments, **context)
        self.handling.choices = [
            SelectChoice(code, str(STATUS_LABELS[code])) for code in ANSWERS if code in self.offered
        ]

    @property
    def chosen(self) -> list[Chosen]:
        """What is marked; what is not a number of an idea is left out."""
        pairs = (str(value).partition(":")[::2] for value in self.picked.data or ())
        return [
            Chosen(int(number), int(seen))
            for number, seen in pairs
            if all(one.isascii() and one.isdigit() and len(one) < 10 for one in (number, seen))
        ]

    @property
    def offered(self) -> Collection[str]:
        """The codes of the choices."""
        return {str(code) for code in ANSWERS if code not in _ALONE}

    def tell_all(self) -> None:
        """Tell what else is wrong, so that it is corrected in one go."""
        draft = self.draft()
        choice = RuleBrokenError(CHOOSE, "handling")
        missing = () if draft.handling else (choice,)
        tell_all(self, (*missing, *draft.settled().problems(draft.handling or Handling.NEW)))

    def draft(self) -> AnswerDraft:
        """Give what the form says; a day that is none is left out."""
        handling = self.handling.data or ""
        return AnswerDraft(
            handling=handling if handling in self.offered else "",
            text=self.text.data or "",
            step=self.step.data or "",
            step_on=None if self.step_on.errors else self.step_on.day,
            named=bool(self.named.data),
        )
