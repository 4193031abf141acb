"""What the report says of words, typos, queries and similar ideas."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.quality_sections import at_least, at_most, measured_with, table

# Below this recall a query is listed as missed.
_MISSED = 0.5
_SHOWN = 12

# Figure, what it is called, goal and floor; more is better but of collisions.
_WORDS = (
    ("lemma", "form → base form", "≥ 98 %", "96.5"),
    ("last_part", "compound by its last part", "≥ 95 % (97 with libvoikko)", "90"),
    ("first_part", "compound by its first part", "≥ 92 % (96 with libvoikko)", "86"),
    ("collisions", "different words that meet", "≤ 9 %", "12"),
    ("lemma NOUN", "form → base form, nouns", "", ""),
    ("lemma VERB", "form → base form, verbs", "", ""),
    ("lemma ADJ", "form → base form, adjectives", "", ""),
    ("collisions of strangers", "of them, words that are no relatives", "", ""),
)
_COSTS = (
    "different forms a second, cold",
    "tokens a second, warm",
    "memory, MB",
    "seconds to load",
)
Figures = Mapping[str, Any]


def search_sections(sets: Sequence[Sequence[Figures]]) -> dict[str, Iterator[str]]:
    """Give the sections on searching.

    sets: our own queries, then others, each for each way of measuring.
    """
    own = sets[0]
    return {"Typos": _typos(own), "Queries": _queries(sets), "Missed": _missed(own[0])}


def told_of_words(words: Sequence[Figures]) -> Iterator[str]:
    """Tell how words meet their forms and parts. words: for each dictionary."""
    yield measured_with(one["analyser"] for one in words)
    yield ""
    counts = words[0]["counts"]
    yield (
        f"{counts['pairs']:,} different pairs of a form and its base form (nouns, verbs and"
        f" adjectives) of a treebank of Finnish, {counts['compounds']:,}"
    )
    yield (
        f"of them compounds, and {counts['look-alikes']:,} pairs of a base form and a form of one"
        " of the three words that are spelt most like it."
    )
    yield ""
    names = [one["analyser"].partition(",")[0] for one in words]
    yield f"| figure, % | {' | '.join(names)} | goal | floor |"
    yield f"|---{'|---' * len(names)}|---|---|"
    for key, name, goal, floor in _WORDS:
        figures = " | ".join(f"{one['figures'][key]:.1f}" for one in words)
        yield f"| {name} | {figures} | {goal} | {floor} |"
    for key in _COSTS:
        yield f"| {key} | {' | '.join(f'{one[key]:,}' for one in words)} | | |"
    yield ""
    yield from _WORDS_MEAN
    yield ""
    yield "Some that were not found (treebank of another kind of text than ideas are):"
    for key, name in (("lemma", "base forms"), ("last_part", "last parts")):
        missed = words[0]["misses"][key]
        some = missed[:: max(1, len(missed) // _SHOWN)][:_SHOWN]
        yield f"- {name}, {len(missed)} in all: {', '.join(some)}."
    yield ""


_WORDS_MEAN = (
    "- **Form → base form**: looking for the base form finds a text with the form.",
    "- **Compound by a part**: looking for the base form of its first or last part finds the"
    " compound.",
    "- **Different words that meet**: looking for one word finds a form of another that is spelt"
    " alike; half of them are",
    "  relatives (lähettää, lähettäjä) that a searcher wants.",
    "- **Cold** is the first time that a form is read, **warm** from the memory of forms; by CPU"
    " time.",
)


def _typos(own: Sequence[Figures]) -> Iterator[str]:
    typos = own[0]["typos"]
    yield measured_with(one["analyser"] for one in own)
    yield ""
    yield (
        f"{typos['typos']} words with one slip (a letter missing, added, exchanged, or two"
        f" swapped), made of the {typos['words']:,} words of the"
    )
    yield "demo's ideas; what was meant stands first, or among the first five, of what is offered."
    yield ""
    yield "| figure | value | goal |"
    yield "|---|---|---|"
    yield f"| first, % | {typos['first']} | ≥ 92 |"
    yield f"| among the first five, % | {typos['five']} | ≥ 99 |"
    slips = ", ".join(f"{slip} {value}" for slip, value in typos["by_slip"].items())
    yield f"| first by the kind of slip, % | {slips} | |"
    yield f"| p50 / p95 of one word, ms | {typos['p50_ms']} / {typos['p95_ms']} | p95 ≤ 10 |"
    yield ""


def _queries(sets: Sequence[Sequence[Figures]]) -> Iterator[str]:
    yield measured_with(one["analyser"] for one in sets[0])
    yield ""
    yield (
        "Our own queries (`bench/queries.toml`) over the ideas of the demo, asked by a visitor who"
        " is not signed in, as `flask search find` does."
    )
    yield ""
    yield (
        "| queries | measured on | recall@10 (≥ 0.75) | MRR (≥ 0.80)"
        " | without concepts | plain words |"
    )
    yield "|---|---|---|---|---|---|"
    for number, measured in enumerate(sets):
        for one in measured:
            asked = len(one["whole"]["answers"])
            name = f"another set, {number}" if number else "our own"
            whole = one["whole"]
            yield (
                f"| {name}: {asked} over {one['ideas']} ideas | {one['measured_on']} "
                f"| {at_least(whole['recall'], 0.75)} | {at_least(whole['mrr'], 0.8)} "
                f"| {_both(one['without'])} | {_both(one['plain'])} |"
            )
    yield ""
    yield from _QUERIES_MEAN
    yield ""


_QUERIES_MEAN = (
    "- **Recall@10**: how much of what should come stands among the first ten, the mean of all"
    " queries.",
    "- **MRR**: one divided by the place of the first idea that should come, nothing when none"
    " does; the mean.",
    "- **Without concepts**, recall and MRR: words are not widened to others of the same thing."
    " **Plain words**: texts and queries",
    "  only as they are written, with no typos corrected.",
)


def _missed(own: Figures) -> Iterator[str]:
    missed = [one for one in own["whole"]["answers"] if one["recall"] < _MISSED]
    yield measured_with([own["analyser"]])
    yield ""
    yield f"Our own queries of which less than half stands among the first ten: {len(missed)}."
    yield ""
    if missed:
        yield "| asked | first relevant at | should have come |"
        yield "|---|---|---|"
    for one in missed:
        titles = "; ".join(own["titles"][reference] for reference in one["missed"])
        yield f"| {one['q']} | {one['first'] or '–'} | {titles} |"


def _both(result: Figures) -> str:
    return f"{result['recall']:.2f}, {result['mrr']:.2f}"


def told_of_pairs(sets: Sequence[Figures]) -> Iterator[str]:
    """Tell how well the same need is found in other words. sets: for each folder and database."""
    yield measured_with([])
    yield ""
    yield "Each text has one idea of the same need in quite different words, and one that shares"
    yield "its words and is about another need, among the ideas of its folder."
    yield ""
    rows = []
    for one in sets:
        pairs = one["pairs"]
        count = pairs["pairs"]
        rows.append(
            (
                f"{one['set']}: {count} texts",
                one["measured_on"],
                f"{at_least(pairs['found_within_five'], count * 2 / 3, 'd')} of {count}",
                f"{pairs['found_first']}",
                f"{at_most(pairs['look_alike_first'], count * 5 / 12, 'd')} of {count}",
            )
        )
    yield from table(
        (
            "set",
            "measured on",
            "same need among the first five (≥ 2/3)",
            "same need first",
            "another need with the same words first (≤ 5/12)",
        ),
        rows,
    )


def told_of_paraphrases(ways: Sequence[Figures]) -> Iterator[str]:
    """Tell how well paraphrases are found among distractors, and how fast. ways: by database."""
    yield measured_with([])
    yield ""
    yield "Pairs of sentences of a paraphrase corpus with its highest label (4), each to be found"
    yield "among the others and 1,000 distractors; and the time of finding ideas like a text."
    yield ""
    yield from table(
        ("measured on", "pairs", "within five, %", "first, %", "ideas", "p50 / p95, ms (p95 ≤ 50)"),
        [
            (
                one["measured_on"],
                one["paraphrases"]["pairs"],
                _percent(one["paraphrases"], "found_within_five"),
                _percent(one["paraphrases"], "found_first"),
                f"{one['time']['ideas']:,}",
                f"{one['time']['p50']:.1f} / {at_most(one['time']['p95'], 50, '.1f')}",
            )
            for one in ways
        ],
    )


def _percent(result: Figures, name: str) -> str:
    return f"{100 * result[name] / max(1, result['pairs']):.1f}"
