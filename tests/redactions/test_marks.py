"""What is taken out of a text and what stays: plain functions, any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation.guard import inspect
from innovation.redactions.marks import PLACEHOLDERS, Cut, stands_in, taken_out

NAME = Cut("Maija Virtanen", "name")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Hoitaja Maija Virtanen auttoi.", "Hoitaja [nimi poistettu] auttoi."),
        ("maija  \nVIRTANEN, kiitos", "[nimi poistettu], kiitos"),
        ("Maija Virtanen-Aho", "[nimi poistettu]-Aho"),
        ("Maija Virtasen jono", "Maija Virtasen jono"),
        ("Ei mitään.", "Ei mitään."),
    ],
)
def test_whole_words_go_whatever_their_case(text: str, result: str) -> None:
    assert taken_out(text, [NAME], "fi") == result
    assert stands_in(text, NAME) == (text != result)


def test_a_short_name_stays_inside_other_words() -> None:
    assert taken_out("Ainoa keino oli Aino.", [Cut("aino", "name")], "fi") == (
        "Ainoa keino oli [nimi poistettu]."
    )


def test_a_name_inside_a_health_detail_goes_as_a_name() -> None:
    cuts = [NAME, Cut("Maija Virtanen sairastaa diabetesta", "health")]
    assert taken_out("Siis Maija Virtanen sairastaa diabetesta nyt.", cuts, "fi") == (
        "Siis [nimi poistettu] [terveystieto poistettu] nyt."
    )


def test_what_stands_for_something_is_never_taken_out_itself() -> None:
    text = "Hoitaja [nimi poistettu] auttoi, nimi jäi."
    assert taken_out(text, [Cut("nimi", "name")], "fi") == (
        "Hoitaja [nimi poistettu] auttoi, [nimi poistettu] jäi."
    )


def test_each_language_has_words_of_its_own_and_others_have_finnish_ones() -> None:
    assert taken_out("Maija Virtanen", [NAME], "sv") == "[namn borttaget]"
    assert taken_out("Maija Virtanen", [NAME], "en") == "[name removed]"
    assert taken_out("Maija Virtanen", [NAME], "und") == "[nimi poistettu]"


def test_a_title_that_was_cut_in_the_middle_of_a_name_loses_the_beginning_too() -> None:
    title = "Ajanvarauksessa pitäisi voida valita itse hoitaja, sillä meillä oli Maija"
    assert taken_out(title, [NAME], "fi", title=True).endswith("meillä oli [nimi poistettu]")
    assert taken_out(title, [NAME], "fi") == title


def test_the_guard_has_nothing_against_what_is_put_in() -> None:
    for texts in PLACEHOLDERS.values():
        for placeholder in texts.values():
            assert not inspect(f"Hoitaja {placeholder} auttoi äitiäni.").items


WORDS = st.text("abåäö ", min_size=1, max_size=9).map(str.strip).filter(bool)


@given(text=st.text("abåäöABÄ ,.\n", max_size=60), words=WORDS, kind=st.sampled_from(["name"]))
def test_afterwards_the_words_stand_nowhere_and_nothing_else_changes(
    text: str, words: str, kind: str
) -> None:
    cut = Cut(words, kind)
    once = taken_out(text, [cut], "fi")
    assert not stands_in(once, cut)
    assert taken_out(once, [cut], "fi") == once
    assert (once == text) == (not stands_in(text, cut))
