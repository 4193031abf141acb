"""The language of a text, where the text is long enough to tell."""

import re
import threading
from array import array
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from innovation.language.lately import Lately

# Those that are spoken in Northern Ostrobothnia and those next to them in spelling: with every
# language of the world to choose from, short Finnish and Swedish texts go astray.
_SPOKEN_HERE = (
    "ar", "da", "de", "en", "es", "et", "fa", "fi", "fr", "ku", "no",
    "pl", "ru", "se", "so", "sq", "sv", "th", "tr", "uk", "vi", "zh",
)  # fmt: skip
_NOT_WORDS = re.compile(r"\S+@\S+|\bhttps?:\S+|\bwww\.\S+|[\d_]+|[^\w\s'’-]")
_SHORTEST = 4
_READ = 2_000
# How sure the library must be: less for a language that is expected than for any other.
_EXPECTED, _OTHER = 0.55, 0.8
# Of the library's table so many numbers side by side are kept once, wherever they stand.
_ALIKE = 16

_loading = threading.Lock()
_lately: Lately[tuple[str, float]] = Lately(200, 60.0)


def detect(text: str, among: Collection[str] = ("fi", "sv", "en")) -> str | None:
    """Give the ISO 639-1 code of the language of a text, or None when that is not sure.

    among: the languages that are expected; others are given too, when there is little doubt.
    A word or two in capitals, a name or a number says nothing about a language.
    """
    words = _NOT_WORDS.sub(" ", text[:_READ])
    if sum(map(str.isalpha, words)) < _SHORTEST:
        return None
    code, sureness = _lately.find(words, (), lambda: _identifier().classify(words.lower()))
    return str(code) if sureness >= (_EXPECTED if code in among else _OTHER) else None


def load_detection() -> None:
    """Load the model, which takes half a second: before the web server forks, to be shared."""
    _identifier()


def _identifier() -> Any:
    with _loading:
        return _loaded()


@lru_cache(maxsize=1)
def _loaded() -> Any:
    # Imported here: who never asks for a language does without the model's 90 MB.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_SPOKEN_HERE)
    # Without the table of all other languages: 28 MB that nobody asks again.
    identifier._full_model = (identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes)
    identifier.tk_nextmove = _Table(identifier.tk_nextmove)
    return identifier


class _Table:
    """A long row of numbers in which the same parts come again and again: 6 MB instead of 39."""

    def __init__(self, numbers: "array[int]") -> None:
        """Take the numbers over. Their count is a multiple of `_ALIKE`."""
        body, step = memoryview(numbers).cast("B"), _ALIKE * numbers.itemsize
        parts: dict[bytes, int] = {}
        self._place = array(
            "I",
            (
                parts.setdefault(bytes(body[at : at + step]), _ALIKE * len(parts))
                for at in range(0, len(body), step)
            ),
        )
        self._numbers = array(numbers.typecode, b"".join(parts))

    def __getitem__(self, at: int) -> int:
        """Give the number at a place."""
        return self._numbers[self._place[at // _ALIKE] + at % _ALIKE]
