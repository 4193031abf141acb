"""Draws the line icons that the pages name, each as one small inline SVG."""

import re
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree

from flask import Flask
from markupsafe import Markup

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_FIRST_MOVE = re.compile(rf"^\s*[mM]\s*({_NUMBER})[\s,]*({_NUMBER})[\s,]*")
_STARTS_WITH_NUMBER = re.compile(rf"^{_NUMBER}")


class UnknownIconError(LookupError):
    """A page named an icon that the icon set does not have."""


class Icons:
    """The icons in use, by name; an unknown name raises at once.

    Every icon travels inline and not in a sprite: a kept fragment or a swapped partial is then
    whole by itself, and compression makes the repetitions nearly free.
    """

    def __init__(self) -> None:
        """Open the package's archive; the icons are read from it when first named."""
        archive = files("lucide").joinpath("lucide.zip").read_bytes()
        self._archive = zipfile.ZipFile(BytesIO(archive))
        self._drawn: dict[str, Markup] = {}

    @property
    def used(self) -> frozenset[str]:
        """The names that have been drawn so far."""
        return frozenset(name.split("|")[0] for name in self._drawn)

    def svg(self, name: str, variant: str = "") -> Markup:
        """Give the icon as markup; `variant` is an extra class such as `i-big` or `turn`."""
        key = f"{name}|{variant}"
        if key not in self._drawn:
            classes = f"i {variant}".strip()
            # Path data from the pinned package and class names from our own templates.
            self._drawn[key] = Markup(  # noqa: S704
                f'<svg class="{classes}" viewBox="0 0 24 24" aria-hidden="true">'
                f'<path d="{self._outline(name)}"/></svg>'
            )
        return self._drawn[key]

    def _outline(self, name: str) -> str:
        try:
            source = self._archive.read(f"{name}.svg")
        except KeyError:
            raise UnknownIconError(f"There is no icon called {name!r}.") from None
        # The file comes from a pinned, hashed package, never from outside.
        root = ElementTree.fromstring(source)  # noqa: S314
        return "".join(_joinable(path) for shape in root for path in _paths(shape))


def _paths(shape: ElementTree.Element) -> Iterator[str]:
    """Turn one SVG shape into path data."""
    kind = shape.tag.rsplit("}", 1)[-1]
    if kind == "path":
        yield shape.get("d", "")
    elif kind == "line":
        x1, y1, x2, y2 = (shape.get(key, "0") for key in ("x1", "y1", "x2", "y2"))
        yield f"M{x1} {y1}L{x2} {y2}"
    elif kind in {"circle", "ellipse"}:
        yield _ellipse(shape)
    elif kind == "rect":
        yield _rectangle(shape)
    elif kind in {"polyline", "polygon"}:
        close = "z" if kind == "polygon" else ""
        yield f"M{shape.get('points', '').strip()}{close}"
    else:
        raise UnknownIconError(f"An icon holds a shape that cannot be drawn: {kind}.")


def _ellipse(shape: ElementTree.Element) -> str:
    cx, cy = float(shape.get("cx", 0)), float(shape.get("cy", 0))
    rx = float(shape.get("rx") or shape.get("r") or 0)
    ry = float(shape.get("ry") or shape.get("r") or 0)
    return (
        f"M{cx - rx:g} {cy:g}a{rx:g} {ry:g} 0 1 0 {2 * rx:g} 0a{rx:g} {ry:g} 0 1 0 {-2 * rx:g} 0z"
    )


def _rectangle(shape: ElementTree.Element) -> str:
    x, y = float(shape.get("x", 0)), float(shape.get("y", 0))
    width, height = float(shape.get("width", 0)), float(shape.get("height", 0))
    r = float(shape.get("rx") or shape.get("ry") or 0)
    across, down = width - 2 * r, height - 2 * r
    arc = f"a{r:g} {r:g} 0 0 1 "
    return (
        f"M{x + r:g} {y:g}h{across:g}{arc}{r:g} {r:g}v{down:g}{arc}{-r:g} {r:g}"
        f"h{-across:g}{arc}{-r:g} {-r:g}v{-down:g}{arc}{r:g} {-r:g}z"
    )


def _joinable(path: str) -> str:
    """Make path data independent of what stands before it.

    A first `m` counts from the origin only at the very beginning of a path, and numbers after it
    are relative lines; both are written out.
    """
    first = _FIRST_MOVE.match(path)
    if first is None:
        return path
    rest = path[first.end() :]
    relative = path.lstrip()[0] == "m"
    line = ("l" if relative else "L") if _STARTS_WITH_NUMBER.match(rest) else ""
    return f"M{first[1]} {first[2]}{line}{rest}"


def init_app(app: Flask) -> None:
    """Give the templates `icon_svg(name, variant="")`."""
    icons = Icons()
    app.extensions["icons"] = icons
    app.jinja_env.globals["icon_svg"] = icons.svg
