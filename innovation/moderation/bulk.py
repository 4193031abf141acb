"""One decision on many ideas: each is decided on by itself, and what cannot be done is told."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from innovation.comments.models import Report
from innovation.core.db import db
from innovation.core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RuleBrokenError,
)
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Person, authorize
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.queries import visible_idea
from innovation.ideas.risks import RISK_LABELS, Risk
from innovation.moderation import actions, claims
from innovation.moderation.models import Decision
from innovation.moderation.queries import QueueItem, queue
from innovation.moderation.recusals import refuse_undoing
from innovation.moderation.undo import hold_for_undoing, undo_decision
from innovation.routing.queries import current_routing

# How many ideas one page shows, and how many one press may decide on.
MOST_LISTED = 50
MOST_AT_ONCE = 200

Act = Callable[[Idea, int], None]


@dataclass(frozen=True, slots=True)
class Chosen:
    """An idea that was marked. seen: the last entry of its timeline when the page was made."""

    idea_id: int
    seen: int


@dataclass(frozen=True, slots=True)
class Refused:
    """An idea on which nothing was decided, and why."""

    idea_id: int
    title: str
    message: object


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one press: the numbers of its decisions, and what was left as it is."""

    decisions: tuple[int, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An idea that many can be decided on with.

    marked: why it is not published with others, or "". alone: it is not hidden with them either.
    """

    item: QueueItem
    text: str
    what_helps: str
    seen: int
    marked: object
    alone: bool


def candidates(person: Person, kind: str) -> list[Candidate]:
    """Give the ideas that wait (kind "idea") or have no sub-project yet ("unrouted").

    Those that are published one by one come last; to be routed, none has to be.
    """
    items = queue(kind, MOST_AT_ONCE, person=person).items
    newest = (
        select(TimelineEntry.idea_id, func.max(TimelineEntry.id).label("seen"))
        .where(TimelineEntry.idea_id.in_([item.id for item in items]))
        .group_by(TimelineEntry.idea_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Idea.id,
            Idea.text,
            Idea.what_helps,
            newest.c.seen,
            Idea.risk,
            Idea.visibility,
            _is_reported,
        ).join(newest, newest.c.idea_id == Idea.id)
    )
    known = {row[0]: row for row in rows}
    found = [
        Candidate(item, row[1], row[2], row[3], marked, row[4] >= Risk.URGENT)
        for item in items
        if (row := known.get(item.id))
        for marked in [(_why_alone(row[4], row[5], row[6]) if kind == "idea" else "") or ""]
    ]
    return sorted(found, key=lambda one: bool(one.marked))[:MOST_LISTED]


_is_reported = exists().where(
    Report.idea_id == Idea.id, Report.comment_id.is_(None), Report.resolved_at.is_(None)
)


def _why_alone(risk: int, visibility: str, reported: bool) -> object:
    """Give why the text is decided on by itself, None when it may be with others.

    What was marked is read with its marks, on its own card: nothing tells that somebody has.
    """
    if risk >= Risk.URGENT:
        return _("Somebody may be in danger. Open it and decide on it by itself.")
    if visibility == Visibility.WAITING and risk > Risk.NONE:
        what = RISK_LABELS[risk]
        return _("The text check marked: %(what)s. Publish it from its own page.", what=what)
    if reported:
        return _("It was reported. Open it and decide on it by itself.")
    return None


def publish(actor: Person, primary: int | None, reason: str) -> Act:
    """Publish, and let the idea belong to a sub-project where one is chosen."""

    def act(idea: Idea, seen: int) -> None:
        _refuse_unopened(idea)
        if primary is None:
            actions.publish_idea(actor, idea, seen=seen)
        else:
            told = _told(idea, primary)
            actions.publish_and_route(actor, idea, primary, told, reason, seen=seen)

    return act


def route(actor: Person, primary: int, reason: str) -> Act:
    """Let the idea belong to a sub-project; those that are informed stay so."""

    def act(idea: Idea, seen: int) -> None:
        actions.reroute_idea(actor, idea, primary, _told(idea, primary), reason, seen=seen)

    return act


def hide(actor: Person, rule: str, reason: Callable[[Idea], str]) -> Act:
    """Hide by one rule; the reason is filled in for each idea."""

    def act(idea: Idea, seen: int) -> None:
        _refuse_unopened(idea, hiding=True)
        actions.hide_idea(actor, idea, rule, reason(idea), seen=seen)

    return act


def _told(idea: Idea, primary: int) -> list[int]:
    return [fact.id for fact in current_routing(idea.id).informed if fact.id != primary]


def _refuse_unopened(idea: Idea, *, hiding: bool = False) -> None:
    reported = bool(db.session.scalar(select(_is_reported).where(Idea.id == idea.id)))
    why = _why_alone(idea.risk, idea.visibility, reported and not hiding)
    if why is not None and not (hiding and idea.risk < Risk.URGENT):
        raise RuleBrokenError(why)


def each(actor: Person, chosen: Iterable[Chosen], act: Act) -> Outcome:
    """Do the same to each idea, one after the other; one that is refused stops no other.

    Each is a decision of its own, undone by itself. Raises ForbiddenError for other people, and
    RuleBrokenError when nothing or too much was marked.
    """
    authorize(actor, "idea:moderate")
    wanted = {one.idea_id: one for one in chosen}
    if not wanted:
        raise RuleBrokenError(_("Mark the ideas first."), "picked")
    if len(wanted) > MOST_AT_ONCE:
        raise RuleBrokenError(
            _("At most %(num)d ideas at once. Mark fewer.", num=MOST_AT_ONCE), "picked"
        )
    last = db.session.scalar(select(func.max(Decision.id))) or 0
    refused = [
        Refused(number, _title(number), why)
        for number in sorted(wanted)  # in one order, so that no two wait for each other
        if (why := _tried(actor, wanted[number], act)) is not None
    ]
    made = db.session.scalars(
        select(Decision.id)
        .where(
            Decision.id > last,
            Decision.person_id == actor.id,
            Decision.idea_id.in_(list(wanted)),
        )
        .order_by(Decision.id)
    )
    return Outcome(tuple(made), tuple(refused))


def _tried(actor: Person, one: Chosen, act: Act) -> object:
    """Decide on one idea in a savepoint of its own; gives why that was refused, or None."""
    try:
        with db.session.begin_nested():
            claims.end_by_deciding(actor, "idea", one.idea_id)
            act(visible_idea(actor, one.idea_id), one.seen)
    except (ConflictError, RuleBrokenError) as error:
        return error.message
    except ForbiddenError:
        return _("This is not yours to decide.")
    except NotFoundError:
        return _("The idea is not there any more.")
    return None


def _title(number: int) -> str:
    title = db.session.scalar(select(Idea.title).where(Idea.id == number))
    return title or f"{number}"


def undo_each(actor: Person, numbers: Collection[int]) -> Outcome:
    """Undo one's own decisions, the newest first; one that is refused stops no other."""
    authorize(actor, "idea:moderate")
    rows = db.session.scalars(
        select(Decision)
        .where(
            Decision.id.in_(list(numbers)[:MOST_AT_ONCE]),
            Decision.person_id == actor.id,
            Decision.undone_at.is_(None),
        )
        .order_by(Decision.id.desc())
    ).all()
    hold_for_undoing(rows)  # in one order, so that no two wait for each other
    undone, refused = [], []
    for number, idea_id in [(row.id, row.idea_id) for row in rows]:
        try:
            with db.session.begin_nested():
                decision = db.session.get_one(Decision, number)
                refuse_undoing(actor, decision)
                undo_decision(actor, decision)
        except (ConflictError, RuleBrokenError) as error:
            refused.append(Refused(idea_id, _title(idea_id), error.message))
            continue
        undone.append(number)
    return Outcome(tuple(undone), tuple(refused))
