"""Texts are cleaned without changing words; titles and excerpts are cut where a reader would."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from innovation.core.text import (
    clean_line,
    clean_text,
    excerpt,
    has_words,
    normal_key,
    slug,
    title_from,
)

FAMILY = "👩\u200d👩\u200d👧"
TRICKY = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("\r\n\t \u00a0\u200b\u200c\u200d\ufeff\ufe0f\u202e\u2066\ud800\u0301"),
        st.sampled_from("👩👧🏽aäÅ.?!,-(”م\u0915"),
    ),
    max_size=80,
)

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        (None, ""),
        ("  \n ", ""),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\tb", "a b"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("rivi   \nseuraava\u00a0\n", "rivi\nseuraava"),
        ("a\n\n\n\n\n\nb", "a\n\n\nb"),
        ("a\n  \n \n\t\n\nb", "a\n\n\nb"),
        ("\u202egnp.exe\u202c \u2066x\u2069", "gnp.exe x"),
        ("ko\u200bti\ufeffhoi\u00adto", "kotihoito"),
        ("rikki \ud800 merkki", "rikki  merkki"),
        ("a\u0308iti", "äiti"),
        (FAMILY, FAMILY),
        ("👩🏽\u200d⚕\ufe0f", "👩🏽\u200d⚕\ufe0f"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("ko\u200dti", "koti"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("<b>x</b> & <script>", "<b>x</b> & <script>"),
        ("20\u00a0% odottaa", "20\u00a0% odottaa"),
        ("\ufffe\uffffx\ufdd0", "x"),
    ],
)
def test_a_text_is_cleaned(given_text: str | None, expected: str) -> None:
    assert clean_text(given_text) == expected


@given(TRICKY)
@example("a\u200d\u200b\u200db")
@example("\u0344\u200d")
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert clean_line(clean_line(text)) == clean_line(text)


@given(TRICKY)
def test_a_clean_text_can_be_stored_and_shown(text: str) -> None:
    clean = clean_text(text)
    clean.encode("utf-8")
    assert unicodedata.is_normalized("NFC", clean)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in clean)
    assert not re.search("[\u200b\u202a-\u202e\u2060-\u2069\ufeff]", clean)
    assert "\n\n\n\n" not in clean
    assert all(line == line.rstrip() for line in clean.split("\n"))


@given(st.text(alphabet="abcåäöÅÄÖ ,.?!-0123456789\n", max_size=80))
def test_plain_words_are_never_changed(text: str) -> None:
    assert clean_text(text).split() == text.split()
    assert clean_line(text) == " ".join(text.split())


@pytest.mark.parametrize("text", ["Ei", "öä", "привет", "你好", "1a2b"])
def test_words_are_words_in_any_script(text: str) -> None:
    assert has_words(text)


@pytest.mark.parametrize(
    "text", ["", "👍👍👍", "?!...", "12345", "a", "\u3164\u3164", FAMILY, "x 1"]
)
def test_signs_alone_are_not_words(text: str) -> None:
    assert not has_words(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kotihoito myöhästyy. Miksi?", "Kotihoito myöhästyy"),
        ("Miksi hoitaja vaihtuu? Äiti ei ehdi tutustua.", "Miksi hoitaja vaihtuu?"),
        ("Hei! Neuvolan aula on kylmä!!", "Neuvolan aula on kylmä"),
        ("Moi,\nvastaanotolle ei pääse rollaattorilla", "Vastaanotolle ei pääse rollaattorilla"),
        ("Avataan klo 8. Ovi auki 15.3. alkaen.", "Avataan klo 8. Ovi auki 15.3. alkaen"),
        ("Esim. Oulussa jono on pitkä. Muualla ei.", "Esim. Oulussa jono on pitkä"),
        ("Jono kasvoi 20 %.", "Jono kasvoi 20 %"),
        ("Takaisinsoitto (Oulu).", "Takaisinsoitto (Oulu)"),
        ("”Soitamme tänään.”", "Soitamme tänään"),
        ("- ensimmäinen kohta\n- toinen", "Ensimmäinen kohta"),
        ("👍 hyvä idea…", "👍 hyvä idea"),
        ("Miksi?! Ja mitä sitten", "Miksi?"),
        ("", ""),
        ("?!?!", ""),
        ("Hei", "Hei"),
        ("a" * 100, "A" + "a" * 79),
    ],
)
def test_a_title_is_the_first_sentence(text: str, expected: str) -> None:
    assert title_from(text) == expected


def test_a_long_title_is_cut_at_a_word() -> None:
    beginning = "Kotihoidon käyntiaika pitäisi näkyä myös läheiselle"
    text = beginning + ", koska muuten joutuu soittamaan ja odottamaan"
    assert title_from(text) == beginning + ", koska muuten joutuu"
    assert title_from(text, 53) == beginning


@given(TRICKY, st.integers(5, 90))
def test_a_title_fits_and_ends_cleanly(text: str, limit: int) -> None:
    title = title_from(text, limit)
    assert len(title) <= limit
    assert title == title.strip()
    assert "\n" not in title
    assert not title.endswith((".", ",", ";", ":", "!", "…", "-"))
    first = title[:1]
    assert first == first.upper() or len(first.upper()) > 1
    assert has_words(title) or not has_words(text) or limit < 80


def test_an_excerpt_ends_at_a_word() -> None:
    assert excerpt("yksi kaksi kolme", 12) == "yksi kaksi…"
    assert excerpt("yksi\n\nkaksi", 20) == "yksi kaksi"
    assert excerpt("y" * 30, 10) == "y" * 9 + "…"


@given(TRICKY, st.integers(10, 60))
def test_an_excerpt_fits(text: str, limit: int) -> None:
    short = excerpt(text, limit)
    assert len(short) <= limit
    assert short == clean_line(text) or short.endswith("…")


def test_spellings_of_a_name_share_a_key() -> None:
    name = "mielenterveys ja päihdepalvelut"
    assert normal_key("Mielen\u00adterveys- ja  PÄIHDEpalvelut") == normal_key(name)
    assert normal_key("Hämeenlinna") != normal_key("Hameenlinna")
    assert normal_key("a\u0308") == normal_key("Ä")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oulun eteläinen", "oulun-etelainen"),
        ("Kärsämäki & Pyhäntä!", "karsamaki-pyhanta"),
        ("Straße Øst", "strasse-ost"),
        ("你好", ""),
        ("a" * 70, "a" * 60),
        ("yhteis" * 8 + " kehittäminen", "yhteis" * 8),
    ],
)
def test_a_slug_is_plain(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(TRICKY)
def test_a_slug_is_ascii_and_stays_itself(text: str) -> None:
    name = slug(text)
    assert slug(name) == name
    assert len(name) <= 60
    assert not name.strip("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not name.startswith("-")
    assert not name.endswith("-")
