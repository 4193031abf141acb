"""Every decision is written down with what it did to which rows, so that it can be undone.

Nothing knows how to undo a particular decision: the rows that one may change are read before and
after, and undoing writes back what was there. Counters are left out, since others move them
meanwhile; they are counted anew. The timeline is left out too, since it only grows.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from innovation.comments.actions import recount as recount_comments
from innovation.comments.models import Comment, Report
from innovation.core import clock
from innovation.core.db import Base, db
from innovation.core.errors import ConflictError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.ideas.events import IdeaChanged
from innovation.ideas.models import Authorship, Idea, Revision, TimelineEntry
from innovation.ideas.moves import hold
from innovation.ideas.timeline import Kind, add_entry
from innovation.messages.actions import mark_read
from innovation.messages.models import Message
from innovation.moderation.events import DecisionMade, DecisionUndone
from innovation.moderation.models import Decision, Recusal
from innovation.moderation.pictures import CHANGED, differences, hold_rows, picture, write_back
from innovation.routing.models import Routing
from innovation.votes.actions import recount as recount_votes

UNDO_TIME = timedelta(minutes=10)
_INSIDE, _TOGETHER = "decision", "decisions together"

# What a decision may change of the ideas it is about: the table, and which column names the idea.
_OF_IDEAS: list[tuple[type[Base], str]] = [
    (Idea, "id"),
    (Authorship, "idea_id"),
    (Revision, "idea_id"),
    (Routing, "idea_id"),
    (Report, "idea_id"),
    (Message, "idea_id"),
    (Recusal, "idea_id"),
]
# Kinds of decisions that say nothing about whether the author's answer was read.
_BESIDE = frozenset(
    {"publish_comment", "hide_comment", "dismiss_report", "accept_edit", "decline_edit"}
    | {"brief", "redact", "recuse"}
)
Rows = Mapping[type[Base], Collection[int]]
_WATCHED: dict[str, Callable[[Mapping[str, Any], datetime], None]] = {}


def restores(model: type[Base], column: str) -> None:
    """Let undoing bring back the rows of a feature above too. column: the one naming the idea."""
    _OF_IDEAS.append((model, column))


def watches(model: type[Base], refuse: Callable[[Mapping[str, Any], datetime], None]) -> None:
    """Let a feature above refuse to bring back a row that decisions share, by a ConflictError.

    refuse: takes the row "before" and "after", its number and what differs, and the moment.
    """
    _WATCHED[model.__tablename__] = refuse


@contextmanager
def together(rows: Rows) -> Iterator[None]:
    """Let the decisions of the block share what it does to these rows of features above.

    Each can be undone alone; the rows go back with the last one of them. The caller holds the rows,
    and the ideas before them.
    """
    wanted = [(model, "id", numbers) for model, numbers in rows.items()]
    inside = db.session().info
    db.session.flush()
    before = picture(wanted)
    made: list[Decision] = []
    inside[_TOGETHER] = made
    try:
        yield
    finally:
        del inside[_TOGETHER]
    db.session.flush()
    shared = differences(before, picture(wanted))
    for one in made:
        also = [other.id for other in made if other is not one]
        one.changes = {**(one.changes or {}), "shared": shared, "also": also}


@contextmanager
def undoable(
    actor: Actor,
    kind: str,
    idea: Idea,
    *,
    others: Collection[int] = (),
    comment: Comment | None = None,
    rule: str = "",
    rows: Rows | None = None,
) -> Iterator[None]:
    """Write down what the block does to the idea, for undoing it within UNDO_TIME.

    The caller holds the idea. others: further ideas that the decision changes. comment: the one it
    is about. rows: the ids of further rows that it changes, by table. A block that changes nothing
    leaves no decision; one inside another is a part of it.
    """
    inside = db.session().info
    if inside.get(_INSIDE):
        yield
        return
    inside[_INSIDE] = True
    try:
        with _noted(actor, kind, idea, others, comment, rule, rows or {}):
            yield
    finally:
        del inside[_INSIDE]


@contextmanager
def _noted(
    actor: Actor,
    kind: str,
    idea: Idea,
    others: Collection[int],
    comment: Comment | None,
    rule: str,
    rows: Rows,
) -> Iterator[None]:
    numbers = [idea.id, *others]
    if comment:
        rows = {**rows, Comment: [*rows.get(Comment, ()), comment.id]}
    waited_since = comment.created_at if comment else idea.created_at
    db.session.flush()
    before, last = picture(_wanted(numbers, rows)), _last_entry(numbers)
    yield
    if comment is None and kind not in _BESIDE:
        mark_read(idea.id)  # whoever decides has read what the author answered
    db.session.flush()
    entries = _entries_since(numbers, last)
    changes = differences(before, picture(_wanted(numbers, rows)))
    if not changes and not entries:
        return
    now = clock.now()
    decision = Decision(
        idea_id=idea.id,
        comment_id=comment.id if comment else None,
        other_idea_id=next(iter(others), None),
        kind=kind,
        rule=rule,
        person_id=actor.id if isinstance(actor, Person) else None,
        waited_since=waited_since,
        at=now,
        until=now + UNDO_TIME,
        entries=entries,
        changes={"rows": changes},
    )
    db.session.add(decision)
    db.session.flush()  # its number is needed by the event
    db.session().info.get(_TOGETHER, []).append(decision)
    record(DecisionMade(decision.id, idea.id))


def undo_decision(actor: Actor, decision: Decision) -> None:
    """Bring back what a decision changed, as if it had not been made. Safe to repeat.

    Raises ConflictError when the time is over or something newer stands on it, ForbiddenError.
    """
    idea = db.session.get_one(Idea, decision.idea_id)
    own = isinstance(actor, Person) and decision.person_id == actor.id
    authorize(actor, "idea:decide" if own else "idea:moderate", idea)
    numbers = [decision.idea_id, *([decision.other_idea_id] if decision.other_idea_id else [])]
    hold_for_undoing([decision])
    hold(decision)
    if decision.undone_at is not None:
        return
    if decision.changes is None or clock.now() >= decision.until:
        raise ConflictError(_("The ten minutes are over. Decide anew instead of undoing."))
    _refuse_under_newer(decision, numbers)
    write_back([*decision.changes["rows"], *_shared_by_none(decision)])
    _refuse_two_texts(numbers)
    decision.undone_at = clock.now()
    decision.changes = None
    db.session.execute(
        update(TimelineEntry)
        .where(TimelineEntry.id.in_(decision.entries))
        .values(undone_at=decision.undone_at, public=False)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    counted = {*numbers, *_heads(numbers)}
    recount_votes(counted)
    recount_comments(counted)
    for number in numbers:
        add_entry(actor, db.session.get_one(Idea, number), Kind.UNDONE, public=False)
        record(IdeaChanged(number))
    record(DecisionUndone(decision.id, decision.idea_id))


def hold_for_undoing(decisions: Collection[Decision]) -> None:
    """Hold the comments, the ideas, then what stands on them, each by its number."""
    comments = {one.comment_id for one in decisions if one.comment_id is not None}
    ideas: set[int] = set()
    for one in decisions:
        ideas |= {one.idea_id, *([one.other_idea_id] if one.other_idea_id else [])}
        for change in (one.changes or {}).get("rows", ()):
            number = (change["after"] or change["before"]).get("id")
            if change["table"] == Comment.__tablename__:
                comments.add(number)
            elif change["table"] == Idea.__tablename__:
                ideas.add(number)
    for number in sorted(comments):
        hold(db.session.get_one(Comment, number))
    for number in sorted({*ideas, *_heads(list(ideas))}):
        hold(db.session.get_one(Idea, number))
    hold_rows(change for one in decisions for change in (one.changes or {}).get("shared", ()))


def _shared_by_none(decision: Decision) -> list[dict[str, Any]]:
    """Give what decisions made together have changed, once no other one of them stands."""
    changes = decision.changes or {}
    standing = select(Decision.id).where(
        Decision.id.in_(changes.get("also", ())), Decision.undone_at.is_(None)
    )
    if db.session.scalar(standing.limit(1)) is not None:
        return []
    shared: list[dict[str, Any]] = changes.get("shared", [])
    for change in shared:
        if refuse := _WATCHED.get(change["table"]):
            refuse(change, decision.at)
    return shared


def forget_changes() -> None:
    """Forget how to undo what can no longer be undone: the rows may hold personal texts."""
    db.session.execute(
        update(Decision)
        .where(Decision.until < clock.now(), Decision.changes.is_not(None))
        .values(changes=None)
        .execution_options(synchronize_session=False)
    )


def _refuse_under_newer(decision: Decision, numbers: list[int]) -> None:
    """Refuse what a newer decision stands on; those on an idea and on its comments stand apart."""
    same = (
        Decision.comment_id == decision.comment_id
        if decision.comment_id is not None
        else Decision.comment_id.is_(None)
    )
    newer = select(Decision.id).where(
        Decision.id > decision.id,
        Decision.idea_id.in_(numbers) | Decision.other_idea_id.in_(numbers),
        same,
        Decision.undone_at.is_(None),
    )
    if db.session.scalar(newer.limit(1)) is not None:
        raise ConflictError(_("There is a newer decision on this. Undo that one first."))


def _refuse_two_texts(numbers: list[int]) -> None:
    """Refuse to let a text wait again when its author has sent a newer one since."""
    waiting = (
        select(Revision.idea_id)
        .where(Revision.idea_id.in_(numbers), Revision.state == "waiting")
        .group_by(Revision.idea_id)
        .having(func.count() > 1)
    )
    if db.session.scalar(waiting.limit(1)) is not None:
        raise ConflictError(CHANGED)


def _heads(numbers: list[int]) -> list[int]:
    """Give the ideas that these point to: they are counted together with them."""
    known = select(Idea.merged_into_id).where(
        Idea.id.in_(numbers), Idea.merged_into_id.is_not(None)
    )
    return [number for number in db.session.scalars(known) if number is not None]


def _wanted(ideas: Collection[int], rows: Rows) -> list[tuple[type[Base], str, Collection[int]]]:
    """Give the rows that a decision may change, as `picture` takes them."""
    own = [(model, column, ideas) for model, column in _OF_IDEAS]
    return [*own, *((model, "id", numbers) for model, numbers in rows.items())]


def _last_entry(numbers: Collection[int]) -> int:
    newest = select(TimelineEntry.id).where(TimelineEntry.idea_id.in_(numbers))
    return db.session.scalar(newest.order_by(TimelineEntry.id.desc()).limit(1)) or 0


def _entries_since(numbers: Collection[int], last: int) -> list[int]:
    newer = select(TimelineEntry.id).where(
        TimelineEntry.idea_id.in_(numbers), TimelineEntry.id > last
    )
    return list(db.session.scalars(newer.order_by(TimelineEntry.id)))
