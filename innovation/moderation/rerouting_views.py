"""The re-route pile: open ideas of sub-projects that others go on from, and moving them on."""

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue

from innovation.core.errors import ConflictError, NotFoundError
from innovation.core.i18n import lazy_gettext as _
from innovation.moderation import bulk, desk, piles
from innovation.moderation.bulk_forms import MoveOnForm
from innovation.programme.queries import snapshot
from innovation.web.access import needs, person
from innovation.web.locale import language

blueprint = Blueprint("rerouting", __name__)


@blueprint.get("/moderation/reroute")
@needs("moderation:see")
def index() -> ResponseReturnValue:
    """Show which sub-projects have ideas that wait for another one."""
    g.page_is_personal = True
    return render_template(
        "moderation/piles.html", piles=piles.piles(), known=snapshot().sub_project_by_id
    )


@blueprint.get("/moderation/reroute/<int:number>")
@needs("moderation:see")
def show(number: int) -> ResponseReturnValue:
    """Show the open ideas of a sub-project that others go on from."""
    form = MoveOnForm()
    form.prepare(_left(number))
    return _page(form, number)


@blueprint.post("/moderation/reroute/<int:number>")
@needs("idea:route")
def move(number: int) -> ResponseReturnValue:
    """Move what is marked; what could not be moved is told by its title."""
    form = MoveOnForm.from_request()
    form.prepare(_left(number, sent=bool(form.chosen)))
    outcome = form.attempt(lambda: form.move(person()))
    if outcome is None:
        return _page(form, number), 422
    g.page_is_personal = True
    left = _ideas_left(number)
    back = {"label": _("Back to the pile"), "href": url_for("rerouting.show", number=number)}
    if not left:
        back = {"label": _("To be routed anew"), "href": url_for("rerouting.index")}
    return render_template(
        "moderation/pressed.html",
        outcome=outcome,
        back_to=back,
        left=left,
        next_one=desk.onwards(),
    )


def _ideas_left(number: int) -> int:
    return next((pile.ideas for pile in piles.piles() if pile.id == number), 0)


def _left(number: int, *, sent: bool = False) -> int:
    """Give the number back. sent: ideas were marked while the sub-project had such a page."""
    if piles.is_left(number):
        return number
    if sent and number in snapshot().sub_project_by_id:
        raise ConflictError(
            _("The ideas of this sub-project stay with it after all. Nothing was moved.")
        )
    raise NotFoundError(f"no ideas wait to leave the sub-project {number}")


def _page(form: MoveOnForm, number: int) -> str:
    g.page_is_personal = True
    return render_template(
        "moderation/pile.html",
        form=form,
        rows=piles.ideas_of_pile(number, bulk.MOST_AT_ONCE),
        number=number,
        name=snapshot().sub_project_by_id[number].name(language()),
        total=_ideas_left(number),
    )
