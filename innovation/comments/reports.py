"""Reporting what breaks the rules, and answering the reports; every reader may report."""

from sqlalchemy import exists, select, update

from innovation.comments.lifecycle import Visibility
from innovation.comments.models import Comment, Report
from innovation.comments.moves import move
from innovation.comments.policy import DISCUSSED
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, System, authorize
from innovation.guard import inspect
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.events import UrgentReceived
from innovation.ideas.lifecycle import Visibility as IdeaVisibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import hold, move_visibility
from innovation.ideas.numbers import claim_form, settle_form
from innovation.ideas.timeline import Kind
from innovation.programme.queries import snapshot

LONGEST_REPORT = 1_000
UPHELD = "upheld"
DISMISSED = "dismissed"
DELETED = "deleted"
# Such details are secret by law: a text reported for them waits until a moderator has decided.
URGENT_RULE = "other_health"


def report(
    actor: Actor, idea: Idea, comment: Comment | None, rule: str, text: str, reporter_key: str
) -> bool:
    """Tell that an idea or one of its comments breaks a rule; true when the report counts.

    reporter_key: whatever tells readers apart; the same reader's second report about the same text
    counts only after a moderator has answered the first. What is reported for another person's
    health details waits again, unless a moderator has already read such a report and kept it.
    Raises RuleBrokenError at "rule" or "text", and ForbiddenError.
    """
    authorize(actor, "idea:see", idea)
    check_rule(rule)
    refuse_long(LONGEST_REPORT, text=text)
    refuse_identity_codes(text=text)
    comment_id = comment.id if comment else None
    # A comment belongs to the idea that it was written to, wherever that one was merged.
    home = comment.idea_id if comment else idea.id
    sign = f"report {reporter_key} {idea.id} {comment_id}"
    known = claim_form("report", sign)
    if known and _is_open(known):
        return False
    if rule == URGENT_RULE:
        _let_wait(idea, comment)
    row = Report(
        idea_id=home,
        comment_id=comment_id,
        rule=rule,
        text=text,
        person_id=actor.id if isinstance(actor, Person) else None,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()  # its number is needed by the key
    settle_form(sign, row.id)
    if inspect(text).urgent:
        record(UrgentReceived(home, comment_id))
    return True


def resolve_reports(actor: Actor, idea_id: int, comment_id: int | None, resolution: str) -> int:
    """Answer the open reports about a comment, or about the idea itself; gives how many.

    resolution: UPHELD or DISMISSED. Raises ForbiddenError.
    """
    authorize(actor, "comment:moderate")
    return close(idea_id, comment_id, resolution)


def close(idea_id: int, comment_id: int | None, resolution: str) -> int:
    """Let nobody read reports any more whose matter is settled; gives how many."""
    answered = db.session.scalars(
        update(Report)
        .where(
            Report.idea_id == idea_id,
            Report.comment_id.is_not_distinct_from(comment_id),
            Report.resolved_at.is_(None),
        )
        .values(resolved_at=clock.now(), resolution=resolution)
        .returning(Report.id)
        .execution_options(synchronize_session=False)
    )
    return len(answered.all())


def check_rule(rule: str) -> None:
    """Refuse what is not a rule of the programme, at its field."""
    if rule not in {known["id"] for known in snapshot().rules}:
        raise RuleBrokenError(_("Choose the rule that is broken."), "rule")


def _is_open(number: int) -> bool:
    open_one = exists().where(Report.id == number, Report.resolved_at.is_(None))
    return bool(db.session.scalar(select(open_one)))


def _was_answered(idea_id: int, comment_id: int | None) -> bool:
    """Tell whether a moderator has read such a report about this text before."""
    answered = exists().where(
        Report.idea_id == idea_id,
        Report.comment_id.is_not_distinct_from(comment_id),
        Report.rule == URGENT_RULE,
        Report.resolved_at.is_not(None),
    )
    return bool(db.session.scalar(select(answered)))


def _let_wait(idea: Idea, comment: Comment | None) -> None:
    """Take a text that is shown back to wait, unless a moderator has decided on it before."""
    if comment is None:
        hold(idea)
    if _was_answered(comment.idea_id if comment else idea.id, comment.id if comment else None):
        return
    if comment is not None:
        if comment.visibility == Visibility.PUBLIC:
            move(System("report"), comment, Visibility.WAITING)
    elif idea.visibility in DISCUSSED and idea.merged_into_id is None:
        move_visibility(System("report"), idea, IdeaVisibility.WAITING, Kind.HELD)
