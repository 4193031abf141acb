"""The public page on how often suggestions were right."""

from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_percent, gettext

from innovation.routing import figures
from innovation.routing.figures import Tally
from innovation.web.access import public
from innovation.web.locale import language

blueprint = Blueprint("routing", __name__)


@blueprint.get("/routing/figures")
@public
def show_figures() -> ResponseReturnValue:
    """Show how often suggestions were right: in all, by sub-project and month, what they mix up."""
    found = figures.figures()
    code = language()
    return render_template(
        "routing/figures.html",
        found=found,
        least=figures.LEAST,
        shares=_shares(found.whole),
        sub_projects=[[fact.name(code), *_cells(tally)] for fact, tally in found.sub_projects],
        months=[[_month(start), *_cells(tally)] for start, tally in found.months],
        confused=[
            [one.decided.name(code), one.suggested.name(code), one.times] for one in found.confused
        ],
    )


def _cells(tally: Tally) -> list[object]:
    """Give a row of a table; of a small group nothing but that it is small."""
    if not tally.told:
        return [gettext("under %(num)d", num=figures.LEAST), "–", "–", "–"]
    return [tally.decisions, *_shares(tally).values()]


def _shares(tally: Tally) -> dict[str, str]:
    counts = {"first": tally.first, "three": tally.three, "silent": tally.silent}
    return {name: format_percent(tally.share(count)) for name, count in counts.items()}


def _month(start: date) -> str:
    return str(format_date(start, "LLLL yyyy"))
