"""What one moderator has decided: what can still be undone, the day, and what waits for others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from innovation.core import clock
from innovation.core.db import Base, db
from innovation.core.i18n import LazyString
from innovation.core.permissions import Person
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.moderation.models import Claim, Decision
from innovation.moderation.waiting import ASKED_FOR, SHOWN

MOST_UNDOABLE = 500


@dataclass(frozen=True, slots=True)
class Undoable:
    """A decision of a person that can still be undone. title: of the idea.

    along: what goes back too, with the last of the decisions that were made together; None for
    nothing.
    """

    id: int
    kind: str
    idea_id: int
    title: str
    until: datetime
    along: LazyString | None = None


_ALONG: dict[str, LazyString] = {}


def goes_along(model: type[Base], words: LazyString) -> None:
    """Let a feature above say that its rows go back too when what they share is undone."""
    _ALONG[model.__tablename__] = words


def undoable_of(person: Person, limit: int = MOST_UNDOABLE) -> list[Undoable]:
    """Give what the person decided and can still undo, the newest first."""
    rows = db.session.execute(
        select(
            Decision.id,
            Decision.kind,
            Decision.idea_id,
            Idea.title,
            Decision.until,
            Decision.changes["shared"],
        )
        .join(Idea, Idea.id == Decision.idea_id)
        .where(
            Decision.person_id == person.id,
            Decision.undone_at.is_(None),
            Decision.until > clock.now(),
        )
        .order_by(Decision.id.desc())
        .limit(limit)
    )
    return [
        Undoable(number, kind, idea_id, title, until, _along(shared))
        for number, kind, idea_id, title, until, shared in rows
    ]


def _along(shared: Sequence[Mapping[str, Any]] | None) -> LazyString | None:
    tables = (change["table"] for change in shared or ())
    return next((_ALONG[table] for table in tables if table in _ALONG), None)


def last_decision(person: Person) -> Undoable | None:
    """Give what the person decided last, as long as it can be undone."""
    return next(iter(undoable_of(person, 1)), None)


@dataclass(frozen=True, slots=True)
class Day:
    """What a person has decided since midnight: how often by kind, and from when to when."""

    kinds: dict[str, int] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None

    @property
    def total(self) -> int:
        """How many decisions there were."""
        return sum(self.kinds.values())

    @property
    def length(self) -> timedelta:
        """How long it was from the first decision to the last."""
        if self.first is None or self.last is None:
            return timedelta()
        return self.last - self.first


def day_of(person: Person) -> Day:
    """Give the person's day; what was undone is not counted."""
    rows = db.session.execute(
        select(Decision.kind, func.count(), func.min(Decision.at), func.max(Decision.at))
        .where(
            Decision.person_id == person.id,
            Decision.at >= clock.day_begins(clock.today()),
            Decision.undone_at.is_(None),
        )
        .group_by(Decision.kind)
        .order_by(func.count().desc(), Decision.kind)
    ).all()
    if not rows:
        return Day()
    return Day(
        {row[0]: row[1] for row in rows}, min(row[2] for row in rows), max(row[3] for row in rows)
    )


def handled_today(person: Person) -> int:
    """Count the decisions that the person has made since midnight."""
    return day_of(person).total


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What waits for others: for authors, and for moderators who have it in hand."""

    asked: int
    claimed: int


def elsewhere(person: Person) -> Elsewhere:
    """Count what waits for others than this moderator."""
    asked = select(func.count()).where(
        Idea.visibility.in_((Visibility.WAITING, Visibility.DRAFT, *SHOWN)),
        Idea.asked_at > clock.now() - ASKED_FOR,
    )
    claimed = select(func.count()).where(Claim.person_id != person.id, Claim.until > clock.now())
    return Elsewhere(db.session.scalar(asked) or 0, db.session.scalar(claimed) or 0)
