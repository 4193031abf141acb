"""What follows from decisions: an initiative's month; words taken out go from assessments too."""

from sqlalchemy import select

from innovation.answers.models import Answer
from innovation.answers.statutory import begin_initiative, forget_initiative
from innovation.core.db import db
from innovation.core.events import on
from innovation.ideas.events import IdeaRedacted
from innovation.ideas.models import Idea
from innovation.moderation.events import DecisionMade, DecisionUndone
from innovation.redactions.marks import taken_out
from innovation.redactions.queries import last_cuts


@on(DecisionMade)
def initiative_begins(event: DecisionMade) -> None:
    """An idea may have been passed on as an initiative, whose maker is told within a month."""
    begin_initiative(event.decision_id)


@on(DecisionUndone)
def initiative_is_gone(event: DecisionUndone) -> None:
    """What was undone was no initiative."""
    forget_initiative(event.decision_id)


@on(IdeaRedacted)
def take_out_of_assessments(event: IdeaRedacted) -> None:
    """Take the same words out of what was said of the idea by each criterion.

    Undoing does not bring them back here: an assessment does without them.
    """
    answers = db.session.scalars(select(Answer).where(Answer.idea_id == event.idea_id)).all()
    answers = [one for one in answers if one.criteria]
    cuts = last_cuts(event.idea_id) if answers else []
    language = db.session.get_one(Idea, event.idea_id).language
    for one in answers if cuts else ():
        one.criteria = {
            name: {**said, "sentence": taken_out(said["sentence"], cuts, language)}
            for name, said in one.criteria.items()
        }
