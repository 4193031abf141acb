"""The report of what searching costs, and its comparison with the one before."""

import json
import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.measuring import Times
from innovation import language

# Where in the report the figures stand for the next one to be compared with.
_KEPT = re.compile(r"<!-- figures\n(.*?)\n-->", re.DOTALL)
_MUCH = 1.2
RATIO, ENGINE, SUGGESTION, REBUILD = 2.0, 15.0, 30.0, 400


@dataclass(frozen=True)
class Figures:
    """One installation's figures. statements: of a page of the list, and of one of results.

    asked: by what was asked for. rates: ideas a second; memory in megabytes. cold_page: a page of
    results in a process that has read no words; first_page: the list's first one;
    rebuild_rate_of_known: with all words known, 0 where that was not measured. where: milliseconds
    of CPU of a page of results, by trade. speed: of the machine, as bench.profiles measures it.
    """

    database: str
    ideas: int
    date: str
    list_page: Times
    search_page: Times
    statements: tuple[float, float]
    asked: Mapping[str, Times]
    suggestion: Times
    index_one: Times
    rebuild_rate: int
    rebuild_rate_of_cpu: int
    memory: int
    cold_page: Times | None = None
    first_page: Times | None = None
    rebuild_rate_of_known: int = 0
    where: Mapping[str, float] = field(default_factory=dict)
    speed: float = 0.0

    @classmethod
    def of(cls, read: Mapping[str, Any]) -> "Figures":
        """Make figures of what was written as JSON."""
        single = ("list_page", "search_page", "cold_page", "first_page", "suggestion", "index_one")
        return cls(
            **{
                **read,
                **{name: Times(**read[name]) for name in single if read.get(name)},
                "asked": {name: Times(**one) for name, one in read["asked"].items()},
                "statements": tuple(read["statements"]),
            }
        )

    @property
    def ratio(self) -> float:
        """How many times the CPU of a page of the list one of results takes."""
        return self.search_page.cpu_mean / self.list_page.cpu_mean

    @property
    def compared(self) -> dict[str, float]:
        """What a later report is compared by; the less the better."""
        return {
            "ratio of the pages": self.ratio,
            "CPU of one word": self.asked["one word"].cpu_p50,
            "CPU of two words": self.asked["two words"].cpu_p50,
            "CPU of suggestions": self.suggestion.cpu_p50,
            "CPU of indexing one idea": self.index_one.cpu_p50,
            "CPU of making the index, ms an idea": 1000 / self.rebuild_rate_of_cpu,
            "statements of a page": self.statements[1],
            "memory, MB": self.memory,
        }


def read_figures(report: Path) -> dict[str, Figures]:
    """Give the figures of an earlier report by size; nothing when there is none."""
    found = _KEPT.search(report.read_text(encoding="utf-8")) if report.exists() else None
    return {size: Figures.of(one) for size, one in json.loads(found[1]).items()} if found else {}


def worse(old: Mapping[str, Figures], new: Mapping[str, Figures]) -> list[str]:
    """Tell what got worse by more than a fifth, a line each."""
    lines = []
    for size in sorted(old.keys() & new.keys()):
        before = old[size].compared
        lines += [
            f"- {_name(new[size])}: {what} {before[what]:.2f} → {now:.2f}"
            f" (+{100 * (now / before[what] - 1):.0f} %)"
            for what, now in new[size].compared.items()
            if before[what] and now / before[what] > _MUCH
        ]
    return lines


def told(figures: Mapping[str, Figures], got_worse: Sequence[str], load: float) -> str:
    """Put the figures into words and tables."""
    ordered = sorted(figures.values(), key=lambda one: (one.database == "postgresql", one.ideas))
    newest = max(one.date for one in ordered)
    return "\n".join(
        [
            "# What searching costs",
            "",
            "Written by `make bench DATA=…`; what is counted stands in `bench/`. Times move with"
            " the machine and its load,",
            "CPU hardly, and the ratio of pages that are asked for by turns least of all.",
            "",
            f"{newest}, {os.cpu_count()} cores, load {load:.1f} when it began,"
            f" Python {platform.python_version()}, {_analyser()}.",
            "",
            *_first_table(ordered),
            "",
            *_second_table(ordered),
            "",
            "## Where the time of a page of results goes",
            "",
            *_third_table(ordered),
            "",
            "## What is counted",
            "",
            *_DEFINITIONS,
            "",
            "## Compared with the report before",
            "",
            *(got_worse or ["Nothing that was measured again got worse by more than a fifth."]),
            "",
            "<!-- figures",
            json.dumps({size: asdict(one) for size, one in figures.items()}, sort_keys=True),
            "-->",
            "",
        ]
    )


_DEFINITIONS = (
    "- **Ideas** are made by chance, always the same ones, of descriptions of public services and"
    " sentences of the demo;",
    "  each has five comments. **Words** are those of the descriptions, inflected as they stand"
    " there; two words are of one text.",
    "- **Pages** are asked for by turns, as by visitors who have not been here. Which of fifty"
    " pages of the list is by chance, as results",
    "  are; the first one, which everybody has just looked at, stands apart. CPU is that of this"
    " process and of the",
    "  database's own ones. **Statements** are those that a page sends to the database. Nothing"
    " is committed meanwhile: pages of the",
    "  list keep their cards and counts, results are found each time, so the **ratio** grew as"
    " lists became cheap.",
    "- **Words are known** to whoever asks, as in a served process: making the index keeps what"
    " the dictionary said of each word,",
    "  and a process takes that up when it begins. The **cold page** is one of the first hundred"
    " of a process that has read none.",
    "- **One and two words**: finding, taking away what may not be seen, sifting by an area,"
    " counting every filter and sorting,",
    "  without the page around it. A **rare word** stands in one description, a **common** one is"
    " among the thirty most frequent.",
    "- **Suggestion**: the piece of a page that the search box asks for after two to six letters"
    " of a first or second word.",
    "- **Indexing one idea**: with SQLite the worker's job, outside of requests; with PostgreSQL"
    " its part of the idea's own",
    "  transaction, whose server does not wait for the disk here.",
    "- **Making the index** of all ideas beside the living one, by a process that has read no"
    " words; in parentheses by CPU alone.",
    "  The fewer the ideas, the more of their words are new, and those are what takes the time;"
    " the other rate is with all of them known.",
    "- **Memory** is the share (PSS) of one process that has answered all of this and made no"
    " index; served ones share the",
    "  dictionary.",
)


def _first_table(ordered: Sequence[Figures]) -> Iterator[str]:
    yield (
        "| database, ideas | list / search page, CPU ms | ratio (≤ 2) | one word, ms"
        " (p95 ≤ 15) | two words, ms (p95 ≤ 15) | suggestion, ms (p95 ≤ 30)"
        " | indexing one idea, ms | making the index, ideas/s (≥ 400) |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for one in ordered:
        # Of very many ideas the goals are for the median.
        at_median = one.ideas >= 100_000
        yield (
            f"| {_name(one)} | {one.list_page.cpu_mean:.1f} / {one.search_page.cpu_mean:.1f} "
            f"| {_judged(one.ratio, RATIO, '.2f')} "
            f"| {_goal(one.asked['one word'], ENGINE, at_median)} "
            f"| {_goal(one.asked['two words'], ENGINE, at_median)} "
            f"| {_goal(one.suggestion, SUGGESTION, at_median)} "
            f"| {_pair(one.index_one)} "
            f"| {_judged(-one.rebuild_rate, -REBUILD, '.0f')} ({one.rebuild_rate_of_cpu}) |"
        )
    yield ""
    yield (
        "Times are p50 / p95 on the wall and, in parentheses, of CPU. A figure in **bold** misses"
        " its goal; with 100,000 ideas the"
    )
    yield "goals are for p50."


def _second_table(ordered: Sequence[Figures]) -> Iterator[str]:
    yield (
        "| database, ideas | a rare word, ms | a common word, ms | looking up alone, ms"
        " | list's first page, CPU ms (ratio) | cold page, CPU ms (ratio)"
        " | making the index with its words known, ideas/s"
        " | statements, list / search page | memory, MB | measured |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for one in ordered:
        asked = [
            _pair(one.asked[name]) for name in ("a rare word", "a common word", "looking up alone")
        ]
        lists, searches = one.statements
        yield (
            f"| {_name(one)} | {' | '.join(asked)} | {_first(one)} | {_cold(one)} "
            f"| {one.rebuild_rate_of_known or '–'} | {lists:.0f} / {searches:.0f} "
            f"| {one.memory} | {one.date} |"
        )


def _third_table(ordered: Sequence[Figures]) -> Iterator[str]:
    known = [one for one in ordered if one.where]
    trades = list(known[0].where) if known else []
    yield f"| database, ideas | {' | '.join(trades)} | machine, ms |"
    yield "|---" * (len(trades) + 2) + "|"
    for one in known:
        taken = " | ".join(f"{one.where[trade]:.1f}" for trade in trades)
        yield f"| {_name(one)} | {taken} | {one.speed:.1f} |"
    yield ""
    yield (
        "Milliseconds of CPU, from a profile of a hundred pages. The last column is a fixed piece"
        " of work: the same code was"
    )
    yield "measured on machines, and at hours, that differ by half."


def _analyser() -> str:
    # Without the words that the programme of each installation adds.
    return language.analyser().partition(", words")[0]


def _name(one: Figures) -> str:
    return f"{ {'sqlite': 'SQLite', 'postgresql': 'PostgreSQL'}[one.database] }, {one.ideas:,}"


def _pair(one: Times) -> str:
    return f"{one.p50:.1f} / {one.p95:.1f} ({one.cpu_p50:.1f} / {one.cpu_p95:.1f})"


def _cold(one: Figures) -> str:
    if one.cold_page is None:
        return "–"
    cpu = one.cold_page.cpu_mean
    return f"{cpu:.1f} ({cpu / one.list_page.cpu_mean:.2f})"


def _first(one: Figures) -> str:
    if one.first_page is None:
        return "–"
    cpu = one.first_page.cpu_mean
    return f"{cpu:.1f} ({one.search_page.cpu_mean / cpu:.2f})"


def _goal(one: Times, goal: float, at_median: bool) -> str:
    missed = (one.p50 if at_median else one.p95) > goal
    return f"**{_pair(one)}**" if missed else _pair(one)


def _judged(value: float, goal: float, form: str) -> str:
    """Show a figure, in bold when it is beyond its goal; both are negative where more is better."""
    shown = f"{abs(value):{form}}"
    return f"**{shown}**" if value > goal else shown
