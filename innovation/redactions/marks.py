"""Puts fixed words in the place of others, wherever they stand in a text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

# What stands in a text in the place of what was taken out, by kind and by the text's language.
PLACEHOLDERS: dict[str, dict[str, str]] = {
    "name": {"fi": "[nimi poistettu]", "sv": "[namn borttaget]", "en": "[name removed]"},
    "health": {
        "fi": "[terveystieto poistettu]",
        "sv": "[hälsouppgift borttagen]",
        "en": "[health detail removed]",
    },
    "contact": {
        "fi": "[yhteystieto poistettu]",
        "sv": "[kontaktuppgift borttagen]",
        "en": "[contact detail removed]",
    },
    "security": {
        "fi": "[turvallisuustieto poistettu]",
        "sv": "[säkerhetsuppgift borttagen]",
        "en": "[security detail removed]",
    },
    "code": {
        "fi": "[henkilötunnus poistettu]",
        "sv": "[personbeteckning borttagen]",
        "en": "[personal identity code removed]",
    },
}
# Of two kinds in one place the later one here stays: what says who it is goes as a name even
# where it stands inside of something longer.
_RANKS = ("health", "name", "security", "contact", "code")
_STANDING = re.compile(
    "|".join(re.escape(text) for texts in PLACEHOLDERS.values() for text in texts.values())
)
_KINDS = {text: kind for kind, texts in PLACEHOLDERS.items() for text in texts.values()}
# A title as long as this may have been cut in the middle of what is taken out.
_CUT_FROM = 60
_SHORTEST_REST = 3


@dataclass(frozen=True, slots=True)
class Cut:
    """What is taken out: words as they stand in a text, and a key of PLACEHOLDERS."""

    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `marked` when the reader should look at it."""

    text: str
    marked: bool = False


def stands_in(text: str, cut: Cut) -> bool:
    """Tell whether the words stand in the text, whatever their case and the space between them."""
    return any(_places(text, cut, title=False))


def taken_out(text: str, cuts: Iterable[Cut], language: str, *, title: bool = False) -> str:
    """Give the text with what stands in the place of the words that are taken out.

    title: of a long one that was cut at its end, the beginning of the words goes as well.
    """
    return "".join(piece.text for piece in pieces(text, cuts, language, title=title))


def pieces(text: str, cuts: Iterable[Cut], language: str, *, title: bool = False) -> list[Piece]:
    """Give the same in pieces; marked are those that were put in the place of others."""
    kinds: list[str | None] = [None] * len(text)
    for cut in sorted(cuts, key=lambda one: _RANKS.index(one.kind)):
        for start, end in _places(text, cut, title=title):
            kinds[start:end] = [cut.kind] * (end - start)
    for known in _STANDING.finditer(text):
        kinds[known.start() : known.end()] = [None] * (known.end() - known.start())
    found: list[Piece] = []
    for kind, group in groupby(zip(text, kinds, strict=True), key=lambda pair: pair[1]):
        piece = "".join(character for character, _kind in group)
        if kind is None or not any(map(str.isalnum, piece)):
            found.append(Piece(piece))
        else:
            found += _put(piece, placeholder(kind, language))
    return [one for one in found if one.text]


def removed(was: str, now: str) -> Iterable[Cut]:
    """Tell the words that a text has lost, by laying what is left of it beside what it was."""
    pattern = "(.+?)".join(re.escape(left) for left in _STANDING.split(now))
    laid = re.fullmatch(pattern, was, re.DOTALL)
    for words, instead in zip(laid.groups(), _STANDING.findall(now), strict=True) if laid else ():
        if words not in _KINDS:
            yield Cut(words, _KINDS[instead])


def placeholder(kind: str, language: str) -> str:
    """Give what is put into a text of this language; a Finnish one where we have none."""
    texts: Mapping[str, str] = PLACEHOLDERS[kind]
    return texts.get(language, texts["fi"])


def _put(piece: str, instead: str) -> list[Piece]:
    """Keep the space around: what is left of something longer may begin or end with it."""
    head = piece[: len(piece) - len(piece.lstrip())]
    tail = piece[len(piece.rstrip()) :]
    return [Piece(head), Piece(instead, marked=True), Piece(tail)]


def _places(text: str, cut: Cut, *, title: bool) -> Iterable[tuple[int, int]]:
    words = cut.words.split()
    yield from (found.span() for found in _pattern(words).finditer(text))
    if not title or len(text) < _CUT_FROM:
        return
    for count in range(len(words) - 1, 0, -1):
        if len("".join(words[:count])) < _SHORTEST_REST:
            return
        if found := _pattern(words[:count], r"(?=\W*\Z)").search(text):
            yield found.span()
            return


def _pattern(words: list[str], ending: str = "") -> re.Pattern[str]:
    """Match whole words: of Aino nothing is taken out of ainoa."""
    whole = r"\s+".join(map(re.escape, words))
    before = r"(?<!\w)" if words[0][:1].isalnum() else ""
    after = r"(?!\w)" if words[-1][-1:].isalnum() else ""
    return re.compile(before + whole + after + ending, re.IGNORECASE)
