"""Bringing ideas along: all rows are checked first, all come in together, again changes nothing."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import Connection, select

from innovation.core.db import db
from innovation.ideas.models import Authorship, Idea, TimelineEntry
from innovation.ideas.risks import Risk
from tests.conftest import Unit

TEXT = "Etäkuntoutuksen linkki tulee vasta samana aamuna."


def bring(app: Flask, folder: Path, content: bytes) -> Result:
    file = folder / "ideas.txt"
    file.write_bytes(content)
    return app.test_cli_runner().invoke(args=["ideas", "import", str(file)])


def lines(*rows: dict[str, object]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def ideas(reading: Unit) -> list[Idea]:
    with reading():
        found = list(db.session.scalars(select(Idea).order_by(Idea.id)))
        db.session.expunge_all()
        return found


def test_a_full_row_arrives_whole(
    app: Flask, database: Connection, tmp_path: Path, reading: Unit
) -> None:
    row = {
        "text": TEXT,
        "what_helps": "Linkki päivää ennen.",
        "municipality": "Kuusamo",
        "capacity": "asiakas",
        "created": "2025-03-31",
        "visibility": "public",
        "handling": "in_experiment",
        "sub_projects": ["digipalvelut", "ikaihmiset"],
        "people": 12,
        "language": "fi",
        "external_reference": "kysely-7",
    }
    result = bring(app, tmp_path, lines(row))
    assert result.exit_code == 0, result.output
    (idea,) = ideas(reading)
    assert result.stdout == f"1\t{idea.reference}\timported\n"
    assert idea.reference.startswith("PS-2025-")
    assert (idea.visibility, idea.handling) == ("public", "in_experiment")
    assert idea.published_at == idea.created_at
    assert (idea.created_at.year, idea.created_at.month) == (2025, 3)
    with reading():
        assert db.session.scalars(select(Authorship.people)).one() == 12
        entries = db.session.execute(
            select(TimelineEntry.kind, TimelineEntry.actor_role).order_by(TimelineEntry.id)
        ).all()
    kinds = [kind for kind, _ in entries]
    assert kinds[:3] == ["submitted", "published", "routed"]
    assert "handling" in kinds
    assert {role for kind, role in entries if kind != "submitted"} == {"system"}


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_tables_come_in_every_usual_form(
    app: Flask, database: Connection, tmp_path: Path, reading: Unit, separator: str, encoding: str
) -> None:
    rows = [
        ["text", "area", "capacity"],
        ['"Äidin ""oma"" aika, tai mikä; lie,\nsiirtyi taas."', "oulu", ""],
    ]
    content = "\r\n".join(separator.join(row) for row in rows).encode(encoding)
    assert bring(app, tmp_path, content).exit_code == 0
    (idea,) = ideas(reading)
    assert idea.text == 'Äidin "oma" aika, tai mikä; lie,\nsiirtyi taas.'
    assert idea.visibility == "waiting"


def test_again_changes_nothing(
    app: Flask, database: Connection, tmp_path: Path, reading: Unit
) -> None:
    row = {"text": TEXT, "external_reference": "a-1"}
    bring(app, tmp_path, lines(row))
    again = bring(app, tmp_path, lines(row, {"text": TEXT + " Aina.", "external_reference": "a-2"}))
    changed = bring(app, tmp_path, lines({**row, "text": "Aivan muu teksti."}))
    assert "already there" in again.stdout.splitlines()[0]
    assert again.stdout.splitlines()[1].endswith("imported")
    assert "nothing was changed" in changed.stdout
    assert [idea.text for idea in ideas(reading)] == [TEXT, TEXT + " Aina."]


def test_everything_wrong_is_told_by_row_and_field_and_nothing_comes_in(
    app: Flask, database: Connection, tmp_path: Path, reading: Unit
) -> None:
    rows: list[dict[str, object]] = [
        {"text": TEXT},
        {"text": "Isä 131052-308T jäi ilman aikaa."},
        {"text": "", "area": "lappi"},
        {"text": TEXT, "created": "2999-01-01", "visibility": "hidden", "handling": "merged"},
        {"text": TEXT, "sub_projects": "digipalvelut;ei-ole", "people": 0},
        {"text": TEXT, "capacity": "kuningas", "language": "xx", "municipality": "Atlantis"},
        {"text": TEXT, "external_reference": "sama"},
        {"text": TEXT, "external_reference": "sama"},
        {"text": TEXT, "handling": "in_use"},
    ]
    result = bring(app, tmp_path, lines(*rows))
    assert result.exit_code == 1
    assert result.stdout == ""
    told = {line.partition(": ")[0] for line in result.stderr.splitlines()}
    assert told >= {
        "row 2, text", "row 3, text", "row 3, area", "row 4, created", "row 4, visibility",
        "row 4, handling", "row 5, sub_projects", "row 5, people", "row 6, capacity",
        "row 6, language", "row 6, municipality", "row 8, external_reference",
        "row 9, sub_projects",
    }  # fmt: skip
    assert "131052" not in result.output
    assert "Isä" not in result.output
    assert not [line for line in told if line.startswith("row 1")]
    assert ideas(reading) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"otsikko,teksti\na,b\n",
        b"text,area\n",
        b"text\nyksi,kaksi,kolme\n",
        b'{"text": "kesken',
        b'{"text": ["lista"]}',
        b'{"text": "hyv\xc3\xa4 idea", "villi": 1}',
        b'text\n"' + b"x" * 1_100_000,
        b'text\n"Ovi on aina lukossa.\nHissi jumittuu.\n',
        b"\x81\x8d\x00",
    ],
)
def test_a_malformed_file_is_one_clear_error_and_no_fault(
    app: Flask, database: Connection, tmp_path: Path, reading: Unit, content: bytes
) -> None:
    result = bring(app, tmp_path, content)
    assert result.exit_code == 1
    assert result.stderr.startswith("row ")
    assert "Traceback" not in result.output
    assert ideas(reading) == []


def test_municipalities_are_known_by_name_code_and_id(
    app: Flask, database: Connection, tmp_path: Path, reading: Unit
) -> None:
    rows = [
        {"text": TEXT + f" Kerta {at}.", "municipality": at} for at in ("Oulu", 564, "564", "oulu")
    ]
    result = bring(app, tmp_path, lines(*rows))
    assert result.exit_code == 0, result.stderr
    assert len({idea.municipality_id for idea in ideas(reading)}) == 1


@pytest.mark.parametrize(
    ("handling", "answered"),
    [("routed", False), ("under_evaluation", False), ("in_experiment", False), ("in_use", True)],
)
def test_only_what_is_finished_counts_as_answered(
    app: Flask, database: Connection, tmp_path: Path, reading: Unit, handling: str, answered: bool
) -> None:
    row = {"text": TEXT, "handling": handling, "sub_projects": "hyte", "visibility": "public"}
    assert bring(app, tmp_path, lines(row)).exit_code == 0
    (idea,) = ideas(reading)
    assert idea.handling == handling
    assert (idea.answered_at is not None) is answered


def test_marked_rows_wait_with_their_risk_and_a_preview_says_why(
    app: Flask, database: Connection, tmp_path: Path, reading: Unit
) -> None:
    rows = [
        {"text": TEXT, "visibility": "public"},
        {"text": "Hoitaja Maija Virtanen neuvoi väärin.", "visibility": "public"},
        {"text": "En jaksa enää, haluan kuolla.", "visibility": "public"},
        {"text": "Minulla on diabetes, ja jono on pitkä.", "visibility": "public"},
    ]
    file = tmp_path / "marked.txt"
    file.write_bytes(lines(*rows))
    words = ["ideas", "import", str(file)]
    preview = app.test_cli_runner().invoke(args=[*words, "--preview"])
    assert preview.exit_code == 0, preview.output
    assert ideas(reading) == []
    assert "4 rows, of which 3 are marked and read first" in preview.stderr
    assert "  person: 1\n" in preview.stderr
    assert "  urgent: 1\n" in preview.stderr
    result = app.test_cli_runner().invoke(args=words)
    assert "imported, waits for a moderator: person" in result.stdout
    assert "imported, public, to be read first: care_detail" in result.stdout
    assert "Virtanen" not in result.output
    found = [(idea.visibility, idea.risk) for idea in ideas(reading)]
    assert found == [
        ("public", Risk.NONE),
        ("waiting", Risk.PERSONAL),
        ("waiting", Risk.URGENT),
        ("public", Risk.SENSITIVE),
    ]
