"""What was acknowledged beside what is stored: nothing lost, nothing twice, every counter right."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Flask
from sqlalchemy import func, select

from bench.faults.figures import Promises
from bench.faults.traffic import Visit
from innovation.comments import queries as comments
from innovation.comments.models import Comment
from innovation.core import clock, transaction
from innovation.core.db import db
from innovation.core.jobs import Job
from innovation.ideas.models import Idea
from innovation.votes import queries as votes
from innovation.votes.models import Vote

_LOOK = 0.1


def look(app: Flask, visits: Sequence[Visit], since: datetime, promises: Promises) -> int:
    """See whether everything acknowledged stands once; gives how many acts that were.

    since: when the first of them came. Whatever was sent without an answer may stand or not.
    """
    sent = [one for one in visits if one.request.form is not None]
    supports = {_support(one): one.well for one in sent if one.kind == "support"}
    said = {str((one.request.form or {}).get("text")): one for one in sent
            if one.kind in {"comment", "submit"}}  # fmt: skip
    with app.app_context(), transaction.reading():
        given = select(Vote.idea_id, Vote.person_id).where(Vote.created_at >= since)
        stand = {(row.idea_id, row.person_id) for row in db.session.execute(given)}
        texts: Counter[str] = Counter()
        for table in (Comment, Idea):
            texts.update(db.session.scalars(select(table.text).where(table.created_at >= since)))
        wrong = [*votes.wrong_counters(), *comments.wrong_counters()]
    lost = {pair for pair, well in supports.items() if well} - stand
    promises.hold(not lost, f"{len(lost)} acknowledged supports are lost")
    promises.hold(stand <= supports.keys(), "a support stands that nobody gave")
    gone = [text for text, one in said.items() if one.well and not texts[text]]
    promises.hold(not gone, f"{len(gone)} acknowledged texts are lost, such as {gone[:1]}")
    twice = [text for text, many in texts.items() if many > 1]
    promises.hold(not twice, f"{len(twice)} texts stand twice, such as {twice[:1]}")
    promises.hold(texts.keys() <= said.keys(), "a text stands that nobody sent")
    promises.hold(not wrong, f"counters are wrong: {wrong[:3]}")
    return sum(supports.values()) + sum(one.well for one in said.values())


def _support(visit: Visit) -> tuple[int, int]:
    """Give whose support for which idea was asked for: the number is a part of the seat's key."""
    seat = visit.request.headers["Cookie"].split("-")[1]
    return int(visit.request.path.split("/")[2]), int(seat)


def waiting(app: Flask) -> tuple[int, float]:
    """Give how many jobs are due and not done, and for how many seconds the oldest has been."""
    now = clock.now()
    with app.app_context(), transaction.reading():
        many, oldest = db.session.execute(
            select(func.count(), func.min(Job.not_before)).where(Job.not_before <= now)
        ).one()
    return many, (now - oldest).total_seconds() if oldest else 0.0


def none_due(now: datetime) -> bool:
    """Tell whether no job is due. Inside a unit of work."""
    return not db.session.scalar(select(func.count(Job.id)).where(Job.not_before <= now))


def until(true: Callable[[], bool], longest: float) -> float:
    """Wait for something; gives the seconds it took, or the longest when it did not come."""
    begun = time.monotonic()
    while not true() and time.monotonic() - begun < longest:
        time.sleep(_LOOK)
    return min(longest, time.monotonic() - begun)
