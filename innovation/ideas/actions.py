"""Every write to an idea by its author: submit, edit, withdraw."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.keys import hash_key
from innovation.core.permissions import Actor, Nobody, Person, authorize, holds
from innovation.core.text import excerpt
from innovation.groups.queries import name_of
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas import topical
from innovation.ideas.drafts import IdeaDraft, check, put_facts, refuse_borrowed
from innovation.ideas.events import IdeaChanged, IdeaSubmitted, UrgentReceived
from innovation.ideas.inspecting import Inspected
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Authorship, Idea, Receipt, Revision
from innovation.ideas.moves import NEVER_SHOWN, hold, move_visibility
from innovation.ideas.numbers import claim_form, next_reference, settle_form
from innovation.ideas.policy import AUTHORS, CLEARED, GROUP
from innovation.ideas.promises import stood
from innovation.ideas.publishing import (
    SHOWN,
    edit_waits,
    must_wait,
    public_at_once,
    put_risk,
    seen_in,
)
from innovation.ideas.revising import add_revision, replace_waiting, revise
from innovation.ideas.risks import Risk
from innovation.ideas.timeline import Kind, add_entry, put_down
from innovation.programme.levels import refuse_unknown
from innovation.programme.queries import snapshot

# Callers of the actions find these here as well.
__all__ = ["IdeaDraft", "edit_waits", "public_at_once"]

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of a submission. `again` is true when the same form had already been handled."""

    idea_id: int
    again: bool


class Edited(StrEnum):
    """What came of an edit: nothing was new, it is shown, it waits, or the idea waits again."""

    SAME = "same"
    SHOWN = "shown"
    WAITS = "waits"
    RESUBMITTED = "resubmitted"


def submit_idea(
    actor: Actor,
    draft: IdeaDraft,
    *,
    once_key: str = "",
    receipt_key: str = "",
    suspicious: bool = False,
) -> Submitted:
    """Take in an idea. A person becomes its author; others get a receipt for `receipt_key`.

    once_key: the form's one-time key; the same key again gives the same idea. suspicious: perhaps
    a robot, so the text waits, as everything does that the guard marks, whoever wrote it. Raises
    RuleBrokenError with the field that has to be corrected.
    """
    refuse_unknown(actor, "submit", "text")
    check(draft)
    refuse_borrowed(actor, draft.capacity, draft.group_id)
    if draft.staff_only and not holds(actor, "idea:see_staff_only"):
        raise RuleBrokenError(
            _("Only signed-in staff can write for the staff alone. Sign in or clear the box."),
            "staff_only",
        )
    known = claim_form("idea", once_key)
    if known:
        return Submitted(known, again=True)
    seen = seen_in(draft)
    place = _place(actor, draft, seen, suspicious)
    begins = Visibility.WAITING if place is None else Visibility.DRAFT
    idea = new_idea(draft, clock.now(), begins, suspicious=suspicious, risk=seen.risk)
    _add_author(actor, idea, draft, receipt_key)
    put_down(actor, idea, Kind.SUBMITTED, visibility_to=begins, actor_role="author")
    if place is None and draft.staff_only:
        # Moderators read whom it was meant for.
        wished = Visibility.STAFF_ONLY
        put_down(actor, idea, Kind.SUBMITTED, visibility_to=wished, public=False)
    if place is not None:
        setattr(idea, CLEARED, place == Visibility.PUBLIC)
        move_visibility(actor, idea, place, Kind.PUBLISHED)
    settle_form(once_key, idea.id)
    record(IdeaSubmitted(idea.id, actor.id if isinstance(actor, Person) else None))
    if seen.urgent:
        record(UrgentReceived(idea.id))
    return Submitted(idea.id, again=False)


def new_idea(
    draft: IdeaDraft,
    created: datetime,
    begins: Visibility = Visibility.WAITING,
    *,
    suspicious: bool = False,
    risk: Risk = Risk.NONE,
) -> Idea:
    """Make the row of an idea, with its first revision. The caller adds its author."""
    idea = Idea(
        reference=next_reference(snapshot().reference_prefix, clock.local_date(created).year),
        title=draft.shown_title,
        text=draft.text,
        what_helps=draft.what_helps,
        excerpt=excerpt(draft.text),
        visibility=begins,
        handling=Handling.NEW,
        suspicious=suspicious,
        risk=risk,
        created_at=created,
        updated_at=created,
        topical=topical.score(created),
    )
    put_facts(idea, draft)
    db.session.add(idea)
    db.session.flush()  # its number is needed below
    add_revision(idea, draft, 1, "accepted", created, risk)
    return idea


def _place(actor: Actor, draft: IdeaDraft, seen: Inspected, suspicious: bool) -> Visibility | None:
    """Give where a new idea is shown at once; None when it waits: product rule "Publishing".

    What staff write for the staff alone waits only when it tells of somebody.
    """
    if draft.staff_only:
        return None if seen.waits_inside else Visibility.STAFF_ONLY
    at_once = public_at_once(actor, draft.group_id) and not (suspicious or seen.waits)
    return Visibility.PUBLIC if at_once else None


def edit_idea(
    actor: Actor,
    idea: Idea,
    draft: IdeaDraft,
    *,
    suspicious: bool = False,
    others_took_part: bool | None = None,
) -> Edited:
    """Change the text. Before anybody else took part it changes at once; later it is a revision.

    A returned idea goes back to wait for a moderator. The new text of an idea that is shown waits
    when its author's texts wait or something in it is marked; the old one stays until then, and a
    newer one takes its place.
    others_took_part: somebody else than the authors supported or commented; None counts everybody.
    Safe to repeat. Raises RuleBrokenError and ForbiddenError.
    """
    hold(idea)
    authorize(actor, "idea:edit", idea)
    check(draft)
    refuse_borrowed(actor, draft.capacity, None, was=idea.capacity or "")
    shown, seen = idea.visibility in SHOWN, seen_in(draft)
    waits = edit_waits(actor, idea, getattr(idea, GROUP, None)) or (
        shown and (suspicious or must_wait(seen, idea))
    )
    changed = _change_name(idea, _own_name(actor, draft.name), draft.unit, waits)
    changed = put_facts(idea, draft) or changed
    stood(idea)
    answered, idea.asked_at = idea.asked_at, None
    revision = revise(idea, draft, "waiting" if waits else "accepted", seen.risk)
    if revision and not waits:
        apply_revision(idea, revision, others_took_part=others_took_part)
    danger = seen.urgent and waits and revision is not None
    if not shown:
        danger = put_risk(idea, seen.risk)
    if danger:
        record(UrgentReceived(idea.id))
    if idea.visibility == Visibility.DRAFT:
        move_visibility(
            actor,
            idea,
            Visibility.WAITING,
            Kind.RESUBMITTED,
            revision_id=revision.id if revision else None,
        )
        return Edited.RESUBMITTED
    if revision or (changed and not shown):
        # A change that readers may compare stands in the public timeline, others do not; a
        # moderator who has read the idea before sees that something is new.
        public = shown and not waits and _took_part(idea, others_took_part)
        kind = Kind.EDIT_WAITS if waits else Kind.EDITED
        number = revision.id if revision else None
        add_entry(actor, idea, kind, revision_id=number, public=public)
    if not (revision or changed or answered):
        return Edited.SAME
    idea.version = idea.version + 1
    record(IdeaChanged(idea.id))
    return Edited.WAITS if revision and waits else Edited.SHOWN


def apply_revision(idea: Idea, revision: Revision, *, others_took_part: bool | None = None) -> None:
    """Make a revision the text that is shown.

    Earlier texts stay for everybody to read only when the idea is shown and others took part in
    talking about it; what was corrected before that is nobody's business. The idea then carries the
    risk of that text. Raises ConflictError when somebody may be in danger.
    """
    if idea.visibility in SHOWN and revision.risk == Risk.URGENT:
        raise ConflictError(NEVER_SHOWN)
    put_risk(idea, Risk(revision.risk))
    if not (idea.visibility in SHOWN and _took_part(idea, others_took_part)):
        db.session.execute(
            update(Revision)
            .where(Revision.idea_id == idea.id, Revision.id != revision.id)
            .values(public=False)
        )
    revision.state = "accepted"
    revision.public = True
    idea.title = revision.title
    idea.text = revision.text
    idea.what_helps = revision.what_helps
    idea.excerpt = excerpt(revision.text)
    idea.version = idea.version + 1
    record(IdeaChanged(idea.id))


def withdraw_idea(actor: Actor, idea: Idea, reason: str = "") -> None:
    """Take the idea back; a reason is welcome but not asked for. Safe to repeat."""
    hold(idea)
    if idea.visibility == Visibility.WITHDRAWN:
        return
    authorize(actor, "idea:withdraw", idea)
    refuse_long(LONGEST_REASON, reason=reason)
    refuse_identity_codes(reason=reason)
    move_visibility(actor, idea, Visibility.WITHDRAWN, Kind.WITHDRAWN, reason=reason)
    idea.asked_at = None
    replace_waiting(idea)


def _took_part(idea: Idea, others: bool | None) -> bool:
    return idea.support_count + idea.comment_count > 0 if others is None else others


def _change_name(idea: Idea, name: str, unit: str, waits: bool) -> bool:
    """Change the name that is shown. Where texts wait, name and unit can only be taken away."""
    authorship = db.session.scalars(
        select(Authorship).where(Authorship.idea_id == idea.id).order_by(Authorship.id).limit(1)
    ).one()
    if authorship.group_id is not None:
        name = authorship.name
    for field, new, old in (("name", name, authorship.name), ("unit", unit, idea.unit)):
        if waits and new not in ("", old):
            raise RuleBrokenError(
                _("After publication you can take this away but not change it."), field
            )
    changed = authorship.name != name
    authorship.name = name
    return changed


def _own_name(actor: Actor, name: str) -> str:
    """Give the name that is shown: none for somebody under 18, whatever they write."""
    return "" if isinstance(actor, Person) and actor.minor else name


def _add_author(actor: Actor, idea: Idea, draft: IdeaDraft, receipt_key: str) -> None:
    group = draft.group_id
    name = _own_name(actor, draft.name) if group is None else name_of(group)
    authorship = Authorship(idea_id=idea.id, name=name, group_id=group, created_at=idea.created_at)
    if isinstance(actor, Person):
        authorship.person_id = actor.id
    elif receipt_key and isinstance(actor, Nobody):
        receipt = Receipt(key_hash=hash_key(receipt_key), created_at=idea.created_at)
        db.session.add(receipt)
        db.session.flush()  # its id is needed by the authorship
        authorship.receipt_id = receipt.id
    db.session.add(authorship)
    setattr(idea, AUTHORS, frozenset({actor.id} if isinstance(actor, Person) else ()))
