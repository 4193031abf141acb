"""The moderator's desk: what waits, one case at a time, and the decisions."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.i18n import lazy_gettext as _
from innovation.ideas.lifecycle import CAPACITY_LABELS, status_code
from innovation.ideas.queries import status_label
from innovation.moderation import cases, desk, queries
from innovation.moderation.forms import EditForm, IdeaForm, TextForm
from innovation.moderation.texts import DONE_LABELS, ROLE_LABELS
from innovation.moderation.undo import undo_decision
from innovation.programme.queries import snapshot
from innovation.routing.decisions import whole_text
from innovation.routing.suggestions import LIKELY, SURE, is_ready, suggest
from innovation.web import navigation
from innovation.web.access import actor, needs
from innovation.web.locale import language

blueprint = Blueprint("moderation", __name__)
CERTAINTIES = ((SURE, _("certain")), (LIKELY, _("likely")), (0.0, _("possible")))
navigation.add("moderation.index", _("Moderation"), 5, permission="moderation:see")


@blueprint.get("/moderation")
@needs("moderation:see")
def index() -> ResponseReturnValue:
    """Show what waits, with the first case open."""
    waiting = queries.queue(desk.chosen(), desk.shown())
    if not waiting.items:
        return render_template("moderation/index.html", **desk.frame(None, waiting))
    first = waiting.items[0]
    match first.kind:
        case "edit":
            return _edit_page(first.id)
        case "comment":
            return _comment_page(first.id)
        case "report":
            return _report_page(first.id)
    return _idea_page(first.id)


@blueprint.get("/moderation/ideas/<int:number>")
@needs("moderation:see")
def idea(number: int) -> ResponseReturnValue:
    """Show the case of an idea, whatever has been decided on it."""
    return _idea_page(number)


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
    return _told(done, after) if done else (_idea_page(number, form), 422)


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
    return _told(done, after) if done else (_edit_page(number, form), 422)


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
    return _told(done, after) if done else (_comment_page(number, form), 422)


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
    return _told(done, after) if done else (_report_page(number, form), 422)


@blueprint.post("/moderation/decisions/<int:number>/undo")
@needs("idea:moderate")
def undo(number: int) -> ResponseReturnValue:
    """Undo a decision and show its idea again."""
    decision = queries.decision_by_id(number)
    undo_decision(actor(), decision)
    flash(gettext("Undone. Everything is as it was."), "good")
    return redirect(url_for("moderation.idea", number=decision.idea_id, **desk.kept()), 303)


def _idea_page(number: int, form: IdeaForm | None = None) -> str:
    case = cases.idea_case(actor(), number)
    if form is None:
        primary = case.routing.primary
        form = IdeaForm(
            data={
                "primary": str(primary.id) if primary else "",
                "informed": [str(fact.id) for fact in case.routing.informed],
                "seen": str(case.seen),
            }
        )
        form.prepare(case)
    return render_template(
        "moderation/idea.html",
        case=case,
        form=form,
        groups=_groups(form, case),
        suggested=_suggested(case.idea, form),
        **_about(case.idea),
        **desk.frame(("idea", number)),
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
        **_about(case.idea),
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
        **_about(case.idea),
        **desk.frame(key),
    )


def _fresh(case: cases.CommentCase | cases.IdeaCase) -> TextForm:
    """Give an empty form; the rule that readers named first is chosen."""
    seen = case.comment.visibility if isinstance(case, cases.CommentCase) else str(case.seen)
    form = TextForm(data={"seen": seen, "rule": case.reports[0].rule if case.reports else ""})
    form.prepare(case)
    return form


def _reported(number: int) -> cases.CommentCase | cases.IdeaCase:
    row = cases.report_by_id(number)
    if row.comment_id is not None:
        return cases.comment_case(actor(), row.comment_id)
    return cases.idea_case(actor(), row.idea_id)


def _groups(form: IdeaForm, case: cases.IdeaCase) -> list[dict[str, Any]]:
    """Give the choices of sub-projects by the larger project, each with its contact."""
    known = snapshot()
    options = {str(option.data): option for option in form.primary}
    boxes = {str(box.data): box for box in form.informed}
    return [
        {
            "name": parent.name(language()),
            "choices": [
                {
                    "primary": options[str(fact.id)],
                    "informed": boxes[str(fact.id)],
                    "contact": case.contacts.get(fact.id),
                }
                for fact in known.sub_projects
                if fact.parent_id == parent.id and str(fact.id) in options
            ],
        }
        for parent in known.parents
    ]


def _suggested(idea: Any, form: IdeaForm) -> list[dict[str, Any]]:
    """Give the sub-projects that the text speaks for, how certainly, and by which words.

    choice: the id of the radio button that chooses it.
    """
    folder = current_app.extensions["settings"].instance
    # Nobody waits for suggestions: they are made ready before the web server forks, and a POST
    # holds the database.
    if request.method != "GET" or not is_ready(folder):
        return []
    text = whole_text(idea.title, idea.text, idea.what_helps)
    known = snapshot().sub_project_by_slug
    choices = {str(option.data): option.id for option in form.primary}
    return [
        {
            "choice": choices[str(known[one.sub_project].id)],
            "name": known[one.sub_project].name(language()),
            "certainty": next(label for least, label in CERTAINTIES if one.certainty >= least),
            "words": one.words,
        }
        for one in suggest(text, idea.language, folder=folder).items
        if one.sub_project in known and str(known[one.sub_project].id) in choices
    ]


def _about(idea: Any) -> dict[str, Any]:
    """Give the words that every case says about its idea."""
    known = snapshot()
    area = known.area_by_id.get(idea.area_id or 0)
    municipality = known.municipality_by_id.get(idea.municipality_id or 0)
    places = [fact.name(language()) for fact in (municipality, area) if fact]
    status = status_code(idea.visibility, idea.handling, idea.asked_at is not None)
    return {
        "place": ", ".join([*places, *([idea.unit] if idea.unit else [])]),
        "status": status,
        "status_label": status_label(status, idea.primary_sub_project_id),
        "capacity": CAPACITY_LABELS.get(idea.capacity or "", ""),
        "lang": "" if idea.language == language() else idea.language,
        "rule_name": lambda rule: known.rule_name(rule, language()),
        "sub_project_name": lambda number: known.sub_project_by_id[number].name(language()),
        "done_labels": DONE_LABELS,
        "role_labels": ROLE_LABELS,
    }


def _told(done: object, after: queries.QueueItem | None) -> ResponseReturnValue:
    """Say what was done and go on to what waits next."""
    flash(str(done), "good")
    chosen = desk.chosen()
    there = desk.address(after, chosen) if after else url_for("moderation.index", **desk.kept())
    return redirect(there, 303)
