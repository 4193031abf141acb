"""Own texts: what should be marked is, the right door is named, and clean texts are left alone."""

import re
import tomllib
from pathlib import Path

import pytest

from innovation.guard import Door, Findings, Kind, inspect
from innovation.guard.lexicon import FOLDER
from innovation.ideas.inspecting import doors_for

pytestmark = pytest.mark.once

NAMES = {"care": Kind.CARE_DETAIL} | {kind.value: kind for kind in Kind}
MARK = re.compile(r"\[(care|person|address|phone|email|security):((?:[^\[\]]|\[[^\]]*\])*)\]")
LINES = [
    line.partition("|")[::2]
    for line in (Path(__file__).parent / "texts.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
MARKED = [text for what, text in LINES if what == "-"]
CLEAN = [text for what, text in LINES if what == "clean"]
CALM = [text for what, text in LINES if what == "calm"]
DOORS = [(what, text) for what, text in LINES if what not in ("-", "clean", "calm")]


def _read(written: str) -> tuple[str, list[tuple[int, int, Kind]]]:
    """Give the text without its brackets, and the places that they marked."""
    text, spans, place = "", [], 0
    for match in MARK.finditer(written):
        text += written[place : match.start()]
        spans.append((len(text), len(text) + len(match[2]), NAMES[match[1]]))
        text += match[2]
        place = match.end()
    return text + written[place:], spans


@pytest.mark.parametrize("written", MARKED)
def test_what_should_be_marked_is(written: str) -> None:
    text, spans = _read(written)
    found = inspect(text)
    assert spans
    for start, end, kind in spans:
        assert any(one.kind is kind and one.start < end and start < one.end for one in found), kind
    assert found.waits
    assert not found.blocks
    assert not found.urgent


@pytest.mark.parametrize(("what", "text"), DOORS)
def test_the_right_door_is_named(what: str, text: str) -> None:
    door, _, urgent = what.partition(" ")
    found = inspect(text)
    assert Door(door) in found.doors
    assert found.urgent is bool(urgent)
    assert found.waits


@pytest.mark.parametrize("text", CLEAN)
def test_clean_texts_are_left_alone(text: str) -> None:
    assert inspect(text) == Findings()


@pytest.mark.parametrize("text", CALM)
def test_what_is_past_or_a_figure_of_speech_is_not_urgent(text: str) -> None:
    assert not inspect(text).urgent


def test_staff_and_patients_report_the_same_harm_at_different_doors() -> None:
    by_staff = inspect("Annoin yövuorossa potilaalle väärän lääkkeen.")
    by_patient = inspect("Minulle annettiin sairaalassa väärä lääke.")
    assert by_staff.doors == (Door.INCIDENT,)
    assert by_patient.doors == (Door.PATIENT_SAFETY,)


def test_whoever_is_at_work_is_led_to_the_incident_door_first() -> None:
    doors = (Door.PATIENT_SAFETY, Door.COMPLAINT)
    assert doors_for(doors, staff=True) == (Door.INCIDENT, *doors)
    assert doors_for((Door.INCIDENT, Door.COMPLAINT), staff=False) == doors


def test_the_writers_own_care_is_told_from_that_of_others() -> None:
    (own,) = inspect("Minulla on diabetes ja epilepsia.")
    (other,) = inspect("Isälläni on diabetes ja epilepsia.")
    assert own.own
    assert not other.own
    assert other.instead == "läheiseni tarvitsee hoitoa tai tukea"


def test_danger_stands_before_the_other_doors() -> None:
    found = inspect("Mieheni lyö minua. Haluan tehdä muistutuksen hoidostani.")
    assert found.doors[0] is Door.EMERGENCY
    assert Door.COMPLAINT in found.doors


def test_every_list_that_a_phrase_names_exists_and_every_word_can_match() -> None:
    lists, elements = set(), set()
    for path in sorted(FOLDER.glob("*.toml")):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        lists |= tables.get("words", {}).keys() | tables.get("concepts", {}).keys()
        for text in tables.get("phrases", {}).values():
            elements |= {one.lstrip("!=>") for one in re.split(r"[\s|]+", text) if one}
    named = {one[1:].removesuffix("+past") for one in elements if one.startswith("@")}
    assert named - lists == set()
    assert {one for one in elements if "*" in one[1:-1]} == set()
