"""Answering an idea, on a page of its own."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.answers import actions, bank, queries
from innovation.answers.forms import AnswerForm
from innovation.core.permissions import authorize
from innovation.ideas.listing import row_of
from innovation.ideas.queries import visible_idea
from innovation.moderation.cases import last_entry
from innovation.search import queries as search
from innovation.web.access import actor, needs

blueprint = Blueprint("answers", __name__)


@blueprint.get("/ideas/<int:number>/answer")
@needs("answer:see")
def new(number: int) -> ResponseReturnValue:
    """Show the form beside the idea and what was answered before."""
    idea = visible_idea(actor(), number)
    authorize(actor(), "idea:decide", idea)
    told: dict[str, Any] = {"seen": str(last_entry(number))}
    source = bank.answer_to_use(actor(), request.args.get("source", ""))
    if source:
        told |= {"source": str(source.id), "text": source.text, "step": source.step}
    return _page(idea, AnswerForm.of(idea, **told))


@blueprint.post("/ideas/<int:number>/answer")
@needs("answer:see")
def create(number: int) -> ResponseReturnValue:
    """Give the answer; author and followers hear of it when it can no longer be undone."""
    idea = visible_idea(actor(), number)
    authorize(actor(), "idea:decide", idea)
    form = AnswerForm.of(idea, sent=True)
    if form.validate():
        form.attempt(lambda: _give(idea, form))
    if form.errors:
        form.tell_all()
        return _page(idea, form), 422
    flash(gettext("The answer is given. The author hears of it in ten minutes."), "good")
    return redirect(url_for("desk.index"), 303)


def _give(idea: Any, form: AnswerForm) -> None:
    actions.refuse_closed_home(actor(), idea)
    actions.give_answer(actor(), idea, form.draft(), seen=form.seen_entry)


def _page(idea: Any, form: AnswerForm) -> str:
    # A POST holds the database, so only a fresh form waits for what is similar.
    most = bank.MOST_SIMILAR if request.method == "GET" else 0
    alike = search.similar_to(actor(), idea, most=3 * most) if most else []
    return render_template(
        "answers/new.html",
        idea=idea,
        row=row_of(idea),
        closed=None if form.errors else queries.closed_home(actor(), idea),
        form=form,
        answers=queries.answers_of(idea.id, idea.published_at),
        bank=bank.bank(actor(), idea, [row.number for row in alike]),
        source=bank.answer_to_use(actor(), str(form.source.data or "")),
    )
