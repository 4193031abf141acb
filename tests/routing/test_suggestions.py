"""Suggestions: right in people's words, silent where nothing speaks, and never in the way."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from innovation.core.db import db
from innovation.programme.actions import touch
from innovation.programme.models import SubProject
from innovation.programme.queries import snapshot
from innovation.routing.model_file import NAME
from innovation.routing.suggestions import Suggestions
from tests.conftest import Unit
from tests.real.installation import SECRET_KEY
from tests.real.server import ROOT

Ask = Callable[..., Suggestions]


def slugs(found: Suggestions) -> list[str]:
    return [one.sub_project for one in found.items]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vauvan kanssa neuvolaan ei pääse bussilla.", "lapset-nuoret-perheet"),
        ("Lanssia ootettiin tunti ja hätäkeskuksesta soitettiin takasin.", "ensihoito"),
        ("Kotihoidolla ei ole aikaa, vanhukset odottavat.", "ikaihmiset"),
        ("Muistisairaskoti on liian kaukana omaishoitajalta.", "ikaihmiset"),
        ("Äidit ovat väsyneitä eikä kukaan kysy.", "lapset-nuoret-perheet"),
    ],
)
def test_the_likeliest_sub_project_comes_first(ask: Ask, text: str, expected: str) -> None:
    found = ask(text)
    assert slugs(found)[0] == expected
    certainties = [one.certainty for one in found.items]
    assert certainties == sorted(certainties, reverse=True)
    assert 0 < sum(certainties) <= 1.001
    assert len(found.items) <= 3


def test_the_words_that_spoke_are_told_as_they_were_written(ask: Ask) -> None:
    (first, *_others) = ask("Lanssi tuli myöhässä, koska HÄTÄKESKUS ei löytänyt tietä.").items
    assert set(first.words) >= {"lanssi", "hätäkeskus"}
    assert "koska" not in first.words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Katuvalo on rikki.",
        "Kirjaston ja koirapuiston aukiolo.",
        "Ihan hyvä idea.",
        "🚑",
    ],
)
def test_nothing_is_suggested_when_nothing_speaks_clearly(ask: Ask, text: str) -> None:
    assert ask(text) == Suggestions((), stamp="profiles")


def test_words_of_the_same_concept_speak_too(ask: Ask) -> None:
    assert (
        slugs(ask("Ambulance was late and the ambulance crew was tired.", "en"))[0] == "ensihoito"
    )
    assert slugs(ask("Vaarilla ja mummolla ei ole apua, vanhuksilla.")) != []


def test_a_number_of_something_calls_nobody(ask: Ask, presets: Path) -> None:
    file = presets / "popsote.toml"
    written = file.read_text(encoding="utf-8")
    file.write_text(written.replace('"lanssi", ', '"lanssi", "112", '), encoding="utf-8")
    assert slugs(ask("Soitin 112 ja odotin."))[0] == "ensihoito"
    assert not ask("Matkaa on 112 km suuntaansa.").items
    assert not ask("Siihen meni 112 euroa.").items


def test_expressions_of_other_languages_speak_in_texts_of_theirs(ask: Ask, presets: Path) -> None:
    file = presets / "popsote.toml"
    written = file.read_text(encoding="utf-8")
    more = 'says_sv = ["färdtjänst"]\nsays_en = ["on hold"]\n'
    file.write_text(written.replace('not_ours = ["vauva"]\n', more), encoding="utf-8")
    assert slugs(ask("Färdtjänsten kom aldrig.", "sv"))[0] == "ikaihmiset"
    assert slugs(ask("They kept us on hold.", "en"))[0] == "ikaihmiset"
    assert not ask("On hold, on aina on.").items


def test_a_word_is_strong_only_where_the_vocabulary_says_so(ask: Ask, presets: Path) -> None:
    often = ", ".join(f'"kuormalava {one}"' for one in ("iso", "raskas", "painava", "pitkä"))
    file = presets / "popsote.toml"
    before = file.read_text(encoding="utf-8")
    said = before.replace('"lanssi", ', f'"kuormalava", {often}, ')
    file.write_text(said, encoding="utf-8")
    often_said = ask("Kuormalava.").items[0].certainty
    file.write_text(f'{said}\n[[profiles]]\nsub_project = "hyte"\nstrong = ["tukijalka"]\n')
    assert ask("Tukijalka.").items[0].certainty > often_said


def test_what_speaks_against_is_heard(ask: Ask) -> None:
    assert slugs(ask("Vanhus ja vauva samassa talossa, vauva itkee."))[0] == "lapset-nuoret-perheet"


@pytest.mark.parametrize("closed", [True, False])
def test_a_sub_project_that_is_left_is_not_suggested_and_its_heir_is(
    ask: Ask, writing: Unit, closed: bool
) -> None:
    with writing():
        known = snapshot().sub_project_by_slug
        row = db.session.get_one(SubProject, known["ensihoito"].id)
        row.successor_id = known["palvelustrategia"].id
        row.closed_at = snapshot().updated_at if closed else None
        touch()
    assert slugs(ask("Lanssi ja ambulanssi myöhässä taas."))[0] == "palvelustrategia"


def test_a_new_sub_project_is_known_by_its_purpose(ask: Ask, writing: Unit) -> None:
    with writing():
        row = db.session.get_one(SubProject, snapshot().sub_project_by_slug["hyte"].id)
        row.purposes = {"fi": "Kehittää optikkojen palveluja ja silmälasien saamista."}
        touch()
    assert slugs(ask("Silmälasit ovat kalliit, optikkoa ei ole."))[0] == "hyte"


def test_a_programme_without_a_vocabulary_has_its_purposes(ask: Ask, presets: Path) -> None:
    (presets / "popsote.toml").unlink()
    assert slugs(ask("Kotikuntoutus ja etäkuntoutus kotihoidossa"))[0] == "ikaihmiset"


def test_a_damaged_file_of_what_was_learnt_is_said_and_logged_once(
    ask: Ask, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / NAME).write_bytes(b"routing model 1\nabc\n{")
    with caplog.at_level(logging.ERROR):
        assert ask("Lanssi oli myöhässä.") == Suggestions(available=False)
        assert ask("Lanssi oli taas myöhässä.") == Suggestions(available=False)
    assert caplog.text.count("flask routing learn") == 1
    (folder / NAME).unlink()
    assert ask("Lanssi oli myöhässä.").available


def test_a_vocabulary_with_an_unknown_id_is_said_and_corrected(
    ask: Ask, presets: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = presets / "popsote.toml"
    right = file.read_text(encoding="utf-8")
    file.write_text(right.replace('"ensihoito"', '"lanssit"'), encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        assert not ask("Lanssi oli myöhässä.").available
    assert "lanssit" in caplog.text
    file.write_text(right, encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert ask("Lanssi oli myöhässä.").available


def test_pages_never_load_what_learns() -> None:
    code = (
        "import sys, wsgi; import innovation.routing.suggestions; "
        "print([name for name in sys.modules if name in "
        "('innovation.routing.fitting', 'innovation.routing.learning', 'sklearn', 'scipy')])"
    )
    environment = {**os.environ, "INNOVATION_SECRET_KEY": SECRET_KEY}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip().endswith("[]"), done.stderr


def test_a_text_whose_language_nobody_knows_is_read_as_finnish(ask: Ask) -> None:
    assert slugs(ask("Lanssi myöhässä", "und"))[0] == "ensihoito"
    assert not ask("سيارة", "ar").items
