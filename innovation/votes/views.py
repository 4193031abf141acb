"""Supporting an idea and taking it back: in place with script, by a form without."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from innovation.core.errors import RuleBrokenError
from innovation.core.permissions import Person
from innovation.ideas.queries import visible_idea
from innovation.votes import actions, queries
from innovation.web.access import actor, public
from innovation.web.security import own_path, parts_of

blueprint = Blueprint("votes", __name__)

PARTIAL = "X-Partial"


@blueprint.post("/ideas/<int:number>/vote")
@public
def cast(number: int) -> ResponseReturnValue:
    """Support; a form that says support=0 takes back, so a stale page does what it says."""
    return _answer(number, wanted=request.form.get("support", "1") != "0")


@blueprint.post("/ideas/<int:number>/unvote")
@public
def withdraw(number: int) -> ResponseReturnValue:
    """Take one's support back."""
    return _answer(number, wanted=False)


def _answer(number: int, *, wanted: bool) -> ResponseReturnValue:
    who = actor()
    idea = visible_idea(who, number)
    if not isinstance(who, Person):
        return _lead_to_sign_in(number)
    try:
        (actions.cast_vote if wanted else actions.withdraw_vote)(who, idea)
    except RuleBrokenError as broken:
        if request.headers.get(PARTIAL):
            return _partial(number, refused=str(broken.message)), 422
        flash(str(broken.message))
        return redirect(_came_from(number), 303)
    if request.headers.get(PARTIAL):
        return render_template("votes/_support.html", idea=idea, supported=wanted, refused="")
    return redirect(_came_from(number), 303)


def _lead_to_sign_in(number: int) -> ResponseReturnValue:
    """Somebody without an account comes back to the same place afterwards and presses again."""
    address = url_for("accounts.sign_in", next=_came_from(number))
    if request.headers.get(PARTIAL):
        why = _("Supporting needs an account.")
        # Nothing went wrong: the button says in its place what comes first.
        return _partial(number, Markup('{} <a href="{}">{}</a>').format(why, address, _("Sign in")))
    flash(_("Supporting needs an account. Sign in or register, then press Support again."))
    return redirect(address, 303)


def _partial(number: int, refused: str = "") -> str:
    who = actor()
    idea = visible_idea(who, number)
    mine = isinstance(who, Person) and bool(queries.supported(who.id, [number]))
    return render_template("votes/_support.html", idea=idea, supported=mine, refused=refused)


def _came_from(number: int) -> str:
    """Give the page the button stands on, at that button; only pages of our own."""
    page = parts_of(request.referrer or "")
    if page.netloc != request.host or not own_path(page.path, ""):
        return url_for("ideas.show", number=number, _anchor=f"support-{number}")
    query = f"?{page.query}" if page.query else ""
    return f"{page.path}{query}#support-{number}"
