"""Every pair of colours that meets on a page is readable, in light and in dark."""

import re
from pathlib import Path

import pytest

from innovation.web.assets import DESK_STYLES, STYLES, joined_style

CSS = Path(__file__).parents[2] / "static" / "css"
TEXT, SHAPE = 4.5, 3.0

# Foregrounds by the grounds they stand on.
TEXT_PAIRS = {
    "paper": "ink soft sini sini-deep valo-ink err work good stop",
    "sheet": "ink soft sini sini-deep valo-ink err",
    "sunk": "ink soft sini",
    "sky": "ink soft sini",
    "sini": "on-sini",
    "sini-deep": "on-sini",
    "sini-tint": "sini-deep ink soft sini",
    "valo-tint": "valo-ink ink",
    "wait-tint": "wait",
    "work-tint": "work ink soft sini",
    "try-tint": "try",
    "good-tint": "good ink",
    "stop-tint": "stop",
    "err-tint": "err ink",
    "good": "paper",
    "mark": "ink",
    "ground": "on-ground",
}
SHAPE_PAIRS = {
    "paper": "edge sini valo err good stop try work focus",
    "sheet": "edge sini err focus",
    "sunk": "edge focus",
    "sini-tint": "sini edge",
    "good-tint": "good",
    "err-tint": "err",
    "valo-tint": "valo-ink",
    "focus": "focus-gap",
}
# On the ground of the landscape the outline has a colour of its own in each theme.
LANDSCAPE_FOCUS = {"light": "focus-gap", "dark": "focus"}


def _themes() -> dict[str, dict[str, str]]:
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    light_part, dark_part = text.split("@media (prefers-color-scheme: dark)", 1)
    light = _colours(light_part)
    return {"light": light, "dark": light | _colours(dark_part)}


def _colours(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\b", text))


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _pairs(table: dict[str, str], least: float) -> list[tuple[str, str, float]]:
    return [(front, ground, least) for ground, fronts in table.items() for front in fronts.split()]


PAIRS = _pairs(TEXT_PAIRS, TEXT) + _pairs(SHAPE_PAIRS, SHAPE)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_colours_has_enough_contrast(theme: str) -> None:
    colours = _themes()[theme]
    pairs = [*PAIRS, (LANDSCAPE_FOCUS[theme], "ground", SHAPE)]
    weak = [
        f"{front} on {ground}: {_contrast(colours[front], colours[ground]):.2f}"
        for front, ground, least in pairs
        if _contrast(colours[front], colours[ground]) < least
    ]
    assert not weak


def test_every_colour_has_a_dark_counterpart_or_is_meant_to_stay() -> None:
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    light_part, dark_part = text.split("@media (prefers-color-scheme: dark)", 1)
    assert set(_colours(light_part)) - set(_colours(dark_part)) == {"on-ground"}


def test_colours_are_written_only_as_tokens() -> None:
    for name in (*STYLES, *DESK_STYLES):
        if name == "tokens.css":
            continue
        sheet = (CSS / name).read_text(encoding="utf-8").split("@media print")[0]
        strays = set(re.findall(r"#[0-9a-fA-F]{3,6}\b", sheet)) - {"#fff"}
        assert not strays, f"{name}: {strays}"


def test_every_token_that_is_used_exists() -> None:
    style = joined_style(CSS, (*STYLES, *DESK_STYLES))
    defined = set(re.findall(r"(--[\w-]+):", style))
    assert set(re.findall(r"var\((--[\w-]+)\)", style)) <= defined


def test_the_style_sheet_stays_small() -> None:
    assert len(joined_style(CSS, STYLES).encode()) <= 30 * 1024
