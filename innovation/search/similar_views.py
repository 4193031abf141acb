"""Ideas like the one that is being written, or read: beside it, or as a page of their own."""

from collections.abc import Sequence

from flask import Blueprint, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from innovation.answers.queries import texts_of
from innovation.core import transaction
from innovation.core.text import clean_text
from innovation.ideas.listing import IdeaRow
from innovation.ideas.queries import visible_idea
from innovation.language import detect
from innovation.search import queries
from innovation.search.engines import engine_for
from innovation.search.work_results import similar_models
from innovation.web.access import actor, public
from innovation.web.limits import limiter
from innovation.web.locale import language

blueprint = Blueprint("similar", __name__)

# Somebody who writes asks at every pause, and a whole hospital is one address.
PACE = "6000/hour"


@blueprint.post("/search/similar")
@public
@limiter.limit(PACE)
def to_text() -> ResponseReturnValue:
    """Show ideas like the text, which is neither kept nor logged; nothing is changed.

    It is a POST since the text may tell of somebody's health and must not stand in an address.
    """
    g.page_is_secret = True
    text = clean_text(request.form.get("text", ""))
    with transaction.glancing():
        engine = engine_for(current_app.extensions["settings"])
        code = detect(text) or language()
        rows = queries.similar_ideas(engine, actor(), text, code, shared_in=language())
        return _answer(rows, text=text, models=similar_models(engine, text, code))


@blueprint.get("/search/similar/<int:number>")
@public
def to_idea(number: int) -> ResponseReturnValue:
    """Show ideas like this one."""
    who = actor()
    idea = visible_idea(who, number)
    engine = engine_for(current_app.extensions["settings"])
    text = "\n".join((idea.title, idea.text, idea.what_helps))
    rows = queries.similar_ideas(
        engine, who, text, idea.language, without=number, shared_in=language()
    )
    return _answer(rows, idea=idea, back=url_for("ideas.show", number=number))


def _answer(rows: Sequence[IdeaRow], **context: object) -> ResponseReturnValue:
    """Give the piece that the script asked for, or the whole page."""
    partial = request.headers.get("X-Partial") == "1"
    page = render_template(
        "search/_similar.html" if partial else "search/similar.html",
        rows=rows,
        answers=texts_of([row.number for row in rows]),
        beside=partial,
        **{"text": "", "idea": None, "back": "", "models": (), **context},
    )
    # Under one address there are two answers; going back must not show the piece for the page.
    return page, {"Vary": "X-Partial"}
