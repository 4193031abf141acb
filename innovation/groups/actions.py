"""Every write to groups: making one, closing it, naming members and ending their time."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from innovation.accounts.actions import normal_email
from innovation.accounts.models import Account
from innovation.accounts.queries import door_of
from innovation.core import audit, clock
from innovation.core.db import db, insert
from innovation.core.errors import NotFoundError, RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.core.text import has_words
from innovation.groups.models import Group, Membership
from innovation.groups.queries import group_by_id
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.programme.queries import snapshot

PERMISSION = "person:manage"
LONGEST_NAME = 120
LONGEST_REASON = 500
_NAME_TAKEN = _("There is a group of this name already.")


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """What is said of a group. kind: an id of the programme's kinds. area: slug, "" for all."""

    kind: str
    name: str
    area: str = ""


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """Who may write in a group's name, both days included; no last day: until it is ended."""

    email: str
    first_day: date | None
    last_day: date | None
    reason: str


def add_group(actor: Actor, draft: GroupDraft) -> int:
    """Make a group and give its id; sent twice, it is made once.

    Raises RuleBrokenError at the field kind, name or area, and ForbiddenError.
    """
    authorize(actor, PERMISSION)
    values = _values(draft)
    made: int | None = db.session.scalar(
        insert(Group)
        .values(created_at=clock.now(), **values)
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(Group.id)
    )
    if made is None:
        known = db.session.scalars(select(Group).where(Group.name == draft.name)).one()
        if known.kind == draft.kind:
            return known.id
        raise RuleBrokenError(_NAME_TAKEN, "name")
    audit.note(actor, "group:add", "group", made, kind=draft.kind)
    return made


def edit_group(actor: Actor, group_id: int, draft: GroupDraft) -> None:
    """Change a group; what was written stands under the name that it had then.

    Raises RuleBrokenError at a field, NotFoundError and ForbiddenError.
    """
    authorize(actor, PERMISSION)
    group, values = group_by_id(group_id), _values(draft)
    try:
        with db.session.begin_nested():
            for name, value in values.items():
                setattr(group, name, value)
    except IntegrityError:
        raise RuleBrokenError(_NAME_TAKEN, "name") from None
    audit.note(actor, "group:edit", "group", group_id, kind=draft.kind)


def set_closed(actor: Actor, group_id: int, closed: bool) -> None:
    """Close a group, so that nobody writes in its name, or open it again. Safe to repeat."""
    authorize(actor, PERMISSION)
    group = group_by_id(group_id)
    if (group.closed_at is not None) == closed:
        return
    group.closed_at = clock.now() if closed else None
    audit.note(actor, "group:close" if closed else "group:open", "group", group_id)


def name_member(actor: Actor, group_id: int, draft: MemberDraft) -> None:
    """Let somebody with an account write in the group's name for a time. Safe to repeat.

    Raises RuleBrokenError at the field email, first_day, last_day or reason.
    """
    authorize(actor, PERMISSION)
    group = group_by_id(group_id)
    if group.closed_at is not None:
        raise RuleBrokenError(_("The group is closed. Open it again first."), "email")
    first, last = _days(draft)
    _check_reason(draft.reason)
    door = door_of(normal_email(draft.email))
    if door is None:
        raise RuleBrokenError(
            _("Nobody has an account with this address. Ask them to make one first."), "email"
        )
    # Two who name the same person at the same moment wait in line.
    db.session.execute(
        select(Account.id).where(Account.id == door.person_id).with_for_update(key_share=True)
    )
    known = db.session.scalar(
        select(Membership)
        .where(
            Membership.group_id == group_id,
            Membership.person_id == door.person_id,
            Membership.ended_at.is_(None),
            or_(Membership.last_day.is_(None), Membership.last_day >= clock.today()),
        )
        .limit(1)
    )
    if known is not None:
        known.first_day, known.last_day = first, last
    else:
        db.session.add(
            Membership(
                group_id=group_id,
                person_id=door.person_id,
                first_day=first,
                last_day=last,
                reason=draft.reason,
                named_by=actor.id if isinstance(actor, Person) else None,
                named_at=clock.now(),
            )
        )
    action = "member:name" if known is None else "member:prolong"
    audit.note(actor, action, "person", door.person_id, group=group_id)


def end_membership(actor: Actor, membership_id: int, reason: str) -> int:
    """Let a membership end now and give the id of its group; what was written stays.

    Safe to repeat. Raises RuleBrokenError at the field reason, NotFoundError and ForbiddenError.
    """
    authorize(actor, PERMISSION)
    membership = db.session.get(Membership, membership_id)
    if membership is None:
        raise NotFoundError(f"membership {membership_id}")
    if membership.ended_at is None:
        _check_reason(reason)
        membership.ended_at = clock.now()
        membership.ended_by = actor.id if isinstance(actor, Person) else None
        membership.end_reason = reason
        group = membership.group_id
        audit.note(actor, "member:end", "person", membership.person_id, group=group)
    return membership.group_id


def _values(draft: GroupDraft) -> dict[str, object]:
    known = snapshot()
    if draft.kind not in {one["id"] for one in known.group_kinds}:
        raise RuleBrokenError(_("Choose what kind of group it is."), "kind")
    if not has_words(draft.name):
        raise RuleBrokenError(_("Write the name of the group."), "name")
    refuse_long(LONGEST_NAME, name=draft.name)
    refuse_identity_codes(name=draft.name)
    if draft.area and draft.area not in known.area_by_slug:
        raise RuleBrokenError(_("Choose one of the options."), "area")
    area = known.area_by_slug[draft.area].id if draft.area else None
    return {"kind": draft.kind, "name": draft.name, "area_id": area}


def _days(draft: MemberDraft) -> tuple[date, date | None]:
    first = draft.first_day or clock.today()
    if draft.last_day is not None:
        if draft.last_day < clock.today():
            raise RuleBrokenError(_("This day has passed. Choose a day to come."), "last_day")
        if draft.last_day < first:
            raise RuleBrokenError(_("The last day is before the first one."), "last_day")
    return first, draft.last_day


def _check_reason(reason: str) -> None:
    if not reason:
        raise RuleBrokenError(_("Write the reason in a few words."), "reason")
    refuse_long(LONGEST_REASON, reason=reason)
    refuse_identity_codes(reason=reason)
