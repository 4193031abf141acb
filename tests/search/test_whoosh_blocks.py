"""The embedded engine keeps postings in its own way: what was written is read, however it went."""

import os
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask

from innovation import language
from innovation.search import whoosh_blocks
from innovation.search.engine import (
    Clause,
    Document,
    Kind,
    Placed,
    Query,
    SearchUnavailableError,
    State,
    Way,
)
from innovation.search.ranking import weighed
from innovation.search.whoosh_engine import WhooshEngine
from innovation.search.whoosh_opened import OF_A_TERM, Opened

MANY = 700
PHRASE = Query((Clause((Way((("toinen",), ("sana",)), 1.0, Kind.SURFACE, adjacent=True),)),))


def document(number: int) -> Document:
    title = (Placed("kaikki", 1, 1.0), Placed(f"sana{number % 7}", 2, 1.0))
    rest = ("toinen", "sana") if number % 2 else ("sana", "toinen")
    text = (
        Placed("osa", 1, 0.5, whole=False),
        *(Placed(word, place, 1.0) for place, word in enumerate(rest, start=2)),
        *(Placed("usein", 4 + place, 1.0) for place in range(number % 5)),
        Placed(f"ainoa{number // 40}", 40, 1.0),
    )
    return Document(number, f"stamp {number}", {"title": title, "text": text})


def check(engine: WhooshEngine, numbers: set[int]) -> None:
    """See that the index has the terms of these documents with their weights, and nothing else."""
    expected = {
        number: {term: had.weight for term, had in weighed(document(number)).items()}
        for number in numbers
    }
    terms = {term for had in expected.values() for term in had}
    assert engine.weigh(sorted(numbers), terms) == expected
    every = engine.find(Query((Clause((Way((("kaikki",),), 1.0),)),))).every
    assert set(every) == numbers
    assert set(engine.find(PHRASE).every) == {number for number in numbers if number % 2}


@pytest.fixture
def engine(app: Flask, tmp_path: Path) -> WhooshEngine:
    language.load(app.extensions["settings"].finnish)
    return WhooshEngine(tmp_path)


@pytest.mark.parametrize("gathered", [whoosh_blocks._MOST_GATHERED, 500])
def test_the_index_has_what_was_written(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch, gathered: int
) -> None:
    monkeypatch.setattr(whoosh_blocks, "_MOST_GATHERED", gathered)
    engine.rebuild(lambda: map(document, range(1, MANY)))
    check(engine, set(range(1, MANY)))


def test_changes_and_merges_keep_what_was_written(engine: WhooshEngine) -> None:
    numbers = set(range(1, MANY))
    engine.rebuild(lambda: map(document, sorted(numbers)))
    for first in range(1, MANY, 97):
        new = set(range(MANY + first, MANY + first + 5))
        gone = {first, first + 1, first + 50}
        engine.apply(gone | new, [document(number) for number in sorted(new)])
        numbers = (numbers - gone) | new
        engine.find(PHRASE)
        check(engine, numbers)


def test_changes_one_by_one_leave_few_segments(engine: WhooshEngine) -> None:
    numbers = set(range(1, 100))
    engine.rebuild(lambda: map(document, sorted(numbers)))
    most = 0
    for number in range(1, 41):
        new = 1_000 + number
        engine.apply([number], [document(new)])
        numbers = (numbers - {number}) | {new}
        assert engine.count() == len(numbers)
        assert isinstance(engine._opened, Opened)
        most = max(most, len(engine._opened.reader.leaf_readers()))
    assert 1 < most <= 9
    check(engine, numbers)


def test_an_index_is_sound_after_a_change_until_somebody_harms_it(
    engine: WhooshEngine, tmp_path: Path
) -> None:
    engine.rebuild(lambda: map(document, range(1, MANY)))
    assert engine.state() is State.SOUND
    engine.apply([1], [document(MANY)])
    assert engine.state() is State.SOUND
    segment = max((tmp_path / "index").glob("*.seg"), key=lambda path: path.stat().st_size)
    segment.write_bytes(segment.read_bytes()[:100])
    assert engine.state() is State.BROKEN
    # A change that goes well somewhere else does not make it sound.
    with suppress(Exception):
        engine.apply([2], [document(MANY + 1)])
    assert engine.state() is State.BROKEN


def test_an_index_that_is_cut_short_while_it_is_open_is_called_broken(
    engine: WhooshEngine, tmp_path: Path
) -> None:
    engine.rebuild(lambda: map(document, range(1, MANY)))
    assert engine.count() == MANY - 1
    segment = max((tmp_path / "index").glob("*.seg"), key=lambda path: path.stat().st_size)
    os.truncate(segment, 100)
    with pytest.raises(SearchUnavailableError):
        engine.find(PHRASE)
    assert engine.state() is State.BROKEN


def test_little_memory_gives_the_same(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("innovation.search.whoosh_opened._MOST_KEPT", 1_000)
    engine.rebuild(lambda: map(document, range(1, MANY)))
    check(engine, set(range(1, MANY)))
    opened = engine._opened
    assert isinstance(opened, Opened)
    assert 0 < opened._kept_postings <= 1_000
    held = sum(len(one[0]) + OF_A_TERM for one in opened._kept.values())
    assert opened._kept_postings == held
    held = sum(len(one[0]) + OF_A_TERM for one in opened._now.values())
    assert held <= 1_000 or len(opened._now) == 1
