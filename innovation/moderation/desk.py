"""The frame of the desk: the list beside the open case, the counts, and what comes next."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta

from innovation.core import clock
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.text import excerpt
from innovation.ideas.risks import RISK_LABELS, Risk
from innovation.moderation import claims, queries, sittings
from innovation.moderation import waiting as steps
from innovation.moderation.piles import piles
from innovation.moderation.texts import DECIDED_LABELS, KIND_LABELS
from innovation.programme.queries import snapshot
from innovation.web.access import person
from innovation.web.locale import language

Key = tuple[str, int]
# An item is a comment too, whose beginning stands for a title.
TITLE_LENGTH = 80
# The page of each kind of item; "idea" is that of everything about an idea as a whole.
PAGES = {
    "idea": "moderation.idea",
    queries.UNROUTED: "moderation.idea",
    "edit": "moderation.edit",
    "comment": "moderation.comment",
    "report": "moderation.report",
    "appeal": "appeals.show",
    "reroute": "rerouting.show",
}
LABELS: dict[str, LazyString] = {
    **dict.fromkeys(queries.KINDS, _("Ideas")),
    **KIND_LABELS,
    "answer": _("Answered by the author"),
    "silent": _("No answer from the author"),
    "appeal": _("Appeals"),
    "reroute": _("To be routed anew"),
    queries.UNROUTED: _("Without a sub-project"),
}
# Why an item stands where it does: an icon and the words.
REASONS: dict[int, tuple[str, LazyString]] = {
    steps.URGENT: ("siren", RISK_LABELS[Risk.URGENT]),
    steps.REPORTED: ("flag", _("Reported")),
    steps.SENSITIVE: ("shield-alert", RISK_LABELS[Risk.SENSITIVE]),
    steps.PERSONAL: ("shield-alert", RISK_LABELS[Risk.PERSONAL]),
    steps.TURN: ("message-circle", _("The author has answered")),
    steps.LATE: ("clock-alert", _("Has waited longer than promised")),
    steps.SUSPICIOUS: ("bot", _("Perhaps a robot")),
}
CALM: dict[str, LazyString] = {"reroute": _("They wait for another sub-project")}
# What a row of this kind says besides that it was reported.
BESIDES: dict[str, LazyString] = {
    "idea": _("Public at once: nobody has read it yet"),
    "answer": _("The author has answered"),
    "silent": _("The author has not answered in 14 days"),
}
TOLD: dict[str, LazyString] = {
    "appeal": _("The author asks for another look"),
    "silent": _("The author has not answered in 14 days"),
}
NAMES: dict[str, LazyString] = {"edit": _("A changed text"), "comment": _("Comment")}


@dataclass(frozen=True, slots=True)
class Row:
    """An item of the list. urgent: why it stands high up, "" for an ordinary one.

    why: the reason for the place of an ordinary one. support: how many people lift it, 0 when too
    few do. claimed: which other moderator has it in hand, or "".
    """

    title: str
    lang: str
    href: str
    current: bool
    urgent: str | LazyString
    icon: str
    why: str | LazyString
    kind: str | LazyString
    support: int
    claimed: str
    age: str


def frame(key: Key | None, waiting: queries.Queue | None = None) -> dict[str, Any]:
    """Give the frame of the desk: the list, the counts, how far one has come, what comes next."""
    narrowed, old = chosen(), age()
    waiting = waiting or listed()
    key = (queries.PAGES.get(key[0], key[0]), key[1]) if key else None
    next_one = queries.following(waiting.items, key)
    return {
        "rows": [_row(item, key, narrowed) for item in waiting.items],
        "waiting": waiting,
        "handled": sittings.handled_today(person()),
        "chosen": narrowed or old,
        "kinds": _kinds(waiting),
        "ages": _ages(waiting),
        # Whoever decides has one main button: that of the case.
        "main_action": None,
        "skip": address(next_one, narrowed) if next_one else "",
        "kept": kept(),
        "more": _more(waiting),
        "undo": _undo(),
        "claim": claim_of(key, waiting),
        "piled": sum(pile.ideas for pile in piles()),
    }


def listed() -> queries.Queue:
    """Give what waits for this moderator, as far as this page lists it; read once a request."""
    if "desk_listed" not in g:
        g.desk_listed = queries.queue(chosen(), shown(), age=age(), person=person())
    found: queries.Queue = g.desk_listed
    return found


def claim_of(key: Key | None, waiting: queries.Queue | None = None) -> dict[str, Any] | None:
    """Give who has the case in hand: state "free", "mine" or "other"; None when it does not wait.

    waiting: the list in which it is looked for; without it the case is taken as waiting.
    """
    if key is None or key[0] == "reroute":
        return None
    holder = claims.holder_of(*key)
    whole = waiting is not None and len(waiting.items) >= waiting.total
    if holder is None and waiting and whole and key not in {item.key for item in waiting.items}:
        return None
    mine = holder is not None and holder.person_id == person().id
    return {
        "state": "free" if holder is None else "mine" if mine else "other",
        "who": holder.name if holder else "",
        "minutes": minutes_left(holder.until) if holder else 0,
        "action": url_for("claims.claim", page=key[0], number=key[1], **kept()),
    }


def minutes_left(until: datetime) -> int:
    """Give how many minutes are left, as people count them: never none."""
    return max(1, math.ceil((until - clock.now()).total_seconds() / 60))


def _kinds(waiting: queries.Queue) -> list[dict[str, Any]]:
    counts = {**waiting.counts, queries.UNROUTED: waiting.unrouted}
    return [
        {
            "label": LABELS[kind],
            "count": counts[kind],
            "current": kind == waiting.narrowed,
            "href": _narrowed_to("kind", None if kind == waiting.narrowed else kind),
        }
        for kind in (*queries.KINDS, queries.UNROUTED)
        if counts[kind] or kind == waiting.narrowed
    ]


def _ages(waiting: queries.Queue) -> list[dict[str, Any]]:
    days = int(snapshot().promises["looked_at_working_days"])
    between = _("1–%(num)s working days", num=days) if days > 1 else _("1 working day")
    labels = {"today": _("Today"), "days": between, "late": _("Over the promise")}
    return [
        {
            "label": labels[one],
            "count": waiting.ages[one],
            "current": one == waiting.age,
            "href": _narrowed_to("age", None if one == waiting.age else one),
        }
        for one in queries.AGES
    ]


def _narrowed_to(name: str, value: str | None) -> str:
    chosen_ones: dict[str, Any] = {"kind": chosen() or None, "age": age() or None, name: value}
    return url_for("moderation.index", **chosen_ones)


def _undo() -> dict[str, Any] | None:
    """Give what can be undone: what was done, to what, and how many minutes are left."""
    last = sittings.last_decision(person())
    if last is None:
        return None
    return {
        "id": last.id,
        "what": DECIDED_LABELS[last.kind],
        "title": last.title,
        "minutes": minutes_left(last.until),
    }


def _row(item: queries.QueueItem, key: Key | None, narrowed: str) -> Row:
    icon, urgent = REASONS.get(item.rank, ("", ""))
    calm = RISK_LABELS.get(item.risk) or CALM.get(item.kind) or _("In order of age")
    return Row(
        title=excerpt(item.title, TITLE_LENGTH),
        lang="" if item.language in ("", language()) else item.language,
        href=address(item, narrowed),
        current=item.key == key,
        urgent=TOLD.get(item.kind, urgent) if item.rank in (steps.TURN, steps.LATE) else urgent,
        icon=icon,
        why=BESIDES.get(item.kind, "") if item.rank == steps.REPORTED else "" if urgent else calm,
        kind=NAMES.get(item.kind, ""),
        support=item.support if item.support >= steps.LIFTING and item.kind != "reroute" else 0,
        claimed=item.claimed_by or "",
        age=format_timedelta(item.at - clock.now(), add_direction=True),
    )


def chosen() -> str:
    """Give the kind that the list is narrowed to, or "" for everything."""
    asked = request.args.get("kind", "")
    return asked if asked in (*queries.KINDS, queries.UNROUTED) else ""


def age() -> str:
    """Give the age that the list is narrowed to, or "" for every age."""
    asked = request.args.get("age", "")
    return asked if asked in queries.AGES else ""


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
        "age": age() or None,
        "shown": length if length > queries.LIST_LENGTH else None,
    }


def _more(waiting: queries.Queue) -> str:
    """Give the address of this page with a longer list, "" when everything is listed."""
    if waiting.length <= len(waiting.items) or shown() >= queries.LONGEST_LIST:
        return ""
    longer = {name: value for name, value in kept().items() if value}
    longer["shown"] = len(waiting.items) + queries.LIST_LENGTH
    return f"{request.path}?{urlencode(longer)}#desk-list"


def after(key: Key) -> queries.QueueItem | None:
    """Give what stands after this case in the list; every decision asks this before it is made.

    The claim on the case ends here with the decision. Raises ClaimedError when another moderator
    has the case in hand, unless the form says that it is taken over.
    """
    here = (queries.PAGES.get(key[0], key[0]), key[1])
    claims.end_by_deciding(person(), *here, over=request.form.get("over") == "1")
    return queries.after(here, chosen(), shown(), age=age(), person=person())


def onwards() -> dict[str, str] | None:
    """Give the title, its language and the address of what waits first and is free, or None."""
    first = queries.following(listed().items, None)
    if first is None:
        return None
    return {
        "title": excerpt(first.title, TITLE_LENGTH),
        "lang": "" if first.language in ("", language()) else first.language,
        "href": address(first, chosen()),
    }


def address(item: queries.QueueItem, narrowed: str) -> str:
    """Give the address of a case; the list stays narrowed as it is."""
    return url_for(PAGES[item.key[0]], number=item.id, **{**kept(), "kind": narrowed or None})


def told(done: object, after: queries.QueueItem | None) -> ResponseReturnValue:
    """Say what was done and go on to what waits next."""
    flash(str(done), "good")
    there = address(after, chosen()) if after else url_for("moderation.index", **kept())
    return redirect(there, 303)
