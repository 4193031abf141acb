"""Who may write in the private thread of an idea."""

from innovation.core.permissions import Actor, rule
from innovation.ideas.models import Idea
from innovation.ideas.policy import may_edit


@rule("message:reply")
def may_reply(actor: Actor, idea: Idea) -> bool:
    """Authors answer, with an account or a tracking key, as long as they could edit the idea."""
    return may_edit(actor, idea)
