"""Reading the desk: what waits, in which order, and how much of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Integer, Text, bindparam, false, func, literal_column, or_, select

from innovation.comments.models import Report
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.permissions import Person
from innovation.ideas.counting import NONE
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea, Revision
from innovation.ideas.sifting import counted
from innovation.moderation.models import Decision, Recusal
from innovation.moderation.piles import Pile, piles
from innovation.moderation.waiting import ORDINARY, PILE, SHOWN, Found, asked_by, waiting

KINDS = ("idea", "answer", "silent", "edit", "comment", "report", "appeal", "reroute")
UNROUTED = "unrouted"
# An item's page by its kind: several kinds are about an idea as a whole.
PAGES = {kind: kind for kind in KINDS} | dict.fromkeys(("answer", "silent", UNROUTED), "idea")
AGES = ("today", "days", "late")
LIST_LENGTH = 30
LONGEST_LIST = 900
# So many ideas that wait are compared with the open one.
MOST_TEXTS = 200


@dataclass(frozen=True, slots=True)
class QueueItem:
    """Something that waits for a moderator.

    kind: one of KINDS, or UNROUTED. id: of the idea, revision, comment, first report, appeal, or of
    the sub-project whose ideas wait for another. rank: the step it stands on, as `waiting` names
    them. title: of the idea, or how a comment begins. claimed_by: another moderator's name.
    """

    kind: str
    id: int
    idea_id: int
    title: str
    language: str
    reference: str
    at: datetime
    rank: int
    support: int = 0
    risk: int = 0
    claimed_by: str | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What tells the item from others: its page and number."""
        return (PAGES[self.kind], self.id)


@dataclass(frozen=True, slots=True)
class Queue:
    """The first items that wait, and how many there are of each kind and age.

    cells: how many wait, by (kind, age). narrowed, age: what the items are limited to, "" for all.
    """

    items: list[QueueItem]
    cells: dict[tuple[str, str], int]
    unrouted: int
    narrowed: str = ""
    age: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each kind, of the chosen age."""
        counts = dict.fromkeys(KINDS, 0)
        for (kind, age), number in self.cells.items():
            counts[kind] += number if self.age in ("", age) else 0
        return counts

    @property
    def ages(self) -> dict[str, int]:
        """How many there are of each age, of the chosen kind."""
        counts = dict.fromkeys(AGES, 0)
        for (kind, age), number in self.cells.items():
            counts[age] += number if self.narrowed in ("", kind) else 0
        return counts

    @property
    def total(self) -> int:
        """How many wait."""
        return sum(self.cells.values())

    @property
    def length(self) -> int:
        """How long the whole list of the items would be."""
        if self.narrowed == UNROUTED:
            return self.unrouted
        counts = self.counts
        return counts[self.narrowed] if self.narrowed else sum(counts.values())


def queue(
    kind: str = "", limit: int = LIST_LENGTH, *, age: str = "", person: Person | None = None
) -> Queue:
    """Give what waits for a moderator, of all kinds and ages or of one, what hurts most first.

    The steps: somebody in danger, reported, somebody's health, names, the author's turn is over,
    later than promised, perhaps a robot, the rest. On a step, what at least LIFTING people support
    comes first, then the oldest: nobody is passed for longer than the promise.
    """
    found = db.session.execute(_cells(), asked_by(person.id if person else None))
    cells = {(row[0], row[1]): row[2] for row in found}
    heaps = piles()
    cells |= Counter(("reroute", _age(heap.since)) for heap in heaps)
    return Queue(_items(kind, age, limit, person, heaps), cells, _count_unrouted(), kind, age)


def after(
    key: tuple[str, int],
    kind: str = "",
    limit: int = LIST_LENGTH,
    *,
    age: str = "",
    person: Person | None = None,
) -> QueueItem | None:
    """Give what stands after this item and is free, the first when it is the last or not there."""
    return following(_items(kind, age, limit + 1, person, piles()), key)


def waiting_texts(person: Person, besides: int) -> dict[int, tuple[str, str]]:
    """Give what the newest ideas that wait say, each with its language, the newest first.

    By their numbers. Left out are one of them, and those on which others decide: what concerns the
    person, and what was passed on.
    """
    concerns = select(Recusal.idea_id).where(Recusal.person_id == person.id)
    rows = db.session.execute(
        select(Idea.id, Idea.title, Idea.text, Idea.what_helps, Idea.language)
        .where(
            Idea.visibility == Visibility.WAITING,
            Idea.merged_into_id.is_(None),
            Idea.handling != Handling.PASSED_ON,
            Idea.id != besides,
            Idea.id.not_in(concerns),
        )
        .order_by(Idea.id.desc())
        .limit(MOST_TEXTS)
    )
    return {number: ("\n".join(one for one in texts if one), code) for number, *texts, code in rows}


def following(items: list[QueueItem], key: tuple[str, int] | None) -> QueueItem | None:
    """Give the item after this one that nobody else has in hand."""
    place = next((at for at, item in enumerate(items) if item.key == key), -1)
    turned = [*items[place + 1 :], *items[: place + 1]]
    return next((one for one in turned if one.key != key and not one.claimed_by), None)


def _items(
    kind: str, age: str, limit: int, person: Person | None, heaps: list[Pile]
) -> list[QueueItem]:
    if kind == UNROUTED:
        wanted = _unrouted().order_by(Idea.created_at, Idea.id).limit(limit)
        return [QueueItem(*row) for row in db.session.execute(wanted)]
    asked = {**asked_by(person.id if person else None), "limit": limit}
    wanted = _listed(kind if kind in KINDS else "", age if age in AGES else "")
    items = [QueueItem(*row) for row in db.session.execute(wanted, asked)]
    last = [_of_pile(heap) for heap in heaps if age in ("", _age(heap.since))]
    return [*items, *(last if kind in ("", "reroute") else ())][:limit]


def _count_unrouted() -> int:
    """Count what `_unrouted` selects: what is new and belongs nowhere, but for what is unread."""
    new = counted(SHOWN, {"sub_project": [NONE]})["handling"].get(str(Handling.NEW), 0)
    return new - (db.session.scalar(_NEW_AND_UNREAD) or 0)


_NEW_AND_UNREAD = select(func.count()).where(
    Idea.visibility == Visibility.PUBLIC,
    Idea.indexable == false(),
    Idea.handling == Handling.NEW,
    Idea.primary_sub_project_id.is_(None),
    Idea.merged_into_id.is_(None),
)


@cache
def _unrouted() -> Found:
    """Select what is read and shown, and belongs to no sub-project yet, as rows of `waiting`."""
    return select(
        literal_column(f"'{UNROUTED}'", Text).label("kind"),
        Idea.id,
        Idea.id.label("idea_id"),
        Idea.title,
        Idea.language,
        Idea.reference,
        Idea.created_at.label("at"),
        literal_column(str(ORDINARY)).label("rank"),
        Idea.support_count.label("support"),
        literal_column("0").label("risk"),
        literal_column("NULL", Text).label("claimed_by"),
    ).where(
        Idea.visibility.in_(SHOWN),
        Idea.handling == Handling.NEW,
        Idea.primary_sub_project_id.is_(None),
        Idea.merged_into_id.is_(None),
        or_(Idea.indexable, Idea.visibility == Visibility.STAFF_ONLY),
    )


@cache
def _cells() -> Found:
    rows = waiting()
    return select(rows.c.kind, rows.c.age, func.count()).group_by(rows.c.kind, rows.c.age)


@cache
def _listed(kind: str, age: str) -> Found:
    rows = waiting()
    found = select(*(rows.c[name] for name in QueueItem.__dataclass_fields__))
    if kind:
        found = found.where(rows.c.kind == kind)
    if age:
        found = found.where(rows.c.age == age)
    places = (rows.c.rank, rows.c.lift, rows.c.at, rows.c.kind, rows.c.id)
    return found.order_by(*places).limit(bindparam("limit", type_=Integer))


def _of_pile(heap: Pile) -> QueueItem:
    title = str(heap.title)
    return QueueItem("reroute", heap.id, 0, title, "", "", heap.since, PILE, heap.ideas)


def _age(at: datetime) -> str:
    """Give the age of a pile; it is never late, since nobody has been promised anything of it."""
    return "today" if at >= clock.day_begins(clock.today()) else "days"


def decision_by_id(number: int) -> Decision:
    """Give a decision. Raises NotFoundError."""
    decision = db.session.get(Decision, number)
    if decision is None:
        raise NotFoundError(f"decision {number}")
    return decision


def about(decision: Decision) -> tuple[str, int]:
    """Give the page, as in PAGES, and the number of what a decision that was undone is about."""
    if decision.comment_id is not None:
        reported = db.session.scalar(
            select(func.min(Report.id)).where(
                Report.comment_id == decision.comment_id, Report.resolved_at.is_(None)
            )
        )
        return ("report", reported) if reported else ("comment", decision.comment_id)
    if decision.kind in ("accept_edit", "decline_edit"):
        waits = db.session.scalar(
            select(func.max(Revision.id)).where(
                Revision.idea_id == decision.idea_id, Revision.state == "waiting"
            )
        )
        if waits:
            return "edit", waits
    return "idea", decision.idea_id
