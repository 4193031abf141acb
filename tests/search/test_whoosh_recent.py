"""The latest changes of the embedded index: read on as they come, torn or damaged ones are seen."""

from pathlib import Path

import pytest
from flask import Flask

from innovation import language
from innovation.search import whoosh_recent
from innovation.search.engine import State
from innovation.search.whoosh_engine import WhooshEngine
from innovation.search.whoosh_recent import Change, HalfWrittenError, Recent, append, entry_of, read
from tests.search.test_whoosh_blocks import PHRASE, check, document


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "recent_1.log"


@pytest.fixture
def engine(app: Flask, tmp_path: Path) -> WhooshEngine:
    language.load(app.extensions["settings"].finnish)
    made = WhooshEngine(tmp_path)
    made.rebuild(lambda: map(document, range(1, 401)))
    return made


def change(gone: tuple[int, ...], *numbers: int) -> Change:
    return Change(gone, tuple(entry_of(document(number)) for number in numbers))


def test_what_was_written_is_read_on_as_it_comes(log: Path) -> None:
    recent = Recent(log)
    assert not recent.read_on()
    append(log, change((3,), 7, 8))
    assert recent.read_on()
    assert (recent.numbers, recent.touched) == ([7, 8], {3, 7, 8})
    append(log, change((7,), 8))
    assert recent.read_on()
    assert not recent.read_on()
    assert (recent.numbers, recent.dead) == ([7, 8, 8], {0, 1})


def test_a_change_that_is_half_written_is_not_read_and_is_noticed(log: Path) -> None:
    append(log, change((), 1))
    whole = log.stat().st_size
    append(log, change((), 2))
    log.write_bytes(log.read_bytes()[:-5])
    recent = Recent(log)
    recent.read_on()
    assert recent.numbers == [1]
    assert read(log)[1] == whole
    with pytest.raises(HalfWrittenError):
        recent.check()


def test_a_damaged_change_is_refused(log: Path) -> None:
    append(log, change((), 1))
    written = bytearray(log.read_bytes())
    written[40] ^= 1
    log.write_bytes(written)
    with pytest.raises(ValueError, match="not as it was written"):
        Recent(log).read_on()


def test_the_index_with_its_latest_changes_is_the_whole_one(engine: WhooshEngine) -> None:
    numbers = set(range(1, 401))
    reader = WhooshEngine(engine._folder.parent)
    reader.find(PHRASE)
    for turn in range(20):
        gone, new = {1 + turn, 1_000 + turn - 1}, {1_000 + turn, 399}
        engine.apply(gone | new, [document(number) for number in sorted(new)])
        numbers = (numbers - gone) | new
        for one in (engine, reader):
            assert set(one.stamps()) == numbers
            assert one.count() == len(numbers)
    check(engine, numbers)
    check(reader, numbers)
    assert engine.state() is State.SOUND


def test_many_changes_go_into_the_index(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whoosh_recent, "_MOST", 3)
    for number in range(1_001, 1_011):
        engine.apply([number], [document(number)])
    assert len(list(engine._folder.glob("recent_*.log"))) <= 2
    check(engine, {*range(1, 401), *range(1_001, 1_011)})


@pytest.mark.parametrize("left", [-5, 20])
def test_an_index_whose_latest_changes_are_cut_short_is_made_anew(
    engine: WhooshEngine, left: int
) -> None:
    engine.apply([1], [document(1_001)])
    (log,) = engine._folder.glob("recent_*.log")
    log.write_bytes(log.read_bytes()[:left])
    assert engine.state() is State.BROKEN
    engine.rebuild(lambda: map(document, range(1, 401)))
    assert engine.state() is State.SOUND
