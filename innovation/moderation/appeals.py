"""An author asks another moderator to look at a decision once more, and gets an answer."""

from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, System, authorize, may
from innovation.core.text import has_words
from innovation.guard import inspect
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.events import IdeaMoved, UrgentReceived
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import hold, move_visibility
from innovation.ideas.policy import is_author
from innovation.ideas.queries import place_to_return, visible_idea
from innovation.ideas.timeline import Kind, add_entry, role_of
from innovation.moderation.actions import check_reason
from innovation.moderation.appeal_cases import (
    appeal_against,
    declined_revision,
    entry_of,
    in_force,
)
from innovation.moderation.models import Appeal, Decision, Recusal
from innovation.moderation.parts import accept_revision, publish_comment
from innovation.moderation.undo import restores, undoable

LONGEST_APPEAL = 2_000
UPHELD, CHANGED = "upheld", "changed"

restores(Appeal, "idea_id")


def appeal(actor: Actor, decision: Decision, text: str) -> Appeal:
    """Ask for another look at a decision, once; the same words again give the same appeal.

    actor: the author of the idea, or the writer of the comment. Raises RuleBrokenError at "text",
    ConflictError when the decision is no longer in force, and ForbiddenError.
    """
    comment = _comment_of(decision)
    if comment is not None:
        authorize(actor, "comment:appeal", comment)
        idea = db.session.get_one(Idea, decision.idea_id)
    else:
        idea = visible_idea(actor, decision.idea_id)
        authorize(actor, "idea:appeal", idea)
    if not has_words(text):
        raise RuleBrokenError(_("Tell in a few words why you think otherwise."), "text")
    refuse_long(LONGEST_APPEAL, text=text)
    refuse_identity_codes(text=text)
    hold(idea)
    known = appeal_against(decision)
    if known is not None and known.text == text:
        return known
    if known is not None:
        raise RuleBrokenError(_("You have already asked for another look at this."), "text")
    if decision.undone_at is not None or not in_force(decision):
        raise ConflictError(_("This has been decided anew meanwhile. Look at it again."))
    made = Appeal(
        decision_id=decision.id,
        idea_id=idea.id,
        comment_id=decision.comment_id,
        text=text,
        at=clock.now(),
    )
    db.session.add(made)
    if comment is None:
        add_entry(actor, idea, Kind.APPEALED, public=False)
    else:  # for moderators alone: the author of the idea need not know who appeals under it
        add_entry(actor, idea, Kind.COMMENT_APPEALED, comment_id=comment.id, public=False)
    db.session.flush()
    if inspect(text).urgent:  # moderators hear of it at once, whatever stands in the list before it
        record(UrgentReceived(idea.id, decision.comment_id))
    return made


def decide_appeal(actor: Actor, appeal: Appeal, outcome: str, reason: str) -> None:
    """Answer an appeal: the decision stays (UPHELD) or is taken back (CHANGED). Safe to repeat.

    Raises RuleBrokenError at "reason", ConflictError when another was faster or the text has
    changed, and ForbiddenError for whoever made the decision or whom the idea concerns.
    """
    authorize(actor, "idea:moderate")
    decision = db.session.get_one(Decision, appeal.decision_id)
    idea = visible_idea(actor, appeal.idea_id)
    comment = _comment_of(decision)
    _refuse_partial(actor, decision, idea, comment)
    if outcome not in {UPHELD, CHANGED}:
        raise RuleBrokenError(_("Choose one of the options."))
    check_reason(reason)
    if comment is not None:
        hold(comment)  # before its idea, as everywhere, so that no two wait for each other
    hold(idea)
    hold(appeal)
    if appeal.outcome:
        if isinstance(actor, Person) and (appeal.decided_by_id, appeal.outcome) == (
            actor.id,
            outcome,
        ):
            return
        raise ConflictError(_("Another moderator has already answered this appeal."))
    with undoable(actor, "appeal", idea, comment=comment):
        if outcome == CHANGED:
            _take_back(actor, decision, idea, comment)
        appeal.outcome, appeal.reason, appeal.decided_at = outcome, reason, clock.now()
        appeal.decided_by_id = actor.id if isinstance(actor, Person) else None
        _write_down(actor, idea, comment, outcome, reason)


def _write_down(
    actor: Actor, idea: Idea, comment: Comment | None, outcome: str, reason: str
) -> None:
    """Let whoever appealed read the answer; one about a comment is for moderators alone here."""
    if comment is not None:
        kind = Kind.COMMENT_APPEAL_DECIDED
        add_entry(actor, idea, kind, comment_id=comment.id, reason=reason, public=False)
        return
    kind = Kind.APPEAL_CHANGED if outcome == CHANGED else Kind.APPEAL_UPHELD
    entry = add_entry(actor, idea, kind, reason=reason, public=False)
    record(IdeaMoved(idea.id, entry.id))


def let_go(decision_id: int) -> None:
    """Close the appeal against a decision that was undone: its author got what was asked for."""
    decision = db.session.get_one(Decision, decision_id)
    known = appeal_against(decision)
    if known is not None and not known.outcome:
        known.outcome, known.decided_at = CHANGED, clock.now()


def _refuse_partial(actor: Actor, decision: Decision, idea: Idea, comment: Comment | None) -> None:
    """Raise ForbiddenError for those who have a stake in it themselves."""
    if not may(actor, "appeal:decide", decision):
        raise ForbiddenError(
            _("This decision was yours, so somebody else looks at it now. Thank you for yours.")
        )
    if not isinstance(actor, Person):
        return
    own = comment.person_id == actor.id if comment else is_author(actor, idea)
    if own or db.session.get(Recusal, (idea.id, actor.id)) is not None:
        raise ForbiddenError(_("This concerns you, so another moderator looks at it."))


def _take_back(actor: Actor, decision: Decision, idea: Idea, comment: Comment | None) -> None:
    """Let the text be where it was before the decision; what is there already stays."""
    if comment is not None:
        publish_comment(actor, comment)
        return
    if not in_force(decision):
        if decision.kind == "decline_edit":
            raise ConflictError(_("The author has sent a newer text. Decide on that one instead."))
        return
    if decision.kind == "decline_edit":
        revision = declined_revision(decision)
        if revision is not None:
            revision.state = "waiting"
            accept_revision(actor, idea, revision)
        return
    idea.asked_at = None
    # Between where it is and where it was there is no move of a moderator's own, so the platform
    # makes it; the line in the timeline says in whose name.
    move_visibility(
        System("appeal"),
        idea,
        _place_before(decision),
        Kind.RESTORED,
        actor_role=role_of(actor),
        person_id=actor.id if isinstance(actor, Person) else None,
    )


def _place_before(decision: Decision) -> Visibility:
    if decision.kind == "hide":
        return place_to_return(decision.idea_id) or Visibility.WAITING
    entry = entry_of(decision)
    return Visibility(entry.visibility_from or Visibility.WAITING) if entry else Visibility.WAITING


def _comment_of(decision: Decision) -> Comment | None:
    return db.session.get(Comment, decision.comment_id) if decision.comment_id else None
