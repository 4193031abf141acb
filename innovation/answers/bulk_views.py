"""The page on which many ideas are answered at once."""

from collections.abc import Mapping

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from innovation.answers import bulk, listing
from innovation.answers.bulk_forms import ManyForm
from innovation.web.access import actor, needs, person

blueprint = Blueprint("many_answers", __name__)


@blueprint.get("/answers/many")
@needs("answer:see")
def many() -> ResponseReturnValue:
    """Show the form with the ideas that were ticked on the desk, or those that come first there."""
    ticked = [int(one) for one in request.args.getlist("picked") if _is_number(one)]
    ticked = ticked[: bulk.MOST_AT_ONCE]
    numbers = ticked or listing.first_ones(actor(), bulk.MOST_AT_ONCE)
    return _page(ManyForm(), bulk.last_entries(numbers), set(ticked))


@blueprint.post("/answers/many")
@needs("answer:see")
def answer() -> ResponseReturnValue:
    """Answer what is marked; what could not be answered is told with why."""
    form = ManyForm.from_request()
    outcome = None
    if form.validate():
        outcome = form.attempt(lambda: bulk.answer_each(person(), form.chosen, form.draft()))
    if outcome is None:
        form.tell_all()
        listed = [one.partition(":")[::2] for one in request.form.getlist("listed")]
        seen = {int(one): int(at) for one, at in listed if _is_number(one) and _is_number(at)}
        return _page(form, seen, {one.idea_id for one in form.chosen}), 422
    if outcome.refused:
        g.page_is_personal = True
        return render_template("answers/answered.html", outcome=outcome, said=form.text.data or "")
    count = len(outcome.decisions)
    flash(ngettext("%(num)d idea was answered.", "%(num)d ideas were answered.", count), "good")
    return redirect(url_for("desk.index"), 303)


def _page(form: ManyForm, seen: Mapping[int, int], ticked: set[int]) -> str:
    """Show the form. seen: the listed ideas with the last entry that the page was made with."""
    g.page_is_personal = True
    rows = listing.desk_rows(actor(), list(seen)[: bulk.MOST_AT_ONCE])
    return render_template("answers/many.html", form=form, rows=rows, seen=seen, ticked=ticked)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
