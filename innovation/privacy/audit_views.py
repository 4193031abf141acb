"""The page on which administrators read the audit log."""

from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from innovation.core.i18n import lazy_gettext as _
from innovation.groups.queries import kind_name
from innovation.privacy.audit_log import ACTION_LABELS, LogFilter, log, newest_seal
from innovation.programme.queries import snapshot
from innovation.web import navigation
from innovation.web.access import actor, needs
from innovation.web.locale import language

blueprint = Blueprint("audit", __name__)
navigation.add("audit.index", _("Audit log"), 75, menu="admin", permission="audit:see")


@blueprint.get("/admin/audit")
@needs("audit:see")
def index() -> ResponseReturnValue:
    """Show who did what that touches the rights or the data of others."""
    g.page_is_secret = True
    wanted = LogFilter.read(request.args)
    page = log(actor(), wanted)
    return render_template(
        "privacy/audit.html",
        wanted=wanted,
        page=page,
        actions=sorted((str(label), code) for code, label in ACTION_LABELS.items()),
        seal=newest_seal(),
        place=_place,
        at=lambda number: _address(wanted, number),
    )


def _address(wanted: LogFilter, number: int) -> str:
    arguments: dict[str, Any] = wanted.address(number)
    return url_for("audit.index", **arguments)


def _place(kind: str, value: object) -> str:
    """Name what a detail of a row tells of: a sub-project, an area, or its own words."""
    if kind == "group_kind":
        return kind_name(str(value), language())
    known = snapshot()
    facts = {"sub_project": known.sub_project_by_id, "area": known.area_by_id}.get(kind)
    if facts is None or not isinstance(value, int):
        return str(value)
    fact = facts.get(value)  # type: ignore[attr-defined]
    return fact.name(language()) if fact else str(value)
