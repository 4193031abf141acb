"""The report of what the platform costs: goals, figures, where misses go, what got worse."""

import json
import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

# Where in the report the figures stand for the next one to be compared with.
_KEPT = re.compile(r"<!-- figures\n(.*?)\n-->", re.DOTALL)
_MUCH = 1.2
NAMES = {"sqlite": "SQLite and Whoosh", "postgresql": "PostgreSQL"}
# Megabytes of the service itself, by the dictionary; peers have both in one figure.
MEMORY_GOALS = {
    "sqlite": {"pyvoikko": 550, "libvoikko": 350},
    "postgresql": {"pyvoikko": 400, "libvoikko": 220},
}
MEMORY_PEERS = "206–870"

Figures = Mapping[str, Mapping[str, Any]]

ABOUT = """\
## What is counted

- **The platform** is served by `flask serve` with its `gunicorn.conf.py`: two processes of four
  threads for the pages, and the worker; PostgreSQL stands on the same machine and waits for the
  disk. **Floors** are bare Flask under the same gunicorn: a constant of 20 KB (a), a page of 20
  cards from memory (b), the same with one indexed query (c).
- **CPU** is what the operating system counted for every process of the service, the worker
  included, and for those of the database, without what they use when nobody asks. Floors and jobs
  are asked for by turns, round after round; a **ratio** is CPU by that of floor c right before and
  after it, and the median over all rounds. What the peers have was measured in the same way with
  the same amounts, each on its own database, with the floor at 1.00.
- **Again**: the page was asked for before and nothing has been committed since, so what is kept
  may be shown. **Anew**: something was committed right before each asking, so that nothing kept
  may be; that commit is not counted. **Sent**: something new is written each time and durable
  when the answer comes; what the worker does for it is counted, until nothing waits.
- **Signed in** are three hundred residents by turns, each with a session; they may cost 1.5 more
  than the goal. Supporting and commenting need an account. A **support** is sent as a page's
  script sends it and answered with the button. **Submit** is a question for similar ideas, as the
  form asks while somebody writes, then the idea itself with the text check. A nameless idea waits
  for a moderator; that of a known resident is public and indexed at once.
- **Times** are those of four visitors at once for pages asked again, else of one, on the machine
  that measures too: they move with its load, CPU hardly. **Bytes** are those of the answer,
  compressed, with its headers.
- **Statements** are counted inside of a process with the same code. **Memory** (PSS) is that of
  all processes of the service after all rounds, shared pages counted once."""


def read_figures(report: Path) -> dict[str, Any]:
    """Give the figures that a report keeps, by the database; nothing when there are none."""
    kept = _KEPT.search(report.read_text(encoding="utf-8")) if report.exists() else None
    read: dict[str, Any] = json.loads(kept[1]) if kept else {}
    return {name: one for name, one in read.items() if name in NAMES and "jobs" in one}


def machine(load: float) -> str:
    """Describe the machine. load: when measuring began."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    parts = [f"{os.cpu_count()} cores", *names[:1], f"{memory:.0f} GB", f"load {load:.1f} at first"]
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    return ", ".join([*parts, system, f"Python {platform.python_version()}"])


def told(figures: Figures, worse_than: Sequence[str], on: str) -> str:
    """Give the whole report as Markdown."""
    parts = [
        "# What the platform costs",
        "Written by `make bench`; what is counted stands below and in `bench/`. What searching"
        " costs by itself stands in [performance-search.md](performance-search.md); how costs grow"
        " with the number of ideas is told by `make bench-growth`.",
        on + ".",
        *_amounts(figures),
        "## Goals",
        "\n".join(_goals(figures)),
        "CPU as a multiple of floor c, a page asked for again / anew. A figure in **bold** misses"
        " its goal.",
        "## Misses",
        *_misses(figures),
        *(part for name in figures for part in _database(name, figures[name])),
        ABOUT,
        "## Compared with the report before",
        "\n".join(f"- {line}" for line in worse_than) or "Nothing got worse by more than a fifth.",
        f"<!-- figures\n{json.dumps(figures, ensure_ascii=False)}\n-->",
    ]
    return "\n\n".join(parts) + "\n"


def _amounts(figures: Figures) -> Iterator[str]:
    for name, one in figures.items():
        ideas, comments, people, supports = one["amounts"]
        yield (
            f"{NAMES[name]}, {one['date']}: {ideas:,} ideas, {comments:,} comments,"
            f" {people:,} people, {supports:,} supports; fixed work took {one['speed']} ms."
        )


def _pairs(figures: Figures) -> dict[tuple[str, str], dict[str, dict[str, Any]]]:
    """Give jobs by what and who, each with its ways by `database way`."""
    found: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for database, one in figures.items():
        for key, job in one["jobs"].items():
            if " · " in key:
                name, who, way = key.split(" · ")
                found.setdefault((name, who), {})[f"{database} {way}"] = job
    return found


def _goals(figures: Figures) -> Iterator[str]:
    yield "| job | who | goal | " + " | ".join(NAMES[one] for one in figures) + " | best peer |"
    yield "|---|---|---|" + "---|" * len(figures) + "---|"
    for (name, who), ways in _pairs(figures).items():
        any_way = next(iter(ways.values()))
        goal = f"≤ {any_way['goal']:g}" if any_way["goal"] else "–"
        shown = [
            " / ".join(
                _judged(ways[f"{one} {way}"])
                for way in ("again", "anew", "sent")
                if f"{one} {way}" in ways
            )
            or "–"
            for one in figures
        ]
        yield f"| {name} | {who} | {goal} | {' | '.join(shown)} | {any_way['peer']} |"
    for dictionary in ("pyvoikko", "libvoikko"):
        goals = " / ".join(str(MEMORY_GOALS[one][dictionary]) for one in figures)
        shown = [_megabytes(name, one, dictionary) for name, one in figures.items()]
        what = f"memory with {dictionary}, MB"
        yield f"| {what} | – | ≤ {goals} | {' | '.join(shown)} | {MEMORY_PEERS} |"


def _judged(job: Mapping[str, Any]) -> str:
    shown = f"{job['ratio']:.2f}"
    return f"**{shown}**" if _missed(job) else shown


def _missed(job: Mapping[str, Any]) -> bool:
    return bool(job["goal"]) and job["ratio"] > job["goal"]


def _megabytes(database: str, one: Mapping[str, Any], dictionary: str) -> str:
    if dictionary not in one["memory"]:
        return "not here"
    service, beside = (sum(side) for side in one["memory"][dictionary])
    shown = f"**{service}**" if service > MEMORY_GOALS[database][dictionary] else str(service)
    return f"{shown} (+ {beside} of the database)" if beside else shown


def _misses(figures: Figures) -> Iterator[str]:
    """Tell where the CPU goes of what misses its goal, from a profile of the same job."""
    rows = []
    for database, one in figures.items():
        for key, parts in one["trades"].items():
            job = one["jobs"][key]
            if _missed(job):
                own = job["cpu"] - job["database"]
                rows.append(
                    (database, key, job, {name: own * part for name, part in parts.items()})
                )
    if not rows:
        yield "Every goal of CPU is met."
        return
    trades = list(rows[0][3])
    lines = [
        f"| database | job | ratio (goal) | {' | '.join(trades)} | the database's processes |",
        "|---|---|---|" + "---|" * (len(trades) + 1),
    ]
    for database, key, job, parts in rows:
        spent = " | ".join(f"{parts.get(trade, 0.0):.2f}" for trade in trades)
        ratio = f"{job['ratio']:.2f} ({job['goal']:g})"
        lines.append(f"| {database} | {key} | {ratio} | {spent} | {job['database']:.2f} |")
    yield "\n".join(lines)
    yield (
        "Milliseconds of CPU by the trade of the code, from a profile of the same job. Where"
        " somebody else who is signed in asks again, the page is there; who they are, what they"
        " supported and how much they have not read is asked of the database."
    )


def _database(name: str, one: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {NAMES[name]}"
    lines = [
        "| job | CPU ms (database) | ratio (least–most) | p50 / p95 / p99 ms | KB | statements |",
        "|---|---|---|---|---|---|",
    ]
    for key, job in one["jobs"].items():
        count = one["statements"].get(key)
        least, most = job["spread"]
        lines.append(
            f"| {key} | {job['cpu']:.2f} ({job['database']:.2f}) "
            f"| {job['ratio']:.2f} ({least:.2f}–{most:.2f}) "
            f"| {job['p50']:.1f} / {job['p95']:.1f} / {job['p99']:.1f} "
            f"| {job['bytes'] / 1000:.1f} | {'–' if count is None else f'{count:g}'} |"
        )
    yield "\n".join(lines)
    yield (
        f"When nobody asks, the service takes {one['at_rest']:.1f} ms of CPU a second. Of the ideas"
        f" sent, {one['published_at_once']} were public at once. Memory by process, MB: "
        + "; ".join(f"{what} {_sides(sides)}" for what, sides in one["memory"].items())
        + "."
    )


def _sides(sides: Sequence[Sequence[int]]) -> str:
    service, database = (" + ".join(str(one) for one in side) for side in sides)
    return f"{service}, the database {database}" if database else service


def worse(old: Figures, new: Figures) -> list[str]:
    """Give what takes more than a fifth more than in the older figures, in words."""
    found = []
    for name, one in new.items():
        before, now = (_compared(figures) for figures in (old.get(name), one))
        for what, value in now.items():
            was = before.get(what, 0.0)
            if was and value > _MUCH * was:
                more = f"+{100 * (value / was - 1):.0f} %"
                found.append(f"{NAMES[name]}: {what} {was:.2f} → {value:.2f} ({more})")
    return found


def _compared(one: Mapping[str, Any] | None) -> dict[str, float]:
    """Give what reports are compared by; figures of other amounts are not compared at all."""
    if one is None:
        return {}
    ideas = one["amounts"][0]
    return {
        **{
            f"ratio of {key} ({ideas:,} ideas)": job["ratio"]
            for key, job in one["jobs"].items()
            if not key.startswith("floor")
        },
        **{f"statements of {key}": count for key, count in one["statements"].items()},
        **{f"memory with {key}, MB": sum(sides[0]) for key, sides in one["memory"].items()},
    }
