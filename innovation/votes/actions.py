"""Every write to supports: giving one, taking it back, correcting the counters."""

from collections.abc import Iterable

from sqlalchemy import delete, select, update

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db, insert
from innovation.core.errors import ForbiddenError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.ideas.counters import WrongCounter
from innovation.ideas.merged import families_of, family_of
from innovation.ideas.models import Idea
from innovation.ideas.policy import is_author
from innovation.votes.events import VoteCast
from innovation.votes.models import Vote
from innovation.votes.queries import supporters_of, wrong_counters


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
    _count(idea, 1, family_of(idea.id))
    record(VoteCast(idea.id, person.id))
    return True


def withdraw_vote(actor: Actor, idea: Idea) -> bool:
    """Take one's support back; true when there was one. Raises ForbiddenError.

    What was given to an idea that was merged into this one is taken back too.
    """
    authorize(actor, "idea:vote", idea)
    family = family_of(idea.id)
    went = db.session.scalars(
        delete(Vote)
        .where(Vote.idea_id.in_(family), Vote.person_id == _person(actor).id)
        .returning(Vote.idea_id)
        .execution_options(synchronize_session=False)
    ).all()
    if not went:
        return False
    _count(idea, -1, family)
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


def recount(numbers: Iterable[int]) -> None:
    """Let the counters of these ideas say how many people support them or what was merged in."""
    for number, family in families_of(list(numbers)).items():
        counted = supporters_of(family)
        db.session.execute(
            update(Idea)
            .where(Idea.id == number, Idea.support_count != counted)
            .values(support_count=counted, version=Idea.version + 1)
            .execution_options(synchronize_session=False)
        )
        known = db.session.get(Idea, number)
        if known is not None:
            db.session.expire(known, ["support_count", "version"])


def _person(actor: Actor) -> Person:
    if not isinstance(actor, Person):
        raise ForbiddenError("idea:vote")
    return actor


def _count(idea: Idea, step: int, family: list[int]) -> None:
    """Move the counter in the database itself, so that nobody's step is lost."""
    if len(family) > 1:
        recount(family)
        return
    db.session.execute(
        update(Idea)
        .where(Idea.id == idea.id)
        .values(support_count=Idea.support_count + step, version=Idea.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.expire(idea, ["support_count", "version"])
