"""Pages in which administrators make groups and say who writes in their names."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.errors import NotFoundError
from innovation.core.i18n import lazy_gettext as _
from innovation.groups import actions, queries
from innovation.groups.forms import EndForm, GroupForm, MemberForm
from innovation.programme.queries import snapshot
from innovation.web import navigation
from innovation.web.access import actor, needs
from innovation.web.locale import language

blueprint = Blueprint("groups", __name__, url_prefix="/admin/groups")
navigation.add("groups.index", _("Groups"), 25, menu="admin", permission=actions.PERMISSION)


@blueprint.app_template_filter("group_kind")
def group_kind(kind: str) -> str:
    """Name a kind of group in the language of the page."""
    return queries.kind_name(kind, language())


@blueprint.get("")
@needs("person:manage")
def index() -> ResponseReturnValue:
    """Show the groups and the form for another one."""
    return _list(GroupForm.of())


@blueprint.post("")
@needs("person:manage")
def create() -> ResponseReturnValue:
    """Make a group."""
    form = GroupForm.of(sent=True)
    made = form.attempt(lambda: actions.add_group(actor(), form.draft()))
    if made is None:
        return _list(form), 422
    flash(gettext("The group was made. Name its members next."), "good")
    return redirect(url_for("groups.show", group_id=made), 303)


@blueprint.get("/<int:group_id>")
@needs("person:manage")
def show(group_id: int) -> ResponseReturnValue:
    """Show a group and its members."""
    return _page(group_id)


@blueprint.post("/<int:group_id>")
@needs("person:manage")
def update(group_id: int) -> ResponseReturnValue:
    """Change what is said of a group."""
    queries.group_by_id(group_id)
    form = GroupForm.of(sent=True)
    form.attempt(lambda: actions.edit_group(actor(), group_id, form.draft()))
    if form.errors:
        return _page(group_id, form=form), 422
    flash(gettext("Your changes were saved."), "good")
    return redirect(url_for("groups.show", group_id=group_id), 303)


@blueprint.post("/<int:group_id>/closed")
@needs("person:manage")
def close(group_id: int) -> ResponseReturnValue:
    """Close a group, or open it again."""
    closed = request.form.get("verdict", "close") != "open"
    actions.set_closed(actor(), group_id, closed)
    told = gettext("The group is closed. Nobody writes in its name.")
    flash(told if closed else gettext("The group is in use again."), "good")
    return redirect(url_for("groups.show", group_id=group_id), 303)


@blueprint.post("/<int:group_id>/members")
@needs("person:manage")
def name_member(group_id: int) -> ResponseReturnValue:
    """Let somebody write in the group's name."""
    queries.group_by_id(group_id)
    form = MemberForm.from_request()
    if form.validate():
        form.attempt(lambda: actions.name_member(actor(), group_id, form.draft()))
    if form.errors:
        return _page(group_id, member=form), 422
    flash(gettext("They may write in the group's name."), "good")
    return redirect(url_for("groups.show", group_id=group_id), 303)


@blueprint.get("/<int:group_id>/members/<int:membership_id>")
@needs("person:manage")
def ending(group_id: int, membership_id: int) -> ResponseReturnValue:
    """Ask why a membership ends."""
    return _end_page(group_id, membership_id, EndForm())


@blueprint.post("/<int:group_id>/members/<int:membership_id>")
@needs("person:manage")
def end(group_id: int, membership_id: int) -> ResponseReturnValue:
    """End a membership; what was written stays."""
    form = EndForm.from_request()
    reason = form.reason.data or ""
    whose = form.attempt(lambda: actions.end_membership(actor(), membership_id, reason))
    if whose is None:
        return _end_page(group_id, membership_id, form), 422
    flash(gettext("The membership has ended. What was written stays."), "good")
    return redirect(url_for("groups.show", group_id=whose), 303)


def _list(form: GroupForm) -> str:
    g.page_is_personal = True
    areas = {one.id: one.name(language()) for one in snapshot().areas}
    return render_template("groups/index.html", form=form, rows=queries.all_groups(), areas=areas)


def _page(group_id: int, form: GroupForm | None = None, member: MemberForm | None = None) -> str:
    g.page_is_personal = True
    group = queries.group_by_id(group_id)
    area = snapshot().area_by_id.get(group.area_id or 0)
    return render_template(
        "groups/show.html",
        group=group,
        form=form or GroupForm.of(kind=group.kind, name=group.name, area=area.slug if area else ""),
        member=member or MemberForm(),
        rows=queries.members_of(group_id),
    )


def _end_page(group_id: int, membership_id: int, form: EndForm) -> str:
    g.page_is_personal = True
    group, rows = queries.group_by_id(group_id), queries.members_of(group_id)
    row = next((one for one in rows if one.id == membership_id and not one.ended_at), None)
    if row is None:
        raise NotFoundError(f"membership {membership_id}")
    return render_template("groups/end.html", group=group, row=row, form=form)
