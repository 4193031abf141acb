"""How well it finds, warns and suggests: `python -m bench.quality` writes docs/quality.md.

Each part is measured in a process of its own, with each dictionary and on each database that is
here. A part whose data are not given keeps what stands of it in the report.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench import quality_guard, quality_report, quality_routing_report
from bench.installations import POSTGRESQL, SQLITE, has_postgresql, in_own_process
from bench.quality_sections import REPORT, report_with
from innovation.language.voikko import has_system_library

Sections = Iterator[tuple[str, Iterable[str]]]
PYVOIKKO = "pyvoikko"
SETS = {
    "queries": "folder with ideas.jsonl and queries.jsonl",
    "guard": "file of JSON lines: text, spans, doors, urgent",
    "routing": "file of JSON lines: id, text, sub_project",
    "similar": "folder with ideas.jsonl and pairs.jsonl",
}


def words(given: argparse.Namespace) -> Sections:
    """Measure how words meet their forms and parts, with each dictionary."""
    if not given.data:
        return
    measured = []
    for dictionary in _dictionaries():
        asked = ["--data", str(given.data), "--finnish", dictionary, "--json", "--misses"]
        measured.append(_ask("bench.quality_words", asked))
    yield "Words", quality_report.told_of_words(measured)


def queries(given: argparse.Namespace) -> Sections:
    """Measure our own queries, and further sets; tell on the screen what these miss."""
    ways = [
        *((database, PYVOIKKO) for database in _databases()),
        *((SQLITE, dictionary) for dictionary in _dictionaries()[1:]),
    ]
    sets = []
    for folder in (None, *given.queries):
        measured = []
        for database, dictionary in ways:
            asked = ["--database", database, "--finnish", dictionary]
            asked += ["--set", str(folder)] if folder else []
            measured.append(_ask("bench.quality_queries", asked))
        sets.append(measured)
    for folder, measured in zip(given.queries, sets[1:], strict=True):
        print(f"\nMissed of {folder}:")
        for answer in measured[0]["whole"]["answers"]:
            if answer["recall"] < 0.5:
                print(f"  {answer['q']}: {', '.join(answer['missed'])}")
    yield from quality_report.search_sections(sets).items()


def guard(given: argparse.Namespace) -> Sections:
    """Measure what the guard finds and marks in vain."""
    sets = []
    for number, file in enumerate(given.guard, start=1):
        asked = ["--set", str(file), "--finnish", PYVOIKKO]
        sets.append({"set": f"Set {number}", **_ask("bench.quality_guard", asked)})
    if sets:
        yield "The guard", quality_guard.told(sets)


def routing(given: argparse.Namespace) -> Sections:
    """Measure suggestions of a sub-project, and what learning costs."""
    if not given.data:
        return
    asked = ["--data", str(given.data), "--finnish", PYVOIKKO]
    for file in given.routing:
        asked += ["--set", str(file)]
    found = _ask("bench.quality_routing", asked)
    yield "Routing: service texts", quality_routing_report.told_of_services(found)
    if given.routing:
        yield "Routing: ideas", quality_routing_report.told_of_ideas(found)


def pairs(given: argparse.Namespace) -> Sections:
    """Measure how well ideas of the same need in other words are found."""
    measured: list[dict[str, Any]] = []
    for number, folder in enumerate(given.similar, start=1):
        for way in _ways():
            found = _ask("bench.quality_similar", [*way, "--set", str(folder)])
            measured.append({"set": f"set {number}", **found})
    if measured:
        yield "Similar ideas: pairs", quality_report.told_of_pairs(measured)


def paraphrases(given: argparse.Namespace) -> Sections:
    """Measure how well sentences that say the same are found, and how long it takes."""
    if given.data:
        asked = ["--data", str(given.data)]
        found = [_ask("bench.quality_similar", [*way, *asked]) for way in _ways()]
        yield "Similar ideas: paraphrases and time", quality_report.told_of_paraphrases(found)


PARTS = {one.__name__: one for one in (words, queries, guard, routing, pairs, paraphrases)}


def main() -> None:
    """Measure what is asked for and write it down, each part as soon as it is there."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data", type=Path, help="folder with the treebank and other texts")
    for name, what in SETS.items():
        reader.add_argument(f"--{name}", type=Path, action="append", default=[], help=what)
    reader.add_argument("--only", choices=PARTS, action="append", help="parts to measure")
    reader.add_argument("--report", type=Path, default=REPORT)
    given = reader.parse_args()
    for name in given.only or PARTS:
        for section, lines in PARTS[name](given):
            written = report_with(given.report, {section: lines})
            given.report.write_text(written, encoding="utf-8")
    print(f"{given.report} is written.")


def _dictionaries() -> Sequence[str]:
    return [PYVOIKKO, *(["auto"] if has_system_library() else [])]


def _databases() -> Sequence[str]:
    return [SQLITE, *([POSTGRESQL] if has_postgresql() else [])]


def _ways() -> Sequence[Sequence[str]]:
    return [["--database", database, "--finnish", PYVOIKKO] for database in _databases()]


def _ask(module: str, arguments: Sequence[str]) -> Any:
    told = f"{time.strftime('%H:%M:%S')} {module.partition('.')[2]} {' '.join(arguments)}"
    print(told, file=sys.stderr, flush=True)
    return in_own_process(module, arguments)


if __name__ == "__main__":
    main()
