"""The form of taking out: what the guard marked, and words that a moderator adds."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import request
from wtforms import HiddenField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput

from innovation.core.errors import ConflictError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.redactions.cases import RedactCase
from innovation.redactions.marks import Cut
from innovation.redactions.texts import KIND_LABELS
from innovation.web.forms import Form, LineField

ROWS = 5
LONGEST_WORDS = 500
_SHORTEST = 2
# What a moderator chooses from; identity codes go by themselves.
CHOSEN = {key: label for key, label in KIND_LABELS.items() if key != "code"}


class RedactForm(Form):
    """What is taken out: each found stretch is "kind words", own words stand in their fields."""

    found = SelectMultipleField(
        _("Marked by the text check"), validate_choice=False, option_widget=CheckboxInput()
    )
    seen = HiddenField()

    def prepare(self, case: RedactCase) -> None:
        """Offer what can be chosen; before anything is sent, what the guard marked is chosen."""
        known = {f"{one.cut.kind} {one.cut.words}": one for one in case.marked}
        self.found.choices = [
            SelectChoice(key, f"{KIND_LABELS[one.cut.kind]}: {one.cut.words}")
            for key, one in known.items()
        ]
        if request.method == "GET":
            self.found.data = [key for key, one in known.items() if one.sure]
            self.seen.data = case.seen
        self._known = {key: one.cut for key, one in known.items()}
        self._case = case

    @property
    def kinds(self) -> dict[str, LazyString]:
        """What a moderator chooses from, by the value of its field."""
        return CHOSEN

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The fields for own words, each with that of its kind."""
        return [(self[f"words_{n}"], self[f"kind_{n}"]) for n in range(1, ROWS + 1)]

    @property
    def cuts(self) -> list[Cut]:
        """What is to be taken out; words that stand nowhere are errors of their fields."""
        cuts = [self._known[key] for key in self.found.data or () if key in self._known]
        for words, kind in self.rows:
            if not words.data:
                continue
            cut = Cut(words.data, kind.data if kind.data in CHOSEN else "name")
            if not (_SHORTEST <= len(cut.words) <= LONGEST_WORDS) or self._case.unknown(cut):
                if not words.errors:
                    words.errors = [
                        _("This stands nowhere in the texts. Write the words as they stand there.")
                    ]
                continue
            cuts.append(cut)
        return cuts

    @property
    def only_looks(self) -> bool:
        """True when the moderator wants to see what the texts would become."""
        return request.form.get("step") != "take_out"

    def take_out(self, action: Callable[[Sequence[Cut]], None]) -> bool:
        """Run the action; when the texts have changed meanwhile, the page says so with new ones."""
        cuts = self.cuts
        if self.errors:
            return False
        try:
            self.attempt(lambda: action(cuts))
        except ConflictError as problem:
            self.form_errors = [str(problem.message)]
        return not self.errors

    @property
    def seen_entry(self) -> int:
        """The last entry of the timeline when the page was made; 0 makes the decision stale."""
        seen = str(self.seen.data or "")
        return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0


for _n in range(1, ROWS + 1):
    setattr(RedactForm, f"words_{_n}", LineField(_("Words")))
    setattr(
        RedactForm,
        f"kind_{_n}",
        SelectField(
            _("What it is"),
            choices=[SelectChoice(key, label) for key, label in CHOSEN.items()],
            validate_choice=False,
        ),
    )
