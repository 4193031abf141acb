"""What was taken out of an idea goes from its experiments too: they hold its words."""

from sqlalchemy import select

from innovation.core.db import db
from innovation.core.events import on
from innovation.experiments.models import Experiment
from innovation.experiments.queries import chain_of, chains_from
from innovation.experiments.revising import replace_words
from innovation.ideas.events import IdeaRedacted
from innovation.redactions.marks import taken_out
from innovation.redactions.queries import last_cuts

# An experiment is planned in Finnish.
_LANGUAGE = "fi"


@on(IdeaRedacted)
def take_out_of_experiments(event: IdeaRedacted) -> None:
    """Take the same words out of every round of the experiments that the idea is tried in.

    Undoing does not bring them back here: an experiment does without them.
    """
    tried = chain_of().in_(chains_from(event.idea_id))
    numbers = db.session.scalars(select(Experiment.id).where(tried).order_by(Experiment.id)).all()
    cuts = last_cuts(event.idea_id) if numbers else []
    if not cuts:
        return
    for number in numbers:
        experiment = db.session.get_one(Experiment, number)
        replace_words(experiment, lambda text: taken_out(text, cuts, _LANGUAGE))
