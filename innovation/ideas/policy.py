"""Who may do what to an idea."""

from innovation.core.permissions import Actor, Person, ReceiptHolder, holds, rule
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea

# Attached by the queries that load an idea together with its authors, so that rules stay pure.
AUTHORS = "author_ids"
# Attached likewise: the group in whose name it was written, None for none.
GROUP = "group_id"
# Attached to a new idea by the action that found its text clean and its author known.
CLEARED = "cleared"


def is_author(actor: Actor, idea: Idea) -> bool:
    """True when the actor wrote the idea, with an account or with its tracking key."""
    match actor:
        case Person(id=person_id):
            return person_id in getattr(idea, AUTHORS, frozenset())
        case ReceiptHolder(idea_id=idea_id):
            return idea_id == idea.id
        case _:
            return False


@rule("idea:edit")
def may_edit(actor: Actor, idea: Idea) -> bool:
    """Authors edit until the idea is withdrawn, hidden or merged."""
    closed = {Visibility.WITHDRAWN, Visibility.HIDDEN}
    return is_author(actor, idea) and idea.visibility not in closed and idea.merged_into_id is None


@rule("idea:withdraw")
def may_withdraw(actor: Actor, idea: Idea) -> bool:
    """Authors withdraw what they could edit."""
    return may_edit(actor, idea)


@rule("idea:publish_own")
def may_publish_own(actor: Actor, idea: Idea) -> bool:
    """Employees let their own texts be seen, by everybody or by the staff; known authors a clean
    one by everybody.
    """
    cleared = holds(actor, "idea:publish_own") or getattr(idea, CLEARED, False)
    return is_author(actor, idea) and cleared


@rule("idea:hold")
def may_hold(_actor: Actor, _idea: Idea) -> bool:
    """Only the platform itself takes a reported idea back to wait; it passes every rule."""
    return False


@rule("idea:see")
def may_see(actor: Actor, idea: Idea) -> bool:
    """Everybody sees public ideas, staff also those for staff, authors and moderators all."""
    if idea.visibility == Visibility.PUBLIC or is_author(actor, idea):
        return True
    if idea.visibility == Visibility.STAFF_ONLY:
        return holds(actor, "idea:see_staff_only")
    return holds(actor, "idea:moderate")


@rule("idea:decide")
def may_decide(actor: Actor, idea: Idea) -> bool:
    """Moderators and coordinators decide on every idea, leads on those they lead."""
    if isinstance(actor, Person) and actor.leads(idea.primary_sub_project_id, idea.area_id):
        return True
    return holds(actor, "idea:moderate") or holds(actor, "promise:coordinate")


@rule("ideas:repair")
def may_repair(_actor: Actor, _row: object) -> bool:
    """Only the platform itself corrects counts; it passes every rule."""
    return False
