"""The language of a text is told where the text says it."""

import pytest

from innovation.language import detect, load_detection

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Kotihoitoon tarvitaan lisää hoitajia", "fi"),
        ("Voisko neuvolaan saaha iltavastaanoton", "fi"),
        ("Mää oon oottanu puhelimessa tunnin", "fi"),
        ("samaa mieltä", "fi"),
        ("LISÄÄ BUSSEJA SAIRAALALLE", "fi"),
        ("Min mamma får ingen läkartid", "sv"),
        ("Kan man boka tid på nätet?", "sv"),
        ("Please add evening hours to the clinic", "en"),
        ("Palun lisage teenuseid eesti keeles", "et"),
        ("Как записаться на приём через интернет", "ru"),
        ("نحتاج إلى مزيد من الأطباء", "ar"),
        ("Waxaan u baahanahay turjubaan", "so"),
        ("Sámegielat bálvalusat leat dehálaččat", "se"),
    ],
)
def test_a_sentence_tells_its_language(text: str, code: str) -> None:
    assert detect(text) == code


@pytest.mark.parametrize("text", ["", " ", "112", "PS-2026-0042", "👍", "OK", "sms", "chat", "+1"])
def test_too_little_tells_nothing(text: str) -> None:
    assert detect(text) is None


def test_addresses_and_numbers_do_not_count() -> None:
    text = "Ajanvaraus ei toimi 24.12. https://example.org/the-appointment-is-not-available"
    assert detect(text) == "fi"


def test_what_is_expected_needs_less_certainty() -> None:
    load_detection()
    assert detect("Bussi ei kulje sairaalalle illalla") == "fi"
    assert detect("Bussi ei kulje sairaalalle illalla", among=("sv",)) is None


def test_a_very_long_text_is_answered_at_once() -> None:
    assert detect("Hyvä palvelu lähellä kotia. " * 20_000) == "fi"
