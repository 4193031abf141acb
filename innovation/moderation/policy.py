"""Who may ask for another look at a decision, and who may give it."""

from innovation.comments.models import Comment
from innovation.core.permissions import Actor, Person, holds, rule
from innovation.ideas.models import Idea
from innovation.ideas.policy import is_author
from innovation.moderation.models import Decision


@rule("idea:appeal")
def may_appeal(actor: Actor, idea: Idea) -> bool:
    """Authors appeal, with an account or with the tracking key."""
    return is_author(actor, idea)


@rule("comment:appeal")
def may_appeal_comment(actor: Actor, comment: Comment) -> bool:
    """Writers of comments appeal; they always have an account."""
    return isinstance(actor, Person) and comment.person_id == actor.id


@rule("appeal:decide")
def may_decide_appeal(actor: Actor, decision: Decision) -> bool:
    """Any moderator but the one whose decision it is."""
    own = isinstance(actor, Person) and decision.person_id == actor.id
    return holds(actor, "idea:moderate") and not own
