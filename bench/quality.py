"""How well searching finds: `python -m bench.quality --data FOLDER` writes docs/quality.md.

Words, typos and queries are each measured in a process of their own, with each dictionary and on
each database that is here.
"""

import argparse
import sys
import time
from pathlib import Path

from bench.installations import POSTGRESQL, SQLITE, has_postgresql, in_own_process
from bench.quality_report import REPORT, told
from innovation.language.voikko import has_system_library


def main() -> None:
    """Measure everything and write it down."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data", type=Path, help="folder with ud/fi_tdt-ud-dev.conllu")
    reader.add_argument(
        "--queries",
        type=Path,
        action="append",
        default=[],
        help="folder with ideas.jsonl and queries.jsonl, to measure them too",
    )
    reader.add_argument("--report", type=Path, default=REPORT)
    given = reader.parse_args()
    dictionaries = ["pyvoikko", *(["auto"] if has_system_library() else [])]
    databases = [SQLITE, *([POSTGRESQL] if has_postgresql() else [])]
    ways = [
        *((database, "pyvoikko") for database in databases),
        *((SQLITE, dictionary) for dictionary in dictionaries[1:]),
    ]
    words = []
    for dictionary in dictionaries if given.data else ():
        _say(f"words, {_name(dictionary)}")
        asked = ["--data", str(given.data), "--finnish", dictionary, "--json", "--misses"]
        words.append(in_own_process("bench.quality_words", asked))
    sets = []
    for folder in (None, *given.queries):
        measured = []
        for database, dictionary in ways:
            _say(f"queries, {folder or 'our own'}, {database}, {_name(dictionary)}")
            asked = ["--database", database, "--finnish", dictionary]
            asked += ["--set", str(folder)] if folder else []
            measured.append(in_own_process("bench.quality_queries", asked))
        sets.append(measured)
    given.report.write_text(told(given.report, words, sets), encoding="utf-8")
    print(f"{given.report} is written.")
    for folder, measured in zip(given.queries, sets[1:], strict=True):
        print(f"\nMissed of {folder}:")
        for answer in measured[0]["whole"]["answers"]:
            if answer["recall"] < 0.5:
                print(f"  {answer['q']}: {', '.join(answer['missed'])}")


def _name(dictionary: str) -> str:
    return "libvoikko" if dictionary == "auto" else dictionary


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
