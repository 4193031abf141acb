"""Plain texts with headings, lists and links, as pieces of a page; everything else is escaped.

A blank line ends a paragraph, a line break stays one. `# ` begins a heading and `## ` a smaller
one, `- ` and `1. ` the lines of a list, `[words](/path)` or `[words](https://…)` is a link.
`{name}` is the place for a value, or on a line of its own for a part of the page. There is no other
markup, and no HTML.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _

_PLACE = re.compile(r"\{([^{}\n]{0,60})\}")
_INLINE = re.compile(r"\[([^\[\]\n]{1,300})\]\(([^()\s]{0,500})\)|\{([a-z_]{1,60})\}")
_NUMBERED = re.compile(r"\d{1,3}\. ")
# Whatever browsers take for another host or another scheme is neither.
_OWN = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f\x7f]*")
_ELSEWHERE = re.compile(r"https://[^\s/\\?#@:\"'<>]+(?::\d{1,5})?(?:[/?#][^\s\\\"'<>]*)?")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece. kind: "h2", "h3", "p", "ul", "ol" or "part"; lines: finished HTML; part: its name"""

    kind: str
    lines: tuple[Markup, ...] = ()
    part: str = ""


def is_safe(target: str) -> bool:
    """Tell whether a link may lead there: a path of this service, or https at another host."""
    return bool(_OWN.fullmatch(target) or _ELSEWHERE.fullmatch(target))


def first_mistake(text: str, places: Collection[str], parts: Collection[str]) -> LazyString | None:
    """Give in words the first thing that would not be shown as meant; None when all is right."""
    for name in _PLACE.findall(text):
        if name not in places and name not in parts:
            return _("There is no place called {%(name)s}.", name=name)
    for line in text.split("\n"):
        for name in _PLACE.findall(line):
            if name in parts and line.strip() != f"{{{name}}}":
                return _("Write {%(name)s} on a line of its own.", name=name)
    for _label, target, _name in _INLINE.findall(text):
        if _label and not is_safe(target):
            return _("A link leads to https://… or to a path of this service: %(to)s", to=target)
    return None


def blocks(
    text: str, values: Mapping[str, str], parts: Collection[str] = (), below: str = ""
) -> list[Block]:
    """Give the pieces of the text, with the values in their places.

    below: what the paths of the service begin with where it shares its host.
    """
    return [
        piece
        for paragraph in re.split(r"\n{2,}", text.strip())
        for piece in _pieces(paragraph.split("\n"), values, parts, below)
    ]


def _pieces(
    lines: list[str], values: Mapping[str, str], parts: Collection[str], below: str
) -> Iterator[Block]:
    """Gather lines of one kind; a heading, a list and a paragraph may follow without a space."""
    kind, gathered = "", list[Markup]()
    for line in lines:
        own, words = _kind(line.strip(), parts)
        if gathered and (own != kind or own in {"h2", "h3"}):
            yield _block(kind, gathered)
            gathered = []
        if own == "part":
            yield Block("part", part=words)
        elif words:
            kind = own
            gathered.append(_inline(words, values, below))
    if gathered:
        yield _block(kind, gathered)


def _block(kind: str, lines: list[Markup]) -> Block:
    return Block(kind, (Markup("<br>").join(lines),) if kind == "p" else tuple(lines))


def _kind(line: str, parts: Collection[str]) -> tuple[str, str]:
    if line[1:-1] in parts and line == f"{{{line[1:-1]}}}":
        return "part", line[1:-1]
    for sign, kind in (("## ", "h3"), ("# ", "h2"), ("- ", "ul")):
        if line.startswith(sign):
            return kind, line.removeprefix(sign).strip()
    if numbered := _NUMBERED.match(line):
        return "ol", line[numbered.end() :].strip()
    return "p", line


def _inline(text: str, values: Mapping[str, str], below: str) -> Markup:
    made, end = Markup(), 0
    for found in _INLINE.finditer(text):
        made += text[end : found.start()]
        label, target, place = found.groups()
        if place:
            made += values.get(place, found[0])
        elif is_safe(target):
            link = Markup('<a href="{}">{}</a>')
            # Somebody may have copied the whole of it from the browser.
            ours = target.startswith("/") and not target.startswith(f"{below}/")
            made += link.format(below + target if ours else target, _inline(label, values, below))
        else:
            made += label
        end = found.end()
    return made + text[end:]
