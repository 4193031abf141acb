"""Asking the author: the idea stays where it is until the answer comes, or two weeks are over."""

from innovation.core import clock
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.ideas.events import IdeaChanged
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import hold
from innovation.ideas.timeline import Kind, add_entry
from innovation.messages import actions as messages
from innovation.messages.queries import is_reachable, thread_of
from innovation.moderation.actions import take
from innovation.moderation.recusals import refuse_recused
from innovation.moderation.undo import undoable

ASKABLE = frozenset({Visibility.WAITING, Visibility.PUBLIC, Visibility.STAFF_ONLY})


def ask_author(
    actor: Actor, idea: Idea, text: str, *, consent: bool = False, seen: int | None = None
) -> None:
    """Ask the author something in private; who may see the idea stays as it is.

    consent: asks for leave to make a statutory initiative of it. seen: as in `publish_idea`.
    Raises RuleBrokenError at "reason", ConflictError and ForbiddenError.
    """
    messages.check_question(text)
    if not is_reachable(idea.id):
        raise RuleBrokenError(_("Nobody can be asked: the idea has no author to reach."), "reason")
    if not take(actor, idea, seen, (Kind.ASKED,)):
        return
    if idea.visibility not in ASKABLE:
        raise ConflictError(_("The idea has changed meanwhile. Look at it again before deciding."))
    with undoable(actor, "ask", idea):
        messages.ask(actor, idea, text, consent=consent)
        idea.asked_at = clock.now()
        add_entry(actor, idea, Kind.ASKED, reason=text, public=False)
        record(IdeaChanged(idea.id))


def read_answer(actor: Actor, idea: Idea) -> None:
    """Let the author's answer wait no longer: it was read and nothing has to be done.

    Safe to repeat. Raises ForbiddenError, and RuleBrokenError for whom the idea concerns.
    """
    authorize(actor, "idea:moderate", idea)
    refuse_recused(actor, idea)
    hold(idea)
    if not thread_of(idea.id).unread:
        return
    with undoable(actor, "read", idea):
        messages.mark_read(idea.id)
