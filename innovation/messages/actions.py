"""Every write to the private thread: a question, its answer, and that the answer was read."""

from typing import Any

from sqlalchemy import update

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.guard import inspect
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.events import IdeaChanged, UrgentReceived
from innovation.ideas.models import Idea
from innovation.ideas.moves import hold
from innovation.ideas.promises import stood
from innovation.ideas.timeline import Kind, add_entry
from innovation.messages.events import QuestionAnswered
from innovation.messages.models import ASKED, AUTHOR, GIVEN, MODERATOR, REFUSED, Message
from innovation.messages.queries import Thread, thread_of

LONGEST = 2_000


def ask(actor: Actor, idea: Idea, text: str, *, consent: bool = False) -> Message:
    """Write a question to the author; the one that was open before is open no more.

    consent: it asks for leave to make a statutory initiative of the idea. The caller holds the
    idea and marks it as asked. Raises RuleBrokenError at "reason", and ForbiddenError.
    """
    authorize(actor, "idea:moderate", idea)
    check_question(text)
    _settle(idea.id, MODERATOR)
    return _add(actor, idea, MODERATOR, text, ASKED if consent else "")


def check_question(text: str) -> None:
    """Raise RuleBrokenError at "reason" for what cannot be asked."""
    if not text:
        raise RuleBrokenError(_("Write what you ask the author."), "reason")
    refuse_long(LONGEST, reason=text)
    refuse_identity_codes(reason=text)


def reply(actor: Actor, idea: Idea, text: str, agrees: bool | None = None) -> bool:
    """Answer the open question; the idea no longer waits for its author. Safe to repeat.

    agrees: the answer to a question for consent. Gives True when the answer tells of somebody in
    danger, which moderators hear of at once. Raises RuleBrokenError at "text", ConflictError when
    no question is open, and ForbiddenError.
    """
    hold(idea)
    authorize(actor, "message:reply", idea)
    thread = thread_of(idea.id)
    consent = "" if agrees is None else GIVEN if agrees else REFUSED
    if thread.question is None:
        if _said_just_now(thread, text, consent):
            return False
        raise ConflictError(_("No question is open any more. You have perhaps answered it."))
    if not thread.question.asks_consent:
        consent = ""
    elif not consent:
        raise RuleBrokenError(_("Answer with yes or no. You can also write something."), "text")
    if not (text or consent):
        raise RuleBrokenError(_("Write your answer."), "text")
    refuse_long(LONGEST, text=text)
    refuse_identity_codes(text=text)
    _settle(idea.id, MODERATOR, **({"consent": consent} if consent else {}))
    _add(actor, idea, AUTHOR, text, consent)
    stood(idea)
    idea.asked_at = None
    add_entry(actor, idea, Kind.REPLIED, public=False)
    record(IdeaChanged(idea.id))
    record(QuestionAnswered(idea.id))
    urgent = inspect(text).urgent
    if urgent:
        record(UrgentReceived(idea.id))
    return urgent


def close_question(idea_id: int) -> None:
    """Let a question wait for its answer no longer: something else is asked of the author now."""
    _settle(idea_id, MODERATOR)


def mark_read(idea_id: int) -> None:
    """Let the author's answers wait no longer: a moderator has reacted, or read them."""
    _settle(idea_id, AUTHOR)


def _settle(idea_id: int, side: str, **values: Any) -> None:
    db.session.flush()
    db.session.execute(
        update(Message)
        .where(Message.idea_id == idea_id, Message.side == side, Message.awaits)
        .values(awaits=False, **values)
        .execution_options(synchronize_session="fetch")
    )


def _add(actor: Actor, idea: Idea, side: str, text: str, consent: str) -> Message:
    message = Message(
        idea_id=idea.id,
        side=side,
        person_id=actor.id if isinstance(actor, Person) else None,
        text=text,
        at=clock.now(),
        awaits=True,
        consent=consent,
    )
    db.session.add(message)
    db.session.flush()  # the rows are read again before the unit of work ends
    return message


def _said_just_now(thread: Thread, text: str, consent: str) -> bool:
    """Tell whether the newest line is this answer: the button was pressed twice."""
    last = thread.rows[-1] if thread.rows else None
    return (
        last is not None
        and (last.side, last.text) == (AUTHOR, text)
        and (last.consent in ("", consent))
    )
