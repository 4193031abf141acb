"""What a programme may set, how quick the guard is, and its command."""

import json
import time

import pytest
from flask import Flask

from innovation.guard import Kind, Watch, inspect

PHONE = "Soittakaa 040 123 4567."
NASTY = {
    "digits": "1" * 10_000,
    "spaced digits": "1 " * 5_000,
    "signs": "a@" * 5_000,
    "full stops": "a." * 5_000,
    "names": "Maija " * 1_600,
    "titles": "hoitaja Maija " * 700,
    "streets": "Aakatu 1 " * 1_100,
    "street ends": "katu" * 2_500,
    "accounts": "FI21 1234 " * 1_000,
    "spoken digits": "nolla " * 1_600,
    "spoken signs": "a at a piste " * 800,
    "dashes": "-" * 10_000,
    "zero width": "\u200b" * 10_000,
    "blows": "lyö minua " * 1_000,
    "illnesses": "äitini diabetes " * 620,
    "one word": "a" * 10_000,
}


def test_kinds_can_be_left_out() -> None:
    watch = Watch(left_out=frozenset({Kind.PHONE}))
    assert inspect(PHONE).kinds == {Kind.PHONE}
    assert list(inspect(PHONE, watch)) == []


def test_no_setting_releases_an_identity_code() -> None:
    watch = Watch(left_out=frozenset(Kind), numbers=frozenset({"010594Y9032"}))
    assert inspect("Tunnus 010594Y9032.", watch).blocks


def test_published_numbers_places_and_office_holders_are_not_marked() -> None:
    watch = Watch(
        numbers=frozenset({"040 123 4567"}),
        places=frozenset({"Koivutie"}),
        office_holders=frozenset({"Maija Virtanen"}),
    )
    text = "Lääkäri Maija Virtanen vastaa, p. 0401234567, käynti Koivutie 4."
    assert inspect(text).kinds == {Kind.PERSON, Kind.PHONE, Kind.ADDRESS}
    assert list(inspect(text, watch)) == []


def test_neutral_words_are_offered() -> None:
    (nurse,) = inspect("Kiitos, hoitaja Maija Virtanen.")
    (mother,) = inspect("Tämän kirjoitti äitini Aino K. eilen.")
    assert (nurse.instead, mother.instead) == ("hoitaja", "läheiseni")


def test_no_finding_holds_a_piece_of_the_text() -> None:
    found = inspect("Hoitaja Maija Virtanen, p. 040 123 4567, ja isälläni on diabetes.")
    assert len(found) >= 3
    assert not any(word in repr(found) for word in ("Maija", "Virtanen", "4567", "diabetes"))


@pytest.mark.parametrize("name", NASTY)
def test_no_text_takes_long(name: str) -> None:
    text = NASTY[name]
    inspect(text)
    # The processor's own time: what another program took meanwhile says nothing of the guard.
    start = time.process_time()
    inspect(text)
    assert time.process_time() - start < 1.0


def test_the_command_reads_and_writes_lines_of_json(app: Flask) -> None:
    lines = [
        {"id": "a", "text": "Tunnus 010594Y9032."},
        {"id": "b", "text": "Enemmän penkkejä puistoon."},
        {"id": 3, "text": "Haluan tehdä muistutuksen hoidostani."},
    ]
    given = "\n".join(map(json.dumps, lines))
    done = app.test_cli_runner().invoke(args=["guard", "scan"], input=given)
    assert done.exit_code == 0, done.output
    assert [json.loads(line) for line in done.output.splitlines()] == [
        {
            "id": "a",
            "spans": [{"start": 7, "end": 18, "kind": "hetu", "blocks": True}],
            "doors": [],
        },
        {"id": "b", "spans": [], "doors": []},
        {"id": 3, "spans": [], "doors": ["complaint"]},
    ]


@pytest.mark.parametrize("line", ["no JSON", '{"id": "a"}', "[]", "3", '{"text": "a"}'])
def test_a_bad_line_is_named_and_not_shown(app: Flask, line: str) -> None:
    done = app.test_cli_runner().invoke(args=["guard", "scan"], input=f"\n{line}\n")
    assert done.exit_code == 1
    assert "Line 2 is not like" in done.output
    assert "no JSON" not in done.output
