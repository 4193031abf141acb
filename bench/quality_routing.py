"""How often suggestions of a sub-project are right: on service texts, and on a set of one's own."""

import argparse
import json
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.installations import fresh
from bench.material import material
from innovation import language
from innovation.core import transaction
from innovation.programme.queries import snapshot
from innovation.routing.fitting import learn
from innovation.routing.profiles import Decision, Profiles
from innovation.routing.suggestions import (
    LIKELY,
    SURE,
    Adviser,
    Suggestion,
    adviser_in,
    profiles_in,
)

LABELLED = Path("service_descriptions_labelled.jsonl")
OTHER_FIELDS = Path("service_descriptions_other_fields.jsonl")
DECISIONS, WORDS_EACH = 20_000, 60
_SEED = 20260101


@dataclass(frozen=True)
class Text:
    """A text and the sub-project it belongs to, "" for none of them."""

    id: str
    text: str
    sub_project: str


@dataclass(frozen=True)
class Share:
    """Texts that belong somewhere: how many, and of how many this was right, from 0 to 1."""

    texts: int
    first: float
    three: float
    silent: int


def read_texts(path: Path, *, strong: bool = False) -> list[Text]:
    """Read lines of JSON with id, text, sub_project; a title stands before its text.

    strong: only the rows whose `strength` is strong.
    """
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [
        Text(
            str(row["id"]),
            "\n".join(filter(None, (row.get("title", ""), row["text"]))),
            row.get("sub_project", ""),
        )
        for row in rows
        if not strong or row.get("strength") == "strong"
    ]


def measure(adviser: Adviser, texts: Sequence[Text]) -> dict[str, object]:
    """Ask for each text, and compare with where it belongs."""
    asked = [(one.sub_project, adviser.suggest(one.text, _language(one))) for one in texts]
    somewhere = [(wanted, found) for wanted, found in asked if wanted]
    nowhere = [found for wanted, found in asked if not wanted]
    by_sub_project: dict[str, list[tuple[str, Sequence[Suggestion]]]] = defaultdict(list)
    for wanted, found in somewhere:
        by_sub_project[wanted].append((wanted, found))
    return {
        "all": asdict(_share(somewhere)),
        "sub_projects": {
            slug: asdict(_share(rows)) for slug, rows in sorted(by_sub_project.items())
        },
        "matrix": _matrix(somewhere),
        "certain": _certain(somewhere),
        "nowhere": {
            "texts": len(nowhere),
            "silent": sum(not found for found in nowhere),
            "likely": sum(bool(found) and found[0].certainty >= LIKELY for found in nowhere),
            "sure": sum(bool(found) and found[0].certainty >= SURE for found in nowhere),
        },
    }


def _share(asked: Sequence[tuple[str, Sequence[Suggestion]]]) -> Share:
    count = max(1, len(asked))
    slugs = [(wanted, [one.sub_project for one in found]) for wanted, found in asked]
    return Share(
        texts=len(asked),
        first=round(sum(found[:1] == [wanted] for wanted, found in slugs) / count, 3),
        three=round(sum(wanted in found for wanted, found in slugs) / count, 3),
        silent=sum(not found for _wanted, found in slugs),
    )


def _matrix(asked: Sequence[tuple[str, Sequence[Suggestion]]]) -> dict[str, dict[str, int]]:
    """Give how often what came first for the texts of each ("" for nothing)."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for wanted, found in asked:
        rows[wanted][found[0].sub_project if found else ""] += 1
    return {wanted: dict(row) for wanted, row in rows.items()}


def _language(one: Text) -> str:
    """Give the language in which a text is read, as `flask routing suggest` finds it out."""
    return language.detect(one.text) or "fi"


def _certain(asked: Sequence[tuple[str, Sequence[Suggestion]]]) -> dict[str, dict[str, float]]:
    """Tell how often the first suggestion is right, by the word for its certainty."""
    limits = {"sure": (SURE, 2.0), "likely": (LIKELY, SURE), "possible": (0.0, LIKELY)}
    firsts = [
        (found[0].certainty, found[0].sub_project == wanted) for wanted, found in asked if found
    ]
    told = {}
    for name, (low, high) in limits.items():
        right = [was for certainty, was in firsts if low <= certainty < high]
        told[name] = {"texts": len(right), "right": round(sum(right) / max(1, len(right)), 3)}
    return told


def _milliseconds(adviser: Adviser, texts: Sequence[Text]) -> dict[str, float]:
    """Give what a suggestion for each text takes."""
    times = []
    for one in texts:
        begun = time.perf_counter()
        adviser.suggest(one.text, "fi")
        times.append(1000 * (time.perf_counter() - begun))
    return {
        "p50": round(statistics.median(times), 2),
        "p95": round(sorted(times)[int(len(times) * 0.95)], 2),
    }


def _learning(profiles: Profiles) -> dict[str, float]:
    """Learn from made-up decisions, whose texts are sentences of the demo."""
    chance = random.Random(_SEED)  # noqa: S311 - for measuring, not for secrets
    sentences = material(None).sentences
    decisions = []
    for _number in range(DECISIONS):
        said: list[str] = []
        while len(" ".join(said).split()) < WORDS_EACH:
            said.append(chance.choice(sentences))
        decisions.append(Decision(" ".join(said), "fi", chance.choice(profiles.slugs[:-1])))
    begun, used = time.perf_counter(), time.process_time()
    learn(decisions, profiles)
    return {
        "decisions": DECISIONS,
        "words": round(statistics.mean(len(one.text.split()) for one in decisions)),
        "seconds": round(time.perf_counter() - begun, 1),
        "cpu_seconds": round(time.process_time() - used, 1),
    }


def result_for(data: Path, extra: Sequence[Path], finnish: str) -> dict[str, object]:
    """Measure everything in an empty installation, which has learnt nothing."""
    with fresh("sqlite", finnish) as app, app.app_context(), transaction.reading():
        folder = app.extensions["settings"].instance
        begun = time.perf_counter()
        profiles = profiles_in(snapshot())
        prepared = time.perf_counter() - begun
        adviser = adviser_in(folder)
        if adviser is None:
            raise RuntimeError("suggestions are not available")
        labelled = read_texts(data / LABELLED, strong=True)
        language.load_detection()
        first_time = _milliseconds(adviser, labelled)
        result: dict[str, object] = {
            "analyser": language.analyser(),
            "slugs": profiles.slugs[:-1],
            "features": len(profiles.weights),
            "strong": measure(adviser, labelled),
            "other_fields": measure(adviser, read_texts(data / OTHER_FIELDS)),
            "sets": [{"set": path.stem, **measure(adviser, read_texts(path))} for path in extra],
            "first_time": first_time,
            "milliseconds": _milliseconds(adviser, labelled),
            "learning": _learning(profiles),
            "prepared_seconds": round(prepared, 2),
        }
    return result


def main() -> None:
    """Print the figures as JSON."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data", type=Path, required=True, help=f"a folder with {LABELLED}")
    reader.add_argument(
        "--set",
        type=Path,
        action="append",
        default=[],
        help="lines of JSON with id, text and sub_project",
    )
    reader.add_argument("--finnish", choices=("auto", "pyvoikko"), default="auto")
    given = reader.parse_args()
    json.dump(result_for(given.data, given.set, given.finnish), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
