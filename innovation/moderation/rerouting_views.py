"""The re-route pile: open ideas of closed sub-projects, and moving them on."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from innovation.core.errors import NotFoundError
from innovation.moderation import bulk, piles
from innovation.moderation.bulk_forms import MoveOnForm
from innovation.programme.queries import snapshot
from innovation.web.access import needs, person
from innovation.web.locale import language

blueprint = Blueprint("rerouting", __name__)


@blueprint.get("/moderation/reroute")
@needs("moderation:see")
def index() -> ResponseReturnValue:
    """Show which closed sub-projects have ideas that wait for another one."""
    g.page_is_personal = True
    return render_template(
        "moderation/piles.html", piles=piles.piles(), known=snapshot().sub_project_by_id
    )


@blueprint.get("/moderation/reroute/<int:number>")
@needs("moderation:see")
def show(number: int) -> ResponseReturnValue:
    """Show the open ideas of a closed sub-project."""
    form = MoveOnForm()
    form.prepare(_closed(number))
    return _page(form, number)


@blueprint.post("/moderation/reroute/<int:number>")
@needs("idea:route")
def move(number: int) -> ResponseReturnValue:
    """Move what is marked; what could not be moved is told by its title."""
    form = MoveOnForm.from_request()
    form.prepare(_closed(number))
    outcome = form.attempt(lambda: form.move(person()))
    if outcome is None:
        return _page(form, number), 422
    g.page_is_personal = True
    return render_template("moderation/pressed.html", outcome=outcome)


def _closed(number: int) -> int:
    fact = snapshot().sub_project_by_id.get(number)
    if fact is None or not fact.closed:
        raise NotFoundError(f"no closed sub-project {number}")
    return number


def _page(form: MoveOnForm, number: int) -> str:
    g.page_is_personal = True
    return render_template(
        "moderation/pile.html",
        form=form,
        rows=piles.ideas_of_pile(number, bulk.MOST_AT_ONCE),
        number=number,
        name=snapshot().sub_project_by_id[number].name(language()),
        total=next((pile.ideas for pile in piles.piles() if pile.id == number), 0),
    )
