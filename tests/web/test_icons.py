"""Icons are named in templates; a wrong name is found at once."""

import re
from pathlib import Path

import pytest

from innovation.web.icons import Icons, UnknownIconError, _joinable

TEMPLATES = Path(__file__).parents[2] / "templates"


def test_an_unknown_icon_raises() -> None:
    with pytest.raises(UnknownIconError, match="no-such-icon"):
        Icons().svg("no-such-icon")


def test_the_icons_in_use_are_known() -> None:
    icons = Icons()
    icons.svg("bell")
    icons.svg("bell", "i-big")
    assert icons.used == {"bell"}


def test_an_icon_carries_no_style_and_is_hidden_from_screen_readers() -> None:
    drawn = Icons().svg("circle-alert")
    assert "style" not in drawn
    assert 'aria-hidden="true"' in drawn


def test_a_path_keeps_its_place_behind_another() -> None:
    assert _joinable("m2 3 4 5") == "M2 3l4 5"
    assert _joinable("M2 3 4 5") == "M2 3L4 5"
    assert _joinable("m21.5 2.5-3 9z") == "M21.5 2.5l-3 9z"


def test_every_icon_named_in_a_template_exists() -> None:
    icons = Icons()
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        for name in re.findall(r"icon(?:_svg)?\(\"([a-z0-9-]+)\"", text):
            icons.svg(name)
