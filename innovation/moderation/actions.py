"""Every decision on an idea: publish, return, hide, restore, route, merge.

Decisions on what belongs to an idea, its comments, changed texts and reports, stand in `parts`.
"""

from sqlalchemy import select

from innovation.comments import actions as comments
from innovation.comments.reports import DISMISSED, UPHELD, resolve_reports
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas import topical
from innovation.ideas.counters import hold_counters
from innovation.ideas.events import IdeaChanged
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.merged import family_of
from innovation.ideas.models import Idea, Revision, TimelineEntry
from innovation.ideas.moves import hold, move_handling, move_visibility
from innovation.ideas.promises import keep_oldest, stood
from innovation.ideas.queries import place_to_return
from innovation.ideas.timeline import Kind, add_entry
from innovation.messages.actions import close_question
from innovation.moderation.recusals import refuse_recused
from innovation.moderation.texts import DONE_LABELS, ROLE_LABELS
from innovation.moderation.undo import undoable
from innovation.programme.queries import snapshot
from innovation.routing.actions import check_routing, route_idea
from innovation.votes.actions import recount as recount_votes

LONGEST_REASON = 1_000
_SHOWN = (Visibility.PUBLIC, Visibility.STAFF_ONLY)
# What happens beside a decision and does not make it stale.
_BESIDE = (
    Kind.INFORMED,
    Kind.COMMENT_HIDDEN,
    Kind.REPORT_DISMISSED,
    Kind.COMMENT_APPEALED,
    Kind.COMMENT_APPEAL_DECIDED,
)


def publish_idea(actor: Actor, idea: Idea, *, seen: int | None = None) -> None:
    """Let everybody see the idea, search engines too. Safe to repeat.

    seen: the last entry of the timeline when the moderator read the idea; with it a decision that
    comes after another's raises ConflictError instead, here and in the decisions below.
    """
    if not take(actor, idea, seen, (Kind.PUBLISHED,), Visibility.PUBLIC):
        return
    with undoable(actor, "publish", idea):
        _publish(actor, idea)


def _publish(actor: Actor, idea: Idea) -> None:
    idea.indexable = True
    stood(idea)
    idea.asked_at = None
    if idea.visibility == Visibility.PUBLIC:
        # It was public by its author's right; now somebody has read it.
        add_entry(actor, idea, Kind.PUBLISHED, visibility_to=Visibility.PUBLIC, public=False)
        record(IdeaChanged(idea.id))
    else:
        move_visibility(actor, idea, Visibility.PUBLIC, Kind.PUBLISHED)
        place = topical.score(idea.published_at or clock.now())
        idea.topical = max(idea.topical, place)
    resolve_reports(actor, idea.id, None, DISMISSED)


def return_idea(actor: Actor, idea: Idea, reason: str, *, seen: int | None = None) -> None:
    """Give the idea back to its author to be corrected. The reason is for the author alone."""
    check_reason(reason)
    if not take(actor, idea, seen, (Kind.RETURNED,)):
        return
    with undoable(actor, "return", idea):
        move_visibility(actor, idea, Visibility.DRAFT, Kind.RETURNED, reason=reason, public=False)
        idea.asked_at = clock.now()
        close_question(idea.id)  # the correction is the answer
        resolve_reports(actor, idea.id, None, UPHELD)


def hide_idea(actor: Actor, idea: Idea, rule: str, reason: str, *, seen: int | None = None) -> None:
    """Hide the idea by a rule of the programme; a stub with the rule stays where it was public."""
    check_rule(rule)
    check_reason(reason)
    if not take(actor, idea, seen, (Kind.HIDDEN,)):
        return
    with undoable(actor, "hide", idea, rule=rule):
        move_visibility(actor, idea, Visibility.HIDDEN, Kind.HIDDEN, rule=rule, reason=reason)
        resolve_reports(actor, idea.id, None, UPHELD)


def restore_idea(actor: Actor, idea: Idea, reason: str, *, seen: int | None = None) -> None:
    """Bring a hidden idea back to where it was shown; it waits when it never was."""
    check_reason(reason)
    if not take(actor, idea, seen, (Kind.RESTORED,)):
        return
    target = place_to_return(idea.id) or Visibility.WAITING
    with undoable(actor, "restore", idea):
        move_visibility(actor, idea, target, Kind.RESTORED, reason=reason)


def make_staff_only(actor: Actor, idea: Idea, reason: str, *, seen: int | None = None) -> None:
    """Let only staff who are signed in see the idea."""
    check_reason(reason)
    if not take(actor, idea, seen, (Kind.PUBLISHED,), Visibility.STAFF_ONLY):
        return
    with undoable(actor, "staff_only", idea):
        stood(idea)
        idea.asked_at = None
        move_visibility(
            actor, idea, Visibility.STAFF_ONLY, Kind.PUBLISHED, reason=reason, public=False
        )
        resolve_reports(actor, idea.id, None, UPHELD)


def publish_and_route(
    actor: Actor,
    idea: Idea,
    primary: int,
    informed: list[int],
    reason: str,
    *,
    seen: int | None = None,
) -> None:
    """Publish the idea and let it belong to a sub-project, as one decision."""
    # Everything is checked before the first change: a form that comes back shows what is so.
    check_routing(actor, idea, primary, informed, reason)
    if not take(actor, idea, seen, (Kind.PUBLISHED, Kind.ROUTED)):
        return
    with undoable(actor, "publish_and_route", idea):
        publish_idea(actor, idea)
        route_idea(actor, idea, primary, informed, reason)


def merge_idea(actor: Actor, idea: Idea, target: Idea, *, seen: int | None = None) -> None:
    """Let an idea belong to another that is about the same: it is read and supported there.

    Nothing of it moves; it points to the other, and what was merged into it earlier does so too.
    One that waits is published by this. Raises RuleBrokenError at "target", ConflictError when
    either has changed meanwhile, and ForbiddenError.
    """
    authorize(actor, "idea:moderate", target)
    refuse_recused(actor, target)
    # All at once, in the order of their numbers, so that no two wait for each other.
    hold_counters({target.id, *family_of(idea.id)})
    for one in (idea, target):
        hold(one)
    if idea.merged_into_id == target.id:
        return
    if not take(actor, idea, seen, (Kind.MERGED,)):
        return
    _check_target(idea, target)
    family = family_of(idea.id)
    others = [target.id, *(number for number in family if number != idea.id)]
    with undoable(actor, "merge", idea, others=others):
        if idea.visibility != target.visibility:
            _publish(actor, idea)
        for number in family:
            db.session.get_one(Idea, number).merged_into_id = target.id
        idea.asked_at = None
        keep_oldest(target, [idea])
        close_question(idea.id)  # from now on it is talked about there
        move_handling(actor, idea, Handling.MERGED, Kind.MERGED, other_idea_id=target.id)
        add_entry(actor, target, Kind.MERGED, other_idea_id=idea.id)
        record(IdeaChanged(target.id))
        _count_together(target, idea)


def _check_target(idea: Idea, target: Idea) -> None:
    """Refuse what would be shown to others than before; one that waits may become public."""
    if target.id == idea.id or target.merged_into_id is not None:
        raise RuleBrokenError(_("Choose another idea that is shown and not merged."), "target")
    to_all = target.visibility == Visibility.PUBLIC and idea.visibility == Visibility.WAITING
    alike = idea.visibility == target.visibility and idea.visibility in _SHOWN
    if not (to_all or alike):
        raise RuleBrokenError(_("The other idea is not shown to the same readers."), "target")
    waits = select(Revision.id).where(Revision.idea_id == idea.id, Revision.state == "waiting")
    if db.session.scalar(waits.limit(1)) is not None:
        raise RuleBrokenError(
            _("A change of this idea's text waits. Decide on the change before merging."), "target"
        )


def _count_together(*ideas: Idea) -> None:
    db.session.flush()
    recount_votes([one.id for one in ideas])
    comments.recount([one.id for one in ideas])


def reroute_idea(
    actor: Actor,
    idea: Idea,
    primary: int | None,
    informed: list[int],
    reason: str,
    *,
    seen: int | None = None,
) -> None:
    """Let the idea belong elsewhere, unless somebody has decided on it meanwhile."""
    if take(actor, idea, seen, (Kind.ROUTED, Kind.REROUTED)):
        with undoable(actor, "route", idea):
            route_idea(actor, idea, primary, informed, reason)


def take(
    actor: Actor,
    idea: Idea,
    seen: int | None,
    kinds: tuple[str, ...],
    target: Visibility | None = None,
) -> bool:
    """Hold the idea until the unit of work ends; False when the actor has just done the same.

    kinds, target: the entry that the decision makes, and the visibility in it when that matters.
    Raises ForbiddenError, and ConflictError when somebody else was faster.
    """
    authorize(actor, "idea:moderate", idea)
    refuse_recused(actor, idea)
    hold(idea)
    if idea.merged_into_id is not None:
        raise ConflictError(_("The idea was merged into another one. Decide on that one instead."))
    return in_time(actor, idea, seen, kinds, target)


def in_time(
    actor: Actor,
    idea: Idea,
    seen: int | None,
    kinds: tuple[str, ...],
    target: Visibility | None = None,
) -> bool:
    """Look at what came after `seen`, as `take` does."""
    if seen is None:
        return True
    newer = db.session.execute(
        select(
            TimelineEntry.kind,
            TimelineEntry.visibility_to,
            TimelineEntry.person_id,
            TimelineEntry.actor_role,
        )
        .where(
            TimelineEntry.idea_id == idea.id,
            TimelineEntry.id > seen,
            TimelineEntry.kind.not_in(_BESIDE),
        )
        .order_by(TimelineEntry.id)
    ).all()
    if not newer:
        return True
    own = isinstance(actor, Person) and all(entry.person_id == actor.id for entry in newer)
    if own and any(
        entry.kind in kinds and target in {None, entry.visibility_to} for entry in newer
    ):
        return False
    raise ConflictError(
        _(
            "%(who)s was faster: %(what)s. Nothing was changed now. Look at the idea again.",
            who=ROLE_LABELS.get(newer[-1].actor_role, ROLE_LABELS["system"]),
            what=DONE_LABELS.get(newer[-1].kind, DONE_LABELS[Kind.HANDLING]),
        )
    )


def check_rule(rule: str) -> None:
    """Raise RuleBrokenError at "rule" for what is not a rule of the programme."""
    if rule not in {known["id"] for known in snapshot().rules}:
        raise RuleBrokenError(_("Choose the rule that the text breaks."), "rule")


def check_reason(reason: str) -> None:
    """Raise RuleBrokenError at "reason" when the author would read none, or one too long."""
    if not reason:
        raise RuleBrokenError(_("Give the author a reason, or choose a ready one."), "reason")
    refuse_long(LONGEST_REASON, reason=reason)
    refuse_identity_codes(reason=reason)
