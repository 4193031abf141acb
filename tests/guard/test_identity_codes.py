"""Identity codes are found in every disguise, and other numbers are left alone."""

import datetime
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation.guard import Finding, Kind, inspect

pytestmark = pytest.mark.once


FICTITIOUS = [
    "010594Y9032",
    "010594Y9021",
    "020594X903P",
    "020594X902N",
    "030594W903B",
    "030694W9024",
    "040594V9030",
    "040594V902Y",
    "050594U903M",
    "050594U902L",
    "010516B903X",
    "010516B902W",
    "020516C903K",
    "020516C902J",
    "030516D9037",
    "030516D9026",
    "010501E9032",
    "020502E902X",
    "020503F9037",
    "020504A902E",
    "020504B904H",
    "131052-308T",
    "111111-111C",
    "010195+433X",
    "010190-999W",
    "010190Y999W",
]

CODE = "010594Y9032"
DASHED = "131052-308T"

# What is written, and the part of it that the finding should cover.
DISGUISES = {
    "lower case": ("hetu on 131052-308t", "131052-308t"),
    "en dash": ("131052\u2013308T", None),
    "em dash": ("131052\u2014308T", None),
    "minus sign": ("131052\u2212308T", None),
    "non-breaking hyphen": ("131052\u2011308T", None),
    "hyphen": ("131052\u2010308T", None),
    "figure dash": ("131052\u2012308T", None),
    "small hyphen-minus": ("131052\ufe63308T", None),
    "full-width hyphen": ("131052\uff0d308T", None),
    "soft hyphen": ("131052\u00ad308T", None),
    "full-width digits and letters": ("０１０５９４Ｙ９０３２", None),
    "mathematical digits": ("𝟎𝟏𝟎𝟓𝟗𝟒Y𝟗𝟎𝟑𝟐", None),
    "Arabic-Indic digits": ("٠١٠٥٩٤Y٩٠٣٢", None),
    "circled digits": ("⓪①⓪⑤⑨④Y⑨⓪③②", None),
    "keycaps": ("0\ufe0f\u20e310594Y9032", None),
    "zero-width spaces": ("0\u200b1\u200b0594Y90\u200b32", None),
    "zero-width joiner and mark": ("010594\u200dY\ufeff9032", None),
    "direction marks": ("010594\u202eY\u20669032", None),
    "soft hyphens": ("010\u00ad594Y90\u00ad32", None),
    "combining mark": ("010594Y\u03019032", None),
    "Hangul filler": ("010594\u3164Y\u31649032", None),
    "Cyrillic separator": ("020504\u0410902E", None),
    "spaces about the separator": ("010594 Y 9032", None),
    "no-break spaces": ("010594\u00a0Y\u00a09032", None),
    "spread out": ("0 1 0 5 9 4 Y 9 0 3 2", None),
    "pairs": ("01 05 94 Y 903 2", None),
    "broken over lines": ("131052-\n308T", None),
    "full-width plus": ("010195\uff0b433X", None),
    "inflected": ("010594Y9032:n papereissa", "010594Y9032"),
    "two hyphens": ("131052--308T", None),
    "a date with full stops": ("13.10.52-308T", None),
    "right behind a label": ("hetu131052-308T", "131052-308T"),
    "in quotation marks": ("”010594Y9032”.", "010594Y9032"),
    "underscores": ("_010594Y9032_", "010594Y9032"),
    "after a label": ("hetu:010594Y9032", "010594Y9032"),
    "after a year": ("vuonna 2024 010594Y9032", "010594Y9032"),
}

NEAR_MISSES = {
    "wrong check character": "010594Y9033",
    "the illustration with a wrong check character": "010190-999K",
    "no such day": "310294-123D",
    "leap day of a common year": "290201A902" + "0123456789ABCDEFHJKLMNPRSTUVWXY"[290201902 % 31],
    "leap day of 1900": "290200-902" + "0123456789ABCDEFHJKLMNPRSTUVWXY"[290200902 % 31],
    "number too small": "010594-001" + "0123456789ABCDEFHJKLMNPRSTUVWXY"[10594001 % 31],
    "a letter that is never used": "010594Y903O",
    "month thirteen with a right check": "011394-123"
    + "0123456789ABCDEFHJKLMNPRSTUVWXY"[11394123 % 31],
}

LOOK_ALIKES = [
    "",
    "Dnro 1010594Y9032",
    "010594Y90321",
    "A010594Y9032",
    "010594Y9032ab",
    "PPSHP/1234/06.00.01/2021",
    "HEL 2026-000197",
    "PS-2026-0042",
    "diaarinumero 123456-7890",
    "y-tunnus 1234567-8",
    "puh. 0400 000 000 ja 08 315 2011",
    "+358 40 000 0000",
    "045 123-4567",
    "FI21 1234 5600 0007 85",
    "hinta 100 000 - 150 000 euroa",
    "90100-90200 Oulu",
    "1326/2010, 24 § 1 mom. 25 kohta",
    "1.1.2023-31.12.2023 klo 8.30-15.45",
    "13.10.25-308 A",
    "010594.9032",
    "010594/9032",
    "010594:9032",
    "010594G9032",
    "01059 Y9032",
    "huoneet 101 112 A 120 C",
]


@pytest.mark.parametrize("code", FICTITIOUS)
def test_a_valid_code_blocks(code: str) -> None:
    text = f"Asiakas {code} odotti."
    assert list(inspect(text)) == [Finding(8, 19, Kind.HETU, blocks=True)]
    assert inspect(text).blocks


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_does_not_help(name: str) -> None:
    text, covered = DISGUISES[name]
    findings = inspect(text)
    assert findings.kinds == {Kind.HETU}
    (found,) = findings.blocking
    assert text[found.start : found.end] == (covered or text)


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_what_only_looks_like_a_code_warns(name: str) -> None:
    findings = inspect(f"numero {NEAR_MISSES[name]}, vai?")
    assert list(findings) == [Finding(7, 18, Kind.HETU_LIKE, blocks=False)]
    assert not findings.blocks
    assert findings.blocking == ()


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert inspect(text).kinds.isdisjoint({Kind.HETU, Kind.HETU_LIKE})
    assert not inspect(text).blocks


@pytest.mark.parametrize("separator", "0123456789./:,*GHIJKLMNOPQRSTZ")
def test_no_other_separator_counts(separator: str) -> None:
    assert not inspect(f"010594{separator}9032")


def test_the_separator_tells_the_century() -> None:
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[290200902 % 31]
    blocked = {s for s in "+-YXWVUABCDEF" if inspect(f"290200{s}902{check}").blocks}
    assert blocked == set("ABCDEF")


def test_every_code_of_a_text_is_found() -> None:
    text = f"{CODE}/{DASHED}, 010594Y9033 ja {CODE}-{DASHED}"
    findings = inspect(text)
    assert [text[f.start : f.end] for f in findings] == [CODE, DASHED, "010594Y9033", CODE, DASHED]
    assert [f.blocks for f in findings] == [True, True, False, True, True]


def test_a_false_start_does_not_hide_a_real_code() -> None:
    assert inspect("01 05 94 Y 903 010594Y9032").blocks
    assert inspect("1 2 010594Y9032 3").blocks


def test_offsets_are_those_of_the_text_as_given() -> None:
    text = "ﬃ ½ ß e\u0301 👩\u200d⚕️ 010\u200b594Y9032!"
    (found,) = inspect(text)
    assert text[found.start : found.end] == "010\u200b594Y9032"


def test_nothing_of_the_text_is_kept_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    findings = inspect(f"Tunnus {CODE}")
    assert "9032" not in repr(findings)
    assert caplog.text == ""


def _valid(day: datetime.date, number: int, choice: int) -> str:
    separators = {18: "+", 19: "-YXWVU", 20: "ABCDEF"}[day.year // 100]
    date = f"{day:%d%m}{day.year % 100:02}"
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(f"{date}{number:03}") % 31]
    return f"{date}{separators[choice % len(separators)]}{number:03}{check}"


VALID = st.builds(
    _valid,
    st.dates(datetime.date(1800, 1, 1), datetime.date(2099, 12, 31)),
    st.integers(2, 999),
    st.integers(0, 5),
)


@given(VALID, st.text(max_size=40), st.text(max_size=40))
def test_any_valid_code_between_any_texts_is_found(code: str, before: str, after: str) -> None:
    text = f"{before} ; {code} ; {after}"
    start = len(before) + 3
    assert Finding(start, start + 11, Kind.HETU, blocks=True) in inspect(text).items


@given(VALID, st.sampled_from("0123456789ABCDEFHJKLMNPRSTUVWXY"))
def test_another_check_character_never_blocks(code: str, check: str) -> None:
    assert inspect(code[:-1] + check).blocks is (check == code[-1])


@given(
    VALID,
    st.lists(st.sampled_from(["", " ", "\u200b", "\u00ad", "\u2060"]), min_size=10, max_size=10),
)
def test_gaps_inside_do_not_hide_a_code(code: str, gaps: list[str]) -> None:
    text = code[0] + "".join(gap + character for gap, character in zip(gaps, code[1:], strict=True))
    assert inspect(text).items == (Finding(0, len(text), Kind.HETU, blocks=True),)


@given(st.text(alphabet=st.sampled_from("0123456789ABYÅ-+ \u200b\u00ad\n½"), max_size=120))
def test_findings_lie_in_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for found in inspect(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end


def test_a_word_written_together_with_a_code_does_not_hide_it() -> None:
    (found,) = inspect(f"Ota yhteyttä, sotu{CODE}.").blocking
    assert (found.start, found.end) == (18, 29)
