"""Queries are widened by concepts: what is typed, and by which other words it is met."""

import threading

import pytest

from innovation.search.concepts import typed_words
from innovation.search.engine import Kind
from innovation.search.expansion import (
    MOST_WAYS,
    NEAR,
    RELATED,
    SAME,
    SHARED,
    TypedWord,
    Vocabulary,
)
from innovation.search.speaking import Speaking
from innovation.vocabulary import Concept

pytestmark = pytest.mark.once

TEETH = Concept(
    "teeth",
    fi=("suun terveydenhuolto", "hammashoito"),
    everyday=("hammaslääkäri",),
    dialect=("hammaslekuri",),
    near=("hampaat", "hammassärky", "hammasta särkee", "hammashoito ei vastaa"),
    sv=("tandvård", "tandläkare"),
    en=("dental care", "dentist"),
    related=("pain", "gone"),
)
PAIN = Concept("pain", fi=("kipu",), everyday=("särky",), near=("särkylääke",), sv=("smärta",))
MEDICINE = Concept("medicine", fi=("lääke",), near=("särkylääke", "apteekki"), en=("medicine",))
RIDE = Concept("ride", fi=("kyyti",), everyday=("taksi",))
BUS = Concept("bus", fi=("linja-auto",), everyday=("kyyti", "bussi"))
WORDS = Vocabulary({one.key: one for one in (TEETH, PAIN, MEDICINE, RIDE, BUS)})

Widened = dict[str, tuple[float, Kind]]


def widened(text: str, vocabulary: Vocabulary = WORDS) -> dict[str, Widened]:
    """Give by the typed words, joined, what they are met by: label to weight and kind."""
    words = typed_words(text)
    found: dict[str, Widened] = {}
    for one in vocabulary.expansions(words):
        typed = " ".join(word.surface for word in words[one.first : one.last + 1])
        ways = {way.label: (way.weight, way.kind) for way in one.ways}
        found.setdefault(typed, {}).update(ways)
    return found


def slots_of(text: str, label: str) -> tuple[tuple[str, ...], ...]:
    ways = [way for one in WORDS.expansions(typed_words(text)) for way in one.ways]
    return next(way.slots for way in ways if way.label == label)


def test_a_word_brings_the_other_names_of_its_concept() -> None:
    found = widened("hammaslääkärin jono")["hammaslääkärin"]
    for label in ("suun terveydenhuolto", "hammashoito", "hammaslekuri", "tandvård", "dentist"):
        assert found[label] == (SAME, Kind.SAME)
    assert found["hampaat"] == (NEAR, Kind.NEAR)
    assert found["kipu"] == (RELATED, Kind.NEAR)
    assert found["smärta"] == (RELATED, Kind.NEAR)


def test_a_word_does_not_bring_itself() -> None:
    assert "hammaslääkäri" not in widened("hammaslääkärille")["hammaslääkärille"]
    assert (
        "suun terveydenhuolto" not in widened("suun terveydenhuollossa")["suun terveydenhuollossa"]
    )


def test_near_words_of_a_related_concept_stay_away() -> None:
    assert "särkylääke" not in widened("hammaslääkäri")["hammaslääkäri"]


def test_a_near_word_brings_less_and_nothing_that_is_related() -> None:
    found = widened("hampaat")["hampaat"]
    assert found["hammashoito"] == (NEAR, Kind.NEAR)
    assert found["hammassärky"] == (RELATED, Kind.NEAR)
    assert "kipu" not in found


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("suun terveydenhuollossa on jonoa", "suun terveydenhuollossa"),
        ("terveydenhuolto suun", "terveydenhuolto suun"),
        ("dental care", "dental care"),
        ("tandläkaren", "tandläkaren"),
        ("hammaslekurille", "hammaslekurille"),
        ("HAMPAISSA", "hampaissa"),
        ("meillä hammasta särkee", "hammasta särkee"),
    ],
)
def test_words_are_recognised_inflected_in_several_languages_and_together(
    text: str, typed: str
) -> None:
    assert typed in widened(text)


def test_what_hints_at_a_concept_gives_way_to_the_word_that_names_it() -> None:
    found = widened("hammashoito ei vastaa")
    assert found["hammashoito"]["tandvård"] == (SAME, Kind.SAME)
    assert "hammashoito ei vastaa" not in found


def test_a_name_of_several_words_is_looked_for_by_the_base_form_of_each() -> None:
    assert slots_of("hammaslääkäri", "suun terveydenhuolto") == (("suu",), ("terveydenhuolto",))
    assert slots_of("hammaslääkäri", "tandläkare") == (("tandläk",),)
    assert slots_of("hammaslääkäri", "hampaat") == (("hammas",),)


def test_a_word_of_two_concepts_says_less_of_each() -> None:
    found = widened("kyytiä")["kyytiä"]
    assert found["taksi"] == (round(SAME * SHARED[1], 3), Kind.SAME)
    assert found["bussi"] == (round(SAME * SHARED[1], 3), Kind.SAME)
    near = widened("särkylääke")["särkylääke"]
    assert near["kipu"] == near["lääke"] == (round(NEAR * SHARED[1], 3), Kind.NEAR)


def test_each_way_comes_once_strongest_first_and_not_without_end() -> None:
    many = Concept(
        "many",
        fi=("paljon", *(f"sana{number}" for number in range(200))),
        near=tuple(f"lähellä{number}" for number in range(50)),
    )
    [expansion] = Vocabulary({"many": many}).expansions(typed_words("paljon"))
    weights = [way.weight for way in expansion.ways]
    assert len(weights) == MOST_WAYS
    assert weights == sorted(weights, reverse=True)
    assert len({way.slots for way in expansion.ways}) == MOST_WAYS


def test_a_word_that_is_not_to_be_widened_is_left_alone() -> None:
    words = typed_words("suun terveydenhuolto")
    quoted = [TypedWord("", word.terms) for word in words]
    assert WORDS.expansions(quoted) == []
    assert WORDS.expansions([words[0], quoted[1]]) == []


def test_short_words_of_other_languages_are_not_met_by_finnish_forms() -> None:
    men = Concept("men", fi=("mies",), sv=("man",), en=("men", "AED"))
    vocabulary = Vocabulary({"men": men})
    assert "mies" in widened("men", vocabulary)["men"]
    assert "mies" in widened("aed", vocabulary)["aed"]
    assert widened("mene mihin menet a", vocabulary) == {}


def test_slang_is_not_mixed_up_with_the_words_it_looks_like() -> None:
    periods = Concept("periods", fi=("kuukautiset",), dialect=("päivät", "menkkamaiset", "insta"))
    vocabulary = Vocabulary({"periods": periods})
    assert widened("joka päivä ja päivien in", vocabulary) == {}
    found = widened("päivät", vocabulary)["päivät"]
    assert "kuukautiset" in found
    [way] = [
        way
        for one in vocabulary.expansions(typed_words("kuukautisista"))
        for way in one.ways
        if way.label == "päivät"
    ]
    assert way.slots == (("päivät",),)


@pytest.mark.parametrize("text", ["", "???", "123 456", "jotain aivan muuta", "x" * 1000])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert WORDS.expansions(typed_words(text)) == []


def test_the_terms_of_a_text_tell_which_concepts_it_speaks_of() -> None:
    speaking = Speaking(WORDS)
    terms = {"suu", "terveydenhuolto", "hammas", "särkylääke", "muu"}
    spoken = list(speaking.spoken_of(terms))
    found = {key: sure for key, sure, _said in spoken}
    assert found["teeth"] > found["pain"] == found["medicine"] > 0
    assert "bus" not in found
    assert max(found.values()) < 1
    assert {term for key, _sure, said in spoken if key == "pain" for term in said} == {"särkylääke"}
    assert list(speaking.spoken_of(set())) == []


def test_threads_get_the_same_answers() -> None:
    vocabulary = Vocabulary({one.key: one for one in (TEETH, PAIN, MEDICINE, RIDE, BUS)})
    text = "hammaslääkärille kyydillä särkylääke suun terveydenhuollossa"
    expected = WORDS.expansions(typed_words(text))
    answers = []

    def ask() -> None:
        answers.append(vocabulary.expansions(typed_words(text)))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 8
