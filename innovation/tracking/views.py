"""Following an idea without an account, with the tracking key: see, correct, withdraw."""

from typing import Any

import segno
from flask import (
    Blueprint,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from innovation.core import clock
from innovation.core.errors import NotFoundError
from innovation.core.i18n import lazy_gettext as _l
from innovation.core.keys import read_tracking_key
from innovation.core.permissions import Nobody, ReceiptHolder, authorize, may
from innovation.ideas import actions, journey
from innovation.ideas.drafts import draft_of
from innovation.ideas.forms import EDIT_NOTICES, IdeaForm, WithdrawForm, edit_form
from innovation.ideas.lifecycle import status_code
from innovation.ideas.queries import revisions_of, status_label, timeline_of
from innovation.ideas.sending import doubtful
from innovation.messages.queries import thread_for
from innovation.programme.queries import contacts
from innovation.routing.queries import current_routing
from innovation.tracking.entrance import guarded, keep_secret
from innovation.tracking.forms import KeyForm
from innovation.tracking.queries import idea_behind
from innovation.web import navigation
from innovation.web.access import public
from innovation.web.locale import language
from innovation.web.templating import public_url

blueprint = Blueprint("tracking", __name__, url_prefix="/seuraa")

navigation.add("tracking.index", _l("Follow your idea with a key"), 15, menu="service")


blueprint.before_request(keep_secret)


@blueprint.get("")
@public
def index() -> ResponseReturnValue:
    """Ask for the key."""
    return render_template("tracking/index.html", form=KeyForm())


@blueprint.post("")
@public
def read() -> ResponseReturnValue:
    """Lead on to the page of the key."""
    form = KeyForm.from_request()
    key = form.read()
    if not key:
        return render_template("tracking/index.html", form=form), 422
    return redirect(url_for("tracking.show", key=key), 303)


@blueprint.get("/<key>")
@public
@guarded
def show(key: str) -> ResponseReturnValue:
    """Show the author what has happened; the first time (?new=1) with thanks and the key."""
    try:
        holder, idea = idea_behind(key)
    except NotFoundError:
        return _unknown(key)
    key = read_tracking_key(key)
    if request.args.get("new") == "1":
        return _receipt(key, idea)
    rows = timeline_of(holder, idea)
    return render_template(
        "tracking/show.html",
        key=key,
        idea=idea,
        events=journey.journey_of(idea, rows, language()),
        asked=journey.asked_for(idea, rows),
        looked_at=journey.is_looked_at(rows),
        editable=may(holder, "idea:edit", idea),
        thread=thread_for(holder, idea),
        **_facts(idea),
    )


@blueprint.get("/<key>/edit")
@public
@guarded
def edit(key: str) -> ResponseReturnValue:
    """Show the form with the author's newest text."""
    holder, idea = idea_behind(key)
    authorize(holder, "idea:edit", idea)
    return _edit_page(edit_form(holder, draft_of(idea)), key, holder, idea)


@blueprint.post("/<key>/edit")
@public
@guarded
def update(key: str) -> ResponseReturnValue:
    """Change the idea as its author wishes."""
    holder, idea = idea_behind(key)
    form = IdeaForm.from_request(who=holder)
    doubts = doubtful()
    edited = form.send(lambda draft: actions.edit_idea(holder, idea, draft, suspicious=doubts))
    if edited is None:
        return _edit_page(form, key, holder, idea, 422)
    flash(str(EDIT_NOTICES[edited]), "good")
    return redirect(url_for("tracking.show", key=key), 303)


@blueprint.get("/<key>/withdraw")
@public
@guarded
def withdraw(key: str) -> ResponseReturnValue:
    """Ask whether the author is sure."""
    holder, idea = idea_behind(key)
    authorize(holder, "idea:withdraw", idea)
    return render_template("tracking/withdraw.html", form=WithdrawForm(), key=key, idea=idea)


@blueprint.post("/<key>/withdraw")
@public
@guarded
def take_back(key: str) -> ResponseReturnValue:
    """Withdraw the idea."""
    holder, idea = idea_behind(key)
    form = WithdrawForm.from_request()
    form.attempt(lambda: actions.withdraw_idea(holder, idea, form.reason.data or ""))
    if form.errors:
        return render_template("tracking/withdraw.html", form=form, key=key, idea=idea), 422
    flash(gettext("The idea was withdrawn."), "good")
    return redirect(url_for("tracking.show", key=key), 303)


def _edit_page(
    form: IdeaForm, key: str, holder: ReceiptHolder, idea: Any, status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "tracking/edit.html",
        form=form,
        key=key,
        idea=idea,
        waits=actions.edit_waits(Nobody(), idea),
        asked=journey.asked_for(idea, timeline_of(holder, idea)),
    ), status


def _unknown(typed: str) -> ResponseReturnValue:
    form = KeyForm(data={"key": typed[:40]})
    form.refuse()
    return render_template("tracking/index.html", form=form), 404


def _receipt(key: str, idea: Any) -> ResponseReturnValue:
    address = public_url("tracking.show", key=key)
    return render_template(
        "tracking/sent.html",
        key=key,
        idea=idea,
        address=address,
        picture=_qr(address),
        promised=journey.promised(clock.local_date(idea.created_at)),
    )


def _qr(address: str) -> Markup:
    """Draw the address as an SVG without any style of its own."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2)
    return Markup(drawn)  # noqa: S704 - made of our own address alone


def _facts(idea: Any) -> dict[str, Any]:
    """Give what else the author's page shows: status, route, contacts, a change that waits."""
    code = status_code(idea.visibility, idea.handling, idea.asked_at is not None)
    routing = current_routing(idea.id)
    people = contacts(sub_project_id=routing.primary.id) if routing.primary else []
    return {
        "code": code,
        "label": status_label(code, idea.primary_sub_project_id, idea.passed_to),
        "steps": journey.steps_of(idea),
        "routing": routing,
        "contacts": [one for one in people if one.area_id in (None, idea.area_id)],
        "waiting": bool(revisions_of(idea.id, ("waiting",))),
    }
