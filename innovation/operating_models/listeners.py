"""What was taken out of an idea goes from the models that grew from it or from its experiments."""

from sqlalchemy import select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.events import on
from innovation.experiments.models import Experiment
from innovation.experiments.queries import chain_of, chains_from
from innovation.ideas.events import IdeaRedacted
from innovation.operating_models.actions import replace_words
from innovation.operating_models.models import ModelSource, OperatingModel
from innovation.redactions.marks import taken_out
from innovation.redactions.queries import last_cuts

# A model is written in Finnish.
_LANGUAGE = "fi"


@on(IdeaRedacted)
def take_out_of_models(event: IdeaRedacted) -> None:
    """Take the same words out of the models and of every version of them.

    Undoing does not bring them back here: a model does without them.
    """
    # Every round of a trial: a model tells the whole way, also of rounds that had other ideas.
    tried = chain_of().in_(chains_from(event.idea_id))
    grown = (
        select(ModelSource.model_id)
        .outerjoin(Experiment, Experiment.id == ModelSource.experiment_id)
        .where((ModelSource.idea_id == event.idea_id) | tried)
    )
    models = db.session.scalars(
        select(OperatingModel).where(OperatingModel.id.in_(grown)).order_by(OperatingModel.id)
    ).all()
    cuts = last_cuts(event.idea_id) if models else []
    if not cuts:
        return
    for model in models:
        replace_words(model, lambda text: taken_out(text, cuts, _LANGUAGE), clock.now())
