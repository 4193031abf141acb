"""Feedback on accessibility: anybody tells, those who keep the times set by law answer."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from innovation.core.pagination import page_number
from innovation.pages import actions, wordings
from innovation.pages.forms import FeedbackForm
from innovation.web.access import actor, needs, public
from innovation.web.limits import limiter
from innovation.web.locale import language

blueprint = Blueprint("accessibility_feedback", __name__)
LONGEST = actions.LONGEST_FEEDBACK


@blueprint.get("/accessibility/feedback")
@public
def new() -> ResponseReturnValue:
    """Ask what does not work."""
    page = request.args.get("page", "")[: actions.LONGEST_PAGE]
    return render_template("pages/feedback.html", form=FeedbackForm(data={"page": page}))


@blueprint.post("/accessibility/feedback")
@public
@limiter.limit("20/hour")
def create() -> ResponseReturnValue:
    """Take the feedback in."""
    form = FeedbackForm.from_request()
    number = form.attempt(lambda: actions.tell_accessibility(form.draft(language())))
    if number is None:
        return render_template("pages/feedback.html", form=form), 422
    return redirect(url_for("accessibility_feedback.thanks"), 303)


@blueprint.get("/accessibility/feedback/thanks")
@public
def thanks() -> ResponseReturnValue:
    """Say that it arrived, and by when an answer comes."""
    return render_template("pages/feedback_sent.html")


@blueprint.get("/answers/accessibility")
@needs("statutory:keep")
def index() -> ResponseReturnValue:
    """Show what was told, the newest first."""
    g.page_is_personal = True
    page = wordings.feedback(actor(), page_number(request.args.get("page")))
    return render_template("pages/feedback_index.html", page=page)


@blueprint.get("/answers/accessibility/<int:feedback_id>")
@needs("statutory:keep")
def show(feedback_id: int) -> ResponseReturnValue:
    """Show one feedback, without the address of whoever told it."""
    g.page_is_personal = True
    told = wordings.one_feedback(actor(), feedback_id)
    return render_template("pages/feedback_show.html", one=told, address="")


@blueprint.post("/answers/accessibility/<int:feedback_id>/address")
@needs("statutory:keep")
def address(feedback_id: int) -> ResponseReturnValue:
    """Show where the answer goes, once; that it was looked at is written down."""
    g.page_is_secret = True
    told = wordings.one_feedback(actor(), feedback_id)
    opened = actions.open_address(actor(), feedback_id)
    return render_template("pages/feedback_show.html", one=told, address=opened)
