"""Bringing ideas along from elsewhere: every row is checked first, then all come in together."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import RuleBrokenError
from innovation.core.events import record
from innovation.core.permissions import Actor, authorize
from innovation.core.text import clean_line, clean_text, normal_key
from innovation.guard.rules import refuse_identity_codes
from innovation.ideas.actions import new_idea
from innovation.ideas.drafts import LONGEST_LINE, IdeaDraft, problems_in
from innovation.ideas.events import IdeaChanged, IdeaImported, UrgentReceived
from innovation.ideas.import_source import FileError, Problem, SourceRow
from innovation.ideas.inspecting import Inspected
from innovation.ideas.lifecycle import FINISHED, Handling, Visibility
from innovation.ideas.models import Authorship, Idea, Revision
from innovation.ideas.moves import move_handling, move_visibility
from innovation.ideas.publishing import seen_in
from innovation.ideas.queries import idea_by_external_reference
from innovation.ideas.timeline import Kind, add_entry
from innovation.programme.queries import Snapshot, snapshot

VISIBILITIES = (Visibility.WAITING, Visibility.PUBLIC)
HANDLINGS = frozenset(Handling) - {Handling.MERGED}
MOST_PEOPLE = 1_000_000


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An idea that can be taken in. people: how many have said the same.

    seen: what the guard saw in its texts.
    """

    number: int
    draft: IdeaDraft
    created: datetime
    visibility: Visibility
    handling: Handling
    sub_project_ids: tuple[int, ...]
    people: int
    external_reference: str | None
    seen: Inspected

    @property
    def waits(self) -> bool:
        """Whether it waits although the file says that it is public.

        Who brings a text along with "public" says that somebody has read it. Still nothing is shown
        by which anybody is recognised or reached; the rest comes first in the moderators' list.
        """
        return self.visibility == Visibility.PUBLIC and self.seen.tells_who


@dataclass(frozen=True, slots=True)
class Imported:
    """How a row went. reference: the idea's own, such as PS-2026-0042."""

    number: int
    reference: str
    result: str


class _Reader:
    """Checks one file; collects everything that is wrong instead of stopping at the first."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.now = clock.now()
        self.programme: Snapshot = snapshot()
        self.problems: list[Problem] = []
        self.seen: set[str] = set()
        self.row: SourceRow

    def cell(self, name: str) -> str:
        return clean_line(self.row.cells.get(name))

    def wrong(self, field: str, message: str) -> None:
        self.problems.append(Problem(self.row.number, field, message))

    def read(self, row: SourceRow) -> ImportRow:
        """Read one row; what cannot be read gets a value that is never used."""
        self.row = row
        draft = IdeaDraft(
            text=clean_text(row.cells.get("text")),
            what_helps=clean_text(row.cells.get("what_helps")),
            title=self.cell("title"),
            area=self._area(),
            municipality=self._municipality(),
            capacity=self.cell("capacity").lower(),
            language=self.cell("language").lower(),
        )
        for problem in problems_in(draft):
            self.wrong(problem.field or "", str(problem.message))
        return ImportRow(
            row.number,
            draft,
            self._created(),
            Visibility(self._choice("visibility", VISIBILITIES) or Visibility.WAITING),
            Handling(self._choice("handling", HANDLINGS) or Handling.NEW),
            self._sub_projects(),
            self._people(),
            self._external_reference(),
            seen_in(draft),
        )

    def _choice(self, field: str, known: frozenset[Handling] | tuple[Visibility, ...]) -> str:
        value = self.cell(field).lower()
        if value and value not in known:
            self.wrong(field, f"give one of {', '.join(sorted(known))}")
            return ""
        return value

    def _area(self) -> str:
        wanted = normal_key(self.cell("area"))
        for area in self.programme.areas:
            if wanted in {normal_key(area.slug), *map(normal_key, area.names.values())}:
                return area.slug
        return self.cell("area")  # the draft's own check says that it is unknown

    def _municipality(self) -> str:
        wanted = normal_key(self.cell("municipality"))
        for place in self.programme.municipalities:
            names = {normal_key(place.slug), *map(normal_key, place.names.values())}
            if wanted and (wanted in names or wanted.zfill(3) == place.code):
                return place.slug
        return self.cell("municipality")

    def _created(self) -> datetime:
        value = self.cell("created")
        if not value:
            return self.now
        try:
            if len(value) == 10:
                # A day without a time counts from its midday, so that no zone moves it.
                moment = datetime.combine(date.fromisoformat(value), time(12), self.zone)
                moment = min(moment, self.now) if moment.date() == clock.today() else moment
            else:
                moment = datetime.fromisoformat(value)
                moment = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        except ValueError:
            self.wrong("created", "give a day or a moment such as 2026-03-31 or 2026-03-31T14:05")
            return self.now
        if moment.year < 2000 or moment > self.now:
            self.wrong("created", "the time is in the future or before the year 2000")
            return self.now
        return moment.astimezone(self.now.tzinfo)

    def _sub_projects(self) -> tuple[int, ...]:
        known = self.programme.sub_project_by_slug
        if any(slug not in known for slug in self.row.sub_projects):
            self.wrong("sub_projects", "there is no such sub-project; use the ids of the programme")
            return ()
        facts = [known[slug] for slug in self.row.sub_projects]
        if any(fact.closed for fact in facts):
            self.wrong("sub_projects", "the sub-project has closed; use the one that goes on")
        if not facts and self.cell("handling").lower() in HANDLINGS - {Handling.NEW}:
            self.wrong("sub_projects", "tell where the idea is routed, or leave handling empty")
        return tuple(dict.fromkeys(fact.id for fact in facts))

    def _people(self) -> int:
        value = self.cell("people").removesuffix(".0") or "1"
        if not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= MOST_PEOPLE):
            self.wrong("people", "give how many people said this, a whole number from 1")
            return 1
        return int(value)

    def _external_reference(self) -> str | None:
        value = self.cell("external_reference")
        if len(value) > LONGEST_LINE:
            self.wrong("external_reference", f"at most {LONGEST_LINE} characters")
        if value and value in self.seen:
            self.wrong("external_reference", "the same reference stands on an earlier row")
        try:
            refuse_identity_codes(external_reference=value)
        except RuleBrokenError as problem:
            self.wrong("external_reference", str(problem.message))
        self.seen.add(value)
        return value or None


def check_rows(rows: list[SourceRow], zone: ZoneInfo) -> list[ImportRow]:
    """Give the ideas of the rows. Raises FileError that tells everything that is wrong.

    zone: in which days and moments without a zone are meant.
    """
    reader = _Reader(zone)
    checked = [reader.read(row) for row in rows]
    if reader.problems:
        raise FileError(reader.problems)
    return checked


def import_ideas(actor: Actor, rows: list[ImportRow]) -> Iterator[Imported]:
    """Take the ideas in and tell how each went. Safe to repeat by the external reference."""
    authorize(actor, "idea:import")
    for row in rows:
        known = idea_by_external_reference(row.external_reference)
        if known is not None:
            yield Imported(row.number, known.reference, _compared(known, row))
        else:
            yield Imported(row.number, _import(actor, row).reference, _how(row))


def _how(row: ImportRow) -> str:
    if not row.seen.waits:
        return "imported"
    waits = row.waits or row.visibility == Visibility.WAITING
    how = "waits for a moderator" if waits else "public, to be read first"
    return f"imported, {how}: {', '.join(row.seen.reasons())}"


def marked(rows: list[ImportRow]) -> Counter[str]:
    """Count the rows that a moderator reads first by what was seen in them; "" counts them all."""
    waiting = [row.seen.reasons() for row in rows if row.seen.waits]
    return Counter({"": len(waiting)}) + Counter(reason for one in waiting for reason in one)


def _compared(idea: Idea, row: ImportRow) -> str:
    """Compare with the text as it was brought along; what was done to it here stays."""
    first = db.session.scalar(
        select(Revision.text).where(Revision.idea_id == idea.id, Revision.number == 1)
    )
    same = first == row.draft.text
    return "already there" if same else "already there, with another text; nothing was changed"


def _import(actor: Actor, row: ImportRow) -> Idea:
    """Take one idea in as if it had happened when the file says."""
    with clock.frozen_at(row.created):
        idea = new_idea(row.draft, row.created, risk=row.seen.risk)
        idea.external_reference = row.external_reference
        db.session.add(Authorship(idea_id=idea.id, people=row.people, created_at=row.created))
        waiting = Visibility.WAITING
        add_entry(actor, idea, Kind.SUBMITTED, visibility_to=waiting, actor_role="author")
        if row.visibility == Visibility.PUBLIC and not row.waits:
            move_visibility(actor, idea, Visibility.PUBLIC, Kind.PUBLISHED)
        record(IdeaImported(idea.id, row.sub_project_ids))  # routing brings it to its place
        _handle(actor, idea, row.handling)
        record(IdeaChanged(idea.id))
        if row.seen.urgent:
            record(UrgentReceived(idea.id))
    return idea


def _handle(actor: Actor, idea: Idea, target: Handling) -> None:
    """Move the idea to where the file says that it is, along the allowed moves."""
    if target in {Handling.NEW, Handling.ROUTED}:
        return
    if target == Handling.DESCRIBED:
        move_handling(actor, idea, Handling.IN_USE)
    move_handling(actor, idea, target)
    if target in FINISHED:
        idea.answered_at = clock.now()  # on its way nobody has told its author a reason yet
