"""Who may support an idea."""

from innovation.core.permissions import Actor, Person, holds, may, rule
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea

SUPPORTABLE = frozenset({Visibility.PUBLIC, Visibility.STAFF_ONLY})


@rule("idea:vote")
def may_vote(actor: Actor, idea: Idea | None) -> bool:
    """Everybody with an account supports what is shown to them; without an idea: whether ever."""
    if not isinstance(actor, Person) or not holds(actor, "idea:vote"):
        return False
    if idea is None:
        return True
    shown = idea.visibility in SUPPORTABLE and idea.merged_into_id is None
    return shown and may(actor, "idea:see", idea)


@rule("votes:repair")
def may_repair(_actor: Actor, _row: object) -> bool:
    """Only the platform itself corrects counters; it passes every rule."""
    return False
