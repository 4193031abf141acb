"""Tracking keys and page numbers, as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation.core import keys
from innovation.core.keys import (
    ALPHABET,
    Secret,
    is_made,
    keyed_hash,
    read_tracking_key,
    tracking_key,
)
from innovation.core.pagination import LAST_PAGE, Page, page_number

pytestmark = pytest.mark.once


@given(st.text(), st.text())
def test_a_key_is_read_back_however_it_is_typed(secret: str, seed: str) -> None:
    key = tracking_key(secret, seed)
    assert set(key) <= {*ALPHABET, "-"}
    assert [len(part) for part in key.split("-")] == [4, 4, 4]
    for typed in (key.lower(), key.replace("-", ""), f"  {key.replace('-', ' ')} "):
        assert read_tracking_key(typed) == key
    assert tracking_key(secret, seed) == key


def test_what_an_earlier_key_made_is_known_and_new_things_are_made_with_the_present() -> None:
    def made(key: str) -> str:
        return keyed_hash(key, "purpose:1").hex()

    secret = Secret("present", ("earlier", "first"))
    assert made(secret) == made("present")
    assert all(is_made(secret, made, made(one)) for one in ("present", "earlier", "first"))
    assert not is_made(secret, made, made("another"))
    assert not is_made("present", made, made("earlier"))
    assert not is_made(secret, made, keyed_hash("present", "other:1").hex())


def test_a_keyed_hash_of_another_kind_is_read_beside_the_old_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def made(key: str) -> str:
        return keyed_hash(key, "purpose:1").hex()

    old = made("present")
    monkeypatch.setattr(keys, "MACS", ("sha512", "sha256"))
    assert made("present") != old
    assert is_made("present", made, old)
    assert is_made("present", made, made("present"))


@pytest.mark.parametrize("typed", ["", "KXR7-4MTP", "KXR7-4MTP-9H2O", "KXR7-4MTP-9H2D-AAAA", "ä"])
def test_what_cannot_be_a_key_is_none(typed: str) -> None:
    assert read_tracking_key(typed) == ""


@given(st.text())
def test_any_page_number_is_understood(typed: str) -> None:
    assert 1 <= page_number(typed) <= LAST_PAGE


def test_a_page_knows_its_neighbours() -> None:
    page = Page(list(range(20)), 2, 45)
    assert (page.count, page.first, page.last, page.previous, page.next) == (3, 21, 40, 1, 3)
    empty: Page[int] = Page([], 9, 45)
    assert (empty.first, empty.previous, empty.next) == (0, 3, None)
