"""Passwords that are tried first: those that everybody knows, and those that say who somebody is.

The list that comes with the product is made of common words, endings and rows of keys
(data/README.md). An installation may point at a larger one, in any of the usual forms.
"""

import hashlib
import mmap
import unicodedata
from functools import cache
from itertools import chain, product
from pathlib import Path

from innovation.accounts.passwords import SHORTEST

DATA = Path(__file__).parent / "data"
# In these words the service says its name; who types one has chosen no secret.
OWN_WORDS = ("innovaatioalusta", "innovationplatform", "innovationsplattformen", "popsote")
_HEX = frozenset("0123456789ABCDEF")
SHORTEST_PREFIX = 10
_LETTERS = str.maketrans("äöåé@$", "aoaeas")


def is_breached(password: str, larger: Path | None = None) -> bool:
    """Tell whether the password is in the product's list or in the installation's own."""
    plain = _plain(password)
    return plain in _common() or (larger is not None and _is_in(larger, password))


def is_personal(password: str, *own: str) -> bool:
    """Tell whether it is one of these (an address, a name) or the service's name, with an ending.

    Capitals, spaces, signs and digits at the end hide nothing.
    """
    words = {_core(part) for one in own for part in (one, one.partition("@")[0])}
    return _core(password) in (words | set(OWN_WORDS)) - {""}


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFC", text).casefold().translate(_LETTERS)
    return "".join(folded.split())


def _core(text: str) -> str:
    letters = "".join(sign for sign in _plain(text) if sign.isalnum())
    return letters.rstrip("0123456789")


@cache
def _common() -> frozenset[str]:
    """Give the list: words with endings, words in pairs, and passwords as they are."""
    words, endings, whole = (_lines(name) for name in ("words", "endings", "whole"))
    first = words[: words.index("--")]
    every = [word for word in words if word != "--"]
    made = chain(
        whole,
        every,
        (word + ending for word, ending in product(every, endings)),
        (one + other for one, other in product(first, every)),
        (word * times for word, times in product(every, (2, 3))),
    )
    return frozenset(one for one in made if len(one) >= SHORTEST)


def _lines(name: str) -> list[str]:
    lines = (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [_plain(line) for line in lines if line and not line.startswith("#")]


def _is_in(path: Path, password: str) -> bool:
    """Look into the installation's own list, whichever of the two forms it has."""
    return _among_hashes(path, password) if _holds_hashes(path) else _plain(password) in _own(path)


@cache
def _holds_hashes(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.readline(200).decode(errors="replace").strip().partition(":")[0].upper()
    return len(first) >= SHORTEST_PREFIX and _HEX.issuperset(first) and not first.isdigit()


@cache
def _own(path: Path) -> frozenset[str]:
    with path.open(encoding="utf-8", errors="replace") as file:
        return frozenset(_plain(line) for line in file)


def _among_hashes(path: Path, password: str) -> bool:
    """Halve a file of sorted SHA-1 hashes, or beginnings of them, until the line is found.

    It is not read into memory: such lists have gigabytes.
    """
    given = unicodedata.normalize("NFC", password).encode()
    wanted = hashlib.sha1(given, usedforsecurity=False).hexdigest().upper()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
        low, high = 0, len(lines)
        while low < high:
            begin = lines.rfind(b"\n", 0, (low + high) // 2) + 1
            end = lines.find(b"\n", begin)
            end = len(lines) if end < 0 else end
            line = lines[begin:end].decode("ascii", "replace").strip().partition(":")[0].upper()
            if line and wanted.startswith(line):
                return True
            if line < wanted:
                low = end + 1
            else:
                high = begin
    return False
