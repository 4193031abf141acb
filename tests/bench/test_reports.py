"""The measuring commands count rightly, and keep in their reports what is to be kept."""

import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from bench import (
    quality_queries,
    quality_report,
    quality_routing_report,
    quality_sections,
    quality_typos,
    search,
    search_report,
)
from bench.material import Material, material
from bench.measuring import Times, in_short
from bench.quality_queries import Query
from innovation.demo.content import demo_ideas

pytestmark = pytest.mark.once


def figures(**changed: object) -> search_report.Figures:
    times = Times(1.0, 2.0, 1.0, 2.0, 1.5)
    given: dict[str, object] = {
        "database": "sqlite",
        "ideas": 1000,
        "date": "2026-01-31",
        "list_page": times,
        "search_page": times,
        "statements": (4.0, 8.0),
        "asked": dict.fromkeys(
            ("one word", "two words", "a rare word", "a common word", "looking up alone"), times
        ),
        "suggestion": times,
        "index_one": times,
        "rebuild_rate": 500,
        "rebuild_rate_of_cpu": 600,
        "memory": 200,
    }
    return search_report.Figures(**{**given, **changed})  # type: ignore[arg-type]


def test_recall_counts_the_first_ten_and_mrr_the_first_relevant() -> None:
    asked = [Query("yksi", ("A", "B")), Query("kaksi", ("C",)), Query("kolme", ("D",))]
    found = {
        "yksi": ["X", "A"],
        "kaksi": [*"1234567890", "C"],
        "kolme": [],
    }
    result = quality_queries.measure(asked, found.__getitem__)
    assert result.recall == round(0.5 / 3, 3)
    assert result.mrr == round((1 / 2 + 1 / 11) / 3, 3)
    assert [one.missed for one in result.answers] == [("B",), ("C",), ("D",)]


def test_our_own_queries_name_ideas_of_the_demo_that_everybody_sees() -> None:
    known = {
        idea.title: idea.key
        for idea in demo_ideas()
        if idea.visibility == "public" and not idea.merged_into
    }
    text = quality_queries.OWN.read_text(encoding="utf-8")
    asked = quality_queries.own_queries({title: title for title in _titles(text)})
    assert len(asked) == 60
    named = {title for query in asked for title in query.relevant}
    begins = {idea.text[:30] for idea in demo_ideas() if not idea.title}
    assert {one for one in named if one not in known and one[:30] not in begins} == set()


def _titles(text: str) -> set[str]:
    return {title for query in tomllib.loads(text)["query"] for title in query["relevant"]}


def test_a_set_that_names_an_unknown_idea_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ideas.jsonl").write_text('{"reference": "A", "title": "", "text": "Jotain"}\n')
    (tmp_path / "queries.jsonl").write_text('{"q": "jotain", "relevant": ["B"]}\n')
    with pytest.raises(ValueError, match="B"):
        quality_queries.read_set(tmp_path)


def test_typos_are_the_same_every_time_and_no_words_themselves() -> None:
    words = ["hammaslääkäri", "kotihoito", "terveysasema", "neuvola"]
    made = quality_typos.typos(words, 50)
    assert made == quality_typos.typos(words, 50)
    assert not {one.typed for one in made} & set(words)


def test_a_section_that_is_not_measured_stays_and_so_does_what_people_wrote(
    tmp_path: Path,
) -> None:
    report = tmp_path / "quality.md"
    by_hand = f"{quality_sections.BEGIN}\nSanat puuttuvat.\n{quality_sections.END}"
    old = {"Words": ["vanhat sanat"], "Missed": ["vanhaa"], quality_sections.MISSES: [by_hand]}
    report.write_text(quality_sections.report_with(report, old), encoding="utf-8")
    result = {"recall": 0.5, "mrr": 0.9, "answers": [_missed()]}
    typos = {"typos": 1, "words": 1, "first": 1, "five": 1, "by_slip": {}, "p50_ms": 1, "p95_ms": 1}
    own = {
        "analyser": "pyvoikko 1, more, words of the programme",
        "measured_on": "SQLite",
        "ideas": 1,
        "titles": {"A": "Otsikko"},
        "typos": typos,
        "whole": result,
        "without": result,
        "plain": result,
    }
    new = quality_sections.report_with(report, quality_report.search_sections([[own]]))
    parts = quality_sections.sections_of(new)
    assert list(parts) == ["Words", "Typos", "Queries", "Missed", quality_sections.MISSES]
    assert parts["Words"] == "vanhat sanat"
    assert parts[quality_sections.MISSES] == by_hand
    assert "| kysytty | – | Otsikko |" in parts["Missed"]
    assert "vanhaa" not in new
    assert "| **0.50** | 0.90 |" in parts["Queries"]
    assert parts["Typos"].startswith("Measured 20")


def _missed() -> dict[str, object]:
    return {"q": "kysytty", "recall": 0.0, "first": 0, "missed": ["A"]}


def test_the_table_of_confusions_counts_what_came_first_where_a_text_belongs() -> None:
    matrix = {"hyte": {"hyte": 3, "ensihoito": 1}, "ensihoito": {"": 2}}
    told = list(quality_routing_report.confusion(matrix, ["ensihoito", "hyte", "muu"]))
    assert "| belongs to | 1 | 2 | 3 | none |" in told
    assert "| 1 ensihoito | · | · | · | 2 |" in told
    assert "| 2 hyte | 1 | 3 | · | · |" in told


def test_what_misses_its_goal_is_bold() -> None:
    assert quality_sections.at_least(0.75, 0.75) == "0.75"
    assert quality_sections.at_least(0.7, 0.75) == "**0.70**"
    assert quality_sections.at_most(51, 50) == "**51**"


def test_a_report_keeps_what_was_not_measured_again_and_tells_what_got_worse(
    tmp_path: Path,
) -> None:
    report = tmp_path / "performance.md"
    old = {"sqlite:1000": figures(), "postgresql:100000": figures(database="postgresql")}
    report.write_text(search_report.told(old, [], 1.0), encoding="utf-8")
    assert search_report.read_figures(report) == old
    slower = Times(9.0, 9.0, 9.0, 9.0, 9.0)
    new = {"sqlite:1000": figures(suggestion=slower, memory=210)}
    (line,) = search_report.worse(old, new)
    assert "CPU of suggestions 1.00 → 9.00" in line
    assert "**" in search_report.told({**old, "x": figures(rebuild_rate=20)}, [], 1.0)


def test_times_survive_being_written() -> None:
    assert search_report.Figures.of(asdict(figures())) == figures()
    assert in_short([1.0, 3.0, 2.0], [1.0, 1.0, 1.0]).p50 == 2.0


def test_words_are_asked_as_they_stand_in_the_texts() -> None:
    given = material(None)
    assert len(given.titled) > 500
    asked = search.asked_of(Material(given.titled[:50], given.sentences))
    everything = " ".join(f"{title} {body}" for title, body in given.titled[:50]).lower()
    assert all(word in everything for word in asked["one word"])
    assert all(len(pair.split()) == 2 for pair in asked["two words"])
