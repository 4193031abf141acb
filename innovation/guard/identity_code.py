"""Finds Finnish personal identity codes: a date, a separator, three digits, a check character.

The separators are those in force since 1.1.2023. The check character is that of the nine digits'
remainder by 31; the separator is not counted, but it tells the century of the date.
"""

import re
from collections.abc import Iterator
from datetime import date

from innovation.guard.findings import Finding, Kind
from innovation.guard.folding import SOFT_HYPHEN, Folded

_CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CENTURIES = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)

_GAP = rf"[ {SOFT_HYPHEN}]{{0,3}}"
_DIGITS = "(" + rf"{_GAP}".join(["[0-9]"] * 6) + r"|[0-9]{2}\.[0-9]{2}\.[0-9]{2})"
_NUMBER = "(" + rf"{_GAP}".join(["[0-9]"] * 3) + ")"
_SEPARATOR = rf"(-{{1,3}}|[+YXWVUABCDEF{SOFT_HYPHEN}])"
# The look-ahead finds overlapping candidates too: a false one must not hide a real one that begins
# inside it. A letter or digit on either side makes it a piece of something longer; a whole word
# before a valid one was only written without a space.
_SHAPE = re.compile(
    rf"(?:(?<![^\W_])|(?<=[^\W\d_]{{3}}))(?=({_DIGITS}{_GAP}{_SEPARATOR}{_GAP}{_NUMBER}{_GAP}([0-9A-Z]))(?![^\W_]))"
)
_SPACES = re.compile(rf"[ {SOFT_HYPHEN}]+")
_STANDS_ALONE = re.compile(r"(?:(?<![^\W_])|(?<=HETU)|(?<=TUNNUS))")


def identity_codes(folded: Folded) -> Iterator[Finding]:
    """Give the valid codes, which block, and then what only looks like one, which does not."""
    matches = [(match, _kind(match)) for match in _SHAPE.finditer(folded.text)]
    taken: set[int] = set()
    for wanted in (Kind.HETU, Kind.HETU_LIKE):
        for match, kind in matches:
            places = range(*match.span(1))
            if kind is not wanted or not taken.isdisjoint(places):
                continue
            taken.update(places)
            start, end = folded.span(*match.span(1))
            yield Finding(start, end, wanted, blocks=wanted is Kind.HETU)


def _kind(match: re.Match[str]) -> Kind | None:
    """Tell a valid code from one with a slip in it, and both from other numbers."""
    day, separator, number, check = (_SPACES.sub("", match[group]) for group in (2, 3, 4, 5))
    dotted, day, separator = "." in day, day.replace(".", ""), separator[:1] or "-"
    checks = _CHECK_CHARACTERS[int(day + number) % 31] == check
    if checks and int(number) >= 2 and _exists(day, separator):
        return Kind.HETU
    # With full stops it is a date, and what follows is seldom the end of a code.
    if dotted or not _STANDS_ALONE.match(match.string, match.start()):
        return None
    # A slip in the date still leaves the check character right, or a date that could be one.
    if (checks or _could_be_a_date(day)) and _is_written_as_one(match):
        return Kind.HETU_LIKE
    return None


def _exists(day: str, separator: str) -> bool:
    """Tell whether the day (ddmmyy) is in the calendar of the separator's century."""
    try:
        date(_CENTURIES[separator] + int(day[4:]), int(day[2:4]), int(day[:2]))
    except ValueError:
        return False
    return True


def _could_be_a_date(day: str) -> bool:
    return 1 <= int(day[:2]) <= 31 and 1 <= int(day[2:4]) <= 12


def _is_written_as_one(match: re.Match[str]) -> bool:
    """Tell whether spaces stand only about the separator, or between all characters.

    Spaces anywhere else come from several numbers side by side; a doubtful match is then silent.
    """
    last_four = match.string[match.start(4) : match.end(5)]
    whole = not _SPACES.search(match[2]) and not _SPACES.search(last_four)
    return whole or all(len(piece) == 1 for piece in _SPACES.split(match[1]))
