"""Every message of the interface has its words in Finnish and Swedish, and keeps its places."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
LANGUAGES = ("fi", "sv")
PLACE = re.compile(r"%\((\w+)\)[sd]|%%")

# Words that are the same in two languages.
ALIKE = {
    "%(num)d idea",
    "Idea",
    "POPsote",
    "Whoosh",
}


def catalogue(language: str) -> Catalog:
    path = ROOT / f"innovation/translations/{language}/LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    target = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = [
        sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml",
        "-k", "_l", "-k", "lazy_gettext", "-o", str(target), ".",
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True)
    with target.open("rb") as file:
        return {forms(message.id)[0] for message in read_po(file) if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_up_to_date(language: str, wanted: set[str]) -> None:
    known = {forms(message.id)[0] for message in messages(language)}
    assert wanted - known == set(), "run: make translations"
    assert known - wanted == set(), "run: make translations"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing_or_uncertain(language: str) -> None:
    missing = [
        forms(message.id)[0]
        for message in messages(language)
        if message.fuzzy or not all(text.strip() for text in forms(message.string) or [""])
    ]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_for_a_value_is_kept(language: str) -> None:
    broken = []
    for message in messages(language):
        allowed = {place for text in forms(message.id) for place in PLACE.findall(text)}
        needed = set.intersection(*({*PLACE.findall(text)} for text in forms(message.id)))
        for text in forms(message.string):
            found = set(PLACE.findall(text))
            if not found <= allowed or not needed - {"num"} <= found:
                broken.append(forms(message.id)[0])
    assert broken == []


def test_swedish_and_english_are_not_left_in_finnish() -> None:
    finnish = {forms(m.id)[0]: forms(m.string)[0] for m in messages("fi")}
    swedish = {forms(m.id)[0]: forms(m.string)[0] for m in messages("sv")}
    same = {
        text
        for text, words in finnish.items()
        if any(sign.isalpha() for sign in PLACE.sub("", text))
        and (words == text or words == swedish.get(text))
    }
    assert same - ALIKE == set()
