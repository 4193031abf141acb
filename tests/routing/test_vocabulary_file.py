"""The vocabulary's file: everything that is wrong in it is said with file, line and what to do."""

from pathlib import Path

import pytest

from innovation.programme.presets import PRESETS, read_preset
from innovation.routing.vocabulary_file import (
    VocabularyFileError,
    read_vocabulary,
    vocabulary_path,
)

pytestmark = pytest.mark.once

KNOWN = {"ikaihmiset", "ensihoito"}


def problems(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(VocabularyFileError) as caught:
        read_vocabulary(path, KNOWN)
    return str(caught.value)


def test_no_file_is_an_empty_vocabulary(tmp_path: Path) -> None:
    read = read_vocabulary(tmp_path / "none.toml", KNOWN)
    assert (dict(read.sayings), read.other) == ({}, ())


def test_an_unknown_id_is_named_with_its_line_and_the_known_ones(tmp_path: Path) -> None:
    told = problems(tmp_path / "popsote.toml", '\n[[profiles]]\nsub_project = "vanhat"\n')
    assert told == (
        "popsote.toml, line 3, profiles[0].sub_project: the programme has no sub-project “vanhat”: "
        "correct the id, or take this table out (there are: ensihoito, ikaihmiset)"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("profiles = 1", "rows, each under [[profiles]]"),
        ("[[profiles]]\nsays = []", "sub_project: this is missing"),
        ('[[profiles]]\nsub_project = "ensihoito"\nsays = "lanssi"', "a list of texts"),
        ('[[profiles]]\nsub_project = "ensihoito"\nsays = [" "]', "not empty"),
        ('[[profiles]]\nsub_project = "ensihoito"\nsay = ["lanssi"]', "not known here"),
        ('[[profiles]]\nsub_project = "ensihoito"\nsays = ["a b c d e f g"]', "is long"),
        ('[[profiles]]\nsub_project = "ensihoito"\n' * 2, "has a table above already"),
        ("[other]\nwords = []", "not known here"),
        ("[[profiles]", "popsote.toml: "),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, words: str) -> None:
    told = problems(tmp_path / "popsote.toml", text)
    assert words in told
    assert told.startswith("popsote.toml")


def test_bytes_that_are_no_text_are_said(tmp_path: Path) -> None:
    (tmp_path / "popsote.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(VocabularyFileError, match="popsote"):
        read_vocabulary(tmp_path / "popsote.toml", KNOWN)


def test_the_shipped_vocabulary_is_whole() -> None:
    preset = read_preset(PRESETS / "popsote.toml")
    known = [one.id for one in preset.sub_projects]
    read = read_vocabulary(vocabulary_path("popsote"), known)
    assert set(read.sayings) == set(known)
    thin = [slug for slug, saying in read.sayings.items() if len(saying.says) < 40]
    assert thin == []
    assert len(read.other) >= 40
