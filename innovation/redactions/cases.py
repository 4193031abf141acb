"""Reading what a moderator takes words out of: its texts, what the guard marks, the result."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from innovation.comments.models import Comment
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import LazyString
from innovation.core.permissions import Actor, authorize
from innovation.guard import Finding, Kind, inspect
from innovation.guard.inspection import identity_codes_in
from innovation.ideas.inspecting import programme_watch
from innovation.ideas.merged import family_of
from innovation.ideas.models import Authorship, Idea, Revision
from innovation.ideas.queries import visible_idea
from innovation.moderation.cases import last_entry
from innovation.redactions.marks import Cut, Piece, pieces, stands_in
from innovation.redactions.queries import Place, sign, texts_of_comment, texts_of_ideas
from innovation.redactions.texts import FIELD_LABELS, KIND_OF, PLACE_LABELS

_SHOWN: dict[str, tuple[str, ...]] = {
    Idea.__tablename__: ("title", "text", "what_helps", "unit"),
    Authorship.__tablename__: ("name", "on_behalf_of"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A text on the page, in pieces. lang: its language."""

    label: LazyString
    pieces: list[Piece]
    lang: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Words that can be chosen. sure: the guard has marked them, so they are chosen already."""

    cut: Cut
    sure: bool


@dataclass(frozen=True, slots=True)
class RedactCase:
    """What words are taken out of. seen: tells a stale decision. merged_into: where to decide.

    has_code: an identity code stands somewhere and is taken out whatever else is chosen.
    """

    idea: Idea
    comment: Comment | None
    places: list[Place]
    seen: str
    marked: list[Marked]
    has_code: bool

    @property
    def shown(self) -> list[Shown]:
        """The texts as they are now, with what the guard marks."""
        return [_shown(place, _doubts(place.text)) for place in self._main]

    def result(self, cuts: Sequence[Cut]) -> list[Shown]:
        """Give the texts that change as they will be; what is put in is marked."""
        made = [(place, _made(place, cuts)) for place in self._main]
        return [_shown(place, parts) for place, parts in made if _changes(parts)]

    def elsewhere(self, cuts: Sequence[Cut]) -> list[tuple[LazyString, int]]:
        """Give where else something changes: the place and how many texts there."""
        main = self._main
        found = Counter(
            place.table
            for place in self.places
            if place not in main and _changes(_made(place, cuts))
        )
        return [(PLACE_LABELS[table], count) for table, count in found.items()]

    def unknown(self, cut: Cut) -> bool:
        """Tell whether the words stand in none of the texts."""
        return not any(stands_in(place.text, cut) for place in self.places)

    @property
    def _main(self) -> list[Place]:
        if self.comment is not None:
            own = (Comment.__tablename__, self.comment.id)
            return [place for place in self.places if (place.table, place.row_id) == own]
        # A text that waits is read as well: it may become the one that is shown.
        waiting = {
            revision.id
            for revision in db.session.query(Revision).filter_by(
                idea_id=self.idea.id, state="waiting"
            )
        }
        return [
            place
            for place in self.places
            if place.field in _SHOWN.get(place.table, ())
            or (place.model is Revision and place.row_id in waiting)
        ]


def idea_case(actor: Actor, number: int) -> RedactCase:
    """Give the case of an idea with what was merged into it. Raises NotFoundError."""
    authorize(actor, "idea:moderate")
    idea = visible_idea(actor, number)
    places = texts_of_ideas(family_of(number))
    return _case(idea, None, places, str(last_entry(number)))


def comment_case(actor: Actor, number: int) -> RedactCase:
    """Give the case of a comment. Raises NotFoundError."""
    authorize(actor, "comment:moderate")
    comment = db.session.get(Comment, number)
    if comment is None:
        raise NotFoundError(f"comment {number}")
    idea = visible_idea(actor, comment.idea_id)
    return _case(idea, comment, texts_of_comment(comment), sign(comment))


def _case(idea: Idea, comment: Comment | None, places: list[Place], seen: str) -> RedactCase:
    has_code = any(found.blocks for place in places for found in identity_codes_in(place.text))
    marked: dict[tuple[str, str], Marked] = {}
    for one in _marked(places):
        marked.setdefault((one.cut.kind, one.cut.words.casefold()), one)
    return RedactCase(idea, comment, places, seen, list(marked.values()), has_code)


def _marked(places: Iterable[Place]) -> Iterator[Marked]:
    """Give what the guard marks, and names and places that are shown beside the text."""
    beside: list[Marked] = []
    for place in places:
        if place.field in {"name", "on_behalf_of", "unit"}:
            beside.append(Marked(Cut(" ".join(place.text.split()), "name"), sure=False))
            continue
        for finding in inspect(place.text, programme_watch()):
            kind = KIND_OF.get(finding.kind)
            words = _words(place.text, finding)
            if kind and words:
                yield Marked(Cut(words, kind), sure=True)
    yield from beside


def _words(text: str, finding: Finding) -> str:
    """Give what is taken out of a marked place: of "hoitaja Maija Virtanen" the name alone."""
    start = finding.start if finding.named_at is None else finding.named_at
    words = text[start : finding.end].split()
    if finding.kind is Kind.PERSON:
        while len(words) > 1 and words[0].islower():
            words = words[1:]
    return " ".join(words).strip(",;")


def _doubts(text: str) -> list[Piece]:
    """Cut the text so that what the guard found stands in pieces of its own."""
    found, place = [], 0
    for finding in inspect(text, programme_watch()):
        start = max(finding.start, place)
        found += [Piece(text[place:start]), Piece(text[start : finding.end], marked=True)]
        place = max(place, finding.end)
    return [piece for piece in (*found, Piece(text[place:])) if piece.text]


def _made(place: Place, cuts: Sequence[Cut]) -> list[Piece]:
    return pieces(place.text, cuts, place.language, title=place.is_title)


def _changes(made: Iterable[Piece]) -> bool:
    return any(piece.marked for piece in made)


def _shown(place: Place, made: list[Piece]) -> Shown:
    label = PLACE_LABELS[place.table]
    if place.model is not Comment:
        label = FIELD_LABELS.get(place.field) or label
    return Shown(label, made, place.language)
