"""The moderator's desk: what waits, one case at a time, and the decisions."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta, gettext

from innovation.core.i18n import lazy_gettext as _
from innovation.moderation import card, cases, desk, parts, queries, recusals, sittings
from innovation.moderation.forms import EditForm, IdeaForm, TextForm
from innovation.moderation.texts import DECIDED_LABELS
from innovation.moderation.undo import undo_decision
from innovation.web import navigation
from innovation.web.access import actor, needs, person

blueprint = Blueprint("moderation", __name__)
navigation.add("moderation.index", _("Moderation"), 5, permission="moderation:see")


@blueprint.get("/moderation")
@needs("moderation:see")
def index() -> ResponseReturnValue:
    """Show what waits, with the first case open that nobody else has in hand."""
    first = queries.following(desk.listed().items, None)
    if first is None:
        return _done_page()
    match first.key[0]:
        case "edit":
            return _edit_page(first.id)
        case "comment":
            return _comment_page(first.id)
        case "report":
            return _report_page(first.id)
        case "idea":
            return card.idea_page(first.id)
    return redirect(desk.address(first, desk.chosen()), 303)


@blueprint.get("/moderation/ideas/<int:number>")
@needs("moderation:see")
def idea(number: int) -> ResponseReturnValue:
    """Show the case of an idea, whatever has been decided on it."""
    return card.idea_page(number)


@blueprint.post("/moderation/ideas/<int:number>")
@needs("idea:moderate")
def decide_idea(number: int) -> ResponseReturnValue:
    """Decide on an idea."""
    case = cases.idea_case(actor(), number)
    form = IdeaForm.from_request()
    form.prepare(case)
    key = (queries.UNROUTED if desk.chosen() == queries.UNROUTED else "idea", number)
    after = desk.after(key)
    done = form.attempt(lambda: form.decide(actor(), case))
    return desk.told(done, after) if done else (card.idea_page(number, decide=form), 422)


@blueprint.get("/moderation/edits/<int:number>")
@needs("moderation:see")
def edit(number: int) -> ResponseReturnValue:
    """Show a waiting text beside the one that is shown."""
    return _edit_page(number)


@blueprint.post("/moderation/edits/<int:number>")
@needs("idea:moderate")
def decide_edit(number: int) -> ResponseReturnValue:
    """Decide on a waiting text."""
    case = cases.edit_case(actor(), number)
    form = EditForm.from_request()
    form.prepare(case)
    after = desk.after(("edit", number))
    done = form.attempt(lambda: form.decide(actor(), case))
    return desk.told(done, after) if done else (_edit_page(number, form), 422)


@blueprint.get("/moderation/comments/<int:number>")
@needs("moderation:see")
def comment(number: int) -> ResponseReturnValue:
    """Show the case of a comment."""
    return _comment_page(number)


@blueprint.post("/moderation/comments/<int:number>")
@needs("comment:moderate")
def decide_comment(number: int) -> ResponseReturnValue:
    """Decide on a comment."""
    case = cases.comment_case(actor(), number)
    form = TextForm.from_request()
    form.prepare(case)
    after = desk.after(("comment", number))
    done = form.attempt(lambda: form.decide(actor(), case))
    return desk.told(done, after) if done else (_comment_page(number, form), 422)


@blueprint.get("/moderation/reports/<int:number>")
@needs("moderation:see")
def report(number: int) -> ResponseReturnValue:
    """Show what was reported."""
    return _report_page(number)


@blueprint.post("/moderation/reports/<int:number>")
@needs("idea:moderate")
def decide_report(number: int) -> ResponseReturnValue:
    """Decide on a reported text: it is hidden, or the report is dismissed."""
    case = _reported(number)
    form = TextForm.from_request()
    form.prepare(case)
    after = desk.after(("report", number))
    done = form.attempt(lambda: form.decide(actor(), case))
    return desk.told(done, after) if done else (_report_page(number, form), 422)


@blueprint.post("/moderation/decisions/<int:number>/undo")
@needs("idea:moderate")
def undo(number: int) -> ResponseReturnValue:
    """Undo a decision and show again what it was about."""
    decision = queries.decision_by_id(number)
    recusals.refuse_undoing(actor(), decision)
    undo_decision(actor(), decision)
    flash(gettext("Undone. Everything is as it was."), "good")
    page, about = queries.about(decision)
    return redirect(url_for(desk.PAGES[page], number=about, **desk.kept()), 303)


def _done_page() -> str:
    """Give the page on which nothing is left for this moderator."""
    day = sittings.day_of(person())
    return render_template(
        "moderation/index.html",
        day=day,
        day_length=format_timedelta(day.length, granularity="minute", threshold=1.5),
        elsewhere=sittings.elsewhere(person()),
        decided_labels=DECIDED_LABELS,
        **desk.frame(None),
    )


def _edit_page(number: int, form: EditForm | None = None) -> str:
    case = cases.edit_case(actor(), number)
    if form is None:
        form = EditForm(data={"seen": str(case.seen)})
        form.prepare(case)
    return render_template(
        "moderation/edit.html",
        case=case,
        form=form,
        **card.about(case.idea),
        **desk.frame(("edit", number)),
    )


def _comment_page(number: int, form: TextForm | None = None) -> str:
    case = cases.comment_case(actor(), number)
    return _text_page(case, form or _fresh(case), ("comment", number))


def _report_page(number: int, form: TextForm | None = None) -> str:
    case = _reported(number)
    return _text_page(case, form or _fresh(case), ("report", number))


def _text_page(case: cases.CommentCase | cases.IdeaCase, form: TextForm, key: desk.Key) -> str:
    comment = getattr(case, "comment", None)
    return render_template(
        "moderation/text.html",
        case=case,
        comment=comment,
        form=form,
        target=url_for(desk.PAGES[key[0]], number=key[1], **desk.kept()),
        **card.about(case.idea),
        **desk.frame(key),
    )


def _fresh(case: cases.CommentCase | cases.IdeaCase) -> TextForm:
    """Give an empty form; the rule that readers named first is chosen."""
    seen = parts.as_seen(case.comment) if isinstance(case, cases.CommentCase) else str(case.seen)
    form = TextForm(data={"seen": seen, "rule": case.reports[0].rule if case.reports else ""})
    form.prepare(case)
    return form


def _reported(number: int) -> cases.CommentCase | cases.IdeaCase:
    row = cases.report_by_id(number)
    if row.comment_id is not None:
        return cases.comment_case(actor(), row.comment_id)
    return cases.idea_case(actor(), row.idea_id)
