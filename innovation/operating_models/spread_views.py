"""Spreading: the author tells whether a model works where they are; the lead's list of cases."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.errors import ConflictError
from innovation.core.pagination import Page, page_number
from innovation.core.permissions import Actor
from innovation.ideas.queries import visible_idea
from innovation.operating_models import cases, spreading
from innovation.operating_models.forms import FitForm, SpreadForm, whole_number
from innovation.operating_models.queries import visible_model
from innovation.tracking.entrance import guarded, keep_secret
from innovation.tracking.queries import idea_behind
from innovation.web.access import actor, needs, person, public, signed_in

blueprint = Blueprint("spreading", __name__)


@blueprint.before_request
def hide_keys() -> None:
    """Let no page with a tracking key be stored or found by search engines."""
    if "key" in (request.view_args or {}):
        keep_secret()


@blueprint.post("/ideas/<int:number>/fit")
@signed_in
def tell(number: int) -> ResponseReturnValue:
    """Take the word of an author with an account."""
    idea = visible_idea(person(), number)
    return _told(person(), idea, url_for("ideas.show", number=number, _anchor="models"))


@blueprint.post("/seuraa/<key>/fit")
@public
@guarded
def tell_behind(key: str) -> ResponseReturnValue:
    """Take the word of a nameless author."""
    holder, idea = idea_behind(key)
    return _told(holder, idea, url_for("tracking.show", key=key, _anchor="models"))


def _told(who: Actor, idea: Any, there: str) -> ResponseReturnValue:
    # Several models may stand on one page, so each form's fields carry the model's number.
    number = whole_number(request.form.get("about"))
    form = FitForm(request.form, prefix=f"model-{number}-")
    fit, text = form.fit.data or "", form.text.data or ""
    form.attempt(lambda: spreading.tell_fit(who, idea, number, fit, text))
    if form.errors:
        model = visible_model(who, number)
        return render_template(
            "operating_models/fit.html", idea=idea, model=model, form=form, there=there
        ), 422
    flash(gettext("Thank you. The lead of the sub-project reads your answer."), "good")
    return redirect(there, 303)


@blueprint.get("/operating-models/spreads")
@needs("answer:see")
def index() -> ResponseReturnValue:
    """List the cases of the actor's sub-projects."""
    done = request.args.get("done") == "1"
    number = page_number(request.args.get("page"))
    return _page_of(cases.list_spreads(actor(), number, done=done), done)


@blueprint.post("/operating-models/spreads/<int:spread_id>")
@needs("answer:see")
def move(spread_id: int) -> ResponseReturnValue:
    """Move a case on, with what its author is told."""
    form = SpreadForm(request.form, prefix=f"case-{spread_id}-")
    form.offer(cases.spread_row(actor(), spread_id).state)
    state, note, seen = form.state.data or "", form.note.data or "", form.seen.data or ""
    try:
        form.attempt(lambda: spreading.move_spread(actor(), spread_id, state, note, seen))
    except ConflictError as conflict:
        form.show_saved(cases.spread_row(actor(), spread_id), conflict.message)
        return _sent_page(spread_id, form), 409
    if form.errors:
        return _sent_page(spread_id, form), 422
    flash(gettext("Saved. The author reads it on the page of the idea."), "good")
    return redirect(url_for("spreading.index"), 303)


def _sent_page(spread_id: int, form: SpreadForm) -> str:
    """Show what was sent first, on the tab where its case is: nobody has to look for it."""
    row = cases.spread_row(actor(), spread_id)
    done = row.state in cases.FINISHED
    page = cases.list_spreads(actor(), done=done)
    others = [one for one in page.items if one.id != spread_id]
    return _page_of(replace(page, items=[row, *others]), done, spread_id, form)


def _page_of(
    page: Page[cases.SpreadRow], done: bool, spread_id: int = 0, sent: SpreadForm | None = None
) -> str:
    forms = {row.id: sent if sent and row.id == spread_id else _form(row) for row in page.items}
    return render_template(
        "operating_models/spreads.html", page=page, forms=forms, done=done, sent=sent
    )


def _form(row: cases.SpreadRow) -> SpreadForm:
    said = {"seen": row.seen, "state": row.state, "note": row.note}
    return SpreadForm(prefix=f"case-{row.id}-", data=said).offer(row.state)
