"""Every write to where ideas belong: route, inform, re-route."""

from collections.abc import Iterable

from sqlalchemy import select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import in_the_readers_language
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, System, authorize
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.events import IdeaChanged, IdeaMoved
from innovation.ideas.lifecycle import Handling
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.moves import hold, move_handling
from innovation.ideas.timeline import Kind, add_entry
from innovation.programme.queries import SubProjectFact, snapshot
from innovation.routing.models import Routing

PRIMARY = "primary"
INFORMED = "informed"
LONGEST_REASON = 1_000


def route_idea(
    actor: Actor, idea: Idea, primary: int | None, informed: Iterable[int], reason: str = ""
) -> None:
    """Let the idea belong to one sub-project and let others know. The same again changes nothing.

    primary: id of a sub-project, or None for "none yet". informed: ids of the others that are
    told; who is not among them any more is no longer told. reason: why a routed idea moves, which
    its author reads; a person has to give it. Raises RuleBrokenError at "primary", "informed" or
    "routing_reason", ConflictError for a merged idea, and ForbiddenError.
    """
    current = check_routing(actor, idea, primary, informed, reason)
    told = set(informed) - {primary}
    previous = _primary(current)
    moves = primary != (previous.sub_project_id if previous else None)
    _end_informed(idea, current, told)
    if moves:
        _end(current.get(primary) if primary else None)
        _move_primary(actor, idea, previous, primary, reason)
    for sub_project_id in sorted(told):
        row = current.get(sub_project_id)
        if row is None or row.until is not None:
            entry = add_entry(actor, idea, Kind.INFORMED, sub_project_id=sub_project_id)
            _begin(idea, sub_project_id, INFORMED, entry)
            record(IdeaChanged(idea.id))
            record(IdeaMoved(idea.id, entry.id))


def check_routing(
    actor: Actor, idea: Idea, primary: int | None, informed: Iterable[int], reason: str
) -> dict[int, Routing]:
    """Hold the idea and give its current routings; raises what `route_idea` raises."""
    authorize(actor, "idea:route", idea)
    hold(idea)
    if idea.merged_into_id is not None:
        raise ConflictError(_("The idea was merged into another one. Route that one instead."))
    current = _current(idea.id)
    _check_choice(primary, set(informed) - {primary}, frozenset(current))
    previous = _primary(current)
    moves = previous is not None and primary != previous.sub_project_id
    if moves and not reason and not isinstance(actor, System):
        raise RuleBrokenError(_("Tell in one sentence why the idea moves."), "routing_reason")
    _check_reason(reason)
    return current


def _primary(current: dict[int, Routing]) -> Routing | None:
    return next((row for row in current.values() if row.kind == PRIMARY), None)


def _check_choice(primary: int | None, informed: Iterable[int], kept: frozenset[int]) -> None:
    """Refuse what is unknown or closed; `kept`, those the idea has, may have closed meanwhile."""
    wanted = [(number, "informed") for number in informed]
    if primary is not None:
        wanted.insert(0, (primary, "primary"))
    for number, field in wanted:
        fact = snapshot().sub_project_by_id.get(number)
        if fact is None:
            raise RuleBrokenError(_("Choose one of the options."), field)
        if fact.closed and number not in kept:
            raise RuleBrokenError(_closed(fact), field)


def _closed(fact: SubProjectFact) -> object:
    name = in_the_readers_language(fact.short_names)
    successor = snapshot().sub_project_by_id.get(fact.successor_id or 0)
    if successor is None:
        return _("The sub-project %(name)s has closed. Choose another one.", name=name)
    return _(
        "The sub-project %(name)s has closed. Its work goes on in %(successor)s.",
        name=name,
        successor=in_the_readers_language(successor.short_names),
    )


def _check_reason(reason: str) -> None:
    refuse_long(LONGEST_REASON, routing_reason=reason)
    refuse_identity_codes(routing_reason=reason)


def _current(idea_id: int) -> dict[int, Routing]:
    """Give the idea's routings that are in force, by sub-project."""
    rows = db.session.scalars(
        select(Routing).where(Routing.idea_id == idea_id, Routing.until.is_(None))
    )
    return {row.sub_project_id: row for row in rows}


def _end_informed(idea: Idea, current: dict[int, Routing], told: set[int]) -> None:
    for number, row in current.items():
        if row.kind == INFORMED and number not in told:
            _end(row)
            idea.version = idea.version + 1
            record(IdeaChanged(idea.id))


def _move_primary(
    actor: Actor, idea: Idea, previous: Routing | None, primary: int | None, reason: str
) -> None:
    """End the one primary routing and begin the other, with the entry that tells of it."""
    _end(previous)
    idea.primary_sub_project_id = primary
    kind = Kind.REROUTED if previous else Kind.ROUTED
    target = {
        (Handling.NEW, True): Handling.ROUTED,
        (Handling.ROUTED, False): Handling.NEW,
    }.get((Handling(idea.handling), primary is not None))
    if target is not None:
        entry = move_handling(
            actor,
            idea,
            target,
            kind,
            next_step_on=idea.next_step_on,
            sub_project_id=primary,
            reason=reason,
        )
    else:
        entry = add_entry(actor, idea, kind, sub_project_id=primary, reason=reason)
        record(IdeaChanged(idea.id))
        record(IdeaMoved(idea.id, entry.id))
    if primary is not None:
        _begin(idea, primary, PRIMARY, entry)


def _begin(idea: Idea, sub_project_id: int, kind: str, entry: TimelineEntry) -> None:
    db.session.add(
        Routing(
            idea_id=idea.id,
            sub_project_id=sub_project_id,
            kind=kind,
            since=entry.at,
            timeline_id=entry.id,
        )
    )
    db.session.flush()  # the index of current rows is checked here


def _end(row: Routing | None) -> None:
    if row is not None and row.until is None:
        row.until = clock.now()
        db.session.flush()  # before a row that takes its place
