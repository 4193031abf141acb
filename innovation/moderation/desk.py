"""The frame of the desk: the list beside the open case, the counts, and what comes next."""

import math
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import format_timedelta

from innovation.core import clock
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.moderation import queries
from innovation.moderation.texts import DECIDED_LABELS, KIND_LABELS
from innovation.web.access import person
from innovation.web.locale import language

Key = tuple[str, int]
PAGES = {
    "idea": "moderation.idea",
    queries.UNROUTED: "moderation.idea",
    "edit": "moderation.edit",
    "comment": "moderation.comment",
    "report": "moderation.report",
}


@dataclass(frozen=True, slots=True)
class Row:
    """An item of the list. urgent: why it stands high up, or "" for an ordinary one."""

    title: str
    lang: str
    href: str
    current: bool
    urgent: str | LazyString
    icon: str
    kind: str | LazyString
    age: str


def frame(key: Key | None, waiting: queries.Queue | None = None) -> dict[str, Any]:
    """Give the frame of the desk: the list, the counts, how far one has come, what comes next."""
    narrowed = chosen()
    waiting = waiting or queries.queue(narrowed, shown())
    handled = queries.handled_today(person())
    following = _following(waiting.items, key)
    labels = {**KIND_LABELS, queries.UNROUTED: _("Without a sub-project")}
    counts = {**waiting.counts, queries.UNROUTED: waiting.unrouted}
    return {
        "rows": [_row(item, key, narrowed) for item in waiting.items],
        "waiting": waiting,
        "handled": handled,
        "chosen": narrowed,
        "kinds": [
            {
                "label": labels[kind],
                "count": counts[kind],
                "current": kind == narrowed,
                "href": url_for("moderation.index", kind=None if kind == narrowed else kind),
            }
            for kind in labels
            if counts[kind] or kind == narrowed
        ],
        # Whoever decides has one main button: that of the case.
        "main_action": None,
        "skip": address(following, narrowed) if following else "",
        "kept": kept(),
        "more": _more(waiting),
        "undo": _undo(),
    }


def _undo() -> dict[str, Any] | None:
    """Give what can be undone: what was done, to what, and how many minutes are left."""
    last = queries.last_decision(person())
    if last is None:
        return None
    left = math.ceil((last.until - clock.now()).total_seconds() / 60)
    return {
        "id": last.id,
        "what": DECIDED_LABELS[last.kind],
        "title": last.title,
        "minutes": left,
    }


def _following(items: list[queries.QueueItem], key: Key | None) -> queries.QueueItem | None:
    others = [item for item in items if item.key != key]
    place = next((at for at, item in enumerate(items) if item.key == key), 0)
    return others[place % len(others)] if others else None


def _row(item: queries.QueueItem, key: Key | None, narrowed: str) -> Row:
    urgent = {0: _("Reported"), 1: _("Perhaps a robot")}.get(item.rank, "")
    names = {"edit": _("A changed text"), "comment": _("Comment")}
    return Row(
        title=item.title,
        lang="" if item.language == language() else item.language,
        href=address(item, narrowed),
        current=key is not None and item.id == key[1] and PAGES[item.kind] == PAGES[key[0]],
        urgent=urgent,
        icon={0: "flag", 1: "bot"}.get(item.rank, ""),
        kind=names.get(item.kind, "" if urgent else _("Ordinary")),
        age=format_timedelta(item.at - clock.now(), add_direction=True),
    )


def chosen() -> str:
    """Give the kind that the list is narrowed to, or "" for everything."""
    asked = request.args.get("kind", "")
    return asked if asked in (*queries.KINDS, queries.UNROUTED) else ""


def shown() -> int:
    """Give how many items the list has, as far as the reader has asked for more."""
    asked = request.args.get("shown", "")
    known = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0
    return max(queries.LIST_LENGTH, min(known, queries.LONGEST_LIST))


def kept() -> dict[str, Any]:
    """Give the parameters with which the list stays as it is on the pages behind it."""
    length = shown()
    return {
        "kind": chosen() or None,
        "shown": length if length > queries.LIST_LENGTH else None,
    }


def _more(waiting: queries.Queue) -> str:
    """Give the address of this page with a longer list, "" when everything is listed."""
    if waiting.length <= len(waiting.items) or shown() >= queries.LONGEST_LIST:
        return ""
    longer: dict[str, str | int] = {"kind": waiting.narrowed} if waiting.narrowed else {}
    longer["shown"] = len(waiting.items) + queries.LIST_LENGTH
    return f"{request.path}?{urlencode(longer)}#desk-list"


def after(key: Key) -> queries.QueueItem | None:
    """Give what stands after this case in the list."""
    return queries.after(key, chosen(), shown())


def address(item: queries.QueueItem, narrowed: str) -> str:
    """Give the address of a case; the list stays narrowed as it is."""
    return url_for(PAGES[item.kind], number=item.id, **{**kept(), "kind": narrowed or None})
