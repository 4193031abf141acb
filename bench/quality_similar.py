"""How well ideas of the same need are found, and how fast: pairs of a folder, and paraphrases."""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Flask

from bench.installations import fresh
from bench.material import fill, material
from bench.measuring import Cpu, times
from innovation import language
from innovation.core import transaction
from innovation.search import alike, upkeep
from innovation.search.engines import engine_for

TOP = 5
# Pairs of sentences, of which those with the best label say the same.
PARAPHRASES = Path("paraphrase/opus-pb-dev.json")
_SAME, _OTHER = "4", 1_000
_SEED = 20260101
IDEAS, _CALLS = 10_000, 120
# Finds ideas like a text: their references, best first.
Find = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Pair:
    """A text, the idea of the same need, and one that shares words and is about another need."""

    q: str
    text: str
    same: str
    alike: str


@dataclass(frozen=True)
class Result:
    """How many of the pairs: same need among the first five, first; look-alike first.

    missed: the pairs whose same need is not among the first five.
    """

    pairs: int
    found_within_five: int
    found_first: int
    look_alike_first: int
    missed: tuple[str, ...]


def measure(pairs: Sequence[Pair], find: Find) -> Result:
    """Ask for every pair."""
    found = {pair: list(find(pair.text))[:TOP] for pair in pairs}
    return Result(
        pairs=len(pairs),
        found_within_five=sum(pair.same in found[pair] for pair in pairs),
        found_first=sum(found[pair][:1] == [pair.same] for pair in pairs),
        look_alike_first=sum(found[pair][:1] == [pair.alike] for pair in pairs),
        missed=tuple(pair.q for pair in pairs if pair.same not in found[pair]),
    )


def read_set(folder: Path) -> tuple[list[dict[str, str]], list[Pair]]:
    """Read ideas.jsonl and pairs.jsonl of a folder. Raises ValueError for unknown ideas."""
    ideas = list(_lines(folder / "ideas.jsonl"))
    pairs = [
        Pair(row["q"], row["text"], row["same"], row["alike"])
        for row in _lines(folder / "pairs.jsonl")
    ]
    known = {idea["id"] for idea in ideas}
    unknown = {one for pair in pairs for one in (pair.same, pair.alike)} - known
    if unknown:
        raise ValueError(f"no idea is called {', '.join(sorted(unknown))}")
    return ideas, pairs


def read_paraphrases(path: Path) -> tuple[list[dict[str, str]], list[Pair]]:
    """Read the pairs that say the same, each to be found among the others and distractors."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    same = [row for row in rows if row["label"].strip() == _SAME]
    others = [row[name] for row in rows if row["label"].strip() != _SAME for name in _SIDES]
    random.Random(_SEED).shuffle(others)  # noqa: S311 - for measuring, not for secrets
    pairs = [Pair(f"P-{at}", row["txt1"], f"P-{at}", "") for at, row in enumerate(same, start=1)]
    ideas = [{"id": pair.same, "text": row["txt2"]} for pair, row in zip(pairs, same, strict=True)]
    ideas += [{"id": f"D-{at}", "text": text} for at, text in enumerate(others[:_OTHER], start=1)]
    return ideas, pairs


_SIDES = ("txt1", "txt2")


def _lines(path: Path) -> Iterator[dict[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _found_by(app: Flask) -> Find:
    """Find as `flask similar find` does: as a nameless visitor."""
    engine = engine_for(app.extensions["settings"])

    def find(text: str) -> list[str]:
        with transaction.reading():
            return [reference for reference, _row in alike.similar_references(engine, text, TOP)]

    return find


def brought(
    ideas: Iterable[dict[str, str]], pairs: Sequence[Pair], database: str, finnish: str
) -> dict[str, object]:
    """Measure pairs over ideas in an installation of their own."""
    with fresh(database, finnish) as app:
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            for idea in ideas:
                row = {
                    "external_reference": idea["id"],
                    "title": idea.get("title", ""),
                    "text": idea["text"],
                    "visibility": "public",
                }
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            done = app.test_cli_runner().invoke(args=["ideas", "import", file.name])
            if done.exit_code:
                raise RuntimeError(f"flask ideas import: {done.output}") from done.exception
        with app.app_context():
            upkeep.rebuild(engine_for(app.extensions["settings"]))
            return asdict(measure(pairs, _found_by(app)))


def timed(
    data: Path, texts: Sequence[str], database: str, finnish: str, ideas: int = IDEAS
) -> dict[str, object]:
    """Measure how long it takes to find ideas like each text, of so many."""
    with fresh(database, finnish) as app:
        fill(app, material(data), ideas, comments_each=1)
        with app.app_context():
            upkeep.rebuild(engine_for(app.extensions["settings"]))
            find = _found_by(app)
            # As in a server that has run for a while: the words of the texts are known.
            for text in texts:
                find(text)
            return {"ideas": ideas, **asdict(times(Cpu(app), find, texts))}


def main() -> None:
    """Print the figures as JSON."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--database", default="sqlite")
    reader.add_argument("--finnish", choices=("auto", "pyvoikko"), default="auto")
    reader.add_argument("--set", type=Path, help="a folder with ideas.jsonl and pairs.jsonl")
    reader.add_argument("--data", type=Path, help="folder with paraphrase/ and services_fi.jsonl")
    given = reader.parse_args()
    result: dict[str, object] = {}
    texts: list[str] = []
    if given.set:
        ideas, pairs = read_set(given.set)
        result["pairs"] = brought(ideas, pairs, given.database, given.finnish)
        texts = [pair.text for pair in pairs]
    if given.data:
        ideas, pairs = read_paraphrases(given.data / PARAPHRASES)
        result["paraphrases"] = brought(ideas, pairs, given.database, given.finnish)
        texts = texts or [text for _title, text in material(given.data).titled]
        result["time"] = timed(given.data, texts[:_CALLS], given.database, given.finnish)
    on = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[given.database]
    result["measured_on"] = f"{on}, {language.analyser().partition(',')[0]}"
    json.dump(result, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
