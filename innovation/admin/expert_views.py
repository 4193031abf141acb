"""The page on which coordinators give the mark of an expert by experience, and take it back."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.accounts.actions import normal_email
from innovation.accounts.grants import holders
from innovation.accounts.queries import door_of
from innovation.accounts.rights import grant_role, revoke_grant
from innovation.admin.forms import ExpertForm, RevokeForm
from innovation.core.errors import NotFoundError, RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Role, holds
from innovation.web import navigation
from innovation.web.access import actor, needs

blueprint = Blueprint("experts", __name__, url_prefix="/experts")
_LABEL = _("Experts by experience")
navigation.add("experts.index", _LABEL, 27, menu="admin", permission="programme:manage")
navigation.add(
    "experts.index",
    _LABEL,
    60,
    menu="account",
    shown=lambda who: holds(who, "expert:grant") and not holds(who, "programme:manage"),
)


@blueprint.get("")
@needs("expert:grant")
def index() -> ResponseReturnValue:
    """Show who has the mark, and the form for another one."""
    return _page(ExpertForm())


@blueprint.post("")
@needs("expert:grant")
def give() -> ResponseReturnValue:
    """Give the mark to somebody with an account."""
    form = ExpertForm.from_request()
    if form.validate():
        form.attempt(lambda: _give(form))
    if form.errors:
        return _page(form), 422
    flash(gettext("They may write as an expert by experience."), "good")
    return redirect(url_for("experts.index"), 303)


def _give(form: ExpertForm) -> None:
    door = door_of(normal_email(form.email.data or ""))
    if door is None:
        raise RuleBrokenError(
            _("Nobody has an account with this address. Ask them to make one first."), "email"
        )
    reason, until = form.reason.data or "", form.until.day
    grant_role(actor(), door.person_id, Role.EXPERT, reason, until=until)


@blueprint.get("/<int:grant_id>")
@needs("expert:grant")
def taking(grant_id: int) -> ResponseReturnValue:
    """Ask why the mark is taken back."""
    return _take_page(grant_id, RevokeForm())


@blueprint.post("/<int:grant_id>")
@needs("expert:grant")
def take(grant_id: int) -> ResponseReturnValue:
    """Take the mark back; what was written keeps it."""
    form = RevokeForm.from_request()
    reason = form.reason.data or ""
    if form.attempt(lambda: revoke_grant(actor(), grant_id, reason)) is None:
        return _take_page(grant_id, form), 422
    flash(gettext("The right was taken back."), "good")
    return redirect(url_for("experts.index"), 303)


def _page(form: ExpertForm) -> str:
    g.page_is_personal = True
    return render_template("admin/experts.html", form=form, rows=holders(Role.EXPERT))


def _take_page(grant_id: int, form: RevokeForm) -> str:
    g.page_is_personal = True
    row = next((one for one in holders(Role.EXPERT) if one.grant_id == grant_id), None)
    if row is None:
        raise NotFoundError(f"grant {grant_id}")
    return render_template("admin/expert_take.html", form=form, row=row)
