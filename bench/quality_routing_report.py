"""What the report says of suggestions of a sub-project."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.quality_sections import at_least, at_most, measured_with, table

Figures = Mapping[str, Any]
MOST_ELSEWHERE, LEAST_SILENT = 10.0, 0.6
LONGEST_MS, LONGEST_LEARNING = 20.0, 60.0
_NOWHERE = "none"


def told_of_services(found: Figures) -> Iterator[str]:
    """Tell of the service texts, which are never learnt from, and of what suggesting costs."""
    strong, other, learning = found["strong"], found["other_fields"]["nowhere"], found["learning"]
    yield measured_with([found["analyser"]])
    yield ""
    yield "Public descriptions of services, never learnt from: those whose own class clearly"
    yield "belongs to one sub-project, and those of other fields (housing, schooling, business)."
    yield ""
    likely = 100 * other["likely"] / max(1, other["texts"])
    some = 100 * (other["texts"] - other["silent"]) / max(1, other["texts"])
    shares = strong["all"]
    times, first = found["milliseconds"], found["first_time"]
    yield from table(
        ("figure", "value", "goal"),
        [
            (f"right first, of {shares['texts']} texts", at_least(shares["first"], 0.8), "≥ 0.80"),
            ("right among three", at_least(shares["three"], 0.95), "≥ 0.95"),
            (
                f"other fields, {other['texts']} texts: called likely or certain, %",
                at_most(likely, MOST_ELSEWHERE),
                "≤ 10",
            ),
            ("other fields: any suggestion, %", f"{some:.0f}", ""),
            (
                "one suggestion, words met before, p50 / p95, ms",
                f"{times['p50']} / {at_most(times['p95'], LONGEST_MS, '.2f')}",
                "≤ 20",
            ),
            ("one suggestion, words new, p50 / p95, ms", f"{first['p50']} / {first['p95']}", ""),
            (
                f"learning from {learning['decisions']:,} texts of {learning['words']} words, s",
                at_most(learning["seconds"], LONGEST_LEARNING),
                "≤ 60",
            ),
            ("of it CPU, s", f"{learning['cpu_seconds']:.0f}", ""),
            ("making the profiles when a process begins, s", found["prepared_seconds"], ""),
        ],
    )
    yield from _by_sub_project(strong)
    yield from confusion(strong["matrix"], sorted(strong["sub_projects"]))


def told_of_ideas(found: Figures) -> Iterator[str]:
    """Tell of sets of ideas in people's own words."""
    yield measured_with([found["analyser"]])
    yield ""
    yield "Ideas in residents' and nurses' own words, some of them belonging to no sub-project,"
    yield "asked of the profiles alone, with nothing learnt."
    yield ""
    for number, one in enumerate(found["sets"], start=1):
        shares, nowhere, certain = one["all"], one["nowhere"], one["certain"]
        yield f"### Set {number}: {shares['texts'] + nowhere['texts']} ideas"
        yield ""
        yield from table(
            ("figure", "value", "goal"),
            [
                (f"right first, of {shares['texts']}", at_least(shares["first"], 0.75), "≥ 0.75"),
                ("right among three", at_least(shares["three"], 0.92), "≥ 0.92"),
                ("belongs somewhere, nothing suggested", shares["silent"], ""),
                (
                    f"belongs nowhere, nothing suggested, of {nowhere['texts']}",
                    at_least(nowhere["silent"], LEAST_SILENT * nowhere["texts"], "d"),
                    f"≥ {LEAST_SILENT:.0%}",
                ),
                *(
                    (
                        f"called {word}: right first, of {certain[key]['texts']}",
                        f"{certain[key]['right']:.2f}",
                        "",
                    )
                    for key, word in _CERTAIN
                ),
            ],
        )
        yield from _by_sub_project(one)
        yield from confusion(one["matrix"], found["slugs"])


_CERTAIN = (("sure", "certain"), ("likely", "likely"), ("possible", "possible"))


def _by_sub_project(measured: Figures) -> list[str]:
    return table(
        ("belongs to", "texts", "first", "among three", "nothing"),
        [
            (slug, one["texts"], f"{one['first']:.2f}", f"{one['three']:.2f}", one["silent"])
            for slug, one in measured["sub_projects"].items()
        ],
    )


def confusion(matrix: Mapping[str, Mapping[str, int]], slugs: Sequence[str]) -> Iterator[str]:
    """Give the table of what came first where: a row for where texts belong, columns by number."""
    shown = [slug for slug in slugs if slug in matrix]
    met = {slug for row in matrix.values() for slug in row if slug}
    columns = [*slugs, *sorted(met - set(slugs)), ""]
    yield "What came first (columns, by the numbers of the rows) where a text belongs (rows):"
    yield ""
    numbers = {slug: number for number, slug in enumerate(columns, start=1)}
    heads = [str(numbers[slug]) if slug in slugs else slug or _NOWHERE for slug in columns]
    rows = [
        (f"{numbers[slug]} {slug}", *(matrix[slug].get(column, "·") for column in columns))
        for slug in shown
    ]
    yield from table(("belongs to", *heads), rows)
