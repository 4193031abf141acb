"""Following an idea and stopping it, in place with script and by form without."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from innovation.ideas.queries import visible_idea
from innovation.notifications import actions
from innovation.web.access import person, signed_in

blueprint = Blueprint("notifications", __name__)


@blueprint.post("/ideas/<int:number>/follow")
@signed_in
def follow(number: int) -> ResponseReturnValue:
    """Begin to follow."""
    actions.follow(person(), visible_idea(person(), number))
    return _answer(number, following=True)


@blueprint.post("/ideas/<int:number>/unfollow")
@signed_in
def unfollow(number: int) -> ResponseReturnValue:
    """Stop, with one press."""
    actions.unfollow(person(), number)
    return _answer(number, following=False)


def _answer(number: int, *, following: bool) -> ResponseReturnValue:
    if request.headers.get("X-Partial"):
        return render_template("notifications/_follow.html", number=number, following=following)
    from_list = request.form.get("back") == "profile"
    return redirect(
        url_for("accounts.profile") if from_list else url_for("ideas.show", number=number), 303
    )
