"""Pages on which administrators sign somebody out everywhere, or everybody."""

from flask import Blueprint, flash, g, redirect, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.accounts import endings, queries
from innovation.accounts.entrance import forget_session
from innovation.accounts.forms import EndingForm
from innovation.web.access import actor, needs
from innovation.web.limits import limiter

blueprint = Blueprint("endings", __name__, url_prefix="/admin")


@blueprint.get("/people/<int:person_id>/sessions")
@needs("person:manage")
def one(person_id: int) -> ResponseReturnValue:
    """Show on how many devices somebody is signed in, and ask why that is to end."""
    return _page(EndingForm(), queries.profile_of(person_id))


def _page(form: EndingForm, profile: queries.Profile | None) -> ResponseReturnValue:
    g.page_is_personal = True
    person_id = profile.id if profile else None
    page = render(
        "accounts/endings.html",
        form=form,
        profile=profile,
        devices=endings.how_many_are_in(actor(), person_id),
        ends=endings.ends_of(actor(), person_id),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/people/<int:person_id>/sessions")
@needs("person:manage")
@limiter.limit("60/hour")
def end_one(person_id: int) -> ResponseReturnValue:
    """Sign somebody out everywhere; how they come in stays as it is."""
    form, profile = EndingForm.from_request(), queries.profile_of(person_id)
    form.attempt(lambda: endings.end_for(actor(), person_id, form.reason.data or ""))
    if form.errors:
        return _page(form, profile)
    flash(gettext("Every device of this account was signed out."), "good")
    return redirect(url_for("endings.one", person_id=person_id), 303)


@blueprint.get("/sessions")
@needs("person:manage")
def everybody() -> ResponseReturnValue:
    """Show on how many devices people are signed in, and ask why that is to end."""
    return _page(EndingForm(), None)


@blueprint.post("/sessions")
@needs("person:manage")
@limiter.limit("20/hour")
def end_everybody() -> ResponseReturnValue:
    """Sign everybody out, whoever presses too."""
    form = EndingForm.from_request()
    form.attempt(lambda: endings.end_for_everybody(actor(), form.reason.data or ""))
    if form.errors:
        return _page(form, None)
    flash(gettext("Everybody was signed out, you too."), "good")
    return forget_session(redirect(url_for("accounts.sign_in"), 303))
