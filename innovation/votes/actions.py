"""Every write to supports: giving one, taking it back, correcting the counters."""

from sqlalchemy import delete, select, update

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db, insert
from innovation.core.errors import ForbiddenError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.ideas.counters import WrongCounter
from innovation.ideas.models import Idea
from innovation.ideas.policy import is_author
from innovation.votes.events import VoteCast
from innovation.votes.models import Vote
from innovation.votes.queries import wrong_counters


def cast_vote(actor: Actor, idea: Idea) -> bool:
    """Support the idea; true when that is new. Safe to repeat and under any concurrency.

    An author's own support would tell nothing, so it is refused with a RuleBrokenError without a
    field. Raises ForbiddenError.
    """
    authorize(actor, "idea:vote", idea)
    person = _person(actor)
    if is_author(actor, idea):
        raise RuleBrokenError(_("This is your own idea. It is for others to support it."))
    capacity = select(Account.capacity).where(Account.id == person.id).scalar_subquery()
    came = db.session.execute(
        insert(Vote)
        .values(idea_id=idea.id, person_id=person.id, capacity=capacity, created_at=clock.now())
        .on_conflict_do_nothing()
        .returning(Vote.idea_id)
    ).first()
    if came is None:
        return False
    _count(idea, 1)
    record(VoteCast(idea.id, person.id))
    return True


def withdraw_vote(actor: Actor, idea: Idea) -> bool:
    """Take one's support back; true when there was one. Raises ForbiddenError."""
    authorize(actor, "idea:vote", idea)
    went = db.session.execute(
        delete(Vote)
        .where(Vote.idea_id == idea.id, Vote.person_id == _person(actor).id)
        .returning(Vote.idea_id)
        .execution_options(synchronize_session=False)
    ).first()
    if went is None:
        return False
    _count(idea, -1)
    return True


def repair_counters(actor: Actor) -> list[WrongCounter]:
    """Let every counter say what its rows say; gives what was wrong."""
    authorize(actor, "votes:repair")
    wrong = wrong_counters()
    for one in wrong:
        db.session.execute(
            update(Idea)
            .where(Idea.id == one.idea_id)
            .values(support_count=one.counted, version=Idea.version + 1)
            .execution_options(synchronize_session=False)
        )
    return wrong


def _person(actor: Actor) -> Person:
    if not isinstance(actor, Person):
        raise ForbiddenError("idea:vote")
    return actor


def _count(idea: Idea, step: int) -> None:
    """Move the counter in the database itself, so that nobody's step is lost."""
    db.session.execute(
        update(Idea)
        .where(Idea.id == idea.id)
        .values(support_count=Idea.support_count + step, version=Idea.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.expire(idea, ["support_count", "version"])
