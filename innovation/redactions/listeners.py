"""What taking out does by the clock, and what undoing it changes for those who keep copies."""

from datetime import timedelta

from innovation.core import transaction
from innovation.core.db import db
from innovation.core.events import on, record
from innovation.core.jobs import every
from innovation.ideas.events import IdeaChanged, IdeaRedacted
from innovation.ideas.merged import family_of
from innovation.moderation.events import DecisionUndone
from innovation.moderation.models import Decision
from innovation.redactions.actions import forget_originals


@on(DecisionUndone)
def make_copies_anew(event: DecisionUndone) -> None:
    """The words are back: what was made of the texts has to be made anew once more."""
    if db.session.get_one(Decision, event.decision_id).kind != "redact":
        return
    for number in family_of(event.idea_id):
        record(IdeaChanged(number))
        record(IdeaRedacted(number))


@every(timedelta(hours=1))
def forget_redacted() -> None:
    """Keep no text as it was for longer than an appeal may take."""
    with transaction.writing():
        forget_originals()
