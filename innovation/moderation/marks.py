"""Marks places in a text: what the guard doubts, and what differs between two versions."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from innovation.guard import inspect

_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `marked` when the reader should look at it."""

    text: str
    marked: bool = False


def doubts(text: str) -> list[Piece]:
    """Cut the text so that what the guard found stands in pieces of its own."""
    pieces, place = [], 0
    for finding in inspect(text):
        start = max(finding.start, place)
        pieces += [Piece(text[place:start]), Piece(text[start : finding.end], marked=True)]
        place = max(place, finding.end)
    pieces.append(Piece(text[place:]))
    return [piece for piece in pieces if piece.text]


def differences(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Cut two versions of a text, word by word, so that what is only in one of them is marked."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    left: list[Piece] = []
    right: list[Piece] = []
    for what, first, last, start, end in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        marked = what != "equal"
        left.append(Piece("".join(before[first:last]), marked))
        right.append(Piece("".join(after[start:end]), marked))
    return [piece for piece in left if piece.text], [piece for piece in right if piece.text]
