"""The form of an answer: where the idea goes, why, what happens next, what it would do."""

from collections.abc import Iterable
from typing import Any, Self

from flask import request
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput

from innovation.answers.drafts import (
    LONGEST_TEXT,
    AnswerDraft,
    Elsewhere,
    Judgement,
    existing_choices,
    possible,
)
from innovation.answers.lifecycle import WORDS
from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.i18n import pick
from innovation.ideas.labels import receiver
from innovation.ideas.lifecycle import STATUS_LABELS
from innovation.moderation.passing import receivers
from innovation.programme.fields import DayField
from innovation.programme.queries import snapshot
from innovation.web.forms import Form, LineField, TextField
from innovation.web.locale import language


class AnswerForm(Form):
    """An answer to one idea. Criteria have a field for the word and one for the sentence each."""

    handling = RadioField(_("What happens to the idea?"), validate_choice=False)
    text = TextField(
        _("The answer and its reason"),
        description=_("The author and everybody else read this."),
    )
    step = LineField(_("What happens next"))
    step_on = DayField(_("By when"), description=_("Day, month, year. Example: 15.12.2026"))
    to = SelectField(_("To whom?"), validate_choice=False)
    other = LineField(_("Somebody else"))
    existing = SelectField(_("An operating model in the library"), validate_choice=False)
    elsewhere_name = LineField(_("Its name"))
    elsewhere_url = LineField(_("Link"))
    elsewhere_sentence = LineField(_("In one sentence"))
    impact_tags = SelectMultipleField(
        _("What would it improve?"), validate_choice=False, option_widget=CheckboxInput()
    )
    named = BooleanField(_("Show my name with the answer"))
    seen = HiddenField()
    source = HiddenField()
    limit = LONGEST_TEXT
    now = ""

    @classmethod
    def of(cls, idea: Any, *, sent: bool = False, **data: Any) -> Self:
        """Give the form for this idea, fresh with `data` or as it was sent."""
        made = type("AnswerFormOfProgramme", (cls,), _criteria_fields())
        form: Self = made(request.form if sent else None, data=data)
        form.now = idea.handling
        form.handling.choices = [
            SelectChoice(code, str(STATUS_LABELS[code])) for code in possible(idea.handling)
        ]
        doors = [SelectChoice(code, str(receiver(code))) for code, _kind in receivers()]
        form.to.choices = [SelectChoice("", str(_("Choose"))), *doors]
        known = [SelectChoice(value, name) for value, name in existing_choices()]
        form.existing.choices = [SelectChoice("", str(_("None of these"))), *known]
        form.impact_tags.choices = [
            SelectChoice(one["id"], pick(one["name"], language())) for one in snapshot().impact_tags
        ]
        return form

    @property
    def criteria(self) -> list[tuple[str, Any, Any]]:
        """The criteria as (question, field of the word, field of the sentence)."""
        return [
            (
                pick(one["question"], language()),
                self[f"criterion_{one['id']}"],
                self[f"criterion_{one['id']}_sentence"],
            )
            for one in snapshot().criteria
        ]

    @property
    def assessed(self) -> bool:
        """Whether the assessment holds anything, or something is wrong there."""
        fields = [one for _question, *pair in self.criteria for one in pair]
        return any(one.data or one.errors for one in (*fields, self.impact_tags))

    @property
    def seen_entry(self) -> int:
        """The last entry of the timeline when the page was made; 0 makes the answer stale."""
        written = str(self.seen.data or "")
        return number_in(written) or 0

    def tell_all(self) -> None:
        """Tell what else is wrong, so that it is corrected in one go."""
        tell_all(self, self.draft().settled().problems(self.now))

    def draft(self) -> AnswerDraft:
        """Give what the form says; a day that is none is left out."""
        source = str(self.source.data or "")
        return AnswerDraft(
            handling=self.handling.data or "",
            text=self.text.data or "",
            step=self.step.data or "",
            step_on=None if self.step_on.errors else self.step_on.day,
            named=bool(self.named.data),
            criteria=self._judgements(),
            impact_tags=tuple(self.impact_tags.data or ()),
            elsewhere=Elsewhere(
                self.elsewhere_name.data or "",
                self.elsewhere_url.data or "",
                self.elsewhere_sentence.data or "",
            ),
            passed_to=self.other.data or self.to.data or "",
            existing=self.existing.data or "",
            source_id=number_in(source),
        )

    def _judgements(self) -> dict[str, Judgement]:
        said = {}
        for one in snapshot().criteria:
            name = f"criterion_{one['id']}"
            word, sentence = self[name].data or "", self[f"{name}_sentence"].data or ""
            if word or sentence:
                said[str(one["id"])] = Judgement(word, sentence)
        return said


def tell_all(form: Form, problems: Iterable[RuleBrokenError]) -> None:
    """Tell what is wrong at each field where nothing is told yet."""
    told = {field.name for field in form if field.errors}
    for broken in problems:
        at = broken.field or ""
        if at in form and at not in told:
            form[at].errors = [str(broken.message)]


def number_in(written: str) -> int | None:
    """Give the number of a row that a form carries; None for what can be none, however long."""
    fits = written.isascii() and written.isdigit() and len(written) < 10
    return int(written) if fits else None


def _criteria_fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    words = [
        SelectChoice(code, str(label)) for code, label in (("", _("Not assessed")), *WORDS.items())
    ]
    for one in snapshot().criteria:
        label = pick(one["name"], language())
        fields[f"criterion_{one['id']}"] = SelectField(label, choices=words, validate_choice=False)
        fields[f"criterion_{one['id']}_sentence"] = LineField(_("Why, in one sentence"))
    return fields
