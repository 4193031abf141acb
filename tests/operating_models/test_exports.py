"""What a model is taken along as: Word with every heading, JSON that keeps to its schema."""

import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient

from innovation.core import clock
from innovation.core.db import db
from innovation.operating_models.drafts import UseDraft
from innovation.operating_models.models import ModelSource
from innovation.operating_models.parts import add_use
from tests.conftest import Unit
from tests.operating_models.writing import SYSTEM, model
from tests.real.experiments import planned, routed
from tests.real.ideas import idea
from tests.real.people import signed_in

LIBREOFFICE = shutil.which("soffice") or ""
# Innokylä's headings, word for word; this list is not made of the code's.
HEADINGS = [
    (1, "Perustiedot"),
    (2, "Toimintamallin nimi"),
    (2, "Toimintamallin lyhyt kuvaus"),
    (2, "Toteutuspaikka"),
    (2, "Paikkakunta, maakunta tai hyvinvointialue"),
    (2, "Toimintamallin rahoittaja"),
    (2, "Toimintamallin kokonaisuus"),
    (2, "Liitteet ja linkit"),
    (2, "Kuva"),
    (2, "Kuvateksti"),
    (2, "Tekijä"),
    (2, "Luotu"),
    (2, "Viimeksi muokattu"),
    (1, "Toimintamallin kuvaus"),
    (2, "Ratkaisun perusidea"),
    (2, "Toimintaympäristö"),
    (2, "Kohderyhmä ja asiakasymmärrys"),
    (2, "Toimivuuden ja käyttöönoton ehdot"),
    (2, "Arvioinnin tulokset tiivistettynä"),
    (2, "Vinkit toimintamallin soveltajille"),
    (1, "Kansikuva"),
    (1, "Kehittämisen vaihe"),
    (1, "Kehittämisen polku"),
    (2, "1. Oivalla ja ymmärrä"),
    (3, "Toimintaympäristö"),
    (3, "Lähtötilanne ja strategiset liittymäkohdat"),
    (3, "Kehitystyön lähtökohtana olevat tarpeet"),
    (3, "Tavoiteltu muutos"),
    (3, "Muutoksen mittaaminen"),
    (2, "2. Kuvittele ja kokeile"),
    (2, "3. Kuvaa ja jaa"),
    (3, "Liitteet"),
    (1, "Käytössä"),
    (1, "Mistä malli syntyi"),
]


def published(writing: Unit) -> str:
    with writing():
        texts = {"solution": 'Yksi <nappi> & "viesti".\n\nToinen kappale 😀.', "links": "a\nb"}
        made = model(SYSTEM, (idea(),), published=True, **texts)
        add_use(SYSTEM, made, UseDraft("Ii", "oulunkaari", clock.today(), "vastaava hoitaja"))
        return f"/operating-models/{made.id}"


def test_the_word_file_has_every_heading_in_its_order(client: FlaskClient, writing: Unit) -> None:
    answer = client.get(f"{published(writing)}/export.docx")
    assert "toimintamalli-" in answer.headers["Content-Disposition"]
    word = Document(BytesIO(answer.data))
    found = [
        (int(one.style.name.removeprefix("Heading ")), one.text)
        for one in word.paragraphs
        if one.style is not None and str(one.style.name).startswith("Heading ")
    ]
    assert found == HEADINGS
    texts = [one.text for one in word.paragraphs]
    assert 'Yksi <nappi> & "viesti".' in texts
    assert "Toinen kappale 😀." in texts
    assert word.tables[0].rows[1].cells[3].text == "vastaava hoitaja"
    assert word.core_properties.language == "fi-FI"


@pytest.mark.once
@pytest.mark.skipif(not LIBREOFFICE, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_opens_the_word_file_with_every_heading(
    client: FlaskClient, writing: Unit, tmp_path: Path
) -> None:
    file = tmp_path / "model.docx"
    file.write_bytes(client.get(f"{published(writing)}/export.docx").data)
    own = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    order = [LIBREOFFICE, "--headless", own, "--convert-to", "txt:Text", "--outdir", str(tmp_path)]
    subprocess.run([*order, str(file)], check=True, capture_output=True, timeout=120)
    lines = iter(file.with_suffix(".txt").read_text(encoding="utf-8-sig").splitlines())
    # Each is looked for after the one before it: this is their order too.
    assert [heading for _level, heading in HEADINGS if heading not in lines] == []


def test_every_part_of_the_word_file_is_well_made(client: FlaskClient, writing: Unit) -> None:
    answer = client.get(f"{published(writing)}/export.docx")
    with zipfile.ZipFile(BytesIO(answer.data)) as file:
        assert file.testzip() is None
        names = set(file.namelist())
        for name in names:
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(file.read(name))
        listed = ElementTree.fromstring(file.read("[Content_Types].xml"))
        parts = {one.attrib["PartName"].lstrip("/") for one in listed if "PartName" in one.attrib}
        assert parts <= names


def test_the_json_keeps_to_the_published_schema(client: FlaskClient, writing: Unit) -> None:
    address = published(writing)
    schema = client.get("/operating-models/schema.json").get_json(force=True)
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    made = client.get(f"{address}/export.json").get_json()
    check.validate(made)
    assert made["$schema"] == schema["$id"]
    assert made["description"]["solution"].startswith("Yksi <nappi>")
    assert made["basics"]["links"] == ["a", "b"]
    assert made["phase"] == "Kehitteillä"
    assert made["in_use"][0]["area"] == "Oulunkaari"
    assert made["sources"][0]["kind"] == "idea"
    assert list(made["path"]) == ["realise", "imagine", "describe"]
    made["description"]["further"] = ""
    assert not check.is_valid(made)


def test_a_draft_is_not_taken_along_by_others(client: FlaskClient, writing: Unit) -> None:
    with writing():
        number = model().id
    for kind in ("docx", "json"):
        assert client.get(f"/operating-models/{number}/export.{kind}").status_code == 404


def test_what_grew_inside_of_the_house_is_told_to_nobody_outside(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    inside, outside = "Salainen kokeilu", "Avoin kokeilu"
    with writing():
        row, made = routed(), model(published=True)
        for trial in (planned(title=inside, ideas=(row.id,)), planned(title=outside)):
            db.session.add(ModelSource(model_id=made.id, experiment_id=trial.id))
        row.visibility = "staff_only"
        address = f"/operating-models/{made.id}"
    desk, _who = signed_in(app, "moderator")

    def told(window: FlaskClient) -> list[str]:
        word = Document(BytesIO(window.get(f"{address}/export.docx").data))
        return [
            window.get(f"{address}/export.json").text,
            "\n".join(one.text for one in word.paragraphs),
        ]

    for text in (client.get(address).text, *told(client), *told(desk)):
        assert inside not in text
        assert outside in text
    assert inside in desk.get(address).text
