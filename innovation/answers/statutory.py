"""Writing the register of matters whose time the law sets."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select

from innovation.answers.models import StatutoryClock
from innovation.answers.registers import INITIATIVE, KINDS, matter_of
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, NotFoundError, RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.guard import inspect
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.labels import DOOR
from innovation.ideas.models import Idea
from innovation.ideas.moves import hold
from innovation.moderation.models import Decision
from innovation.moderation.passing import INITIATIVE as INITIATIVES_DOOR
from innovation.programme.queries import snapshot

PERMISSION = "statutory:keep"
LONGEST_ABOUT = 160
LONGEST_REASON = 500
# What arrived longer ago is a slip of the pen.
OLDEST = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class MatterDraft:
    """A matter to be entered. sure: whoever wrote it has looked at what the text check marked."""

    kind: str
    arrived_on: date | None
    about: str
    sure: bool = False


def enter(actor: Actor, draft: MatterDraft) -> StatutoryClock:
    """Put a matter in the register and count its day; the same again is entered once.

    Raises RuleBrokenError at kind, arrived_on, about or sure, and ForbiddenError.
    """
    authorize(actor, PERMISSION)
    if draft.kind not in KINDS:
        raise RuleBrokenError(_("Choose what it is."), "kind")
    arrived_on = _arrived(draft.arrived_on)
    _check_about(draft)
    return _add(draft.kind, arrived_on, draft.about, _number(actor))


def move(actor: Actor, number: int, to: date | None, reason: str) -> None:
    """Move the day where the law lets it, once, with the reason that the asker is told.

    Safe to repeat. Raises RuleBrokenError at "to" or "reason", ConflictError, NotFoundError and
    ForbiddenError.
    """
    authorize(actor, PERMISSION)
    row = _held(number)
    if row.moved_to is not None and (row.moved_to, row.reason) == (to, reason):
        return
    longest = matter_of(row).longest
    if longest is None:
        raise ConflictError(_("This day cannot be moved any more."))
    if clock.today() > row.due_on:
        raise ConflictError(_("The time is over already, so the day can no longer be moved."))
    if to is None:
        raise RuleBrokenError(_("Write the new day, such as 15.12.2026."), "to")
    if to <= row.due_on:
        raise RuleBrokenError(_("Choose a later day than the one in force."), "to")
    if to > longest:
        raise RuleBrokenError(
            _("The law lets the day be moved to %(date)s.", date=_day(longest)), "to"
        )
    if not reason:
        raise RuleBrokenError(_("Write the reason. It is told to the person who asked."), "reason")
    refuse_long(LONGEST_REASON, reason=reason)
    refuse_identity_codes(reason=reason)
    row.moved_to, row.reason = to, reason


def finish(actor: Actor, number: int) -> None:
    """Note that the matter was answered today. Safe to repeat."""
    authorize(actor, PERMISSION)
    row = _held(number)
    row.done_on = row.done_on or clock.today()


def reopen(actor: Actor, number: int) -> None:
    """Take back that the matter was answered; its days stay. Safe to repeat."""
    authorize(actor, PERMISSION)
    _held(number).done_on = None


def note_request(about: str, actor: Person | None, *, done: bool = True) -> date:
    """Note a request about one's own data that came through the service; gives its last day.

    about: the number of an account or a reference. done: a press has answered it at once; otherwise
    the same again, while it is open, begins nothing new.
    """
    kind, today = "data_request", clock.today()
    if not done:
        return _add(kind, today, about, actor.id if actor else None).due_on
    row = StatutoryClock(
        kind=kind,
        about=about,
        arrived_on=today,
        due_on=KINDS[kind].due(today),
        done_on=today,
        person_id=None,
        at=clock.now(),
    )
    db.session.add(row)
    return row.due_on


def begin_initiative(decision_id: int) -> None:
    """Begin the month of an initiative when an idea was passed on as one; else do nothing."""
    decision = db.session.get_one(Decision, decision_id)
    if decision.kind != "pass_on":
        return
    idea = db.session.get_one(Idea, decision.idea_id)
    doors = {f"{DOOR}{one['id']}" for one in snapshot().doors if one["kind"] == INITIATIVES_DOOR}
    if idea.passed_to in doors:
        on = clock.local_date(decision.at)
        _add(INITIATIVE, on, idea.reference, decision.person_id, idea.id)


def forget_initiative(decision_id: int) -> None:
    """Let the month of an initiative be gone when passing it on was undone."""
    decision = db.session.get_one(Decision, decision_id)
    if decision.kind == "pass_on":
        db.session.execute(
            delete(StatutoryClock).where(
                StatutoryClock.idea_id == decision.idea_id,
                StatutoryClock.kind == INITIATIVE,
                StatutoryClock.at >= decision.at,
            )
        )


def _arrived(on: date | None) -> date:
    if on is None:
        raise RuleBrokenError(_("Write the day of arrival, such as 15.12.2026."), "arrived_on")
    if on > clock.today():
        raise RuleBrokenError(_("Choose today or an earlier day."), "arrived_on")
    if on < clock.today() - OLDEST:
        raise RuleBrokenError(_("Choose a day within two years."), "arrived_on")
    return on


def _check_about(draft: MatterDraft) -> None:
    if not draft.about:
        raise RuleBrokenError(_("Write in a few words what it is about."), "about")
    refuse_long(LONGEST_ABOUT, about=draft.about)
    refuse_identity_codes(about=draft.about)
    if len(inspect(draft.about)) and not draft.sure:
        raise RuleBrokenError(
            _(
                "Somebody may be recognised from this. Write it without names, or confirm that "
                "nobody can be."
            ),
            "about",
        )


def _add(
    kind: str, arrived_on: date, about: str, person_id: int | None, idea_id: int | None = None
) -> StatutoryClock:
    known = select(StatutoryClock).where(
        StatutoryClock.kind == kind,
        StatutoryClock.arrived_on == arrived_on,
        StatutoryClock.about == about,
        StatutoryClock.done_on.is_(None),
    )
    row = db.session.scalar(known.limit(1))
    if row is None:
        row = StatutoryClock(
            kind=kind,
            idea_id=idea_id,
            about=about,
            arrived_on=arrived_on,
            due_on=KINDS[kind].due(arrived_on),
            person_id=person_id,
            at=clock.now(),
        )
        db.session.add(row)
        db.session.flush()
    return row


def _held(number: int) -> StatutoryClock:
    row = db.session.get(StatutoryClock, number)
    if row is None:
        raise NotFoundError(f"statutory clock {number}")
    hold(row)
    return row


def _number(actor: Actor) -> int | None:
    return actor.id if isinstance(actor, Person) else None


def _day(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
