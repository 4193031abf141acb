"""The Finnish dictionary: libvoikko where the system has it, otherwise pyvoikko."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

NAMES = frozenset({"etunimi", "sukunimi", "paikannimi", "nimi"})

# The dictionary's notation: [Xp] base form of the stem, [Xj] ending of a derived base form,
# [X] what is written; [Ll] adjective, [Ln] noun, [Tn4] noun of an action, [Ll]v present participle.
_BASE_FORMS = re.compile(r"\[X[pj]\][^\[]*")
_TAGS = re.compile(r"\[[^\]]*\]")
_STEM_BASE = re.compile(r"\[Xp\]([^\[]*)")
_LONGEST = 36
_REPEATED = re.compile(r"(.{3,12})\1\1")
_VERB = re.compile(r"(\[Lt\].*?)\[L[ln]\](v\[Xj\])?")


@dataclass(frozen=True)
class Reading:
    """One way to read a word: base form, compound parts, and base forms it is derived from.

    parts: base forms of the compound's parts and of neighbouring parts together, in small letters.
    roots: the verb of a participle, the noun of an action ("lähettäminen").
    """

    lemma: str
    parts: tuple[str, ...]
    roots: tuple[str, ...]
    is_name: bool
    is_noun: bool


class Dictionary:
    """Reads Finnish words, one thread at a time: a shared handle gives wrong answers otherwise."""

    def __init__(self, choice: str) -> None:
        """Load libvoikko for `auto` where it is, otherwise pyvoikko, which takes a second."""
        outputs = _libvoikko() if choice == "auto" else None
        self.name, self._outputs = outputs or _pyvoikko()
        self._turn = threading.Lock()

    def readings(self, word: str) -> tuple[Reading, ...]:
        """Give every way to read a word in small letters; none when the word is not known."""
        # Every part of a compound multiplies its readings: an endless one would take seconds.
        if len(word) > _LONGEST or _REPEATED.search(word):
            return ()
        with self._turn:
            analyses = self._outputs(word)
        return tuple(dict.fromkeys(_reading(analysis) for analysis in analyses))


def _pyvoikko() -> tuple[str, Callable[[str], list[Any]]]:
    # Imported here, since the import itself loads the whole dictionary.
    import pyvoikko

    return f"pyvoikko {version('pyvoikko')}", pyvoikko.analyse


def _libvoikko() -> tuple[str, Callable[[str], list[Any]]] | None:
    """Give the system's dictionary, or nothing when library, wrapper or data is missing."""
    try:
        import libvoikko
        from pyvoikko import VoikkoAnalysis

        handle = libvoikko.Voikko("fi")
        release = version("libvoikko")
    except (ImportError, OSError, PackageNotFoundError, AttributeError):
        return None
    except Exception as error:
        # The wrapper's own exception, by name: the wrapper may be absent altogether.
        if type(error).__name__ != "VoikkoException":
            raise
        return None

    def outputs(word: str) -> list[Any]:
        found = (analysis.get("FSTOUTPUT") for analysis in handle.analyze(word))
        return [VoikkoAnalysis.from_voikko_analysis(output) for output in found if output]

    return f"libvoikko {release}", outputs


def _reading(analysis: Any) -> Reading:
    pieces = analysis.COMPOUND_PARTS or [analysis]
    head = _written(pieces[:-1])
    lemma = _plain(analysis.BASEFORM) if not head else head + _plain(pieces[-1].BASEFORM)
    roots = [head + root for root in _derived_from(analysis, pieces[-1].FSTOUTPUT)]
    return Reading(
        lemma=lemma,
        parts=_parts(analysis.BASEFORM, pieces),
        roots=tuple(roots),
        is_name=analysis.CLASS in NAMES,
        is_noun=analysis.CLASS != "teonsana" or "[Tn4]" in analysis.FSTOUTPUT,
    )


def _derived_from(analysis: Any, output: str) -> Iterator[str]:
    """Give the verb that a participle belongs to, and the noun of an action beside its verb."""
    verb = _VERB.match(output)
    if verb and (analysis.PARTICIPLE or verb[2]):
        yield _base_form(verb[1])
    if analysis.MOOD == "MINEN-infinitive":
        yield _plain(_surface(output.partition("[Tn4]")[0])) + "minen"


def _base_form(output: str) -> str:
    """Give the base form of the first word of an output: rakastua in what came from rakastaa."""
    before, derived, ending = output.rpartition("[Xj]")
    if derived:
        return _plain(_surface(before) + ending.partition("[")[0])
    base = _STEM_BASE.search(output)
    return _plain(base[1]) if base else ""


def _surface(output: str) -> str:
    """Give what is written in an output, without base forms and tags."""
    return _TAGS.sub("", _BASE_FORMS.sub("", output))


def _parts(base: str, pieces: list[Any]) -> tuple[str, ...]:
    """Give base forms of all parts, and of runs of parts: mielenterveys and terveyspalvelu too."""
    if len(pieces) == 1:
        # Place names carry their seams as equals signs: Pudas=järvi.
        return tuple(map(_plain, base.split("="))) if "=" in base.strip("=") else ()
    found = []
    for first in range(len(pieces)):
        for last in range(first, len(pieces)):
            if last - first < len(pieces) - 1:
                found.append(_written(pieces[first:last]) + _plain(pieces[last].BASEFORM))
    return tuple(dict.fromkeys(found))


def _written(pieces: list[Any]) -> str:
    return "".join(piece.FORM.replace("=", "").lower() for piece in pieces)


def _plain(form: str) -> str:
    return form.replace("=", "").replace("--", "-").strip("-").lower()
