"""The menu and the notices: features put their own pages in it, so that nobody keeps a list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, get_flashed_messages, request, url_for

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, holds
from innovation.web import access

Condition = Callable[[Actor], bool]
Counting = Callable[[Actor], int]


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in a menu. `shown` tells whom it is for; `position` orders (smaller first).

    menu: "main", "account", or a column of the footer ("service", "rights"). post: the page is
    an action, so its entry is a button. count: how much waits there for whoever is asking.
    """

    endpoint: str
    label: LazyString
    position: int
    menu: str
    shown: Condition
    post: bool
    count: Counting


@dataclass(frozen=True, slots=True)
class Item:
    """A menu entry on its way to the template."""

    label: LazyString
    href: str
    current: bool
    post: bool = False
    count: int = 0


_entries: dict[tuple[str, str], Entry] = {}
_OF_A_PAGE = frozenset({"main", "account", "service", "rights"})


def add(
    endpoint: str,
    label: LazyString,
    position: int,
    *,
    menu: str = "main",
    permission: str = "",
    shown: Condition | None = None,
    post: bool = False,
    count: Counting = lambda _who: 0,
) -> None:
    """Put a page in a menu, for those whose roles carry the permission or who meet `shown`."""

    def default(who: Actor) -> bool:
        return not permission or holds(who, permission)

    _entries[menu, endpoint] = Entry(endpoint, label, position, menu, shown or default, post, count)


def items(menu: str) -> list[Item]:
    """Give a menu as whoever is asking sees it."""
    who = access.actor()
    path = request.path
    shown = [entry for entry in _entries.values() if entry.menu == menu and entry.shown(who)]
    return [
        Item(entry.label, href, _is_below(path, href), entry.post, entry.count(who))
        for entry in sorted(shown, key=lambda entry: entry.position)
        if (href := url_for(entry.endpoint))
    ]


def seen_by(who: Actor) -> tuple[tuple[str, int], ...]:
    """Give all that is of somebody in the menus of a page: what is shown, and how much waits."""
    return tuple(
        (entry.endpoint, entry.count(who))
        for entry in _entries.values()
        if entry.menu in _OF_A_PAGE and entry.shown(who)
    )


def _is_below(path: str, href: str) -> bool:
    """Tell whether the page is this entry or lies below it."""
    return path == href or path.startswith(f"{href.rstrip('/')}/")


@dataclass(frozen=True, slots=True)
class Notice:
    """A short message about what was just done. kind: good, info or problem."""

    kind: str
    text: str


def _notices() -> list[Notice]:
    flashed: list[tuple[str, str]] = list(get_flashed_messages(with_categories=True))  # type: ignore[arg-type]
    return [Notice(kind if kind in {"good", "problem"} else "info", text) for kind, text in flashed]


class Menu:
    """A menu as whoever is asking sees it, read when a page shows it; a piece of one shows none."""

    def __init__(self, name: str) -> None:
        """Read nothing yet."""
        self._name = name
        self._read: list[Item] | None = None

    def __iter__(self) -> Iterator[Item]:
        """Go through the entries; a page shows some menus twice, wide and narrow."""
        if self._read is None:
            self._read = items(self._name)
        return iter(self._read)


def _frame() -> dict[str, Any]:
    action = {
        "label": _("Tell us your idea"),
        "long_label": _("Tell us what could be better"),
        "href": url_for("ideas.new"),
    }
    return {
        "navigation": Menu("main"),
        "account_items": Menu("account"),
        "footer_elsewhere": [],
        "footer_service": Menu("service"),
        "footer_rights": Menu("rights"),
        # Those who decide and answer come for that; their menus are long enough without it.
        "main_action": None if holds(access.actor(), "answer:see") else action,
        "notices": _notices(),
    }


def init_app(app: Flask) -> None:
    """Give every page its frame."""
    app.context_processor(_frame)
