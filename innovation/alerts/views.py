"""Keeping a search, seeing the kept ones, and stopping one."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.alerts import actions, queries
from innovation.core.errors import RuleBrokenError
from innovation.ideas.filters import IdeaFilter
from innovation.search.queries import RELEVANCE
from innovation.web.access import person, signed_in
from innovation.web.locale import language

blueprint = Blueprint("alerts", __name__, url_prefix="/profile/alerts")


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Show one's kept searches."""
    g.page_is_personal = True
    return render_template("alerts/index.html", alerts=queries.alerts_of(person()))


@blueprint.post("")
@signed_in
def keep() -> ResponseReturnValue:
    """Keep the search that the form carries."""
    wanted = IdeaFilter.read(request.form.to_dict(flat=False), default_sort=RELEVANCE)
    try:
        actions.keep_search(person(), wanted, language())
    except RuleBrokenError as broken:
        flash(str(broken.message), "problem")
        return redirect(wanted.address(url_for("search.index")), 303)
    flash(gettext("The search is kept. We tell you when new ideas fit it."), "good")
    return redirect(url_for("alerts.index"), 303)


@blueprint.post("/<int:alert_id>/stop")
@signed_in
def stop(alert_id: int) -> ResponseReturnValue:
    """Keep a search no longer."""
    actions.stop_alert(person(), alert_id)
    flash(gettext("The search is kept no longer."), "good")
    return redirect(url_for("alerts.index"), 303)
