"""The form of a concept's words: a list in each field, one word on a line."""

from collections.abc import Callable
from datetime import datetime
from typing import Self

from wtforms import HiddenField

from innovation.core.errors import ConflictError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.text import clean_line
from innovation.search.actions import ConceptDraft
from innovation.search.concepts import KnownConcept
from innovation.vocabulary import LISTS
from innovation.web.forms import Form, TextField


class ConceptForm(Form):
    """A concept. It knows when the concept was last changed before its page was shown."""

    seen = HiddenField()
    fi = TextField(_("Names"))
    everyday = TextField(_("The same in everyday words"))
    dialect = TextField(_("The same in speech and dialect"))
    near = TextField(_("Words around the matter"))
    sv = TextField(_("In Swedish"))
    en = TextField(_("In English"))
    stale = False

    @classmethod
    def of(cls, known: KnownConcept) -> Self:
        """Make the form with the words as they are now."""
        lists = {name: "\n".join(known.concept.words(name)) for name in LISTS}
        return cls(data={"seen": _stamp(known), **lists})

    def add(self, name: str, word: str) -> None:
        """Write one more word at the end of a list, to be saved with it."""
        written = self[name].data or ""
        if word and word not in written.split("\n"):
            self[name].data = f"{written}\n{word}".strip()

    @property
    def status(self) -> int:
        """Tell how the page with this form is answered: 200, 409 (somebody was faster) or 422."""
        return 409 if self.stale else 422 if self.errors else 200

    def draft(self) -> ConceptDraft:
        """Give what the form says; an unreadable stamp counts as none."""
        words = {name: self._words(name) for name in LISTS}
        try:
            seen = datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            seen = None
        return ConceptDraft(words, seen if seen and seen.tzinfo else None)

    def save(self, action: Callable[[], object], now: Callable[[], KnownConcept]) -> bool:
        """Run the action; tell whether it was done.

        When somebody was faster, the form keeps what was typed and can be sent again; the lists
        that differ from what is saved now say so.
        """
        try:
            self.attempt(action)
        except ConflictError as conflict:
            known = now()
            self.stale = True
            self.form_errors = [str(conflict.message)]
            self.seen.data = _stamp(known)
            for name in LISTS:
                if known.concept.words(name) != self._words(name):
                    saved = ", ".join(known.concept.words(name)) or _("empty")
                    text = _("%(field)s, saved now: %(value)s", field=self[name].label.text,
                             value=saved)  # fmt: skip
                    self[name].errors = [str(text)]
        return not self.errors

    def _words(self, name: str) -> tuple[str, ...]:
        return tuple(filter(None, map(clean_line, (self[name].data or "").split("\n"))))


def _stamp(known: KnownConcept) -> str:
    return known.changed_at.isoformat() if known.changed_at else ""
