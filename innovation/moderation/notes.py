"""What moderators write to each other about an idea. Nobody else reads it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.models import Idea
from innovation.moderation.models import Note

LONGEST_NOTE = 1_000
MOST_NOTES = 50


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note as moderators read it. name: its writer's, "" when the account is no more."""

    id: int
    name: str
    text: str
    at: datetime


def write_note(actor: Actor, idea: Idea, text: str) -> None:
    """Leave the other moderators a note; the same text twice in a row stays one.

    Raises RuleBrokenError at "text", and ForbiddenError.
    """
    authorize(actor, "idea:moderate", idea)
    if not text:
        raise RuleBrokenError(_("Write the note first."), "text")
    refuse_long(LONGEST_NOTE, text=text)
    refuse_identity_codes(text=text)
    writer = actor.id if isinstance(actor, Person) else None
    last = db.session.execute(
        select(Note.person_id, Note.text)
        .where(Note.idea_id == idea.id)
        .order_by(Note.id.desc())
        .limit(1)
    ).first()
    if last is not None and tuple(last) == (writer, text):
        return
    db.session.add(Note(idea_id=idea.id, person_id=writer, text=text, at=clock.now()))
    db.session.flush()


def notes_of(actor: Actor, idea_id: int) -> list[NoteRow]:
    """Give the newest notes about an idea, the oldest of them first. Raises ForbiddenError."""
    authorize(actor, "moderation:see")
    rows = db.session.execute(
        select(Note.id, Account.name, Note.text, Note.at)
        .outerjoin(Account, Account.id == Note.person_id)
        .where(Note.idea_id == idea_id)
        .order_by(Note.id.desc())
        .limit(MOST_NOTES)
    )
    return [NoteRow(row.id, row.name or "", row.text, row.at) for row in rows][::-1]
