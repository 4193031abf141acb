"""What was taken out of an idea goes from its experiments too: they hold its words."""

import re
from collections.abc import Iterable

from sqlalchemy import func, select

from innovation.core.db import db
from innovation.core.events import on
from innovation.experiments.models import Experiment, ExperimentIdea
from innovation.experiments.revising import replace_words
from innovation.ideas.events import IdeaRedacted
from innovation.ideas.models import Idea
from innovation.redactions.marks import PLACEHOLDERS, Cut, taken_out
from innovation.redactions.models import Redaction

_KINDS = {text: kind for kind, texts in PLACEHOLDERS.items() for text in texts.values()}
_STANDING = re.compile("|".join(map(re.escape, _KINDS)))
# An experiment is planned in Finnish.
_LANGUAGE = "fi"


@on(IdeaRedacted)
def take_out_of_experiments(event: IdeaRedacted) -> None:
    """Take the same words out of every round of the experiments that the idea is tried in.

    Undoing does not bring them back here: an experiment does without them.
    """
    first = func.coalesce(Experiment.first_id, Experiment.id)
    tried = (
        select(first)
        .join(ExperimentIdea, ExperimentIdea.experiment_id == Experiment.id)
        .where(ExperimentIdea.idea_id == event.idea_id)
    )
    numbers = db.session.scalars(
        select(Experiment.id).where(first.in_(tried)).order_by(Experiment.id)
    ).all()
    cuts = _cuts(event.idea_id) if numbers else []
    if not cuts:
        return
    for number in numbers:
        experiment = db.session.get_one(Experiment, number)
        replace_words(experiment, lambda text: taken_out(text, cuts, _LANGUAGE))


def _cuts(idea_id: int) -> list[Cut]:
    """Give what was taken out last of the idea's own texts, the longest first."""
    own = (Redaction.idea_id == idea_id, Redaction.place == Idea.__tablename__)
    last = select(func.max(Redaction.at)).where(*own).scalar_subquery()
    kept = select(Redaction.field, Redaction.original).where(
        *own, Redaction.at == last, Redaction.original.is_not(None)
    )
    idea = db.session.get_one(Idea, idea_id)
    found = {
        cut
        for field, was in db.session.execute(kept)
        for cut in _lost(str(was), getattr(idea, field))
    }
    return sorted(found, key=lambda cut: -len(cut.words))


def _lost(was: str, now: str) -> Iterable[Cut]:
    """Tell the words that a text has lost, by laying what is left of it beside what it was."""
    left = "(.+?)".join(map(re.escape, _STANDING.split(now)))
    laid = re.fullmatch(left, was, re.DOTALL)
    if laid is None:
        return
    for words, instead in zip(laid.groups(), _STANDING.findall(now), strict=True):
        if words not in _KINDS:
            yield Cut(words, _KINDS[instead])
