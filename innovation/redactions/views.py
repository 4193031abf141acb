"""Pages on which moderators take words out of texts, and read what was taken out."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.redactions import actions, cases, queries
from innovation.redactions.forms import RedactForm
from innovation.redactions.texts import FIELD_LABELS, PLACE_LABELS
from innovation.web.access import actor, needs

blueprint = Blueprint("redactions", __name__)
blueprint.add_app_template_global(queries.taken_out_at)
blueprint.add_app_template_global(queries.taken_out_of_comment_at)


@blueprint.get("/moderation/ideas/<int:number>/redact")
@needs("idea:moderate")
def idea(number: int) -> ResponseReturnValue:
    """Show the texts of an idea with what the guard marked."""
    case = cases.idea_case(actor(), number)
    if case.idea.merged_into_id is not None:
        # Its texts are read with those of the other, and so they are decided on.
        return redirect(url_for("redactions.idea", number=case.idea.merged_into_id), 303)
    return _page(case, RedactForm())


@blueprint.post("/moderation/ideas/<int:number>/redact")
@needs("idea:moderate")
def redact_idea(number: int) -> ResponseReturnValue:
    """Take words out of every text of the idea, or show what it would become."""
    case = cases.idea_case(actor(), number)
    form = RedactForm.from_request()
    form.prepare(case)
    who, seen = actor(), form.seen_entry
    if form.only_looks or not form.take_out(
        lambda cuts: actions.redact_idea(who, case.idea, cuts, seen=seen)
    ):
        return _again(cases.idea_case(who, number), form)
    return _told(form, url_for("moderation.idea", number=number))


@blueprint.get("/moderation/comments/<int:number>/redact")
@needs("comment:moderate")
def comment(number: int) -> ResponseReturnValue:
    """Show a comment with what the guard marked."""
    return _page(cases.comment_case(actor(), number), RedactForm())


@blueprint.post("/moderation/comments/<int:number>/redact")
@needs("comment:moderate")
def redact_comment(number: int) -> ResponseReturnValue:
    """Take words out of a comment, or show what it would become."""
    case = cases.comment_case(actor(), number)
    form = RedactForm.from_request()
    form.prepare(case)
    who, seen, row = actor(), str(form.seen.data), case.comment
    if form.only_looks or not form.take_out(
        lambda cuts: actions.redact_comment(who, row, cuts, seen=seen)  # type: ignore[arg-type]
    ):
        return _again(cases.comment_case(who, number), form)
    return _told(form, url_for("moderation.comment", number=number))


@blueprint.get("/moderation/ideas/<int:number>/redactions")
@needs("idea:moderate")
def originals(number: int) -> ResponseReturnValue:
    """Ask before the texts as they were are shown."""
    case = cases.idea_case(actor(), number)
    return render_template("redactions/originals.html", idea=case.idea, rows=None)


@blueprint.post("/moderation/ideas/<int:number>/redactions")
@needs("idea:moderate")
def open_originals(number: int) -> ResponseReturnValue:
    """Show the texts as they were, for as long as they are kept; who looked is written down."""
    case = cases.idea_case(actor(), number)
    rows = actions.open_originals(actor(), number)
    g.page_is_secret = True
    return render_template(
        "redactions/originals.html",
        idea=case.idea,
        rows=rows,
        places=PLACE_LABELS,
        fields=FIELD_LABELS,
    )


def _again(case: cases.RedactCase, form: RedactForm) -> ResponseReturnValue:
    """Show the page with what was chosen; the texts are those of now."""
    form.prepare(case)
    form.seen.data = case.seen
    return _page(case, form)


def _page(case: cases.RedactCase, form: RedactForm) -> tuple[str, int]:
    form.prepare(case)
    cuts = form.cuts
    facts: dict[str, Any] = {"result": case.result(cuts), "elsewhere": case.elsewhere(cuts)}
    page = render_template("redactions/edit.html", case=case, form=form, **facts)
    return page, 422 if form.errors else 200


def _told(form: RedactForm, there: str) -> ResponseReturnValue:
    undoable = gettext("The words were taken out. You can undo this for ten minutes.")
    for_good = gettext("The personal identity code was taken out for good.")
    flash(undoable if form.cuts else for_good, "good")
    return redirect(there, 303)
