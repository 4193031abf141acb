"""Experiments and operating models as they are searched: kept by each process while they last.

There are hundreds of them at most. Which there are and when they changed is asked at every search;
only what is new is read. So nobody needs to be told of changes, and nothing can be left behind.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CompoundSelect,
    String,
    case,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)

from innovation import language
from innovation.core.db import db
from innovation.core.permissions import Nobody
from innovation.core.text import excerpt
from innovation.experiments.models import DiaryEntry, Experiment
from innovation.experiments.queries import chain_of, latest_round, shown_to
from innovation.experiments.sheets import ExperimentRow, rows_of
from innovation.operating_models.lifecycle import State
from innovation.operating_models.models import ModelUse, OperatingModel
from innovation.operating_models.queries import ModelCard, uses_of
from innovation.operating_models.texts import FIELDS
from innovation.search.documents import Said, document_of
from innovation.search.engine import Document
from innovation.search.ranking import weighed
from innovation.search.why import Texts

EXPERIMENTS, MODELS = "experiments", "models"
KINDS = (EXPERIMENTS, MODELS)
# Both are written in Finnish.
LANGUAGE = "fi"
_EXCERPT = 180
# What of a model tells what it is (else speaks of many things on the way); what is not for reading.
_TELLING = ("name", "summary", "solution", "environment")
_UNREAD = frozenset({"funders", "links", "image", "image_caption", "cover_image"})
_FURTHER = tuple(one.key for one in FIELDS if one.key not in {*_TELLING, *_UNREAD})


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """An experiment or an operating model. row: as pages show it. said: by the names of fields.

    number: of its own among both kinds. areas: also those where it is in use. texts: what can
    match; its excerpt is what it came to, or what it is. weights: of the terms that it has.
    """

    number: int
    kind: str
    row: ExperimentRow | ModelCard
    sub_project_id: int
    areas: frozenset[int]
    said: Mapping[str, tuple[Said, ...]]
    texts: Texts
    weights: Mapping[str, float]

    @property
    def document(self) -> Document:
        """What of it is searched, with the places of words."""
        return document_of(self.number, "", self.said)


class Works(NamedTuple):
    """All that a nameless visitor may read, by number, and which of them have a term."""

    every: Mapping[int, Work]
    having: Mapping[str, Collection[int]]


# By number, what tells whether it is as it was.
_Stamps = Mapping[int, object]
_NONE = Works({}, {})
# By database: the analyser, what there was, and that as it was read.
_kept: dict[str, tuple[str, _Stamps, Works]] = {}


def known_works() -> Works:
    """Give what there is now. One query, and some more when anything is new."""
    stamps = _stamps()
    where, analyser = str(db.session.get_bind().engine.url), language.analyser()
    read_by, before, works = _kept.get(where, (analyser, {}, _NONE))
    if (read_by, before) == (analyser, stamps):
        return works
    same = stamps.items() & before.items() if read_by == analyser else set()
    every = {number: works.every[number] for number, _stamp in same}
    new = stamps.keys() - every.keys()
    every |= {work.number: work for work in (*_experiments(new), *_models(new))}
    having: dict[str, list[int]] = {}
    for number, work in every.items():
        for term in work.weights:
            having.setdefault(term, []).append(number)
    works = Works(every, having)
    _kept[where] = (analyser, stamps, works)
    return works


def _stamps() -> dict[int, frozenset[object]]:
    """Give what tells whether each is as it was; of an experiment, all rounds do."""
    rounds: dict[tuple[str, int], list[object]] = defaultdict(list)
    latest: dict[int, tuple[str, int]] = {}
    for kind, row, chain, last, *stamp in db.session.connection().execute(_asked()):
        rounds[kind, chain].append((row, *stamp))
        if last:
            latest[_number(kind, row)] = (kind, chain)
    return {number: frozenset(rounds[chain]) for number, chain in latest.items()}


@cache
def _asked() -> CompoundSelect[Any]:
    # The times as the database writes them: they are compared, never read.
    written = (
        select(func.count())
        .where(DiaryEntry.experiment_id == Experiment.id)
        .correlate(Experiment)
        .scalar_subquery()
    )
    trials = select(
        literal(EXPERIMENTS),
        Experiment.id,
        chain_of(),
        case((latest_round(), 1), else_=0),
        Experiment.version,
        type_coerce(Experiment.updated_at, String),
        written,
    ).where(shown_to(Nobody()))
    models = select(
        literal(MODELS),
        OperatingModel.id,
        OperatingModel.id,
        literal(1),
        OperatingModel.version,
        type_coerce(OperatingModel.updated_at, String),
        literal(0),
    ).where(OperatingModel.state == State.PUBLISHED)
    return union_all(trials, models)


def _number(kind: str, row: int) -> int:
    return len(KINDS) * row + KINDS.index(kind)


def _rows(kind: str, numbers: Collection[int]) -> list[int]:
    found = [divmod(number, len(KINDS)) for number in numbers]
    return sorted(row for row, place in found if KINDS[place] == kind)


def _experiments(numbers: Collection[int]) -> list[Work]:
    wanted = _rows(EXPERIMENTS, numbers)
    found = list(db.session.scalars(select(Experiment).where(Experiment.id.in_(wanted))))
    lived = _lived({one.first_id or one.id for one in found}, wanted)
    return [
        _work(
            EXPERIMENTS,
            row,
            one.sub_project_id,
            [one.area_id],
            _told(row, lived[one.first_id or one.id]),
        )
        for one, row in zip(found, rows_of(found), strict=True)
    ]


def _lived(chains: Collection[int], latest: Collection[int]) -> dict[int, list[str]]:
    """Give the lessons of earlier rounds and the diaries of all, by the number of the first."""
    shown = (chain_of().in_(chains), shown_to(Nobody()))
    lessons = select(chain_of(), Experiment.lesson).where(*shown, Experiment.id.not_in(latest))
    diaries = (
        select(chain_of(), DiaryEntry.text)
        .join(Experiment, Experiment.id == DiaryEntry.experiment_id)
        .where(*shown)
    )
    lived: dict[int, list[str]] = defaultdict(list)
    for wanted in (lessons.order_by(Experiment.id), diaries.order_by(DiaryEntry.id)):
        for chain, text in db.session.execute(wanted):
            lived[chain].append(text)
    return lived


def _told(row: ExperimentRow, lived: Collection[str]) -> dict[str, list[str]]:
    return {
        "title": [row.title],
        "text": [row.hypothesis],
        "helps": [row.lesson, row.group],
        "comments": [
            *(row.place, row.unit, row.limits, row.permit_text),
            *(one.name for one in row.measures),
            *lived,
        ],
    }


def _models(numbers: Collection[int]) -> list[Work]:
    wanted = _rows(MODELS, numbers)
    found = list(db.session.scalars(select(OperatingModel).where(OperatingModel.id.in_(wanted))))
    uses = uses_of(wanted)
    areas: dict[int, list[int | None]] = {one.id: [one.area_id] for one in found}
    for model_id, area_id in db.session.execute(
        select(ModelUse.model_id, ModelUse.area_id).where(
            ModelUse.model_id.in_(wanted), ModelUse.ended_on.is_(None)
        )
    ):
        areas[model_id].append(area_id)
    return [
        _work(
            MODELS,
            ModelCard(one.id, one.name, one.summary, one.state, False, uses.get(one.id, [])),
            one.sub_project_id,
            areas[one.id],
            _described(one),
        )
        for one in found
    ]


def _described(model: OperatingModel) -> dict[str, list[str]]:
    texts = model.texts
    return {
        "title": [model.name],
        "text": [model.summary, texts.get("solution", "")],
        "helps": [texts.get("environment", "")],
        "comments": [texts.get(key, "") for key in _FURTHER],
    }


def _work(
    kind: str,
    row: ExperimentRow | ModelCard,
    sub_project_id: int,
    areas: Collection[int | None],
    told: Mapping[str, Collection[str]],
) -> Work:
    number = _number(kind, row.number if isinstance(row, ExperimentRow) else row.id)
    pieces = {
        name: tuple((text, LANGUAGE) for text in texts if text) for name, texts in told.items()
    }
    said = {name: some for name, some in pieces.items() if some}
    weights = weighed(document_of(number, "", said))
    return Work(
        number,
        kind,
        row,
        sub_project_id,
        frozenset(area for area in areas if area is not None),
        said,
        _texts(number, said, row.lesson if isinstance(row, ExperimentRow) else row.summary),
        {term: one.weight for term, one in weights.items()},
    )


def _texts(number: int, said: Mapping[str, tuple[Said, ...]], begins: str) -> Texts:
    whole = {name: "\n".join(text for text, _code in pieces) for name, pieces in said.items()}
    text = whole.get("text", "")
    further = "\n".join(whole[name] for name in ("helps", "comments") if name in whole)
    return Texts(
        number, LANGUAGE, whole.get("title", ""), excerpt(begins or text, _EXCERPT), text, further
    )
