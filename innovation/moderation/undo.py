"""Every decision is written down with what it did to which rows, so that it can be undone.

Nothing knows how to undo a particular decision: the rows that one may change are read before and
after, and undoing writes back what was there. Counters are left out, since others move them
meanwhile; they are counted anew. The timeline is left out too, since it only grows.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Table, delete, insert, select, update
from sqlalchemy.types import TypeEngine

from innovation.comments.actions import recount as recount_comments
from innovation.comments.models import Comment, Report
from innovation.core import clock
from innovation.core.db import Base, UtcDateTime, db
from innovation.core.errors import ConflictError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.ideas.events import IdeaChanged
from innovation.ideas.models import Authorship, Idea, Message, Revision, TimelineEntry
from innovation.ideas.moves import hold
from innovation.ideas.timeline import Kind, add_entry
from innovation.moderation.events import DecisionMade, DecisionUndone
from innovation.moderation.models import Decision, Recusal
from innovation.routing.models import Routing
from innovation.votes.actions import recount as recount_votes

UNDO_TIME = timedelta(minutes=10)
_INSIDE = "decision"

# What a decision may change of the ideas it is about: the table, and which column names the idea.
_OF_IDEAS: tuple[tuple[type[Base], str], ...] = (
    (Idea, "id"),
    (Authorship, "idea_id"),
    (Revision, "idea_id"),
    (Routing, "idea_id"),
    (Report, "idea_id"),
    (Message, "idea_id"),
    (Recusal, "idea_id"),
)
# Columns that others move at the same time, or that only ever grow.
_LIVELY = frozenset({"support_count", "comment_count", "version", "updated_at", "topical"})

_Row = dict[str, Any]
_Picture = dict[str, dict[str, _Row]]


@contextmanager
def undoable(
    actor: Actor,
    kind: str,
    idea: Idea,
    *,
    others: Collection[int] = (),
    comment: Comment | None = None,
    rule: str = "",
) -> Iterator[None]:
    """Write down what the block does to the idea, for undoing it within UNDO_TIME.

    The caller holds the idea. others: further ideas that the decision changes. comment: the one it
    is about. A block that changes nothing leaves no decision; one inside another is a part of it.
    """
    inside = db.session().info
    if inside.get(_INSIDE):
        yield
        return
    inside[_INSIDE] = True
    try:
        with _noted(actor, kind, idea, others, comment, rule):
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
) -> Iterator[None]:
    numbers = [idea.id, *others]
    comments = [comment.id] if comment else []
    waited_since = comment.created_at if comment else idea.created_at
    db.session.flush()
    before, last = _picture(numbers, comments), _last_entry(numbers)
    yield
    db.session.flush()
    entries = _entries_since(numbers, last)
    changes = _differences(before, _picture(numbers, comments))
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
    record(DecisionMade(decision.id, idea.id))


def undo_decision(actor: Actor, decision: Decision) -> None:
    """Bring back what a decision changed, as if it had not been made. Safe to repeat.

    Raises ConflictError when the time is over or something newer stands on it, ForbiddenError.
    """
    idea = db.session.get_one(Idea, decision.idea_id)
    authorize(actor, "idea:moderate", idea)
    numbers = [decision.idea_id, *([decision.other_idea_id] if decision.other_idea_id else [])]
    for number in sorted(numbers):
        hold(db.session.get_one(Idea, number))
    hold(decision)
    if decision.undone_at is not None:
        return
    if decision.changes is None or clock.now() >= decision.until:
        raise ConflictError(_("The ten minutes are over. Decide anew instead of undoing."))
    _refuse_under_newer(decision, numbers)
    _restore(decision.changes["rows"])
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


def forget_changes() -> None:
    """Forget how to undo what can no longer be undone: the rows may hold personal texts."""
    db.session.execute(
        update(Decision)
        .where(Decision.until < clock.now(), Decision.changes.is_not(None))
        .values(changes=None)
        .execution_options(synchronize_session=False)
    )


def _refuse_under_newer(decision: Decision, numbers: list[int]) -> None:
    newer = select(Decision.id).where(
        Decision.id > decision.id,
        Decision.idea_id.in_(numbers) | Decision.other_idea_id.in_(numbers),
        Decision.undone_at.is_(None),
    )
    if db.session.scalar(newer.limit(1)) is not None:
        raise ConflictError(_("There is a newer decision on this. Undo that one first."))


def _heads(numbers: list[int]) -> list[int]:
    """Give the ideas that these point to: they are counted together with them."""
    known = select(Idea.merged_into_id).where(
        Idea.id.in_(numbers), Idea.merged_into_id.is_not(None)
    )
    return [number for number in db.session.scalars(known) if number is not None]


def _picture(ideas: Collection[int], comments: Collection[int]) -> _Picture:
    """Read the rows that a decision may change, by table and key, as plain values."""
    wanted = [(model, column, ideas) for model, column in _OF_IDEAS]
    wanted.append((Comment, "id", comments))
    return {
        model.__tablename__: {
            _key(table, row): row
            for row in (
                _plain(dict(one._mapping))
                for one in db.session.execute(
                    select(table).where(table.c[column].in_(numbers)).order_by(*table.primary_key)
                )
            )
        }
        for model, column, numbers in wanted
        if numbers and isinstance(table := model.__table__, Table)
    }


def _plain(row: Mapping[str, Any]) -> _Row:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if name not in _LIVELY
    }


def _key(table: Table, row: Mapping[str, Any]) -> str:
    return " ".join(str(row[column.name]) for column in table.primary_key)


def _differences(before: _Picture, after: _Picture) -> list[dict[str, Any]]:
    """Give what changed: of each row what differs, None for a row that was or is not there."""
    found = []
    for name, rows in after.items():
        old = before[name]
        for key in old.keys() | rows.keys():
            was, now = old.get(key), rows.get(key)
            if was == now:
                continue
            if was and now:
                different = {column for column in now if was[column] != now[column]}
                kept = {c.name for c in Base.metadata.tables[name].primary_key}
                was = {column: was[column] for column in different | kept}
                now = {column: now[column] for column in different | kept}
            found.append({"table": name, "before": was, "after": now})
    return found


def _restore(changes: list[dict[str, Any]]) -> None:
    """Write back what was there; new rows go first, since a single one may be in force."""
    for change in sorted(changes, key=lambda one: one["before"] is not None):
        table = Base.metadata.tables[change["table"]]
        before, after = (_typed(table, change[name] or {}) for name in ("before", "after"))
        if not after:
            db.session.execute(insert(table).values(before))
            continue
        same = [table.c[name].is_not_distinct_from(value) for name, value in after.items()]
        if not before:
            done = db.session.execute(delete(table).where(*same))
        else:
            done = db.session.execute(update(table).where(*same).values(before))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise ConflictError(
                _("Something has happened since, so this can no longer be undone. Decide anew.")
            )


def _typed(table: Table, row: Mapping[str, Any]) -> _Row:
    return {
        name: value if value is None else _value(table.c[name].type, value)
        for name, value in row.items()
    }


def _value(kind: TypeEngine[Any], written: Any) -> Any:
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(written)
    return date.fromisoformat(written) if isinstance(kind, Date) else written


def _last_entry(numbers: Collection[int]) -> int:
    newest = select(TimelineEntry.id).where(TimelineEntry.idea_id.in_(numbers))
    return db.session.scalar(newest.order_by(TimelineEntry.id.desc()).limit(1)) or 0


def _entries_since(numbers: Collection[int], last: int) -> list[int]:
    newer = select(TimelineEntry.id).where(
        TimelineEntry.idea_id.in_(numbers), TimelineEntry.id > last
    )
    return list(db.session.scalars(newer.order_by(TimelineEntry.id)))
