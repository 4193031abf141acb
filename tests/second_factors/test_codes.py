"""Codes to type: those of an app half a minute around now, and the shape of spare codes."""

from datetime import UTC, datetime

import pyotp
import pytest

from innovation.second_factors import codes

pytestmark = pytest.mark.once

NOW = datetime(2026, 11, 22, 12, 0, 10, tzinfo=UTC)
# RFC 6238, appendix B: the secret of the test values for SHA-1.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert codes.matching_step(RFC_SECRET, code, moment) == seconds // codes.STEP


@pytest.mark.parametrize(
    ("drift", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_half_a_minute_wrong(drift: int, taken: bool) -> None:
    secret = codes.new_secret()
    step = int(NOW.timestamp()) // codes.STEP + drift
    found = codes.matching_step(secret, pyotp.TOTP(secret).generate_otp(step), NOW)
    assert found == (step if taken else None)


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１２３４５６", "12345٦"])
def test_what_is_no_code_matches_nothing(typed: str) -> None:
    assert not codes.is_app_code(typed)
    assert codes.matching_step(codes.new_secret(), typed, NOW) is None


def test_a_code_may_be_typed_with_a_space() -> None:
    assert codes.is_app_code("123 456")


def test_ten_spare_codes_differ_in_their_first_sign() -> None:
    spares = codes.new_spares()
    assert len({one[0] for one in spares}) == len(spares) == codes.SPARES
    place, rest = codes.read_spare(spares[3].lower().replace("-", " "))
    assert place == spares[3][0]
    assert len(rest) == codes.SPARE_LENGTH


@pytest.mark.parametrize("typed", ["", "K7MT", "0-AAAA-AAAA-AAAA", "K-7MTP-9H2D-QX3RR"])
def test_what_cannot_be_a_spare_code_is_none(typed: str) -> None:
    assert codes.read_spare(typed) == ("", "")
