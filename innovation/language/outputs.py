"""Reads the outputs of the Finnish dictionary: base form, roots and compound parts of a word."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

# The notation: [Bc] a seam between parts, [Bm] one inside a part, [Xp] base form of the stem,
# [Xj] ending of a derived base form, [X] what is written, [Xr] and [Xs] notes; [L…] class of word,
# [R…] participle, [Tn4] noun of an action, [Cc] comparative, [Cs] superlative, [Ssti] adverb.
_TOKEN = re.compile(r"\[([^\]]*)\]|([^\[]+)")
_PERSONS = frozenset({"Lee", "Les", "Lem"})
_PLACE = "Lep"
_VOWELS = frozenset("aeiouyåäö")
_SHORTEST_PART = 3


class Reading(NamedTuple):
    """One way to read a word, all in small letters and without hyphens at seams.

    lemma: the base form; a participle, an action, a comparative and an adverb in -sti are words of
    their own. roots: the verb or the adjective that these belong to; a compound with its first
    parts in base form ("lapsiklinikka" for "lastenklinikka").
    parts: base forms of the compound's parts and of neighbouring parts together.
    """

    lemma: str
    roots: tuple[str, ...]
    parts: tuple[str, ...]
    is_name: bool
    is_place: bool
    is_noun: bool
    shortest: int
    seams: int


@dataclass(slots=True)
class _Piece:
    """A part of a compound, with seams inside it as equals signs."""

    written: str = ""
    base: str = ""
    root: str = ""
    tags: list[str] = field(default_factory=list)
    hyphen: bool = False

    @property
    def plain(self) -> str:
        return self.base.replace("=", "")

    @property
    def text(self) -> str:
        return self.written.replace("=", "")


def reading(output: str) -> Reading | None:
    """Read one output of the dictionary; None for a first part that hangs on nothing."""
    pieces = [piece for piece in map(_piece, output.split("[Bc]")) if piece.written]
    if not pieces:
        return None
    tags = {tag for piece in pieces for tag in piece.tags}
    parts = [part for piece in pieces for part in _split(piece)]
    last = pieces[-1]
    head = _joined(pieces[:-1], "text")
    numeral = all("Lu" in piece.tags or not piece.tags for piece in pieces[:-1])
    based = "".join(_as_base(piece) for piece in pieces[:-1])
    lemma = (_joined(pieces[:-1], "plain") if numeral else head) + last.plain
    roots = [head + last.root] if last.root else []
    if based != head.replace("-", ""):
        roots += [based + word for word in (last.plain, last.root) if word]
    return Reading(
        lemma,
        tuple(root for root in dict.fromkeys(roots) if root != lemma),
        tuple(_runs(parts, last.root)) if len(parts) > 1 else (),
        is_name=bool(tags & _PERSONS),
        is_place=_PLACE in last.tags,
        is_noun=not _is_finite(last),
        shortest=min(len(part.text) for part in parts),
        seams=len(pieces) - 1,
    )


def _piece(output: str) -> _Piece:
    """Read one part of a word."""
    reader = _Reader()
    for tag, text in _TOKEN.findall(output):
        if text:
            reader.take(text)
        elif tag in _MODES:
            reader.turn(tag)
        elif tag:
            reader.mark(tag)
    return reader.piece()


class _Reader:
    """Follows the notation: what is written so far, the base form so far, and its earlier ones."""

    __slots__ = (
        "base",
        "before",
        "earlier",
        "marked",
        "mode",
        "now",
        "own",
        "participle",
        "root",
        "tags",
    )

    def __init__(self) -> None:
        self.mode = "X"
        # Written before the last base form, and since then.
        self.before, self.now = "", ""
        self.base, self.own, self.root = "", "", ""
        self.earlier: list[str] = []
        self.tags: list[str] = []
        self.participle, self.marked = -1, 0

    def take(self, text: str) -> None:
        """Take letters, which are written, or belong to a base form, or are a note."""
        if self.mode == "X":
            self.now += text
        elif self.mode != "Xr":
            self.base += text

    def turn(self, tag: str) -> None:
        """Begin another kind of letters."""
        if tag == "Bm":
            self.now += "="
            return
        if tag == "Xj":
            self.earlier.append(self.before + self.base)
            # Short verbs have their present participle without a mark: soiva, voiva.
            if self.now.endswith("v") and self.tags[-1:] == ["Ll"] and "Lt" in self.tags:
                self.root, self.participle = self.earlier[-1], len(self.earlier) - 1
        if tag in ("Xp", "Xj"):
            self.before, self.now, self.base = self.before + self.now, "", ""
        self.mode = "Xr" if tag == "Xs" else tag

    def mark(self, tag: str) -> None:
        """Note what makes another word of the word so far."""
        self.tags.append(tag)
        if tag[0] == "R":
            # The mark of näkemä and näkemätön may come after their ending.
            late = bool(self.earlier) and (self.before + self.base).endswith(("ma", "mä"))
            self.participle = len(self.earlier) - (late and tag == "Rm")
            self.root = self.earlier[-1] if late else self.before + self.base
            self.marked = len(self.tags)
        elif tag in _ENDINGS:
            self.root = self.before + self.base
            self.own = _ended(self.before + self.now, tag)

    def piece(self) -> _Piece:
        """Give what was read, in small letters."""
        written = (self.before + self.now).lower()
        # Made into another word again, a participle leaves its verb: tulevaisuus is not tulla.
        gone = self.participle >= 0 and (
            len(self.earlier) != self.participle + 1 or "Ln" in self.tags[self.marked :]
        )
        base = (self.own or self.before + self.base or written).lower().strip("-")
        if "Tn4" in self.tags and base.endswith("mis"):
            base = base.removesuffix("mis") + "minen"
        return _Piece(
            written.strip("-"),
            base.replace("--", "-"),
            "" if gone else self.root.lower().replace("=", "").strip("-"),
            self.tags,
            written.endswith("-"),
        )


_MODES = frozenset({"X", "Xp", "Xj", "Xr", "Xs", "Bm"})
_ENDINGS = {"Tn4": "minen", "Cc": "mpi", "Cs": "in", "Ssti": "sti"}


def _ended(stem: str, tag: str) -> str:
    return "paras" if stem == "par" and tag == "Cs" else stem + _ENDINGS[tag]


def _is_finite(piece: _Piece) -> bool:
    classes = [tag for tag in piece.tags if tag[0] == "L"]
    return bool(classes) and classes[-1] == "Lt" and "Tn4" not in piece.tags


def _joined(pieces: Iterable[_Piece], name: str) -> str:
    return "".join(getattr(piece, name) + "-" * piece.hyphen for piece in pieces)


def _as_base(piece: _Piece) -> str:
    """Give a first part as it would stand in base form; short forms (ihmis-) stay as they are."""
    if "Sg" not in piece.tags and "Lu" not in piece.tags:
        return piece.text
    return piece.plain.removesuffix("nen") + "s" * piece.plain.endswith("nen")


def _split(piece: _Piece) -> Iterator[_Piece]:
    """Give the pieces between inner seams: hyvin and vointi of hyvinvointi."""
    bases = piece.base.split("=")
    if len(bases) == 1:
        yield piece
        return
    # Of a place's name only the last part says what it is: Pudasjärvi is a järvi, not a pudas.
    if _PLACE in piece.tags:
        yield _Piece("", "")
    else:
        for base in bases[:-1]:
            yield _Piece(base, base)
    yield _Piece(piece.written.rpartition("=")[2], bases[-1], tags=piece.tags)


def _runs(parts: list[_Piece], root: str) -> Iterator[str]:
    """Give base forms of all parts, and of runs of parts: mielenterveys and terveyspalvelu too."""
    last = len(parts) - 1
    found: dict[str, None] = {}
    for first in range(last + 1):
        head = ""
        for at in range(first, last + 1):
            part = parts[at]
            if at - first < last and (part.hyphen or head or _is_long_enough(part.plain)):
                found[head + part.plain] = None
                # Short first forms are looked for as such too: ihmis-, oppimis-, ykkös-.
                if not head and part.text.endswith("s") and part.base.endswith("nen"):
                    found[part.text] = None
            head += part.text
    if root and _is_long_enough(root):
        found[root] = None
    yield from (word for word in found if word)


def _is_long_enough(part: str) -> bool:
    """Leave out what is mostly a wrong seam; "yö" is a word, and so is a number."""
    return len(part) >= _SHORTEST_PART or (len(part) == 2 and set(part) <= _VOWELS)
