"""Which promises are broken today, counted from the day that was promised first."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select

from innovation.answers.models import Postponement
from innovation.answers.postponements import MADE, UNDECIDED, stood_on
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Nobody
from innovation.ideas.lifecycle import FINISHED, Handling
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.queries import visible_to
from innovation.ideas.reckoning import kept
from innovation.ideas.timeline import Kind


@dataclass(frozen=True, slots=True)
class LateIdea:
    """An idea whose promise is broken today. promise: first_answer, decision or step.

    on: the day that was promised first; days: how many have passed since.
    """

    number: int
    sub_project_id: int | None
    promise: str
    on: date
    days: int


def first_promised() -> dict[tuple[int, str], date]:
    """Give the day promised first of each promise that was moved, by idea and promise."""
    rows = db.session.execute(
        select(Postponement.idea_id, Postponement.promise, func.min(Postponement.moved_from))
        .where(Postponement.state == MADE, Postponement.promise != "step")
        .group_by(Postponement.idea_id, Postponement.promise)
    )
    return {(number, promise): on for number, promise, on in rows}


def original(
    first: Mapping[tuple[int, str], date],
    number: int,
    promise: str,
    on: date | None,
    asked: datetime | None,
) -> date | None:
    """Give the day promised first; a clock that stands now moves it as readers see it moved."""
    moved = first.get((number, promise))
    day = min(on, moved) if on and moved else on or moved
    return stood_on(day, asked) if day and asked else day


def late_ideas(today: date) -> list[LateIdea]:
    """Give the public ideas whose promise is broken, the longest first."""
    first = first_promised()
    # What is on hold has a date of its own, told with a reason.
    open_ones = UNDECIDED - {Handling.ON_HOLD}
    undecided = sorted(str(one) for one in open_ones)
    late = or_(
        and_(Idea.answered_at.is_(None), Idea.first_answer_by < today),
        and_(Idea.decided_at.is_(None), Idea.decision_by < today, Idea.handling.in_(undecided)),
        Idea.next_step_on < today,
        Idea.id.in_(sorted({number for number, _promise in first})),
    )
    columns = (
        Idea.id, Idea.primary_sub_project_id, Idea.answered_at, Idea.decided_at,
        Idea.first_answer_by, Idea.decision_by, Idea.next_step_on, Idea.asked_at, Idea.handling,
    )  # fmt: skip
    over = sorted(str(one) for one in FINISHED)
    rows = (
        db.session.connection()
        .execute(select(*columns).where(visible_to(Nobody()), Idea.handling.not_in(over), late))
        .all()
    )
    found = []
    for number, home, answered, decided, answer_by, decision_by, step_on, asked, handling in rows:
        days: dict[str, date | None] = {"step": step_on}
        if answered is None:
            days["first_answer"] = original(first, number, "first_answer", answer_by, asked)
        if decided is None and handling in open_ones:
            days["decision"] = original(first, number, "decision", decision_by, asked)
        on, promise = min(((day, name) for name, day in days.items() if day), default=(today, ""))
        if on < today:
            found.append(LateIdea(number, home, promise, on, (today - on).days))
    return sorted(found, key=lambda one: (-one.days, one.number))


def late_today() -> list[LateIdea]:
    """Give the public ideas whose promise is broken today, read anew when an idea changes."""
    today = clock.today()
    return kept(lambda: late_ideas(today), "late", today)


def passed_on_at() -> dict[int, datetime]:
    """Give when ideas without an answer were passed on by a moderator, which is told and final."""
    rows = db.session.execute(
        select(TimelineEntry.idea_id, func.max(TimelineEntry.at))
        .join(Idea, Idea.id == TimelineEntry.idea_id)
        .where(TimelineEntry.kind == Kind.PASSED_ON, TimelineEntry.undone_at.is_(None))
        .where(Idea.answered_at.is_(None), Idea.handling == Handling.PASSED_ON)
        .group_by(TimelineEntry.idea_id)
    )
    return {number: at for number, at in rows}  # noqa: C416 - to mypy rows are no pairs


def local_dates(today: date) -> Callable[[datetime], date]:
    """Give a quick way from moments to local days: a list of when days begin, looked up in."""
    days = [today - timedelta(days=1) * back for back in range(3 * 366, -2, -1)]
    begins = [clock.day_begins(day) for day in days]

    def local(moment: datetime) -> date:
        place = bisect_right(begins, moment) - 1
        return days[place] if 0 <= place < len(days) - 1 else clock.local_date(moment)

    return local
