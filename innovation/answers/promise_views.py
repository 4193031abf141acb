"""The public pages that tell whether the promises are kept, and which ideas are late."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_percent, gettext

from innovation.answers import figures
from innovation.answers.figures import Kept, Row, Tally
from innovation.answers.lateness import LateIdea, late_today
from innovation.answers.postponements import PROMISES
from innovation.core import clock
from innovation.core.errors import NotFoundError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.pagination import PAGE_SIZE, Page, page_number
from innovation.core.permissions import Nobody
from innovation.ideas.listing import IdeaRow, rows_of
from innovation.programme.queries import snapshot
from innovation.web import navigation
from innovation.web.access import public
from innovation.web.locale import language

blueprint = Blueprint("promises", __name__)
navigation.add("promises.index", _("Do we keep our promises"), 12, menu="service")

UNROUTED = "none"
# The longest bar takes this part of the chart, in percent, so that its number fits behind it.
_LONGEST_BAR = 62.0
_EMPTY = Row(Tally(), Tally(), 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart: whose, how long in percent, and how many days it stands for."""

    name: str
    width: float
    days: int
    over: int


@dataclass(frozen=True, slots=True)
class Home:
    """A line of the table: a sub-project, or the ideas that have none yet."""

    name: str
    slug: str
    row: Row


@blueprint.app_template_global("promises_kept")
def promises_kept(sub_project_id: int) -> Row:
    """Give the figures of one sub-project, for its own page."""
    return figures.promises_kept().rows.get(sub_project_id, _EMPTY)


@blueprint.app_template_global("programme_promises")
def programme_promises() -> Mapping[str, Any]:
    """Give the promises of the programme, in days."""
    return snapshot().promises


@blueprint.app_template_filter("share")
def share(tally: Tally) -> str:
    """Write which part was within the promise: 91 %; a share of nearly all never reads 100 %."""
    part = tally.share
    return str(format_percent(min(part, 0.99) if part < 1 else part))


@blueprint.get("/promises")
@public
def index() -> ResponseReturnValue:
    """Show how the promises were kept in the last twelve months, in all and by sub-project."""
    found, promised = figures.promises_kept(), snapshot().promises
    homes = _homes(found)
    days = int(promised["first_answer_days"])
    return render_template(
        "answers/promises.html",
        found=found,
        homes=homes,
        bars=_bars(homes, days),
        promise_at=_scale(homes, days) * days,
        promised=promised,
        since=figures.year_before(clock.today()),
        least=figures.LEAST,
        unrouted=UNROUTED,
    )


@blueprint.get("/promises/late")
@public
def late() -> ResponseReturnValue:
    """List the ideas whose promise is broken today, of one sub-project or of all."""
    slug = request.args.get("sub_project", "")
    name, wanted = _of(slug)
    page = _page(wanted, page_number(request.args.get("page")))
    return render_template(
        "answers/late.html",
        page=page,
        name=name,
        labels=PROMISES,
        hrefs={way: _address(slug, getattr(page, way)) for way in ("next", "previous")},
    )


def _address(slug: str, number: int | None) -> str:
    if number is None:
        return ""
    return url_for("promises.late", sub_project=slug or None, page=number)


def _of(slug: str) -> tuple[str, list[LateIdea]]:
    """Give the name and the late ideas of a sub-project. Raises NotFoundError."""
    every = late_today()
    if not slug:
        return "", every
    if slug == UNROUTED:
        return gettext("Not routed yet"), [one for one in every if one.sub_project_id is None]
    fact = snapshot().sub_project_by_slug.get(slug)
    if fact is None:
        raise NotFoundError(f"sub-project {slug}")
    return fact.name(language()), [one for one in every if one.sub_project_id == fact.id]


def _page(wanted: list[LateIdea], number: int) -> Page[tuple[LateIdea, IdeaRow]]:
    shown = wanted[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    rows: Mapping[int, Any] = {
        row.number: row for row in rows_of(Nobody(), [one.number for one in shown])
    }
    items = [(one, rows[one.number]) for one in shown if one.number in rows]
    return Page(items, number, len(wanted))


def _homes(found: Kept) -> list[Home]:
    """Give every open sub-project, closed ones that have figures, and what has no place yet."""
    homes = [
        Home(fact.name(language()), fact.slug, found.rows.get(fact.id, _EMPTY))
        for fact in snapshot().sub_projects
        if not fact.closed or fact.id in found.rows
    ]
    if None in found.rows:
        homes.append(Home(gettext("Not routed yet"), UNROUTED, found.rows[None]))
    return homes


def _scale(homes: list[Home], promised: int) -> float:
    longest = max((one.row.answer.median for one in homes if one.row.answer.told), default=0)
    return _LONGEST_BAR / max(longest, promised, 1)


def _bars(homes: list[Home], promised: int) -> list[Bar]:
    """Give the medians to the first answer, the shortest first; of few cases none."""
    scale = _scale(homes, promised)
    bars = [
        Bar(one.name, round(scale * days, 2), days, max(0, days - promised))
        for one in homes
        if one.row.answer.told
        for days in (one.row.answer.median,)
    ]
    return sorted(bars, key=lambda bar: (bar.days, bar.name))
