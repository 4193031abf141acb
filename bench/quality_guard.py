"""How much the guard finds of what it should, and how often it marks what it should not."""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.quality_sections import measured_with, table
from innovation import language
from innovation.guard import Door, Findings, Kind, inspect


@dataclass(frozen=True)
class Text:
    """A text, and what the guard should say of it. spans: start, end, kind."""

    text: str
    spans: tuple[tuple[int, int, Kind], ...]
    doors: frozenset[Door]
    urgent: bool

    @property
    def is_clean(self) -> bool:
        """Whether nothing should be said of it."""
        return not (self.spans or self.doors or self.urgent)


@dataclass(frozen=True)
class Share:
    """found: of those expected; false: what was said and should not have been."""

    expected: int
    found: int
    false: int


@dataclass(frozen=True)
class Result:
    """How a set went. clean_marked: of the clean texts, those with any mark, door or alarm."""

    texts: int
    kinds: dict[str, Share]
    doors: dict[str, Share]
    all_doors: Share
    urgent: Share
    clean: int
    clean_marked: int
    p50_ms: float
    p95_ms: float


def measure(texts: Sequence[Text]) -> Result:
    """Inspect every text twice; the second time tells how long it takes."""
    found = [inspect(one.text) for one in texts]
    taken = sorted(_milliseconds(one.text) for one in texts)
    pairs = list(zip(texts, found, strict=True))
    doors = {
        door.value: _share((door in one.doors, door in said.doors) for one, said in pairs)
        for door in Door
    }
    clean = [said for one, said in pairs if one.is_clean]
    return Result(
        texts=len(texts),
        kinds={kind.value: _spans(kind, pairs) for kind in Kind},
        doors=doors,
        all_doors=Share(
            *(
                sum(getattr(one, name) for one in doors.values())
                for name in ("expected", "found", "false")
            )
        ),
        urgent=_share((one.urgent, said.urgent) for one, said in pairs),
        clean=len(clean),
        clean_marked=sum(bool(said.items or said.doors or said.urgent) for said in clean),
        p50_ms=round(taken[len(taken) // 2], 2),
        p95_ms=round(taken[len(taken) * 19 // 20], 2),
    )


def _spans(kind: Kind, pairs: Iterable[tuple[Text, Findings]]) -> Share:
    """Compare the marks of a kind: one is found when a mark of that kind meets it."""
    counts: Counter[str] = Counter()
    for one, said in pairs:
        wanted = [(start, end) for start, end, wanted_kind in one.spans if wanted_kind is kind]
        marked = [(item.start, item.end) for item in said if item.kind is kind]
        counts["expected"] += len(wanted)
        counts["found"] += sum(any(_meet(span, mark) for mark in marked) for span in wanted)
        counts["false"] += sum(not any(_meet(span, mark) for span in wanted) for mark in marked)
    return Share(counts["expected"], counts["found"], counts["false"])


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _share(pairs: Iterable[tuple[bool, bool]]) -> Share:
    every = list(pairs)
    return Share(
        sum(wanted for wanted, _said in every),
        sum(wanted and said for wanted, said in every),
        sum(said and not wanted for wanted, said in every),
    )


def _milliseconds(text: str) -> float:
    start = time.perf_counter()
    inspect(text)
    return (time.perf_counter() - start) * 1000


def read_set(file: Path) -> list[Text]:
    """Read a file of JSON lines: text, spans with start, end and kind, doors, urgent."""
    rows = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line)
    return [_text(row) for row in rows]


def _text(row: dict[str, Any]) -> Text:
    spans = tuple((one["start"], one["end"], Kind(one["kind"])) for one in row["spans"])
    return Text(row["text"], spans, frozenset(map(Door, row["doors"])), row["urgent"])


def told(sets: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Tell the figures of sets. sets: a result each, with its name and the analyser's."""
    yield measured_with(one["analyser"] for one in sets)
    yield ""
    for one in sets:
        clean, marked = one["clean"], one["clean_marked"]
        yield f"### {one['set']}"
        yield ""
        yield (
            f"{one['texts']} texts. Of {clean} clean look-alikes {marked} have a mark or a door"
            f" ({100 * marked / max(1, clean):.0f} %). One text: p50 {one['p50_ms']} ms,"
            f" p95 {one['p95_ms']} ms."
        )
        yield ""
        shares = {**one["kinds"], "all doors": one["all_doors"], "urgent": one["urgent"]}
        doors = {f"door: {door}": share for door, share in one["doors"].items()}
        yield from table(
            ("what", "expected", "found", "found, %", "false alarms"),
            [
                (
                    name,
                    share["expected"],
                    share["found"],
                    f"{100 * share['found'] / share['expected']:.0f}" if share["expected"] else "–",
                    share["false"],
                )
                for name, share in {**shares, **doors}.items()
            ],
        )
    yield "- **Found**: a mark of that kind meets what should be marked; a door or alarm is given."
    yield "- **False alarms**: marks that meet nothing of their kind, doors and alarms in vain, in"
    yield "  all texts of the set; what is marked as another kind counts here too."


def main() -> None:
    """Print the figures as JSON."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--set", type=Path, required=True, help="a file of JSON lines")
    reader.add_argument("--finnish", choices=("auto", "pyvoikko"), default="auto")
    given = reader.parse_args()
    language.load(given.finnish)
    result = {**asdict(measure(read_set(given.set))), "analyser": language.analyser()}
    json.dump(result, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
