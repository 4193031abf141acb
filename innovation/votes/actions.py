"""Every write to supports: giving one, taking it back, correcting the counters."""

from collections.abc import Iterable

from sqlalchemy import Executable, bindparam, delete, func, select, update
from sqlalchemy.orm.attributes import set_committed_value

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db, insert, per_database
from innovation.core.errors import ForbiddenError, MovedError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.ideas.counters import WrongCounter, hold_counters
from innovation.ideas.merged import families_of, family_of
from innovation.ideas.models import Idea
from innovation.ideas.policy import is_author
from innovation.programme.levels import refuse_unknown
from innovation.votes.events import VoteCast
from innovation.votes.models import FormerVotes, Vote
from innovation.votes.queries import supporters_of, wrong_counters


def cast_vote(actor: Actor, idea: Idea) -> bool:
    """Support the idea; true when that is new. Safe to repeat and under any concurrency.

    An author's own support would tell nothing, so it is refused with a RuleBrokenError without a
    field. Raises ForbiddenError.
    """
    authorize(actor, "idea:vote", idea)
    person = _person(actor)
    refuse_unknown(actor, "support")
    if is_author(actor, idea):
        raise RuleBrokenError(_("This is your own idea. It is for others to support it."))
    family = _held_family(idea)
    cast = {"idea": idea.id, "person": person.id, "now": clock.now()}
    if db.session.connection().execute(_casting(), cast).first() is None:
        return False
    _count(idea, 1, {idea.id} if len(family) > 1 else set())
    record(VoteCast(idea.id, person.id))
    return True


@per_database
def _casting() -> Executable:
    capacity = select(Account.capacity).where(Account.id == bindparam("person"))
    given = {
        Vote.idea_id: bindparam("idea"),
        Vote.person_id: bindparam("person"),
        Vote.capacity: capacity.scalar_subquery(),
        Vote.created_at: bindparam("now"),
    }
    return insert(Vote).values(given).on_conflict_do_nothing().returning(Vote.idea_id)


def withdraw_vote(actor: Actor, idea: Idea) -> bool:
    """Take one's support back; true when there was one. Raises ForbiddenError.

    What was given to an idea that was merged into this one is taken back too.
    """
    authorize(actor, "idea:vote", idea)
    family = _held_family(idea)
    went = db.session.scalars(
        delete(Vote)
        .where(Vote.idea_id.in_(family), Vote.person_id == _person(actor).id)
        .returning(Vote.idea_id)
        .execution_options(synchronize_session=False)
    ).all()
    if not went:
        return False
    _count(idea, -1, {idea.id, *went} if len(family) > 1 else set())
    return True


def keep_as_numbers(person_id: int) -> None:
    """Let the supports of somebody who leaves count on without them; their rows go.

    Of an idea and what was merged into it one support stays, as it counted before.
    """
    rows = db.session.execute(
        select(Vote.idea_id, Vote.capacity, func.coalesce(Idea.merged_into_id, Idea.id))
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Vote.person_id == person_id)
        .order_by(Vote.idea_id)
    ).all()
    for number, capacity in {head: (one, told or "") for one, told, head in rows}.values():
        db.session.execute(
            insert(FormerVotes)
            .values(idea_id=number, capacity=capacity, votes=1)
            .on_conflict_do_update(
                index_elements=["idea_id", "capacity"],
                set_={"votes": FormerVotes.votes + 1},
            )
        )
    db.session.execute(delete(Vote).where(Vote.person_id == person_id))
    recount({head for _one, _told, head in rows})


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
    wanted = list(numbers)
    hold_counters(wanted)
    for number, family in families_of(wanted).items():
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


def _held_family(idea: Idea) -> list[int]:
    """Give the idea and what was merged into it, and let nobody merge them meanwhile.

    On SQLite whoever writes does so alone. Raises MovedError when the idea was merged itself.
    """
    alone = db.session.get_bind().dialect.name == "sqlite"
    head = idea.merged_into_id if alone else hold_counters([idea.id])[idea.id]
    if head is not None:
        raise MovedError(head)
    return family_of(idea.id)


def _count(idea: Idea, step: int, anew: set[int]) -> None:
    """Move the counter in the database itself, so that nobody's step is lost.

    anew: the ideas to be counted anew instead, where one belongs to a family.
    """
    if anew:
        recount(anew)
        return
    db.session.flush()
    counted = db.session.connection().execute(_COUNT, {"number": idea.id, "step": step}).one()
    set_committed_value(idea, "support_count", counted.support_count)
    set_committed_value(idea, "version", counted.version)


_COUNT = (
    update(Idea)
    .where(Idea.id == bindparam("number"))
    .values({
        Idea.support_count: Idea.support_count + bindparam("step"), Idea.version: Idea.version + 1,
    })
    .returning(Idea.support_count, Idea.version)
)  # fmt: skip
