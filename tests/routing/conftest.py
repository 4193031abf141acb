"""A small vocabulary, and an installation that has learnt nothing yet."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from innovation.routing import vocabulary_file
from innovation.routing.model_file import NAME
from innovation.routing.suggestions import Suggestions, suggest
from tests.conftest import Unit

VOCABULARY = """
[[profiles]]
sub_project = "lapset-nuoret-perheet"
purpose = ["Neuvolan ja koulun asiat."]
says = ["vauva", "neuvola", "koulukuraattori", "väsynyt äiti"]
strong = ["perhekeskus"]

[[profiles]]
sub_project = "ikaihmiset"
says = ["vanhus", "muistisairas", "kotihoito", "omaishoitaja"]
not_ours = ["vauva"]

[[profiles]]
sub_project = "ensihoito"
says = ["ambulanssi", "lanssi", "hätäkeskus"]

[other]
says = ["katuvalo", "kirjasto", "koirapuisto"]
"""


@pytest.fixture
def presets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of vocabularies, with one for the programme that the tests may change."""
    monkeypatch.setattr(vocabulary_file, "FOLDER", tmp_path)
    (tmp_path / "popsote.toml").write_text(VOCABULARY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def folder(app: Flask) -> Iterator[Path]:
    """The installation's folder, without anything learnt before and after the test."""
    instance: Path = app.extensions["settings"].instance
    (instance / NAME).unlink(missing_ok=True)
    yield instance
    (instance / NAME).unlink(missing_ok=True)


@pytest.fixture
def ask(presets: Path, folder: Path, reading: Unit) -> Callable[..., Suggestions]:
    """Ask for suggestions as a page does."""

    def suggested(text: str, language: str = "fi") -> Suggestions:
        with reading():
            return suggest(text, language, folder=folder)

    return suggested
