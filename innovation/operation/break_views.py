"""A service break: administrators tell of it beforehand, and every page says it."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.errors import NotFoundError
from innovation.core.i18n import lazy_gettext as _
from innovation.operation import shutting
from innovation.operation.actions import take_back_break, tell_break
from innovation.operation.forms import BreakForm
from innovation.operation.queries import ServiceBreak, service_break
from innovation.web import navigation
from innovation.web.access import actor, needs
from innovation.web.locale import local_text, moment

blueprint = Blueprint("service_break", __name__, url_prefix="/admin/service-break")
blueprint.record_once(shutting.stand_in_front)
navigation.add(
    "service_break.edit", _("Service break"), 86, menu="admin", permission="programme:manage"
)


@blueprint.app_context_processor
def _told() -> dict[str, Any]:
    """Give every page what it says of a break."""
    try:
        one = service_break()
    except NotFoundError:
        one = None
    return {"service_break": _in_words(one) if one else ""}


def _in_words(one: ServiceBreak) -> str:
    when = {"start": moment(one.starts), "end": moment(one.ends)}
    if one.going_on:
        said = gettext("A service break is going on until %(end)s.", **when)
        more = gettext("Please come back after it. What has been sent is safe.")
    else:
        said = gettext("There will be a service break from %(start)s to %(end)s.", **when)
        more = gettext("Please send what you are writing before it. What has been sent is safe.")
    return f"{said} {local_text(one.texts) if one.texts else more}"


@blueprint.get("")
@needs("programme:manage")
def edit() -> ResponseReturnValue:
    """Show the break that is told of, if there is one."""
    return _page(BreakForm.now(service_break()))


@blueprint.post("")
@needs("programme:manage")
def save() -> ResponseReturnValue:
    """Tell of a break."""
    form = BreakForm.from_request()
    if not form.save(
        lambda: tell_break(actor(), form.draft(), form.seen), lambda: BreakForm.now(service_break())
    ):
        return _page(form)
    flash(gettext("The break is now told of on every page."), "good")
    return redirect(url_for("service_break.edit"), 303)


@blueprint.post("/remove")
@needs("programme:manage")
def remove() -> ResponseReturnValue:
    """Tell of no break."""
    take_back_break(actor())
    flash(gettext("The break is no longer told of."), "good")
    return redirect(url_for("service_break.edit"), 303)


def _page(form: BreakForm) -> ResponseReturnValue:
    g.page_is_personal = True
    page = render_template("operation/break.html", form=form, told=service_break())
    return page, form.status
