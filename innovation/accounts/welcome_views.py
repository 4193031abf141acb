"""The page on which an installation gets its first administrator."""

from flask import Blueprint, g, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue

from innovation.accounts import actions, links
from innovation.accounts.entrance import begin_session
from innovation.accounts.forms import WelcomeForm
from innovation.core.errors import NotFoundError
from innovation.web import locale
from innovation.web.access import public
from innovation.web.limits import limiter

blueprint = Blueprint("welcome", __name__)


@blueprint.get("/welcome/<key>")
@public
def index(key: str) -> ResponseReturnValue:
    """Show the form that makes the first administrator."""
    g.page_is_secret = True
    if links.usable_link(links.WELCOME, key) is None:
        return render("accounts/link_over.html", kind="welcome"), 404
    return render("accounts/welcome.html", form=WelcomeForm(), key=key)


@blueprint.post("/welcome/<key>")
@public
@limiter.limit("30/minute")
def begin(key: str) -> ResponseReturnValue:
    """Make the first administrator and show what is still to be done."""
    g.page_is_secret = True
    form = WelcomeForm.from_request()
    if not form.validate():
        return render("accounts/welcome.html", form=form, key=key), 422
    newcomer = form.newcomer(locale.language())
    try:
        person_id = form.attempt(lambda: actions.welcome_administrator(key, newcomer))
    except NotFoundError:
        return render("accounts/link_over.html", kind="welcome"), 404
    if person_id is None:
        return render("accounts/welcome.html", form=form, key=key), 422
    response = begin_session(person_id, newcomer.language)
    response.location = url_for("admin.index")
    return response
