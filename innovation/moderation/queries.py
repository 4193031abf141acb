"""Reading the desk: what waits, in which order, and how much of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Select,
    Subquery,
    Text,
    and_,
    case,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from innovation.comments.models import Comment, Report
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.permissions import Person
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea, Revision, TimelineEntry
from innovation.ideas.queries import is_held
from innovation.ideas.timeline import Kind
from innovation.moderation.models import Decision

Found = Select[*tuple[Any, ...]]

KINDS = ("idea", "edit", "comment", "report")
UNROUTED = "unrouted"
LIST_LENGTH = 30
LONGEST_LIST = 900
SHOWN = (Visibility.PUBLIC, Visibility.STAFF_ONLY)
DECISIONS = (
    Kind.PUBLISHED,
    Kind.RETURNED,
    Kind.HIDDEN,
    Kind.RESTORED,
    Kind.EDITED,
    Kind.EDIT_DECLINED,
    Kind.COMMENT_HIDDEN,
    Kind.REPORT_DISMISSED,
    Kind.MERGED,
)


@dataclass(frozen=True, slots=True)
class QueueItem:
    """Something that waits for a moderator.

    kind: one of KINDS, or UNROUTED. id: of the idea, revision, comment or first report. rank: 0
    reported, 1 suspicious, 2 ordinary. title: of the idea, or how a comment begins.
    """

    kind: str
    id: int
    idea_id: int
    title: str
    language: str
    reference: str
    at: datetime
    rank: int

    @property
    def key(self) -> tuple[str, int]:
        """What tells the item from others."""
        return (self.kind, self.id)


@dataclass(frozen=True, slots=True)
class Queue:
    """The first items that wait, how many there are of each kind, and what is not routed yet.

    narrowed: the kind that the items are of, "" for all that wait.
    """

    items: list[QueueItem]
    counts: dict[str, int]
    unrouted: int
    narrowed: str = ""

    @property
    def total(self) -> int:
        """How many wait."""
        return sum(self.counts.values())

    @property
    def length(self) -> int:
        """How long the whole list of the items would be."""
        if self.narrowed == UNROUTED:
            return self.unrouted
        return self.counts.get(self.narrowed, self.total)


def queue(kind: str = "", limit: int = LIST_LENGTH) -> Queue:
    """Give what waits, of all kinds or of one: reported first, then suspicious, then the oldest."""
    waiting = _waiting()
    counted = db.session.execute(select(waiting.c.kind, func.count()).group_by(waiting.c.kind))
    counts = dict.fromkeys(KINDS, 0) | {row[0]: row[1] for row in counted}
    unrouted = db.session.scalar(select(func.count()).select_from(_unrouted().subquery())) or 0
    return Queue(_items(waiting, kind, limit), counts, unrouted, kind)


def after(key: tuple[str, int], kind: str = "", limit: int = LIST_LENGTH) -> QueueItem | None:
    """Give the item that stands after this one, the first when it is the last or not there."""
    items = _items(_waiting(), kind, limit + 1)
    others = [item for item in items if item.key != key]
    keys = [item.key for item in items]
    place = keys.index(key) if key in keys else 0
    return others[place % len(others)] if others else None


def _items(waiting: Subquery, kind: str, limit: int) -> list[QueueItem]:
    wanted: Found
    if kind == UNROUTED:
        wanted = _unrouted().order_by(Idea.created_at, Idea.id)
    else:
        wanted = select(*waiting.c).order_by(
            waiting.c.rank, waiting.c.at, waiting.c.kind, waiting.c.id
        )
        if kind in KINDS:
            wanted = wanted.where(waiting.c.kind == kind)
    return [QueueItem(*row) for row in db.session.execute(wanted.limit(limit))]


def _waiting() -> Subquery:
    return union_all(_ideas(), _edits(), _comments(), _reports()).subquery("waiting")


def _select(kind: str, number: Any, title: Any, at: Any, rank: Any) -> Found:
    return select(
        literal_column(f"'{kind}'", Text).label("kind"),
        number.label("id"),
        Idea.id.label("idea_id"),
        title.label("title"),
        Idea.language.label("language"),
        Idea.reference.label("reference"),
        at.label("at"),
        rank.label("rank"),
    )


_reported_idea = exists().where(
    Report.idea_id == Idea.id, Report.comment_id.is_(None), Report.resolved_at.is_(None)
)
_reported_comment = exists().where(Report.comment_id == Comment.id, Report.resolved_at.is_(None))


def _ideas() -> Found:
    """Ideas nobody has read: those that wait, and those public at once by their author's right.

    Those that wait because of a report stand in the list as that report.
    """
    rank = case((_reported_idea, 0), (Idea.suspicious, 1), else_=2)
    return _select("idea", Idea.id, Idea.title, Idea.created_at, rank).where(
        or_(
            and_(Idea.visibility == Visibility.WAITING, ~is_held()),
            and_(
                Idea.visibility == Visibility.PUBLIC,
                Idea.indexable == false(),
                Idea.merged_into_id.is_(None),
            ),
        )
    )


def _edits() -> Found:
    """The newest waiting text of each idea that is shown."""
    newest = select(func.max(Revision.id)).where(Revision.state == "waiting")
    return (
        _select("edit", Revision.id, Idea.title, Revision.created_at, literal_column("2"))
        .join(Idea, Idea.id == Revision.idea_id)
        .where(Revision.id.in_(newest.group_by(Revision.idea_id)), Idea.visibility.in_(SHOWN))
    )


def _comments() -> Found:
    begins = func.substr(Comment.text, 1, 90)
    return (
        _select("comment", Comment.id, begins, Comment.created_at, literal_column("2"))
        .join(Idea, Idea.id == Comment.idea_id)
        .where(Comment.visibility == "waiting", Idea.visibility.in_(SHOWN), ~_reported_comment)
    )


def _reports() -> Found:
    """One item for all open reports about the same text; an idea that nobody has read is an item
    already.
    """
    targets = (
        select(
            func.min(Report.id).label("id"),
            Report.idea_id,
            Report.comment_id,
            func.min(Report.created_at).label("created_at"),
        )
        .where(Report.resolved_at.is_(None))
        .group_by(Report.idea_id, Report.comment_id)
        .subquery("targets")
    )
    title = func.coalesce(func.substr(Comment.text, 1, 90), Idea.title)
    return (
        _select("report", targets.c.id, title, targets.c.created_at, literal_column("0"))
        .join(Idea, Idea.id == targets.c.idea_id)
        .outerjoin(Comment, Comment.id == targets.c.comment_id)
        .where(or_(Comment.id.is_not(None), Idea.visibility.in_(SHOWN), is_held()))
    )


def _unrouted() -> Found:
    """Read and shown, and belonging to no sub-project yet."""
    found = _select(UNROUTED, Idea.id, Idea.title, Idea.created_at, literal_column("2"))
    return found.where(
        Idea.visibility.in_(SHOWN),
        Idea.handling == Handling.NEW,
        Idea.primary_sub_project_id.is_(None),
        Idea.merged_into_id.is_(None),
        or_(Idea.indexable, Idea.visibility == Visibility.STAFF_ONLY),
    )


@dataclass(frozen=True, slots=True)
class Undoable:
    """The newest decision of a person that can still be undone. title: of the idea."""

    id: int
    kind: str
    idea_id: int
    title: str
    until: datetime


def last_decision(person: Person) -> Undoable | None:
    """Give what the person decided last, as long as it can be undone."""
    row = db.session.execute(
        select(Decision.id, Decision.kind, Decision.idea_id, Idea.title, Decision.until)
        .join(Idea, Idea.id == Decision.idea_id)
        .where(
            Decision.person_id == person.id,
            Decision.undone_at.is_(None),
            Decision.until > clock.now(),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    ).first()
    return Undoable(*row) if row else None


def decision_by_id(number: int) -> Decision:
    """Give a decision. Raises NotFoundError."""
    decision = db.session.get(Decision, number)
    if decision is None:
        raise NotFoundError(f"decision {number}")
    return decision


def handled_today(person: Person) -> int:
    """Count the decisions that the person has made since midnight."""
    start = clock.now() - timedelta(days=1)
    rows = db.session.scalars(
        select(TimelineEntry.at).where(
            TimelineEntry.kind.in_(DECISIONS),
            TimelineEntry.at > start,
            TimelineEntry.person_id == person.id,
            TimelineEntry.undone_at.is_(None),
        )
    )
    return sum(clock.local_date(at) == clock.today() for at in rows)
