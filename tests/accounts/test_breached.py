"""Passwords that are tried first are refused, whatever list they stand in."""

import hashlib
from pathlib import Path

import pytest

from innovation.accounts.breached import is_breached, is_personal

pytestmark = pytest.mark.once

UNCOMMON = "kolme sanaa riittää"


def sha1(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.mark.parametrize(
    "password",
    [
        "salasana123",
        "Salasana123!",
        "kissa12345",
        "Perkele123",
        "Hyvinvointi1",
        "syksy 2026!",
        "lösenord123",
        "Password2024!",
        "P@ssword123",
        "qwertyuiop",
        "1234567890",
        "aaaaaaaaaaaa",
        "kissakissa",
        "1qaz2wsx3edc",
        "salasanasalasana",
    ],
)
def test_what_everybody_tries_first_is_known(password: str) -> None:
    assert is_breached(password)


@pytest.mark.parametrize("password", [UNCOMMON, "kesäilta saunalla", "hevonen ui yli joen"])
def test_three_words_in_a_row_are_not(password: str) -> None:
    assert not is_breached(password)


@pytest.mark.parametrize(
    "password",
    [
        "tuula.virta@posti.example",
        "Tuula.Virta",
        "TuulaVirta1999",
        "tuula virta!",
        "Innovaatioalusta1",
    ],
)
def test_name_address_and_service_are_no_secrets(password: str) -> None:
    assert is_personal(password, "tuula.virta@posti.example", "Tuula Virta")


def test_a_nameless_person_s_password_is_not_nothing() -> None:
    assert not is_personal("1234567890", "", "")
    assert not is_personal(UNCOMMON, "tuula@posti.example", "Tuula")


@pytest.mark.parametrize("count", [1, 2, 3, 50])
@pytest.mark.parametrize("length", [10, 40])
def test_an_own_list_of_hashes_is_searched(tmp_path: Path, count: int, length: int) -> None:
    known = [f"sana numero {number} tässä" for number in range(count)]
    lines = sorted(f"{sha1(one)[:length]}:{number}" for number, one in enumerate(known))
    path = tmp_path / "hashes.txt"
    path.write_text("\r\n".join(lines) + "\r\n", encoding="ascii")
    assert all(is_breached(one, path) for one in known)
    assert not is_breached(UNCOMMON, path)
    assert is_breached("salasana123", path)


def test_an_own_plain_list_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plain.txt"
    path.write_text("1234567890\nYlen Uutiset Klo Kahdeksan\n", encoding="utf-8")
    assert is_breached("ylen uutiset klo kahdeksan", path)
    assert not is_breached(UNCOMMON, path)
