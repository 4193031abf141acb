"""The table of needs that comes with the product: its form, and how texts are read by it."""

import re
from pathlib import Path

import pytest

from innovation import language
from innovation.search.meaning import name_of, read, sentences, terms_of
from innovation.search.sayings import strengths
from innovation.vocabulary import VocabularyError, shipped
from innovation.vocabulary.needs import Table, edition, shipped_needs

pytestmark = pytest.mark.once

FEWEST = 150


@pytest.fixture(scope="module")
def table() -> Table:
    return shipped_needs()


def told(text: str, code: str = "fi") -> dict[str, float]:
    """Give the needs that a text tells of, the surest first."""
    found = {
        key.removeprefix("§n:"): sure
        for key, sure in strengths(read(text, code).evidence).items()
        if key.startswith("§n:")
    }
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def meaning(text: str) -> dict[str, float]:
    return terms_of([sentences(text, language.index_words(text, "fi"))])


def test_there_are_enough_needs_each_named_in_three_languages(table: Table) -> None:
    assert len(table.needs) >= FEWEST
    for need in table.needs.values():
        assert need.name("fi") != need.name("sv") != need.name("en")


def test_what_needs_are_about_and_hints_hint_at_exists(table: Table) -> None:
    lost = [
        (one.key, key) for one in table.needs.values() for key in one.about if key not in shipped()
    ]
    lost += [("hints", key) for key in table.hints if key not in {*shipped(), *table.needs}]
    assert lost == []


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("Luuri korvalla istutaan eikä kukaan vastaa.", "puhelimeen-ei-vastata"),
        ("Puhelinjonossa menee tunti.", "puhelimeen-ei-vastata"),
        ("Joka kerta on eri hoitaja.", "tyontekija-vaihtuu"),
        ("Saman tarinan joutuu kertomaan alusta.", "alusta-kertominen"),
        ("Rollaattorilla ei pääse sisään, luiska puuttuu.", "ovi-ja-kynnys"),
        ("Viime viikolla puhuin vain kaupan kassalle.", "yksinaisyys"),
        ("Hammaslääkäriin on vuoden jono.", "hammashoidon-jono"),
        ("Kirjeestä ei ymmärrä mitään.", "kirje-vaikea"),
    ],
)
def test_everyday_words_tell_of_a_need(text: str, need: str) -> None:
    language.load("pyvoikko")
    assert need in list(told(text))[:2]


def test_words_of_a_saying_far_apart_say_less_and_further_apart_nothing() -> None:
    near = told("Hoitaja vaihtuu.")["tyontekija-vaihtuu"]
    apart = told("Meillä käy hoitaja. Aina vaihtuu.")["tyontekija-vaihtuu"]
    assert (
        near > apart > told("Meillä käy hoitaja. Sataa. Aina vaihtuu.").get("tyontekija-vaihtuu", 0)
    )


def test_the_first_part_of_a_compound_is_not_the_compound() -> None:
    assert "asunnottomuus" not in told("Kotihoitoa ei saanut.")


def test_a_text_has_terms_of_what_it_is_about_and_how_much() -> None:
    terms = meaning("Kotihoidossa hoitaja vaihtuu.")
    assert terms["§c:kotihoito"] > 0.5
    assert 0 < terms["§length"] <= 1
    assert all(0 < weight <= 1 for weight in terms.values())
    assert meaning("Xyzzy.") == {}
    assert name_of("§c:kotihoito", "sv") == "hemvård"
    assert len(edition()) == 12


GOOD = """
[words]
who = "hoitaja/lääkäri"
[about]
changing = "hoitaja"
[hints]
changing = "naama, uusi naama"
[[need]]
key = "changing"
fi = "vaihtuu"
sv = "byts ut"
en = "changes"
says = ["@who vaihtua/vaihde*"]
"""


def test_a_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD, encoding="utf-8")
    table = shipped_needs(tmp_path)
    need = table.needs["changing"]
    assert need.says == ((frozenset({"hoitaja", "lääkäri"}), frozenset({"vaihtua", "vaihde*"})),)
    assert need.about == ("hoitaja",)
    assert len(table.hints["changing"]) == 2


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ("[words]", "[wards]", "known here"),
        ("@who", "@whom", "@whom is not among"),
        ('key = "changing"', 'key = "Ch"', "no key of small letters"),
        ('sv = "byts ut"', "", "a name in fi, sv, en"),
        ('["@who vaihtua/vaihde*"]', "[]", "says should be"),
        ('["@who vaihtua/vaihde*"]', '[""]', "an empty text"),
        ('["@who vaihtua/vaihde*"]', '["a//b"]', "without one"),
        ('en = "changes"', 'en = "changes"\nweight = 2', "weight should be"),
        ('en = "changes"', 'en = "changes"\nnote = 2', "note is not known"),
        ('changing = "hoitaja"', 'changes = "hoitaja"', "changes is no need"),
        ('who = "hoitaja/lääkäri"', "who = 3", "has no text"),
        ("[[need]]", "[[need", "a.toml"),
    ],
)
def test_a_slip_is_named(tmp_path: Path, good: str, bad: str, told: str) -> None:
    (tmp_path / "a.toml").write_text(GOOD.replace(good, bad), encoding="utf-8")
    with pytest.raises(VocabularyError, match=re.escape(told)):
        shipped_needs(tmp_path)
