"""The wanted terms of a text, as of all its terms; and words that outlive their process."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation import language
from innovation.demo.content import FOLDER as DEMO
from innovation.language import KnownWord, Term, index_terms, matcher, query_terms
from innovation.language.finnish import Finnish
from innovation.language.kept import Kept
from innovation.language.outputs import Reading

pytestmark = pytest.mark.once

ODD = (
    "Sosiaali- ja terveyspalvelut sekä terveyskeskukset ja -asemat. Oulussa Mirja sanoi: Valkosia!",
    "10-vuotiaan 20:n, 112:een, PS-2026-004 - ja 3,5; EU:n -- sote-\u00aduudistuksen Sote-ICT:n -",
    "\u0640 Oulu \u0640\u0640 Oulu, vaa\u2019an ihmis- 5- ja -7 a\u0308iti ÄITI Aiti" + "x" * 70,
    "ระบบสุขภาพ" * 12 + " الصحة النفسية",
)
LANGUAGES = ("fi", "sv", "en", "ar", "th")


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Give pieces of the demo's texts, the same each time."""
    chance = random.Random(3)
    every = "\n".join(path.read_text(encoding="utf-8") for path in sorted(DEMO.glob("*.toml")))
    pieces = chance.sample(re.findall(r"[^\n]{30,400}", every), 60)
    return [*ODD, *pieces, " ".join(ODD)]


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_matches_is_what_is_wanted_of_all_terms(texts: list[str], code: str) -> None:
    chance = random.Random(5)
    words = sorted({term.text for text in texts for term in index_terms(text, code)})
    for text in texts:
        terms = index_terms(text, code)
        own = sorted({term.text for term in terms})
        wanted = {*chance.sample(words, 20), *chance.sample(own, min(3, len(own)))}
        expected = [term for term in terms if term.text in wanted]
        assert expected
        assert matcher(wanted)(text, code) == expected
        assert matcher(set())(text, code) == []
        assert matcher(own)(text, code) == terms


def test_one_that_finds_serves_many_texts_of_several_languages(texts: list[str]) -> None:
    wanted = {term.text for code in LANGUAGES for term in index_terms(texts[-1], code)}
    matching = matcher(wanted)
    for text in texts:
        for code in LANGUAGES:
            every = index_terms(text, code)
            assert matching(text, code) == [term for term in every if term.text in wanted]


@given(st.text(alphabet="aAåoulunk \u0640-‐:.,!\n5", max_size=40), st.sampled_from(LANGUAGES))
def test_the_way_of_the_index_is_that_of_a_query_with_its_parts(text: str, code: str) -> None:
    terms = index_terms(text, code)
    assert terms == query_terms(text, code, parts=True)
    wanted = {term.text for term in terms[::2]}
    assert matcher(wanted)(text, code) == [term for term in terms if term.text in wanted]


def test_own_words_match_from_the_moment_they_are_known() -> None:
    def found() -> list[Term]:
        return matcher({"zorke"})("Zorkkeessa on jono", "fi")

    assert not found()
    language.know([KnownWord("zorke", ("zorke", "zorkkee"))])
    try:
        assert [(term.start, term.kind) for term in found()] == [(0, "lemma")]
    finally:
        language.know(())
    assert not found()


def test_what_is_kept_has_a_bound_and_the_oldest_go() -> None:
    asked: list[int] = []

    def work_out(number: int) -> int:
        asked.append(number)
        return number * 2

    kept = Kept(work_out, 20)
    assert [kept[number] for number in range(21)] == [number * 2 for number in range(21)]
    assert len(kept) == 18
    assert min(kept) == 3
    assert kept[20] == 40
    assert len(asked) == 21


def test_eight_threads_share_what_is_kept() -> None:
    kept = Kept(lambda number: number * 2, 50)
    numbers = [number % 200 for number in range(20_000)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(kept.__getitem__, numbers)) == [number * 2 for number in numbers]
    assert len(kept) <= 58


class _Asked:
    """A dictionary that counts what it is asked."""

    name = "counting 1"
    is_slow = True

    def __init__(self, _choice: str) -> None:
        self.words: list[str] = []

    def readings(self, word: str) -> tuple[Reading, ...]:
        self.words.append(word)
        parts = (word[:2], word[2:])
        return (Reading(word, ("juuri",), parts, False, True, True, 2, 1),) * (len(word) > 4)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> type[_Asked]:
    monkeypatch.setattr("innovation.language.finnish.Dictionary", _Asked)
    return _Asked


@pytest.mark.usefixtures("counting")
class TestOnDisk:
    """Readings of a dictionary that counts."""

    def forms(self, finnish: Finnish) -> list[object]:
        return [finnish.forms(word, False) for word in ("kotihoito", "xyzzy", "äiti-asia")]

    def asked(self, finnish: Finnish) -> list[str]:
        dictionary = finnish._dictionary
        assert isinstance(dictionary, _Asked)
        return dictionary.words

    def test_a_later_process_need_not_ask_again(self, tmp_path: Path) -> None:
        first, later = Finnish("auto"), Finnish("auto", [KnownWord("zorke")])
        expected = self.forms(first)
        assert first.keep_readings(tmp_path / "forms", "rules 1")
        assert later.recall_readings(tmp_path / "forms", "rules 1") == len(set(self.asked(first)))
        assert self.forms(later) == expected
        assert self.asked(later) == []
        assert [path.name for path in tmp_path.iterdir()] == ["forms"]

    def test_what_other_rules_or_another_dictionary_made_is_left(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = Finnish("auto")
        self.forms(first)
        first.keep_readings(tmp_path / "forms", "rules 1")
        assert Finnish("auto").recall_readings(tmp_path / "forms", "rules 2") == 0
        monkeypatch.setattr(_Asked, "name", "counting 2")
        assert Finnish("auto").recall_readings(tmp_path / "forms", "rules 1") == 0

    def test_a_damaged_file_is_as_none(self, tmp_path: Path) -> None:
        first, path = Finnish("auto"), tmp_path / "forms"
        assert first.recall_readings(path, "rules 1") == 0
        self.forms(first)
        first.keep_readings(path, "rules 1")
        whole = path.read_bytes()
        for damaged in (
            b"",
            whole[:-1],
            whole[:30],
            whole.replace(b"juuri", b"suuri"),
            b"\xff" * 9,
        ):
            path.write_bytes(damaged)
            assert Finnish("auto").recall_readings(path, "rules 1") == 0
        path.unlink()
        path.mkdir()
        assert Finnish("auto").recall_readings(path, "rules 1") == 0
        assert not first.keep_readings(path, "rules 1")
        assert not first.keep_readings(tmp_path / "missing" / "forms", "rules 1")

    def test_a_quick_dictionary_is_asked_each_time(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_Asked, "is_slow", False)
        first = Finnish("auto")
        self.forms(first)
        assert not first.keep_readings(tmp_path / "forms", "rules 1")
        assert first.recall_readings(tmp_path / "forms", "rules 1") == 0
        assert list(tmp_path.iterdir()) == []


def test_forms_are_kept_and_recalled_with_the_dictionary_that_is_loaded(tmp_path: Path) -> None:
    language.load("pyvoikko")
    index_terms("Kotihoidon jonot", "fi")
    if language.keep_forms(tmp_path / "forms.json"):
        assert language.recall_forms(tmp_path / "forms.json") > 0
        first = (tmp_path / "forms.json").read_text(encoding="utf-8").partition("\n")[0]
        assert language.analyser().startswith(first.partition(",")[0])
