"""What was taken out of an idea goes from the models that grew from it or from its experiments."""

import re
from collections.abc import Iterable

from sqlalchemy import func, select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.events import on
from innovation.experiments.models import Experiment, ExperimentIdea
from innovation.ideas.events import IdeaRedacted
from innovation.ideas.models import Idea
from innovation.operating_models.actions import replace_words
from innovation.operating_models.models import ModelSource, OperatingModel
from innovation.redactions.marks import PLACEHOLDERS, Cut, taken_out
from innovation.redactions.models import Redaction

_KINDS = {text: kind for kind, texts in PLACEHOLDERS.items() for text in texts.values()}
_STANDING = re.compile("|".join(map(re.escape, _KINDS)))
# A model is written in Finnish.
_LANGUAGE = "fi"


@on(IdeaRedacted)
def take_out_of_models(event: IdeaRedacted) -> None:
    """Take the same words out of the models and of every version of them.

    Undoing does not bring them back here: a model does without them.
    """
    # Every round of a trial: a model tells the whole way, also of rounds that had other ideas.
    first = func.coalesce(Experiment.first_id, Experiment.id)
    tried = (
        select(first)
        .join(ExperimentIdea, ExperimentIdea.experiment_id == Experiment.id)
        .where(ExperimentIdea.idea_id == event.idea_id)
    )
    grown = (
        select(ModelSource.model_id)
        .outerjoin(Experiment, Experiment.id == ModelSource.experiment_id)
        .where((ModelSource.idea_id == event.idea_id) | first.in_(tried))
    )
    models = db.session.scalars(
        select(OperatingModel).where(OperatingModel.id.in_(grown)).order_by(OperatingModel.id)
    ).all()
    cuts = _cuts(event.idea_id) if models else []
    if not cuts:
        return
    for model in models:
        replace_words(model, lambda text: taken_out(text, cuts, _LANGUAGE), clock.now())


def _cuts(idea_id: int) -> list[Cut]:
    """Give what was taken out last of the idea's own texts."""
    idea = db.session.get_one(Idea, idea_id)
    own = (Redaction.idea_id == idea_id, Redaction.place == Idea.__tablename__)
    last = select(func.max(Redaction.at)).where(*own).scalar_subquery()
    rows = db.session.execute(
        select(Redaction.field, Redaction.original).where(
            *own, Redaction.at == last, Redaction.original.is_not(None)
        )
    )
    found = {cut for field, was in rows for cut in _removed(str(was), getattr(idea, field))}
    return sorted(found, key=lambda cut: -len(cut.words))


def _removed(was: str, now: str) -> Iterable[Cut]:
    """Tell the words that a text has lost, by laying what is left of it beside what it was."""
    pattern = "(.+?)".join(re.escape(left) for left in _STANDING.split(now))
    laid = re.fullmatch(pattern, was, re.DOTALL)
    if laid is None:
        return
    for words, instead in zip(laid.groups(), _STANDING.findall(now), strict=True):
        if words not in _KINDS:
            yield Cut(words, _KINDS[instead])
