"""The dates promised to an idea: kept beside it when it is published, and when its clock stands.

Where an idea is routed, what it is merged with and whether it is taken up again starts nothing
anew. The clock stands only while its author is asked something, two weeks at most.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db
from innovation.ideas.models import Authorship, Idea
from innovation.programme import promises

# The clock stands this many days at most while the author is asked.
LONGEST_STANDING = 14


def promise(idea: Idea) -> None:
    """Promise an answer and a decision; what was promised before stays."""
    if idea.published_at is None or idea.first_answer_by is not None:
        return
    start = clock.local_date(idea.published_at)
    idea.first_answer_by = promises.first_answer_by(start)
    idea.decision_by = promises.decision_by(start)


def keep_oldest(target: Idea, merged: Iterable[Idea]) -> None:
    """Let the oldest promises hold for an idea into which others were merged."""
    for one in merged:
        target.first_answer_by = _earlier(target.first_answer_by, one.first_answer_by)
        target.decision_by = _earlier(target.decision_by, one.decision_by)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def stood(idea: Idea) -> None:
    """The author is not asked any more: add the days for which the clock stood.

    What had been broken before the question stays broken; dates that are kept do not move.
    """
    days = standing(idea.asked_at)
    asked = clock.local_date(idea.asked_at) if idea.asked_at else None
    if not days or asked is None or not _is_reachable(idea.id):
        return
    if idea.answered_at is None and idea.first_answer_by and idea.first_answer_by >= asked:
        idea.first_answer_by = later(idea.first_answer_by, days)
    if idea.decided_at is None and idea.decision_by and idea.decision_by >= asked:
        idea.decision_by = later(idea.decision_by, days)


def _is_reachable(idea_id: int) -> bool:
    """Tell whether somebody could read what was asked: the clock stands for nobody else."""
    reached = select(Account.id).where(Account.unreachable_at.is_(None))
    known = select(Authorship.id).where(
        Authorship.idea_id == idea_id,
        or_(Authorship.person_id.in_(reached), Authorship.receipt_id.is_not(None)),
    )
    return db.session.scalar(known.limit(1)) is not None


def standing(asked_at: datetime | None) -> int:
    """Give for how many days the clock has stood since the author was asked."""
    if asked_at is None:
        return 0
    return min(LONGEST_STANDING, max(0, (clock.today() - clock.local_date(asked_at)).days))


def stands(asked_at: datetime | None) -> bool:
    """Tell whether the clock stands now."""
    return asked_at is not None and clock.now() < asked_at + timedelta(days=LONGEST_STANDING)


def later(day: date, days: int) -> date:
    """Give the day moved on by so many days for which the clock stood."""
    return clock.deadline_after(day, days, promises.closed_periods())
