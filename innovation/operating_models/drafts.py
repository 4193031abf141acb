"""What somebody writes of a model and of its uses, and everything that can be wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from innovation.core import clock
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.i18n import Texts
from innovation.core.i18n import lazy_gettext as _
from innovation.core.text import has_words
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.operating_models.queries import phases
from innovation.operating_models.texts import FIELD_BY_KEY, LONGEST_LINE
from innovation.programme.queries import snapshot

FIRST_YEAR = 1990
LONGEST_NOTE = 1_000
_CHOOSE = _("Choose one of the options.")


@dataclass(frozen=True, slots=True)
class ModelDraft:
    """A model as it was written: every key of FIELD_BY_KEY and of CHOSEN."""

    contents: Mapping[str, str]

    def check(self) -> None:
        """Raise RuleBrokenError at the field that is wrong."""
        if not has_words(self.contents["name"]):
            raise RuleBrokenError(_("Give the operating model a name."), "name")
        if not has_words(self.contents["summary"]):
            raise RuleBrokenError(_("Say briefly what the operating model is."), "summary")
        for key, field in FIELD_BY_KEY.items():
            refuse_long(field.longest, **{key: self.contents[key]})
        refuse_identity_codes(**{key: self.contents[key] for key in FIELD_BY_KEY})
        known = snapshot()
        if self.contents["sub_project"] not in known.sub_project_by_slug:
            raise RuleBrokenError(_("Choose the sub-project that it belongs to."), "sub_project")
        if self.contents["area"] and self.contents["area"] not in known.area_by_slug:
            raise RuleBrokenError(_CHOOSE, "area")
        if self.contents["phase"] not in {str(one.id) for one in phases()}:
            raise RuleBrokenError(_("Choose the phase of development."), "phase")

    @property
    def sub_project_id(self) -> int:
        """The row of the chosen sub-project, 0 when there is none."""
        home = snapshot().sub_project_by_slug.get(self.contents["sub_project"])
        return home.id if home else 0

    @property
    def place(self) -> tuple[int, int | None]:
        """The rows of the chosen sub-project and area; 0 and None for none."""
        area = snapshot().area_by_slug.get(self.contents["area"])
        return self.sub_project_id, area.id if area else None


class ChangedMeanwhileError(ConflictError):
    """Somebody else saved the model after this page was opened.

    number: of the version that is saved now. contents: both sets of changes together, with one's
    own where both changed the same field. clashes: what is saved now in those fields.
    """

    def __init__(self, number: int, contents: dict[str, str], clashes: dict[str, str]) -> None:
        """Keep what the page needs to show both."""
        super().__init__(_("Somebody else changed the model while you were writing."))
        self.number = number
        self.contents = contents
        self.clashes = clashes


def brought_together(
    opened: Mapping[str, str], mine: Mapping[str, str], saved: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Give both sets of changes as one, and what is saved in the fields that both changed.

    opened: the version that one's own changes started from.
    """
    together, clashes = {}, {}
    for key, own in mine.items():
        was, now = opened.get(key, ""), saved.get(key, "")
        together[key] = now if own == was else own
        if own not in (was, now) and now != was:
            clashes[key] = now
    return together, clashes


@dataclass(frozen=True, slots=True)
class UseDraft:
    """Where a model is in use. area: slug, "" for none. contact: a role or a task's address."""

    unit: str
    area: str = ""
    since: date | None = None
    contact: str = ""

    def check(self) -> None:
        """Raise RuleBrokenError at the field that is wrong."""
        if not has_words(self.unit):
            raise RuleBrokenError(_("Say where it is in use."), "unit")
        refuse_long(LONGEST_LINE, unit=self.unit, contact=self.contact)
        refuse_identity_codes(unit=self.unit, contact=self.contact)
        if self.area and self.area not in snapshot().area_by_slug:
            raise RuleBrokenError(_CHOOSE, "area")
        if self.since is None:
            raise RuleBrokenError(_("Say since when, such as 1.9.2026."), "since")
        if not self.since.year >= FIRST_YEAR or self.since > clock.today():
            raise RuleBrokenError(_("Choose a day that has passed or is today."), "since")


def check_phase(names: Texts) -> None:
    """Raise RuleBrokenError at the field of a phase's name that is wrong."""
    if not has_words(names.get("fi", "")):
        raise RuleBrokenError(_("Write the name in Finnish."), "names_fi")
    refuse_long(80, **{f"names_{code}": text for code, text in names.items()})
    refuse_identity_codes(**{f"names_{code}": text for code, text in names.items()})
