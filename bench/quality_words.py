"""How well Finnish words are found: by base form, by compound part, and how many collide.

`python -m bench.quality_words --data FOLDER` reads `ud/fi_tdt-ud-dev.conllu` in that folder (any
treebank in CoNLL-U with `#` at the seams of compounds in its lemmas may be named with --file).
"""

import argparse
import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from innovation.language import analyser, index_terms, load, query_terms

FILE = Path("ud/fi_tdt-ud-dev.conllu")
_MEASURED = ("NOUN", "VERB", "ADJ")
_GOALS = {"lemma": 98.0, "last_part": 95.0, "first_part": 92.0, "collisions": 9.0}
# Two lemmas look alike when they share this many first letters, or are one edit apart.
_SHARED = 4
_NEAREST = 3
# Endings that make one word of another: lähettää, lähettäminen, lähetys, lähettäjä.
_ENDINGS = frozenset(
    "a ä aa ää da dä ta tä la lä oa öä ua yä ia iä ea eä i o ö u y e in us ys os ös is s nen inen "
    "llinen minen ja jä ma mä va vä sti ton tön uus yys mus mys nta ntä nti ri sto stö la lä "
    "lla llä ella ellä ttaa ttää taa tää stua styä utua ytyä ua yä ntua ntyä nut nyt tu ty ttu "
    "tty ttava ttävä tava tävä maton mätön mpi in".split()
) | {""}


@dataclass(frozen=True)
class Pair:
    """A form of a text and its base form, seams left out; parts when it is a compound."""

    form: str
    lemma: str
    pos: str
    parts: tuple[str, ...]


@dataclass
class Rate:
    """Of how many something was true, and the ones of which it was not (or, of collisions, was)."""

    of: int = 0
    found: int = 0
    others: list[str] = field(default_factory=list)

    def count(self, good: bool, label: str) -> None:
        """Count one, and keep its label when it was not good."""
        self.of += 1
        self.found += good
        if not good:
            self.others.append(label)

    @property
    def percent(self) -> float:
        """How many of hundred."""
        return round(100 * self.found / self.of, 2) if self.of else 0.0


def measure(data: Path, file: Path = FILE) -> dict[str, object]:
    """Measure the loaded analysis on the treebank in this folder; percentages, and the misses."""
    pairs = list(dict.fromkeys(read_pairs(data / file)))
    # First of all, since afterwards no form is new.
    speed = _speed(data / file)
    rates = {f"lemma {pos}": Rate() for pos in _MEASURED}
    lemma, last, first = Rate(), Rate(), Rate()
    for pair in pairs:
        index, label = _index(pair.form), f"{pair.form} ← {pair.lemma}"
        met = bool(_query(pair.lemma) & index)
        lemma.count(met, label)
        rates[f"lemma {pair.pos}"].count(met, label)
        if pair.parts:
            last.count(bool(_query(pair.parts[-1]) & index), f"{pair.form} ← {pair.parts[-1]}")
            first.count(bool(_query(pair.parts[0]) & index), f"{pair.form} ← {pair.parts[0]}")
    collisions, strangers = _collisions(pairs)
    rates |= {"lemma": lemma, "last_part": last, "first_part": first}
    figures: dict[str, object] = {name: rate.percent for name, rate in rates.items()}
    figures["collisions"] = round(100 - collisions.percent, 2)
    figures["collisions of strangers"] = round(100 - strangers.percent, 2)
    counts = {"pairs": lemma.of, "compounds": last.of, "look-alikes": collisions.of}
    misses = {name: rates[name].others for name in ("lemma", "last_part", "first_part")}
    misses["collisions of strangers"] = strangers.others
    return {
        "analyser": analyser(),
        "figures": figures,
        "goals": _GOALS,
        "counts": counts,
        "misses": misses,
        **speed,
    }


def read_pairs(path: Path) -> Iterator[Pair]:
    """Read the nouns, verbs and adjectives of a treebank, in its order, with repetitions."""
    for line in path.read_text(encoding="utf-8").splitlines():
        columns = line.split("\t")
        if len(columns) == 10 and columns[3] in _MEASURED and columns[2] != "_":
            parts = tuple(part for part in columns[2].lower().split("#") if part)
            if any(character.isalpha() for character in columns[2]):
                yield Pair(columns[1], "".join(parts), columns[3], parts if len(parts) > 1 else ())


@cache
def _index(form: str) -> frozenset[str]:
    return frozenset(term.text for term in index_terms(form, "fi"))


@cache
def _query(word: str) -> frozenset[str]:
    return frozenset(term.text for term in query_terms(word, "fi"))


def _collisions(pairs: Iterable[Pair]) -> tuple[Rate, Rate]:
    """Count, for each lemma and the forms of its look-alikes, how often the two do not meet.

    The second rate leaves out relatives: compounds with a part in common, one word made of the
    other by an ending. A searcher is glad of most of these.
    """
    forms: dict[str, set[str]] = defaultdict(set)
    seams: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for pair in pairs:
        forms[pair.lemma].add(pair.form)
        seams[pair.lemma].add(pair.parts)
    every, strangers = Rate(), Rate()
    for lemma, other in _look_alikes(forms):
        related = _related(lemma, other, seams)
        # A form that belongs to both is no mistake: "tuli" is tuli and tulla.
        for form in sorted(forms[other] - forms[lemma]):
            apart = not _query(lemma) & _index(form)
            every.count(apart, f"{lemma} ~ {form} ({other})")
            if not related:
                strangers.count(apart, f"{lemma} ~ {form} ({other})")
    return every, strangers


def _look_alikes(lemmas: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Give each lemma with the three others nearest in spelling."""
    near: dict[str, set[str]] = defaultdict(set)
    by_key: dict[str, set[str]] = defaultdict(set)
    for lemma in lemmas:
        if len(lemma) >= _SHARED:
            by_key[lemma[:_SHARED]].add(lemma)
        for at in range(len(lemma)):
            by_key[f"{lemma[:at]}*{lemma[at + 1 :]}"].add(lemma)
            by_key[f"-{lemma[:at]}{lemma[at + 1 :]}"].add(lemma)
        by_key[f"-{lemma}"].add(lemma)
    for alike in by_key.values():
        for lemma in alike:
            near[lemma] |= alike - {lemma}
    for lemma in sorted(near):
        ranked = sorted(near[lemma], key=lambda other: (_distance(lemma, other), other))
        for other in ranked[:_NEAREST]:
            yield lemma, other


def _distance(one: str, other: str) -> float:
    """Count the edits between two words, as a share of the longer one."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, against in enumerate(other, 1):
            edit = min(row[place] + 1, row[place - 1] + 1, before + (letter != against))
            before, row[place] = row[place], edit
    return row[-1] / max(len(one), len(other))


def _related(lemma: str, other: str, seams: Mapping[str, set[tuple[str, ...]]]) -> bool:
    mine = {lemma, *(part for parts in seams[lemma] for part in parts)}
    theirs = {other, *(part for parts in seams[other] for part in parts)}
    return any(_same_family(one, another) for one in mine for another in theirs)


def _same_family(one: str, other: str) -> bool:
    if one == other:
        return True
    common = 0
    while common < min(len(one), len(other)) and one[common] == other[common]:
        common += 1
    # Letters before the endings may differ in grade, so that the seam is tried further left too.
    return any(
        one[at:] in _ENDINGS and other[at:] in _ENDINGS
        for at in range(max(_SHARED, common - 2), common + 1)
    )


def _speed(path: Path) -> dict[str, object]:
    """Time the file's text, of which nothing was asked before, then again; memory in megabytes."""
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    forms = [columns[1] for columns in lines if len(columns) == 10 and columns[1][0].isalnum()]
    text = " ".join(forms)
    cold = _timed(lambda: index_terms(text, "fi"))
    warm = min(_timed(lambda: index_terms(text, "fi")) for _ in range(3))
    return {
        "different forms a second, cold": round(len({form.lower() for form in forms}) / cold),
        "tokens a second, cold": round(len(forms) / cold),
        "tokens a second, warm": round(len(forms) / warm),
        "memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _timed(work: Callable[[], object]) -> float:
    # Of CPU, since others may be at work on the machine.
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print the figures, and with --misses forty of what was not found of each kind."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data", type=Path, required=True, help="the folder of the measuring data")
    reader.add_argument("--file", type=Path, default=FILE, help="a treebank inside the folder")
    reader.add_argument("--finnish", choices=("auto", "pyvoikko"), default="auto")
    reader.add_argument("--misses", type=int, nargs="?", const=40, default=0)
    reader.add_argument("--json", action="store_true")
    given = reader.parse_args()
    start = time.process_time()
    load(given.finnish)
    loaded = round(time.process_time() - start, 2)
    result = {**measure(given.data, given.file), "seconds to load": loaded}
    misses = result.pop("misses")
    if given.json:
        result |= {"misses": misses} if given.misses else {}
        json.dump(result, sys.stdout, ensure_ascii=False, indent=1)
        return
    for name, value in result.items():
        lines = value.items() if isinstance(value, dict) else ()
        print(f"{name}: {'' if lines else value}")
        for key, figure in lines:
            print(f"  {key}: {figure}")
    for name, labels in misses.items() if isinstance(misses, dict) and given.misses else ():
        step = max(1, len(labels) // given.misses)
        print(f"{name}, {len(labels)} in all:")
        for label in labels[::step][: given.misses]:
            print(f"  {label}")


if __name__ == "__main__":
    main()
