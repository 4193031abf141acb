"""Every decision at the desk: publish, return, hide, restore, accept, decline, dismiss."""

from sqlalchemy import select

from innovation.comments import actions as comments
from innovation.comments.models import Comment
from innovation.comments.reports import DISMISSED, UPHELD, resolve_reports
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas import topical
from innovation.ideas.actions import apply_revision
from innovation.ideas.events import IdeaChanged, IdeaMoved
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea, Revision, TimelineEntry
from innovation.ideas.moves import hold, move_visibility
from innovation.ideas.queries import place_to_return
from innovation.ideas.timeline import Kind, add_entry
from innovation.moderation.texts import DONE_LABELS, ROLE_LABELS
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea

LONGEST_REASON = 1_000
# What happens beside a decision and does not make it stale.
_BESIDE = (Kind.INFORMED, Kind.COMMENT_HIDDEN, Kind.REPORT_DISMISSED)


def publish_idea(actor: Actor, idea: Idea, *, seen: int | None = None) -> None:
    """Let everybody see the idea, search engines too. Safe to repeat.

    seen: the last entry of the timeline when the moderator read the idea; with it a decision that
    comes after another's raises ConflictError instead, here and in the decisions below.
    """
    if not _take(actor, idea, seen, (Kind.PUBLISHED,), Visibility.PUBLIC):
        return
    idea.indexable = True
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
    _check_reason(reason)
    if not _take(actor, idea, seen, (Kind.RETURNED,)):
        return
    move_visibility(actor, idea, Visibility.DRAFT, Kind.RETURNED, reason=reason, public=False)
    idea.asked_at = clock.now()
    resolve_reports(actor, idea.id, None, UPHELD)


def hide_idea(actor: Actor, idea: Idea, rule: str, reason: str, *, seen: int | None = None) -> None:
    """Hide the idea by a rule of the programme; a stub with the rule stays where it was public."""
    _check_rule(rule)
    _check_reason(reason)
    if not _take(actor, idea, seen, (Kind.HIDDEN,)):
        return
    move_visibility(actor, idea, Visibility.HIDDEN, Kind.HIDDEN, rule=rule, reason=reason)
    resolve_reports(actor, idea.id, None, UPHELD)


def restore_idea(actor: Actor, idea: Idea, reason: str, *, seen: int | None = None) -> None:
    """Bring a hidden idea back to where it was shown; it waits when it never was."""
    _check_reason(reason)
    if not _take(actor, idea, seen, (Kind.RESTORED,)):
        return
    target = place_to_return(idea.id) or Visibility.WAITING
    move_visibility(actor, idea, target, Kind.RESTORED, reason=reason)


def make_staff_only(actor: Actor, idea: Idea, reason: str, *, seen: int | None = None) -> None:
    """Let only staff who are signed in see the idea."""
    _check_reason(reason)
    if not _take(actor, idea, seen, (Kind.PUBLISHED,), Visibility.STAFF_ONLY):
        return
    idea.asked_at = None
    move_visibility(actor, idea, Visibility.STAFF_ONLY, Kind.PUBLISHED, reason=reason, public=False)
    resolve_reports(actor, idea.id, None, UPHELD)


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
    if _take(actor, idea, seen, (Kind.ROUTED, Kind.REROUTED)):
        route_idea(actor, idea, primary, informed, reason)


def accept_revision(
    actor: Actor, idea: Idea, revision: Revision, *, seen: int | None = None
) -> None:
    """Make a waiting text the one that is shown."""
    if not _take(actor, idea, seen, (Kind.EDITED,)):
        return
    _still_waits(revision)
    apply_revision(idea, revision)
    revision.decided_at = clock.now()
    others = idea.support_count + idea.comment_count > 0
    entry = add_entry(actor, idea, Kind.EDITED, revision_id=revision.id, public=others)
    record(IdeaMoved(idea.id, entry.id))


def decline_revision(
    actor: Actor, idea: Idea, revision: Revision, reason: str, *, seen: int | None = None
) -> None:
    """Keep the text that is shown; the author reads why."""
    _check_reason(reason)
    if not _take(actor, idea, seen, (Kind.EDIT_DECLINED,)):
        return
    _still_waits(revision)
    revision.state = "declined"
    revision.decided_at = clock.now()
    entry = add_entry(
        actor, idea, Kind.EDIT_DECLINED, revision_id=revision.id, reason=reason, public=False
    )
    record(IdeaMoved(idea.id, entry.id))


def publish_comment(actor: Actor, comment: Comment, *, seen: str | None = None) -> None:
    """Let everybody read a comment. Safe to repeat.

    seen: the comment's visibility when the moderator read it; with it a decision that comes after
    another's raises ConflictError instead, here and when hiding.
    """
    authorize(actor, "comment:moderate", comment)
    _still_as_seen(comment, seen, {"public"})
    comments.publish_comment(actor, comment)


def hide_comment(
    actor: Actor, comment: Comment, rule: str, reason: str, *, seen: str | None = None
) -> None:
    """Hide a comment by a rule; a stub with the rule stays where others saw it. Safe to repeat."""
    authorize(actor, "comment:moderate", comment)
    _check_rule(rule)
    _check_reason(reason)
    if _still_as_seen(comment, seen, {"hidden", "declined"}):
        comments.hide_comment(actor, comment, rule, reason)


def dismiss_report(
    actor: Actor,
    idea: Idea,
    comment: Comment | None,
    reason: str,
    *,
    seen: int | None = None,
) -> None:
    """Leave a reported text as it is; one that waited for this is shown again. Safe to repeat."""
    authorize(actor, "idea:moderate", idea)
    _check_reason(reason)
    if comment is not None:
        hold(comment)  # before its idea, as everywhere, so that no two wait for each other
    hold(idea)
    waits = (comment or idea).visibility == "waiting"
    if comment is None and waits:
        _in_time(actor, idea, seen, ())  # its author may have written something else meanwhile
    if not resolve_reports(actor, idea.id, comment.id if comment else None, DISMISSED):
        return
    if comment is not None and waits:
        comments.publish_comment(actor, comment)
    place = place_to_return(idea.id) if comment is None and waits else None
    if place is not None:
        move_visibility(actor, idea, place, Kind.RESTORED, reason=reason)
        return
    add_entry(
        actor,
        idea,
        Kind.REPORT_DISMISSED,
        comment_id=comment.id if comment else None,
        reason=reason,
        public=False,
    )


def _take(
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
    hold(idea)
    if idea.merged_into_id is not None:
        raise ConflictError(_("The idea was merged into another one. Decide on that one instead."))
    return _in_time(actor, idea, seen, kinds, target)


def _in_time(
    actor: Actor,
    idea: Idea,
    seen: int | None,
    kinds: tuple[str, ...],
    target: Visibility | None = None,
) -> bool:
    """Look at what came after `seen`, as `_take` does."""
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


def _still_waits(revision: Revision) -> None:
    hold(revision)
    if revision.state != "waiting":
        raise ConflictError(_("This text no longer waits. Look at the idea again."))


def _still_as_seen(comment: Comment, seen: str | None, targets: set[str]) -> bool:
    """Hold the comment; False when it is already where the decision would bring it."""
    hold(comment)
    if comment.visibility in targets:
        return False
    if seen is not None and comment.visibility != seen:
        raise ConflictError(_("The comment has changed meanwhile. Look at it again."))
    return True


def _check_rule(rule: str) -> None:
    if rule not in {known["id"] for known in snapshot().rules}:
        raise RuleBrokenError(_("Choose the rule that the text breaks."), "rule")


def _check_reason(reason: str) -> None:
    if not reason:
        raise RuleBrokenError(_("Give the author a reason, or choose a ready one."), "reason")
    refuse_long(LONGEST_REASON, reason=reason)
    refuse_identity_codes(reason=reason)
