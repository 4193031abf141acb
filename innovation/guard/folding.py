"""Folds a text to the plain characters a reader sees, and remembers where each came from."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# The soft hyphen is kept as itself: it is invisible in a line and a hyphen at the end of one.
SOFT_HYPHEN = "\u00ad"

# Signs that look like a hyphen but do not belong to the category of dashes (Pd).
_DASHES = frozenset("\u2212\u02d7\u2043\u06d4\u30fc\u2500\u2501\u2796")
# Letters that show nothing, and the empty Braille cell.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Cyrillic and Greek capitals drawn like the Latin ones that identity codes use.
_CYRILLIC = (
    "\u0410\u0412\u0415\u0405\u0408\u041a\u041c\u041d\u0420\u0421\u0422\u0423\u0425\u04ae\u051c"
)
_GREEK = "\u0391\u0392\u0395\u0397\u039a\u039c\u039d\u03a1\u03a4\u03a5\u03a7\u03f9"
_LOOKALIKES = {"\u2795": "+"} | dict(
    zip(_CYRILLIC + _GREEK, "ABESJKMHPCTYXYW" + "ABEHKMNPTYXC", strict=True)
)


@dataclass(frozen=True)
class Folded:
    """The folded text, and for each of its characters the index it came from in the original."""

    text: str
    origins: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Translate a span of the folded text (end not included) to one of the original."""
        return self.origins[start], self.origins[end - 1] + 1


def fold(text: str) -> Folded:
    """Fold a text: NFKC, capitals, plain digits, hyphens and spaces; nothing invisible remains."""
    characters: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text):
        for plain in _plain(character):
            characters.append(plain)
            origins.append(index)
    return Folded("".join(characters), tuple(origins))


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """Give what a reader sees in one character: none, one or (for ligatures) several characters."""
    if character == SOFT_HYPHEN:
        return character
    return "".join(_plain_one(part) for part in unicodedata.normalize("NFKC", character).upper())


def _plain_one(part: str) -> str:
    if part.isspace() or part in _BLANKS:
        return " "
    category = unicodedata.category(part)
    if category == "Nd":
        return str(unicodedata.decimal(part))
    if category == "Pd" or part in _DASHES:
        return "-"
    # Format and control characters and combining marks: zero-width tricks, keycap frames.
    if category in ("Cf", "Cc", "Mn", "Me"):
        return ""
    return _LOOKALIKES.get(part, part)
