"""`flask programme load`: any programme, again and again; what people decided is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from innovation.core import clock
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.permissions import System
from innovation.programme.actions import close_sub_project
from innovation.programme.loading import load_preset
from innovation.programme.models import Programme, SubProject
from innovation.programme.presets import PRESETS, read_preset
from innovation.programme.queries import snapshot
from innovation.web.application import create_app
from tests.conftest import Unit
from tests.real import installation
from tests.real.client import CheckingClient

LAKELAND = """\
[programme]
id = "jarvi"
reference_prefix = "JR"
languages = ["fi", "sv"]
name.fi = "Järviseudun ideat"
name.sv = "Sjöbygdens idéer"
short_name.fi = "Järviseutu"
region.fi = "Järvi-Suomi"

[contact]
phone = "015 123 456"

[promises]
looked_at_working_days = 2
first_answer_days = 10
decision_days = 40

[publishing]
rule = "everything_first"

[licence]
name = "CC BY 4.0"
text.fi = "Tekstiä saa käyttää vapaasti."

[reading]
hours.fi = "Luemme maanantaisin."

[[parents]]
id = "hanke"
name.fi = "Yhteinen hanke"

[[sub_projects]]
id = "laiturit"
parent = "hanke"
name.fi = "Laiturien kunnostus"
short_name.fi = "Laiturit"
purpose.fi = "Kunnostaa laiturit."

[[sub_projects]]
id = "saunat"
parent = "hanke"
successor = "laiturit"
name.fi = "Yleiset saunat"
short_name.fi = "Saunat"
purpose.fi = "Pitää saunat lämpiminä."

[[sub_projects]]
id = "veneet"
parent = "hanke"
name.fi = "Yhteiset veneet"
short_name.fi = "Veneet"
purpose.fi = "Hankkii veneitä."

[[areas]]
id = "ranta"
name.fi = "Ranta"

[[areas]]
id = "saari"
name.fi = "Saari"

[[municipalities]]
id = "niemela"
area = "ranta"
name.fi = "Niemelä"

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
def lakeland(tmp_path: Path) -> Iterator[Flask]:
    """An installation that was never anything but a small programme of its own."""
    variables = installation.environment(tmp_path / "instance", "lakeland")
    app = create_app(Settings.from_environment(variables))
    app.testing = True
    app.test_client_class = CheckingClient
    run = app.test_cli_runner()
    preset = tmp_path / "jarvi.toml"
    preset.write_text(LAKELAND, encoding="utf-8")
    for command in (["db", "upgrade"], ["programme", "load", str(preset)], ["init"]):
        result = run.invoke(args=command)
        assert result.exit_code == 0, result.output
    assert "jarvi: 3 sub-projects, 2 areas" in run.invoke(args=[*PROGRAMME, str(preset)]).output
    yield app
    installation.let_go(app)


PROGRAMME = ["programme", "load"]


def test_another_programme_stands_on_its_own(lakeland: Flask) -> None:
    client = lakeland.test_client()
    front = client.get("/").get_data(as_text=True)
    assert "Järviseutu" in front
    assert "015 123 456" in front
    for address in (
        "/ideas",
        "/ideas/new",
        "/sub-projects",
        "/sub-projects/saunat",
        "/areas/saari",
    ):
        page = client.get(address)
        assert page.status_code == 200, address
        assert "POPsote" not in page.get_data(as_text=True)
    assert client.get("/sub-projects/hyte").status_code == 404
    with lakeland.app_context():
        assert [fact.slug for fact in snapshot().sub_projects] == ["laiturit", "saunat", "veneet"]
        assert [fact.slug for fact in snapshot().areas] == ["ranta", "saari"]


def test_the_command_says_line_and_key_of_everything_wrong(app: Flask, tmp_path: Path) -> None:
    wrong = LAKELAND.replace('"JR"', '"j"').replace('area = "ranta"', 'area = "kuu"')
    preset = tmp_path / "jarvi.toml"
    preset.write_text(wrong, encoding="utf-8")
    result = app.test_cli_runner().invoke(args=[*PROGRAMME, str(preset)])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "jarvi.toml, line 3, programme.reference_prefix" in result.stderr
    line = wrong[: wrong.index('area = "kuu"')].count("\n") + 1
    assert f"line {line}, municipalities[0].area" in result.stderr


def test_an_installation_keeps_its_programme(
    app: Flask, database: Connection, tmp_path: Path, reading: Unit
) -> None:
    preset = tmp_path / "jarvi.toml"
    preset.write_text(LAKELAND, encoding="utf-8")
    result = app.test_cli_runner().invoke(args=[*PROGRAMME, str(preset)])
    assert result.exit_code == 1
    assert "popsote" in result.stderr
    with reading():
        assert snapshot().slug == "popsote"


def test_loading_again_changes_names_and_keeps_what_people_decided(
    writing: Unit, reading: Unit, tmp_path: Path
) -> None:
    with reading():
        before = {fact.slug: fact.id for fact in snapshot().sub_projects}
        version = snapshot().version
    with writing():
        close_sub_project(System("test"), "hyte", version)
        closed_at = _row("hyte").closed_at
        _row("hyte").successor_id = before["sote-ict"]
        programme = db.session.get_one(Programme, 1)
        programme.contact = programme.contact | {"phone": "08 123 4567", "hours": {"fi": "9-15"}}
        programme.updated_at = clock.now()
    source = (PRESETS / "popsote.toml").read_text(encoding="utf-8")
    renamed = tmp_path / "popsote.toml"
    hopeful = source.replace('\nshort_name.fi = "HYTE"', '\nshort_name.fi = "Hyvä elämä"')
    assert hopeful != source
    # The file would lead back to where the administrator's successor leads.
    circle = hopeful.replace('id = "sote-ict"\n', 'id = "sote-ict"\nsuccessor = "hyte"\n')
    renamed.write_text(circle, encoding="utf-8")
    with writing():
        load_preset(System("test"), read_preset(renamed))
    with reading():
        after = snapshot()
        assert {fact.slug: fact.id for fact in after.sub_projects} == before
        assert after.sub_project_by_slug["hyte"].short_names["fi"] == "Hyvä elämä"
        assert after.sub_project_by_slug["hyte"].successor_id == before["sote-ict"]
        assert after.sub_project_by_slug["sote-ict"].successor_id is None
        assert _row("hyte").closed_at == closed_at
        assert after.contact["phone"] == "08 123 4567"
        assert after.contact["hours"] == {"fi": "9-15"}


def test_what_a_new_file_leaves_out_stays(writing: Unit, reading: Unit, tmp_path: Path) -> None:
    source = (PRESETS / "popsote.toml").read_text(encoding="utf-8")
    start = source.index('[[sub_projects]]\nid = "hoitotakuu"')
    end = source.index("[[sub_projects]]", start + 1)
    shorter = tmp_path / "popsote.toml"
    shorter.write_text(source[:start] + source[end:], encoding="utf-8")
    with writing():
        load_preset(System("test"), read_preset(shorter))
    with reading():
        slugs = [fact.slug for fact in snapshot().sub_projects]
        assert slugs[-1] == "hoitotakuu"
        assert (
            len(slugs) == len(set(slugs)) == len(read_preset(PRESETS / "popsote.toml").sub_projects)
        )


def _row(slug: str) -> SubProject:
    return db.session.scalars(select(SubProject).where(SubProject.slug == slug)).one()
