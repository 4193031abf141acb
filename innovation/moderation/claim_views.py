"""Taking an item of the list in hand, and what happens when another moderator has it."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from innovation.core import transaction
from innovation.core.errors import NotFoundError
from innovation.moderation import claims, desk, queries
from innovation.web import errors
from innovation.web.access import needs, person

blueprint = Blueprint("claims", __name__)


@blueprint.post("/moderation/claims/<page>/<int:number>")
@needs("moderation:see")
def claim(page: str, number: int) -> ResponseReturnValue:
    """Take an item in hand, let go of it, or take it over; a script gets the piece of the page."""
    if page not in desk.PAGES or page == queries.UNROUTED:
        raise NotFoundError(f"claim on {page}")
    if request.form.get("release") == "1":
        claims.release(person(), page, number)
    else:
        claims.claim(person(), page, number, over=request.form.get("over") == "1")
    if request.headers.get("X-Partial") != "1":
        return redirect(url_for(desk.PAGES[page], number=number, **desk.kept()), 303)
    g.page_is_personal = True
    state = desk.claim_of((page, number))
    return render_template("moderation/_claim.html", claim=state, skip="")


@blueprint.app_errorhandler(claims.ClaimedError)
def claimed(error: claims.ClaimedError) -> ResponseReturnValue:
    """Say who has the case in hand; what was typed stays, and is sent again by taking it over."""
    with transaction.reading():
        following = queries.after(error.key, desk.chosen(), person=person())
        skip = desk.address(following, desk.chosen()) if following else ""
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {"csrf_token", "over"}
    ]
    return errors.page(
        "claimed",
        409,
        who=error.holder.name,
        target=request.full_path.rstrip("?"),
        fields=fields,
        skip=skip,
    )
