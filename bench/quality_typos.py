"""How often a word with one slip is understood: typos made from the words of an index itself."""

import random
import statistics
import time
from collections import Counter
from dataclasses import asdict, dataclass

from flask import Flask
from sqlalchemy import select

from innovation.core import transaction
from innovation.core.db import db
from innovation.search import spelling
from innovation.search.models import SearchWord

SEED = 20261121
HOW_MANY = 600
SHORTEST = 4
LETTERS = "abcdefghijklmnopqrstuvwxyzåäö"
# The goals: right first, and among the first five; milliseconds for nineteen of twenty words.
GOALS = {"first": 92.0, "five": 99.0, "p95_ms": 10.0}


@dataclass(frozen=True)
class Typo:
    """A word, what was typed instead, and which slip it was."""

    word: str
    typed: str
    slip: str


def typos(words: list[str], how_many: int = HOW_MANY, seed: int = SEED) -> list[Typo]:
    """Make typos of one slip each, that are no words themselves; the same ones every time."""
    chance = random.Random(seed)  # noqa: S311 - nobody is to be kept from guessing
    known = set(words)
    long_enough = sorted(word for word in known if len(word) >= SHORTEST and word.isalpha())
    made: list[Typo] = []
    while len(made) < how_many and long_enough:
        word = chance.choice(long_enough)
        slip = chance.choice(("missing", "extra", "other", "swapped"))
        typed = _slipped(word, slip, chance)
        if typed not in known:
            made.append(Typo(word, typed, slip))
    return made


def _slipped(word: str, slip: str, chance: random.Random) -> str:
    place = chance.randrange(len(word) - 1 if slip == "swapped" else len(word))
    head, tail = word[:place], word[place:]
    if slip == "missing":
        return head + tail[1:]
    if slip == "extra":
        return head + chance.choice(LETTERS) + tail
    if slip == "other":
        return head + chance.choice(LETTERS) + tail[1:]
    return head + tail[1] + tail[0] + tail[2:]


def measure(app: Flask) -> dict[str, object]:
    """Measure on the words as they stand in the texts of this installation.

    Gives how many per cent were right first and within five, by slip too, milliseconds at the
    median and for nineteen of twenty, and what was missed.
    """
    with app.app_context(), transaction.reading():
        words = list(db.session.scalars(select(SearchWord.word).where(SearchWord.as_written)))
        made = typos(words)
        times: list[float] = []
        first: Counter[str] = Counter()
        five: Counter[str] = Counter()
        missed = []
        for typo in made:
            began = time.perf_counter()
            near = [one.word for one in spelling.nearest(typo.typed)]
            times.append((time.perf_counter() - began) * 1000)
            first[typo.slip] += near[:1] == [typo.word]
            five[typo.slip] += typo.word in near
            if near[:1] != [typo.word]:
                missed.append({**asdict(typo), "found": near})
    of = Counter(typo.slip for typo in made)
    times.sort()
    return {
        "words": len(words),
        "typos": len(made),
        "first": _percent(first.total(), len(made)),
        "five": _percent(five.total(), len(made)),
        "by_slip": {slip: _percent(first[slip], count) for slip, count in sorted(of.items())},
        "p50_ms": round(statistics.median(times), 2) if times else 0.0,
        "p95_ms": round(times[int(len(times) * 0.95)], 2) if times else 0.0,
        "missed": missed,
    }


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
