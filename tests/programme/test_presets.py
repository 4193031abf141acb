"""A preset is read whole or refused with line and key of everything that is wrong in it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from innovation.programme.preset_shapes import STAFF_DOORS
from innovation.programme.presets import PRESETS, Preset, PresetError, Problem, read_preset

pytestmark = pytest.mark.once


SMALL = """\
[programme]
id = "koe"
reference_prefix = "KO"
languages = ["fi", "sv"]
name.fi = "Koe"
name.sv = "Försök"
short_name.fi = "Koe"
region.fi = "Koti"

[contact]
phone = ""

[promises]
looked_at_working_days = 3
first_answer_days = 14
decision_days = 90

[publishing]
rule = "everything_first"

[licence]
name = "CC BY 4.0"
text.fi = "Vapaa"

[reading]
hours.fi = "Arkisin"

[[parents]]
id = "iso"
name.fi = "Iso"

[[sub_projects]]
id = "yksi"
parent = "iso"
name.fi = "Yksi"
short_name.fi = "1"
purpose.fi = \"\"\"Monta
id = "ei tämä"
riviä\"\"\"

[[sub_projects]]
id = "kaksi"
parent = "iso"
successor = "yksi"
aliases = [
  "toinen",
  "2",
]
name = { fi = "Kaksi" }
short_name.fi = "2"
purpose.fi = "Toinen"

[[areas]]
id = "alue"
name.fi = "Alue"

[[municipalities]]
id = "kunta"
code = "001"
area = "alue"
name.fi = "Kunta"

[[wrong_doors]]
id = "hata"
kind = "emergency"
phone = "112"
label.fi = "Soita 112"

[[rules]]
id = "kirous"
number = 1
name.fi = "Kiroilu"
"""


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str | bytes], Preset]:
    def read_source(source: str | bytes) -> Preset:
        path = tmp_path / "koe.toml"
        path.write_bytes(source.encode() if isinstance(source, str) else source)
        return read_preset(path)

    return read_source


Read = Callable[[str | bytes], Preset]


def problems_of(read: Read, source: str | bytes) -> list[Problem]:
    with pytest.raises(PresetError) as refused:
        read(source)
    return refused.value.problems


def line_of(source: str, words: str) -> int:
    return source[: source.index(words)].count("\n") + 1


def test_a_small_preset_is_read(read: Read) -> None:
    preset = read(SMALL)
    assert [row.id for row in preset.sub_projects] == ["yksi", "kaksi"]
    assert preset.sub_projects[1].aliases == ("toinen", "2")
    assert preset.name == {"fi": "Koe", "sv": "Försök"}
    assert preset.region == {"fi": "Koti"}
    assert preset.contact.hours == {}


def test_line_ends_and_byte_order_mark_do_not_matter(read: Read) -> None:
    expected = read(SMALL.replace("Monta\n", "Monta "))
    windows = SMALL.replace("Monta\n", "Monta ").replace("\n", "\r\n").encode("utf-8-sig")
    assert read(windows).rules == expected.rules


# Old words, new words, the words whose line is named, the key, and a part of the message.
SLIPS = {
    "unknown key": (
        'kind = "emergency"',
        'kind = "emergency"\nkindd = 1',
        "kindd",
        "wrong_doors[0].kindd",
        "known",
    ),
    "unknown table": ("[[rules]]", "[extra]\na = 1\n[[rules]]", "[extra]", "extra", "not known"),
    "Finnish missing": (
        'name.fi = "Alue"',
        'name.sv = "O"',
        'name.sv = "O"',
        "areas[0].name.fi",
        "missing",
    ),
    "Finnish empty": (
        'name.fi = "Alue"',
        'name.fi = " "',
        'name.fi = " "',
        "areas[0].name.fi",
        "empty",
    ),
    "unknown language": (
        'name.fi = "Alue"',
        'name.fi = "A"\nname.de = "G"',
        "name.de",
        "areas[0].name.de",
        "known",
    ),
    "text instead of table": (
        'name.fi = "Alue"',
        'name = "A"',
        'name = "A"',
        "areas[0].name",
        "table",
    ),
    "number as text": (
        "decision_days = 90",
        'decision_days = "90"',
        "decision_days",
        "promises.decision_days",
        "whole",
    ),
    "flag as number": (
        "decision_days = 90",
        "decision_days = true",
        "decision_days",
        "promises.decision_days",
        "whole",
    ),
    "absurd number": (
        "decision_days = 90",
        "decision_days = 0",
        "decision_days",
        "promises.decision_days",
        "between",
    ),
    "missing number": (
        "decision_days = 90\n",
        "",
        "[promises]",
        "promises.decision_days",
        "missing",
    ),
    "missing table": ('[reading]\nhours.fi = "Arkisin"\n', "", "[programme]", "reading", "missing"),
    "duplicate id": (
        'id = "kaksi"',
        'id = "yksi"',
        'id = "yksi"\nparent = "iso"\nsucc',
        "sub_projects[1].id",
        "above",
    ),
    "bad id": ('id = "alue"', 'id = "Älue x"', "Älue", "areas[0].id", "id of letters"),
    "unknown parent": (
        'id = "iso"',
        'id = "isoin"',
        'parent = "iso"',
        "sub_projects[0].parent",
        "not defined",
    ),
    "unknown area": (
        'area = "alue"',
        'area = "muu"',
        'area = "muu"',
        "municipalities[0].area",
        "not defined",
    ),
    "unknown successor": (
        'successor = "yksi"',
        'successor = "3"',
        "successor",
        "sub_projects[1].successor",
        "not def",
    ),
    "own successor": (
        'successor = "yksi"',
        'successor = "kaksi"',
        "successor",
        "sub_projects[1].successor",
        "back",
    ),
    "bad list": ('  "2",\n', "  2,\n", "aliases", "sub_projects[1].aliases", "text"),
    "list as text": (
        'aliases = [\n  "toinen",\n  "2",\n]',
        'aliases = "2"',
        "aliases",
        "sub_projects[1].aliases",
        "list",
    ),
    "unknown rule": (
        "everything_first",
        "whatever",
        "rule =",
        "publishing.rule",
        "everything_first",
    ),
    "script address": (
        'phone = "112"',
        'href = "javascript:x"',
        "href",
        "wrong_doors[0].href",
        "look like",
    ),
    "day with a time": (
        'name.fi = "Iso"',
        'name.fi = "I"\nvalid_to = 2021-01-01T00:00:00',
        "valid_to",
        "parents[0].valid_to",
        "time",
    ),
    "day as text": (
        'name.fi = "Iso"',
        'name.fi = "I"\nvalid_to = "2021"',
        "valid_to",
        "parents[0].valid_to",
        "day",
    ),
    "days in the wrong order": (
        'name.fi = "Iso"',
        'name.fi = "I"\nvalid_from = 2022-01-01\nvalid_to = 2021-01-01',
        "valid_to",
        "parents[0].valid_to",
        "before",
    ),
    "bad code": (
        'code = "001"',
        'code = "1"',
        'code = "1"',
        "municipalities[0].code",
        "three digits",
    ),
    "id that is no text": ('id = "alue"', "id = [1]", "id = [1]", "areas[0].id", "text"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_named_with_line_and_key(read: Read, slip: str) -> None:
    old, new, words, key, message = SLIPS[slip]
    source = SMALL.replace(old, new, 1)
    found = problems_of(read, source)
    assert (line_of(source, words), key) in [(problem.line, problem.key) for problem in found]
    assert message in next(problem.message for problem in found if problem.key == key)


def test_all_problems_come_at_once_in_the_order_of_the_file(read: Read) -> None:
    source = (
        SMALL.replace('"KO"', '"ko"').replace("= 14", "= 0").replace('area = "alue"', 'area = "x"')
    )
    found = problems_of(read, source)
    assert [problem.key for problem in found] == [
        "programme.reference_prefix",
        "promises.first_answer_days",
        "municipalities[0].area",
    ]
    with pytest.raises(PresetError, match=r"koe\.toml, line 3, programme\.reference_prefix: “ko”"):
        read(source)


def test_a_ring_of_successors_is_refused(read: Read) -> None:
    source = SMALL.replace('short_name.fi = "1"', 'short_name.fi = "1"\nsuccessor = "kaksi"')
    assert {problem.key for problem in problems_of(read, source)} == {
        "sub_projects[0].successor",
        "sub_projects[1].successor",
    }


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (SMALL.replace("decision_days = 90", "decision_days ="), 16),
        (SMALL.replace("decision_days = 90", "decision_days = 90\ndecision_days = 90"), 17),
        (b'[programme]\nid = "\xe4"\n', 2),
    ],
)
def test_what_is_not_toml_is_said_with_its_line(read: Read, source: str | bytes, line: int) -> None:
    (problem,) = problems_of(read, source)
    assert problem.line == line


def test_an_empty_file_lists_what_it_lacks(read: Read) -> None:
    keys = {problem.key for problem in problems_of(read, "")}
    assert {"programme", "sub_projects", "areas", "promises"} <= keys


def test_a_file_that_is_not_there_is_one_clear_problem(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match="cannot be read"):
        read_preset(tmp_path / "none.toml")


@pytest.fixture(scope="module")
def popsote() -> Preset:
    return read_preset(PRESETS / "popsote.toml")


def test_the_shipped_programme_is_whole(popsote: Preset) -> None:
    assert popsote.reference_prefix == "PS"
    assert [area.id for area in popsote.areas if area.regional] == [
        "rannikko",
        "oulu",
        "lakeus",
        "oulunkaari",
        "oulun-etelainen",
        "koillismaa",
    ]
    assert [area.id for area in popsote.areas if not area.regional] == ["muu"]
    assert {area.id for area in popsote.areas} == {row.area for row in popsote.municipalities}
    assert [row.id for row in popsote.municipalities if not row.code] == ["muu-kunta"]
    assert [row.id for row in popsote.sub_projects if not row.confirmed] == ["tietojarjestelmat"]


def test_the_shipped_texts_are_there_in_every_language(popsote: Preset) -> None:
    texts = [
        text for row in popsote.sub_projects for text in (row.name, row.short_name, row.purpose)
    ]
    texts += [text for rule in popsote.rules for text in (rule.name, rule.explanation)]
    texts += [text for door in popsote.wrong_doors for text in (door.label, door.explanation)]
    texts += [area.name for area in popsote.areas] + [parent.name for parent in popsote.parents]
    texts += [popsote.licence, popsote.reading_hours, popsote.region]
    assert all(text.keys() == {"fi", "sv", "en"} for text in texts)


def test_long_words_of_shipped_names_can_break(popsote: Preset) -> None:
    for row in popsote.sub_projects:
        for name in (row.name["fi"], row.short_name["fi"], row.name["sv"]):
            assert max(map(len, re.split(r"[\s\u00ad-]+", name))) <= 16, name


def test_aliases_carry_no_soft_hyphens(popsote: Preset) -> None:
    assert not any("\u00ad" in alias for row in popsote.sub_projects for alias in row.aliases)


def test_every_kind_of_place_is_one_of_the_known_ones(popsote: Preset) -> None:
    assert [door.kind for door in popsote.wrong_doors] == [
        "emergency",
        "crisis",
        "urgent_care",
        "complaint",
        "patient_safety",
        "appeal",
        "advice",
        "initiative",
        *STAFF_DOORS,
    ]
    phones = ["112", "09 2525 0111", "116 117"]
    assert [door.phone for door in popsote.wrong_doors if door.phone] == phones
