"""Passing a matter on to whom it belongs: another body, or the registry as an initiative."""

from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.labels import DOOR, LONGEST
from innovation.ideas.lifecycle import HANDLING_MOVES, Handling, Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import move_handling
from innovation.ideas.risks import Risk
from innovation.ideas.timeline import Kind
from innovation.messages.models import GIVEN
from innovation.messages.queries import consent_of
from innovation.moderation.actions import check_reason, take
from innovation.moderation.undo import undoable
from innovation.programme.queries import snapshot

INITIATIVE = "initiative"
# Doors that a person goes through in danger or in need of care; a text is not sent there.
_NOT_FOR_TEXTS = frozenset({"emergency", "crisis", "urgent_care"})
_SHOWN = frozenset({Visibility.PUBLIC, Visibility.STAFF_ONLY})


def receivers() -> list[tuple[str, str]]:
    """Give (what `ideas.passed_to` holds, kind) of the doors that a matter is passed on to."""
    return [
        (DOOR + str(door["id"]), str(door["kind"]))
        for door in snapshot().doors
        if door["kind"] not in _NOT_FOR_TEXTS and door["kind"] != INITIATIVE
    ]


def pass_on(actor: Actor, idea: Idea, to: str, reason: str, *, seen: int | None = None) -> None:
    """Pass the matter on to another body; the author reads to whom and why.

    to: one of `receivers()`, or the name of another. An idea that waits is never shown; one that
    is shown stays so. seen: as in `publish_idea`. Raises RuleBrokenError at "other" or "reason",
    ConflictError and ForbiddenError.
    """
    known = {code for code, _kind in receivers()}
    if not to or (to.startswith(DOOR) and to not in known):
        raise RuleBrokenError(_("Choose or write to whom the matter is passed on."), "other")
    refuse_long(LONGEST, other=to)
    refuse_identity_codes(other=to)
    check_reason(reason)
    _pass(actor, idea, to, reason, seen)


def pass_on_as_initiative(
    actor: Actor, idea: Idea, reason: str, *, seen: int | None = None
) -> None:
    """Pass the idea on to the registry as a statutory initiative, as its author has agreed.

    Raises RuleBrokenError at "reason", without consent too, ConflictError and ForbiddenError.
    """
    if consent_of(idea.id) != GIVEN:
        raise RuleBrokenError(
            _("The author has not agreed to an initiative. Ask the author first."), "reason"
        )
    check_reason(reason)
    door = next((one["id"] for one in snapshot().doors if one["kind"] == INITIATIVE), "")
    _pass(actor, idea, f"{DOOR}{door}", reason, seen)


def can_pass(idea: Idea) -> bool:
    """Tell whether the idea stands where it can be passed on.

    Where somebody may be in danger it is written down first what was done, or that it was nothing.
    """
    return (
        idea.merged_into_id is None
        and idea.risk != Risk.URGENT
        and (idea.visibility in _SHOWN or idea.visibility == Visibility.WAITING)
        and (Handling(idea.handling), Handling.PASSED_ON) in HANDLING_MOVES
    )


def _pass(actor: Actor, idea: Idea, to: str, reason: str, seen: int | None) -> None:
    if not take(actor, idea, seen, (Kind.PASSED_ON,)):
        return
    if not can_pass(idea):
        raise ConflictError(_("The idea has changed meanwhile. Look at it again before deciding."))
    with undoable(actor, "pass_on", idea):
        idea.passed_to = to
        idea.asked_at = None
        move_handling(
            actor,
            idea,
            Handling.PASSED_ON,
            Kind.PASSED_ON,
            reason=reason,
            public=idea.visibility in _SHOWN,
        )
