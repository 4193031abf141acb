"""Two sentences in Finnish under a text in another language, written by a moderator."""

from innovation.core.errors import RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.events import IdeaChanged
from innovation.ideas.models import Idea
from innovation.ideas.timeline import Kind, add_entry
from innovation.moderation.actions import take
from innovation.moderation.undo import undoable

FINNISH = "fi"
LONGEST_BRIEF = 400


def write_brief(actor: Actor, idea: Idea, text: str, *, seen: int | None = None) -> None:
    """Say in Finnish what the idea is about; an empty text takes that away. Safe to repeat.

    seen: as in `actions.publish_idea`. Raises RuleBrokenError at "brief", ConflictError and
    ForbiddenError.
    """
    refuse_long(LONGEST_BRIEF, brief=text)
    refuse_identity_codes(brief=text)
    if text and idea.language == FINNISH:
        raise RuleBrokenError(_("The text is in Finnish already."), "brief")
    if not take(actor, idea, seen, (Kind.BRIEF,)) or idea.in_brief == text:
        return
    with undoable(actor, "brief", idea):
        idea.in_brief = text
        add_entry(actor, idea, Kind.BRIEF)
    record(IdeaChanged(idea.id))
