"""Moving a promised date, and the list of third moves on which a coordinator decides."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.answers import postponements, postponing, queries
from innovation.answers.postponing_forms import PostponementForm, WordForm
from innovation.core.errors import ConflictError
from innovation.core.permissions import authorize
from innovation.ideas.listing import row_of
from innovation.ideas.queries import visible_idea
from innovation.moderation.cases import last_entry
from innovation.web.access import actor, needs
from innovation.web.locale import weekday

blueprint = Blueprint("postponing", __name__)


@blueprint.app_template_global("moved_dates")
def moved_dates(idea: Any) -> list[postponements.Move]:
    """Give the moves that brought the dates which are promised of the idea now."""
    return postponements.current_moves(idea)


@blueprint.app_template_global("promised_dates")
def promised_dates(idea: Any) -> bool:
    """Tell whether anything is promised of the idea that could be moved."""
    return bool(postponements.open_promises(idea))


@blueprint.get("/ideas/<int:number>/postpone")
@needs("answer:see")
def new(number: int) -> ResponseReturnValue:
    """Show the form beside what is promised and what was moved before."""
    idea = visible_idea(actor(), number)
    authorize(actor(), "idea:decide", idea)
    promises = postponements.open_promises(idea)
    first = next(iter(promises), "")
    seen = str(last_entry(number))
    return _page(idea, PostponementForm.of(promises, promise=first, seen=seen))


@blueprint.post("/ideas/<int:number>/postpone")
@needs("answer:see")
def create(number: int) -> ResponseReturnValue:
    """Move the date, or ask a coordinator to."""
    idea = visible_idea(actor(), number)
    authorize(actor(), "idea:decide", idea)
    form = PostponementForm.of(postponements.open_promises(idea), sent=True)
    if form.validate():
        _postpone(idea, form)
    if form.errors:
        return _page(idea, form), 409 if form.stale else 422
    return redirect(url_for("ideas.show", number=number), 303)


def _postpone(idea: Any, form: PostponementForm) -> None:
    """Move the date and say so; what somebody else did meanwhile is told beside what was typed."""
    draft, seen = form.draft(), form.seen_entry
    try:
        made = form.attempt(lambda: postponing.postpone(actor(), idea, draft, seen=seen))
    except ConflictError as conflict:
        form.anew(str(conflict.message), last_entry(idea.id))
        return
    if form.errors:
        return
    if made is not None and made.moved_to != draft.to:
        told = gettext(
            "You chose a day off, so the new date is the next working day, %(date)s.",
            date=weekday(made.moved_to),
        )
        flash(told)
    if made is not None and made.state == postponements.WAITING:
        flash(gettext("A coordinator decides on the new date. Until then the old one holds."))
    else:
        flash(gettext("The date was moved. The author hears of it in ten minutes."), "good")


def _page(idea: Any, form: PostponementForm) -> str:
    return render_template(
        "answers/postpone.html",
        idea=idea,
        row=row_of(idea),
        form=form,
        closed=None if form.errors else queries.closed_home(actor(), idea),
        moves=postponements.moves_of(idea.id, waiting=True),
        word=postponements.declined_word(idea.id),
        asks=[
            postponements.PROMISES[name]
            for name in postponements.open_promises(idea)
            if postponements.times_moved(idea.id, name) >= postponing.ALONE
        ],
    )


@blueprint.get("/answers/dates")
@needs("promise:coordinate")
def index() -> ResponseReturnValue:
    """Show the third moves that wait for a coordinator."""
    return _list(WordForm())


@blueprint.post("/answers/dates/<int:number>")
@needs("promise:coordinate")
def decide(number: int) -> ResponseReturnValue:
    """Accept or decline one of them."""
    form = WordForm.from_request()
    form.number = number
    word, accepted = form.word.data or "", request.form.get("verdict") == "accept"
    if accepted:
        form.attempt(lambda: postponing.accept(actor(), number, word))
    else:
        form.attempt(lambda: postponing.decline(actor(), number, word))
    if form.errors:
        return _list(form), 422
    moved = gettext("The date was moved. The author hears of it in ten minutes.")
    flash(moved if accepted else gettext("The date stays. Whoever asked reads why."), "good")
    return redirect(url_for("postponing.index"), 303)


def _list(form: WordForm) -> str:
    g.page_is_personal = True
    rows = postponements.waiting_moves(actor())
    return render_template("answers/dates.html", rows=rows, form=form)
