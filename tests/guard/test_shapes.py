"""Numbers and addresses of people are found in every way to write them, look-alikes are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation.guard import Kind, inspect

pytestmark = pytest.mark.once

PHONES = [
    "040 123 4567",
    "040-1234567",
    "0401234567",
    "(040) 1234567",
    "040/1234567",
    "040.123.4567",
    "+358 40 123 4567",
    "+358 (0)40 123 4567",
    "+358-40-1234567",
    "00358 40 1234567",
    "050 12 34 567",
    "０４０ 123 4567",
    "040\u200b1234567",
    "O40 123 4567",
    "0 4 0 1 2 3 4 5 6 7",
    "+46 70 123 45 67",
    "nolla neljä nolla yksi kaksi kolme neljä viisi kuusi seitsemän",
]
EMAILS = [
    "aino.esimerkki@example.fi",
    "aino(at)example.com",
    "aino [ät] example.fi",
    "aino ät example piste fi",
    "AINO@EXAMPLE.ORG",
]
ADDRESSES = [
    "Koivutie 4 B 7",
    "Koivutie 5 as. 3",
    "Vanhan Myllyn tie 88",
    "Koivukadulla 12",
    "Koivukuja 3:ssa",
    "Koivukatu 2as7",
    "Koivutie nro 5",
    "Koivula 12, 93600 Kuusamo",
    "Strandvägen 5 B 12",
]
LOOK_ALIKES = [
    "Soita 116117 tai 112.",
    "Vaihteen numero on 08 315 2011.",
    "Palvelunumero 0800 12345 on maksuton, 010 234 5678 ei ole.",
    "Laskun viitenumero 0401 2345 6789.",
    "Tilausnumero: 0401234567.",
    "Diaarinumero POPHVA/567/00.01/2025 ja dnro 0401234567.",
    "Maksu on 1 234 567,89 euroa vuosina 2024–2026.",
    "Klo 8.00-15.30, ma 12.1.2026, viikot 40-45.",
    "Postinumerot 90100, 93600 ja 93700.",
    "Viite RF18 5390 0754 7034.",
    "Kirjoita kirjaamo@example.fi.",
    "Valtatie 4 on liukas, samoin kantatie 20.",
    "Terveysasema osoitteessa Koivutie 12 on kaukana.",
    "Hoitopolku 2 ja palvelupolku 3 ovat sekavia.",
    "Koulukadun 3 pysäkkiä.",
    "PL 12, 90100 Oulu",
]


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_number_is_found_whole(phone: str) -> None:
    text = f"Soittakaa minulle: {phone}, kiitos."
    (found,) = inspect(text)
    assert found.kind is Kind.PHONE
    assert text[found.start : found.end].strip("(") in phone
    assert found.end == text.index(", kiitos")


@pytest.mark.parametrize("address", EMAILS)
def test_an_email_address_is_found(address: str) -> None:
    (found,) = inspect(f"Minut tavoittaa {address} kesälläkin.")
    assert found.kind is Kind.EMAIL


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_home_address_is_found(address: str) -> None:
    text = f"Asun osoitteessa {address} ja taksi ei löydä."
    assert any(
        text[one.start : one.end].startswith(address[:9]) and one.kind is Kind.ADDRESS
        for one in inspect(text)
    )


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_look_alikes_are_left_alone(text: str) -> None:
    assert list(inspect(text)) == []


def test_a_web_address_is_no_mark_and_yet_waits() -> None:
    found = inspect("Lisää luettavaa: www.example.fi/ohje.")
    assert list(found) == []
    assert found.web_address
    assert found.waits


def _iban(country: str, number: str) -> str:
    digits = "".join(str(int(character, 36)) for character in f"{number}{country}00")
    return f"{country}{98 - int(digits) % 97:02}{number}"


ACCOUNTS = st.builds(_iban, st.just("FI"), st.text("0123456789", min_size=14, max_size=14))


@given(ACCOUNTS, st.sampled_from(["", " ", "-"]))
def test_any_account_number_is_found(account: str, gap: str) -> None:
    written = gap.join(account[at : at + 4] for at in range(0, len(account), 4))
    text = f"Tilini on {written} ja odotan."
    assert [(one.start, one.end, one.kind) for one in inspect(text)] == [
        (10, 10 + len(written), Kind.IBAN)
    ]


@given(st.text(max_size=200))
def test_any_text_can_be_inspected(text: str) -> None:
    for found in inspect(text):
        assert 0 <= found.start < found.end <= len(text)


@given(st.text(alphabet="hoitaja Maijäti 0@.-+K?!\n", max_size=120))
def test_marks_of_one_kind_lie_apart(text: str) -> None:
    ends = dict.fromkeys(Kind, 0)
    for found in inspect(text):
        assert found.start >= ends[found.kind]
        ends[found.kind] = found.end
