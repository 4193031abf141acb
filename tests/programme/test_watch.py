"""What a programme tells the text check: read from its preset, kept, and used."""

from pathlib import Path

import pytest

from innovation.core.permissions import System
from innovation.guard import Door, Kind, inspect
from innovation.ideas.inspecting import programme_watch
from innovation.programme.loading import load_preset
from innovation.programme.presets import PRESETS, Preset, PresetError, read_preset
from innovation.programme.queries import snapshot
from tests.conftest import Unit

SHIPPED = (PRESETS / "popsote.toml").read_text()
NUMBER = "Soita numeroon 08 555 1234, kun rannassa palaa valo."


def preset_with(folder: Path, *lines: str) -> Preset:
    head, _table, rest = SHIPPED.partition("[guard]\n")
    kept = rest[rest.index("\n\n") :]
    path = folder / "koe.toml"
    path.write_text("\n".join((head + "[guard]", *lines)) + kept)
    return read_preset(path)


def test_every_door_that_the_text_check_names_is_in_the_shipped_preset() -> None:
    doors = {door.kind for door in read_preset(PRESETS / "popsote.toml").wrong_doors}
    assert set(Door) <= doors


def test_what_the_preset_says_is_what_the_text_check_uses(tmp_path: Path, writing: Unit) -> None:
    with writing():
        assert inspect(NUMBER, programme_watch()).kinds == {Kind.PHONE}
        lines = 'numbers = ["08 555 1234"]', 'left_out = ["address"]', 'places = ["Rantakatu 5"]'
        load_preset(System("test"), preset_with(tmp_path, *lines))
        watch = programme_watch()
        assert not inspect(NUMBER, watch)
        assert inspect("Soita 040 123 4567.", watch).kinds == {Kind.PHONE}
        assert (watch.left_out, watch.places) == ({Kind.ADDRESS}, {"Rantakatu 5"})
        assert snapshot().watch["office_holders"] == []


def test_the_doors_of_the_staff_are_not_shown_to_everybody(writing: Unit) -> None:
    with writing():
        kinds = {door["kind"] for door in snapshot().residents_doors}
        assert "crisis" in kinds
        assert not kinds & {"incident", "invention", "whistleblowing"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('left_out = ["hetu"]', "guard.left_out: “hetu” does not look like a kind of mark"),
        ('left_out = ["nimet"]', "guard.left_out: “nimet”"),
        ('numbers = ["soita"]', "guard.numbers: “soita” does not look like a telephone number"),
        ('office_holders = ["Maija"]', "guard.office_holders: “Maija”"),
        ("kinds = []", "guard.kinds: the key “kinds” is not known here"),
    ],
)
def test_a_wrong_setting_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(PresetError) as error:
        preset_with(tmp_path, line)
    (problem,) = error.value.problems
    assert told in str(problem)
    assert problem.line == SHIPPED[: SHIPPED.index("[guard]\n")].count("\n") + 2
