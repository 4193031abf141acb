"""Every write to the programme by its administrators; each makes all processes read it anew."""

from typing import Any

from sqlalchemy import func, select

from innovation.accounts.actions import normal_email
from innovation.accounts.queries import door_of
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, NotFoundError, RuleBrokenError
from innovation.core.i18n import DEFAULT_LANGUAGE, LazyString, Texts
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.core.text import clean_line, normal_key, slug
from innovation.programme import drafts, queries
from innovation.programme.details import leads_back, successions
from innovation.programme.drafts import (
    ContactDraft,
    MunicipalityDraft,
    ProgrammeDraft,
    SubProjectDraft,
)
from innovation.programme.models import Area, Contact, Municipality, Parent, Programme, SubProject
from innovation.programme.preset_shapes import PUBLISHING_RULES

PERMISSION = "programme:manage"


def edit_programme(actor: Actor, draft: ProgrammeDraft, version: int) -> None:
    """Change what is said of the programme as a whole.

    version: the programme's, as the page showed it; this and every other edit raises
    ConflictError when somebody was faster and the edit would change something.
    """
    authorize(actor, PERMISSION)
    drafts.check_texts("names", draft.names, drafts.LONGEST_NAME, required=True)
    drafts.check_texts("licence", draft.licence, drafts.LONGEST_TEXT, required=True)
    drafts.check_texts("reading_hours", draft.reading_hours, drafts.LONGEST_TEXT, required=True)
    for field in ("hours", "place"):
        drafts.check_texts(field, getattr(draft, field), drafts.LONGEST_LINE)
    drafts.check_text("address", draft.address)
    drafts.check_phone(draft.phone)
    drafts.check_promises(draft)
    if draft.publishing not in PUBLISHING_RULES:
        raise RuleBrokenError(_("Choose one of the rules."), "publishing")
    _change(
        db.session.get_one(Programme, 1),
        version,
        names=draft.names,
        contact={
            "phone": draft.phone,
            "email": _email(draft.email),
            "address": draft.address,
            "hours": draft.hours,
            "place": draft.place,
        },
        promises={
            "looked_at_working_days": draft.looked_at_working_days,
            "first_answer_days": draft.first_answer_days,
            "decision_days": draft.decision_days,
        },
        publishing=draft.publishing,
        licence=draft.licence,
        reading_hours=draft.reading_hours,
    )


def add_sub_project(actor: Actor, draft: SubProjectDraft, version: int) -> str:
    """Add a sub-project after the others and give its id; sent twice, it is added once."""
    authorize(actor, PERMISSION)
    values = _sub_project_values(draft, None)
    taken = _("There is a sub-project of this name already.")
    return _add(SubProject, draft.short_names, "short_names_fi", taken, values, version)


def edit_sub_project(actor: Actor, name: str, draft: SubProjectDraft, version: int) -> None:
    """Change a sub-project; its id, and so its address and its ideas, stay."""
    authorize(actor, PERMISSION)
    row = _row(SubProject, name)
    _change(row, version, **_sub_project_values(draft, row.id))


def close_sub_project(actor: Actor, name: str, version: int) -> None:
    """Take a sub-project out of use. Its ideas stay with it; nothing is moved."""
    authorize(actor, PERMISSION)
    row = _row(SubProject, name)
    _change(row, version, closed_at=row.closed_at or clock.now())


def reopen_sub_project(actor: Actor, name: str, version: int) -> None:
    """Take a closed sub-project into use again."""
    authorize(actor, PERMISSION)
    _change(_row(SubProject, name), version, closed_at=None)


def move_sub_project(actor: Actor, name: str, step: int) -> None:
    """Show a sub-project earlier (step -1) or later (1) among those of its parent."""
    authorize(actor, PERMISSION)
    row = _row(SubProject, name)
    order = list(
        db.session.scalars(select(SubProject).order_by(SubProject.position, SubProject.id))
    )
    siblings = [other for other in order if other.parent_id == row.parent_id]
    target = siblings.index(row) + step
    if abs(step) != 1 or not 0 <= target < len(siblings):
        return
    here, there = order.index(row), order.index(siblings[target])
    order[here], order[there] = order[there], order[here]
    for position, other in enumerate(order):
        other.position = position
    touch()


def edit_municipality(actor: Actor, name: str, draft: MunicipalityDraft, version: int) -> None:
    """Change a municipality and the area it is counted to."""
    authorize(actor, PERMISSION)
    _change(_row(Municipality, name), version, **_municipality_values(draft))


def add_municipality(actor: Actor, draft: MunicipalityDraft, version: int) -> str:
    """Add a municipality after the others and give its id; sent twice, it is added once."""
    authorize(actor, PERMISSION)
    values = {"code": "", **_municipality_values(draft)}
    taken = _("There is a municipality of this name already.")
    return _add(Municipality, draft.names, "names_fi", taken, values, version)


def add_contact(actor: Actor, draft: ContactDraft, version: int) -> None:
    """Name somebody to turn to; sent twice, the contact is added once."""
    authorize(actor, PERMISSION)
    values = _contact_values(draft)
    if db.session.scalar(select(Contact.id).filter_by(**values)) is None:
        _refuse_stale(version)
        db.session.add(Contact(**values))
        touch()


def edit_contact(actor: Actor, contact_id: int, draft: ContactDraft, version: int) -> None:
    """Change a contact."""
    authorize(actor, PERMISSION)
    row = db.session.get(Contact, contact_id)
    if row is None:
        raise NotFoundError(f"contact {contact_id}")
    _change(row, version, **_contact_values(draft))


def remove_contact(actor: Actor, contact_id: int) -> None:
    """Remove a contact. Safe to repeat."""
    authorize(actor, PERMISSION)
    row = db.session.get(Contact, contact_id)
    if row is not None:
        db.session.delete(row)
        touch()


def touch() -> None:
    """Let every process read the programme anew; call after any change to it."""
    programme = db.session.get_one(Programme, 1, with_for_update=True)
    programme.version = programme.version + 1
    programme.updated_at = clock.now()
    db.session.flush()
    queries.forget()


def _add(
    table: Any, names: Texts, field: str, taken: LazyString, values: dict[str, Any], version: int
) -> str:
    """Add a row with an id made of its Finnish name, unless the very same is there already."""
    name = slug(names[DEFAULT_LANGUAGE])
    if name in {"", "new"}:
        raise RuleBrokenError(_("Write the name with letters."), field)
    known = db.session.scalar(select(table).where(table.slug == name))
    if known is None:
        _refuse_stale(version)
        last = db.session.scalar(select(func.max(table.position)))
        db.session.add(table(slug=name, position=(last or 0) + 1, **values))
        touch()
    elif any(getattr(known, column) != value for column, value in values.items()):
        raise RuleBrokenError(taken, field)
    return name


def _change(row: Any, version: int, **values: Any) -> None:
    """Write what differs; what is already so needs no writing, however old the page is."""
    different = {column: value for column, value in values.items() if getattr(row, column) != value}
    if different:
        _refuse_stale(version)
        for column, value in different.items():
            setattr(row, column, value)
        touch()


def _refuse_stale(version: int) -> None:
    if db.session.get_one(Programme, 1, with_for_update=True).version != version:
        raise ConflictError(_("The programme was changed while this page was open."))


def _sub_project_values(draft: SubProjectDraft, here: int | None) -> dict[str, Any]:
    drafts.check_texts("short_names", draft.short_names, drafts.LONGEST_NAME, required=True)
    drafts.check_texts("official_names", draft.official_names, drafts.LONGEST_LINE, required=True)
    drafts.check_texts("purposes", draft.purposes, drafts.LONGEST_TEXT, required=True)
    drafts.check_aliases(draft.aliases)
    drafts.check_days(draft.valid_from, draft.valid_to)
    return {
        "parent_id": _id(Parent, draft.parent, "parent"),
        "official_names": draft.official_names,
        "short_names": draft.short_names,
        "purposes": draft.purposes,
        "aliases": _without_doubles(draft.aliases),
        "confirmed": draft.confirmed,
        "valid_from": draft.valid_from,
        "valid_to": draft.valid_to,
        "successor_id": _successor(draft.successor, here),
    }


def _successor(name: str, here: int | None) -> int | None:
    following = _id(SubProject, name, "successor") if name else None
    if here is not None and following == here:
        raise RuleBrokenError(_("A sub-project cannot follow itself."), "successor")
    if here is not None and leads_back(successions(), here, following):
        raise RuleBrokenError(
            _("This sub-project is itself a successor of that one. Choose another."), "successor"
        )
    return following


def _without_doubles(names: tuple[str, ...]) -> list[str]:
    return list({normal_key(name): name for name in reversed(names)}.values())[::-1]


def _municipality_values(draft: MunicipalityDraft) -> dict[str, Any]:
    drafts.check_texts("names", draft.names, drafts.LONGEST_NAME, required=True)
    drafts.check_text("source", draft.source)
    area_id = _id(Area, draft.area, "area")
    return {
        "names": draft.names,
        "area_id": area_id,
        "confirmed": draft.confirmed,
        "source": draft.source,
    }


def _contact_values(draft: ContactDraft) -> dict[str, Any]:
    if not draft.name:
        raise RuleBrokenError(_("Write the name, or the name of the team."), "name")
    for field in ("name", "task"):
        drafts.check_text(field, getattr(draft, field), drafts.LONGEST_NAME)
    drafts.check_phone(draft.phone)
    if not draft.sub_project and not draft.area:
        raise RuleBrokenError(_("Choose a sub-project, an area or both."), "sub_project")
    return {
        "name": draft.name,
        "task": draft.task,
        "email": _email(draft.email),
        "phone": draft.phone,
        "sub_project_id": (
            _id(SubProject, draft.sub_project, "sub_project") if draft.sub_project else None
        ),
        "area_id": _id(Area, draft.area, "area") if draft.area else None,
        "person_id": _account(draft.account),
    }


def _email(typed: str) -> str:
    drafts.check_text("email", typed)
    return normal_email(typed) if typed else ""


def _account(typed: str) -> int | None:
    if not typed:
        return None
    try:
        known = door_of(normal_email(typed))
    except RuleBrokenError as broken:
        raise RuleBrokenError(broken.message, "account") from None
    if known is None:
        raise RuleBrokenError(_("Nobody has an account with this address."), "account")
    return known.person_id


def _row(table: Any, name: str) -> Any:
    row = db.session.scalar(select(table).where(table.slug == name))
    if row is None:
        raise NotFoundError(f"{table.__tablename__} {name}")
    return row


def _id(table: Any, name: str, field: str) -> int:
    number = db.session.scalar(select(table.id).where(table.slug == clean_line(name)))
    if number is None:
        raise RuleBrokenError(_("Choose one of these."), field)
    return int(number)
