"""The programme's own words: given by the preset, kept with the programme, told to everybody."""

import re
from pathlib import Path

import pytest

from innovation.core.db import db
from innovation.core.permissions import System
from innovation.programme.loading import load_preset
from innovation.programme.models import Programme
from innovation.programme.presets import PRESETS, Preset, PresetError, read_preset
from innovation.programme.queries import snapshot
from tests.conftest import Unit

SHIPPED = PRESETS / "popsote.toml"


def with_words(folder: Path, words: str) -> Preset:
    """Read the shipped preset with these words in the place of its own."""
    source = SHIPPED.read_text(encoding="utf-8")
    path = folder / "koe.toml"
    path.write_text(source[: source.index("[[words]]")] + words, encoding="utf-8")
    return read_preset(path)


def test_a_word_has_stems_or_is_its_own(tmp_path: Path) -> None:
    words = '[[words]]\nlemma = "pohde"\nstems = ["pohde", "pohtee"]\n[[words]]\nlemma = "3d-tuki"'
    preset = with_words(tmp_path, words)
    assert [(word.lemma, word.stems) for word in preset.words] == [
        ("pohde", ("pohde", "pohtee")),
        ("3d-tuki", ("3d-tuki",)),
    ]
    assert with_words(tmp_path, "").words == ()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('lemma = "Pohde"', r"words\[0\]\.lemma: “Pohde” does not look like a word in small"),
        ('lemma = "kaksi sanaa"', r"words\[0\]\.lemma"),
        ('stems = ["a"]', r"words\[0\]\.lemma: this is missing"),
        ('lemma = "pohde"\nstems = ["Pohtee"]', r"words\[0\]\.stems: “Pohtee” does not look like"),
        ('lemma = "pohde"\nstems = "pohtee"', r"words\[0\]\.stems: this should be a list"),
        ('lemma = "pohde"\n[[words]]\nlemma = "pohde"', r"words\[1\]\.lemma: “pohde” is already"),
        ('lemma = "pohde"\nkind = 1', r"words\[0\]\.kind: the key “kind” is not known"),
    ],
)
def test_a_slip_is_named(tmp_path: Path, words: str, told: str) -> None:
    with pytest.raises(PresetError) as refused:
        with_words(tmp_path, f"[[words]]\n{words}")
    assert re.search(told, str(refused.value))


def test_the_shipped_words_are_kept_with_the_programme(reading: Unit) -> None:
    with reading():
        known = {word["lemma"]: word["stems"] for word in snapshot().words}
    assert known["pohde"] == ["pohde", "pohtee"]
    assert {"tkio", "hyte", "omaolo", "sote", "ot-keskus", "oulunkaari"} <= known.keys()


def test_loading_again_changes_the_words(tmp_path: Path, writing: Unit, reading: Unit) -> None:
    preset = with_words(tmp_path, '[[words]]\nlemma = "pohde"')
    with writing():
        load_preset(System("test"), preset)
    with reading():
        assert snapshot().words == [{"lemma": "pohde", "stems": ["pohde"]}]
        assert db.session.get_one(Programme, 1).words == snapshot().words
