"""Who may do what to a comment."""

from datetime import timedelta

from innovation.comments.lifecycle import Visibility
from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.permissions import Actor, Person, holds, may, rule
from innovation.ideas.lifecycle import Visibility as IdeaVisibility
from innovation.ideas.models import Idea

EDIT_WINDOW = timedelta(minutes=15)
DISCUSSED = frozenset({IdeaVisibility.PUBLIC, IdeaVisibility.STAFF_ONLY})
OWN = frozenset({Visibility.WAITING, Visibility.PUBLIC})


@rule("comment:create")
def may_comment(actor: Actor, idea: Idea | None) -> bool:
    """Everybody with an account comments on what is shown to them."""
    if not isinstance(actor, Person) or not holds(actor, "comment:create"):
        return False
    if idea is None:
        return True
    shown = idea.visibility in DISCUSSED and idea.merged_into_id is None
    return shown and may(actor, "idea:see", idea)


@rule("comment:official")
def may_comment_officially(actor: Actor, idea: Idea | None) -> bool:
    """Leads speak officially about the ideas that they lead, moderators about all."""
    if not isinstance(actor, Person) or not holds(actor, "comment:official"):
        return False
    if idea is None or holds(actor, "comment:moderate"):
        return True
    return actor.leads(idea.primary_sub_project_id, idea.area_id)


@rule("comment:edit")
def may_edit(actor: Actor, comment: Comment) -> bool:
    """Writers correct their comment for a short while; that nobody answered is asked elsewhere."""
    return may_delete(actor, comment) and clock.now() - comment.created_at <= EDIT_WINDOW


@rule("comment:delete")
def may_delete(actor: Actor, comment: Comment) -> bool:
    """Writers delete their comment whenever they wish; a group's while they write in its name."""
    if not isinstance(actor, Person) or comment.person_id != actor.id:
        return False
    own = comment.group_id is None or actor.writes_for(comment.group_id)
    return own and comment.visibility in OWN


@rule("comments:repair")
def may_repair(_actor: Actor, _row: object) -> bool:
    """Only the platform itself corrects counters; it passes every rule."""
    return False
