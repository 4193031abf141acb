"""The public diary of moderation, and the author's page of an appeal."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.comments.queries import home_of
from innovation.core.pagination import page_number
from innovation.core.permissions import Actor, authorize
from innovation.diary import figures, queries
from innovation.diary.forms import AppealForm
from innovation.diary.tables import appeal_rows, decision_rows, rule_rows, stub_rows, time_in_words
from innovation.ideas.queries import visible_idea
from innovation.moderation.texts import DECIDED_LABELS
from innovation.programme.queries import snapshot
from innovation.tracking.queries import idea_behind
from innovation.web.access import actor, public, signed_in
from innovation.web.limits import limiter
from innovation.web.locale import language

blueprint = Blueprint("diary", __name__)


def _missed(response: Response) -> bool:
    return response.status_code == 404


# Together with the other pages behind a tracking key: only keys that open nothing count.
guarded = limiter.shared_limit("20/minute", scope="tracking", deduct_when=_missed)


@blueprint.app_template_global("standing_of")
def standing_of(idea: Any) -> queries.Standing | None:
    """Give the decision on the idea that its author could or did appeal against, None for none."""
    return queries.standing_of(idea)


@blueprint.get("/moderation-diary")
@public
def index() -> ResponseReturnValue:
    """Show what moderators decided, month by month, and a stub of everything that was hidden."""
    year = figures.last_year()
    page = queries.hidden_texts(page_number(request.args.get("page")))
    newest = next((month for month in year.months if month.half_within is not None), None)
    return render_template(
        "diary/index.html",
        year=year,
        page=page,
        stubs=stub_rows(page.items),
        decisions=decision_rows(year),
        rules=rule_rows(year),
        appeals=appeal_rows(year),
        newest=newest,
        half=time_in_words(newest.half_within) if newest else "",
        least=figures.LEAST,
    )


@blueprint.get("/ideas/<int:number>/appeal")
@signed_in
def ask(number: int) -> ResponseReturnValue:
    """Show the author what was decided, and ask why another should look at it."""
    return _page(actor(), visible_idea(actor(), number), url_for("ideas.show", number=number))


@blueprint.post("/ideas/<int:number>/appeal")
@signed_in
def send(number: int) -> ResponseReturnValue:
    """Ask for another look at a decision on one's idea."""
    idea = visible_idea(actor(), number)
    return _sent(actor(), idea, url_for("ideas.show", number=number))


@blueprint.get("/seuraa/<key>/appeal")
@public
@guarded
def ask_with_key(key: str) -> ResponseReturnValue:
    """Show a nameless author the same."""
    g.page_is_secret = True
    holder, idea = idea_behind(key)
    return _page(holder, idea, url_for("tracking.show", key=key))


@blueprint.post("/seuraa/<key>/appeal")
@public
@guarded
def send_with_key(key: str) -> ResponseReturnValue:
    """Ask for another look without an account."""
    g.page_is_secret = True
    holder, idea = idea_behind(key)
    return _sent(holder, idea, url_for("tracking.show", key=key))


@blueprint.get("/comments/<int:number>/appeal")
@signed_in
def ask_comment(number: int) -> ResponseReturnValue:
    """Show the writer of a comment what was decided on it."""
    comment, idea = queries.own_comment(actor(), number)
    return _page(actor(), idea, _under(comment), comment)


@blueprint.post("/comments/<int:number>/appeal")
@signed_in
def send_comment(number: int) -> ResponseReturnValue:
    """Ask for another look at a decision on one's comment."""
    comment, idea = queries.own_comment(actor(), number)
    return _sent(actor(), idea, _under(comment), comment)


def _under(comment: Any) -> str:
    return url_for("ideas.show", number=home_of(comment), _anchor=f"comment-{comment.id}")


def _page(
    who: Actor, idea: Any, back: str, comment: Any = None, form: AppealForm | None = None
) -> ResponseReturnValue:
    """Give the author's page of an appeal; those who did not write the text may not know of it."""
    g.page_is_personal = True
    authorize(who, "comment:appeal" if comment else "idea:appeal", comment or idea)
    standing = queries.standing_of(idea, comment)
    page = render_template(
        "diary/appeal.html",
        standing=standing,
        text=comment.text if comment else idea.title,
        spoken=comment.language if comment else idea.language,
        rule=snapshot().rule_name(standing.rule, language()) if standing else "",
        label=DECIDED_LABELS[standing.kind] if standing else "",
        form=form or AppealForm(),
        back_to=back,
    )
    return page, 422 if form else 200


def _sent(who: Actor, idea: Any, back: str, comment: Any = None) -> ResponseReturnValue:
    authorize(who, "comment:appeal" if comment else "idea:appeal", comment or idea)
    standing, form = queries.standing_of(idea, comment), AppealForm.from_request()
    if standing is None or not form.send(who, standing):
        return _page(who, idea, back, comment, form)
    flash(gettext("Another moderator looks at it again. You find the answer on this page."), "good")
    return redirect(request.path, 303)
