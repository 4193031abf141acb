"""Ideas that tell of the same need as a text, as rows that say what they share with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from innovation.core.db import db
from innovation.core.permissions import Actor, Nobody
from innovation.ideas.listing import IdeaRow, row_of, rows_and_texts
from innovation.ideas.models import Idea
from innovation.language import detect
from innovation.search import among, similarity
from innovation.search.comparing import Alike
from innovation.search.engine import Engine, SearchUnavailableError
from innovation.search.engines import engine_beside

# Ideas less like a text than this are not offered to anybody.
LEAST_SIMILAR = 0.12
# Whoever says a matter in so many of the same words may well mean the same.
SAME_WORDS = 0.25
# So many are seen at a glance.
_SEEN = 3
# Of forty ideas of one morning, one in two would have something less alike beside it.
LEAST_AMONG = 0.2
_MORE_SIMILAR = 8


@dataclass(frozen=True, slots=True)
class SimilarRow(IdeaRow):
    """An idea like a text. text: its own; score: how alike; shared: what both tell of, in words."""

    text: str
    score: float
    shared: tuple[str, ...]

    __hash__ = IdeaRow.__hash__


def similar_ideas(
    engine: Engine,
    actor: Actor,
    text: str,
    language: str,
    without: int = 0,
    most: int = 4,
    *,
    least: float = LEAST_SIMILAR,
    shared_in: str = "fi",
    with_twin: bool = True,
) -> list[SimilarRow]:
    """Give ideas that tell of the same need as a text, the most similar first.

    language: of the text. without: the idea's own number, when the text is that of an idea.
    least: the score of the last that is given. shared_in: the language in which concepts and needs
    are named. with_twin: the one that says it most in the same words is among the first three. None
    when nothing is close.
    """
    try:
        # Some may have been hidden since.
        many = most + _MORE_SIMILAR
        found, closest = similarity.similar(engine, text, language, many, least, without)
    except SearchUnavailableError:
        return []
    alike = {one.number: one for one in found}
    twin = closest if with_twin and closest and closest.words >= SAME_WORDS else None
    if twin:
        alike.setdefault(twin.number, twin)
    rows = rows_and_texts(actor, list(alike))
    if twin:
        place = next((at for at, one in enumerate(rows) if one[0].number == twin.number), 0)
        if place >= _SEEN:
            rows.insert(_SEEN - 1, rows.pop(place))
    return [_similar(row, texts[0], alike[row.number], shared_in) for row, texts in rows[:most]]


def similar_to(
    actor: Actor, idea: Idea, most: int = 4, *, shared_in: str = "fi"
) -> list[SimilarRow]:
    """Give ideas that tell of the same need as an idea, which itself need not be in the index.

    shared_in: the language in which is named what both have. None while there is no index.
    """
    engine = _engine()
    if engine is None:
        return []
    return similar_ideas(
        engine,
        actor,
        _whole(idea),
        idea.language,
        without=idea.id,
        most=most,
        shared_in=shared_in,
    )


def similar_among(
    idea: Idea, others: Mapping[int, among.Said], most: int, *, shared_in: str = "fi"
) -> list[SimilarRow]:
    """Give those of other ideas that tell of the same need as an idea, most similar first.

    others: texts with their languages by numbers of ideas, which need not be in the index; the
    caller sees to it that the reader may see them. shared_in: as in `similar_to`.
    """
    found = among.similar_among(_engine(), _whole(idea), idea.language, others, LEAST_AMONG)
    alike = {one.number: one for one in found}
    best = list(alike)[:most]
    rows = {row.id: row for row in db.session.scalars(select(Idea).where(Idea.id.in_(best)))}
    return [
        _similar(row_of(rows[number]), rows[number].text, alike[number], shared_in)
        for number in best
        if number in rows
    ]


def _whole(idea: Idea) -> str:
    return "\n".join(one for one in (idea.title, idea.text, idea.what_helps) if one)


def _engine() -> Engine | None:
    """Give the engine of this process, None when nobody has asked for it yet."""
    try:
        return engine_beside(db.session.get_bind().engine.url)
    except SearchUnavailableError:
        return None


def _similar(row: IdeaRow, text: str, alike: Alike, code: str) -> SimilarRow:
    told = {name: getattr(row, name) for name in IdeaRow.__slots__}
    shared = dict.fromkeys(similarity.reason_in(one, code) for one in alike.reasons)
    return SimilarRow(**told, text=text, score=alike.score, shared=tuple(shared))


def similar_references(
    engine: Engine, text: str, most: int, without: str = ""
) -> list[tuple[str, SimilarRow]]:
    """Give ideas like a text with their references, as a nameless visitor finds them.

    The reference is the external one of an idea that was brought along with one. without: that of
    the idea whose text this is.
    """
    code = detect(text) or "fi"
    rows = similar_ideas(engine, Nobody(), text, code, most=most + 1, least=0.0, with_twin=False)
    known = references_of([row.number for row in rows])
    found = [(known[row.number], row) for row in rows if row.number in known]
    return [one for one in found if one[0] != without][:most]


def references_of(numbers: Collection[int]) -> dict[int, str]:
    """Give the references of ideas by their numbers, external ones where there are any."""
    rows = db.session.execute(
        select(Idea.id, Idea.external_reference, Idea.reference).where(Idea.id.in_(numbers))
    )
    return {number: external or own for number, external, own in rows}
