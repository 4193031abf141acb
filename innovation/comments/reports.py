"""Reporting what breaks the rules, and answering the reports; every reader may report."""

from sqlalchemy import exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from innovation.comments.lifecycle import Visibility
from innovation.comments.models import Comment, Report
from innovation.comments.moves import move
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.keys import hash_key
from innovation.core.permissions import Actor, Person, System, authorize
from innovation.guard.rules import refuse_identity_codes
from innovation.ideas.models import Idea, IdempotencyKey
from innovation.programme.queries import snapshot

LONGEST_REPORT = 1_000
UPHELD = "upheld"
DISMISSED = "dismissed"
DELETED = "deleted"
# Such details are secret by law: a comment reported for them waits until a moderator has decided.
URGENT_RULE = "other_health"


def report(
    actor: Actor, idea: Idea, comment: Comment | None, rule: str, text: str, reporter_key: str
) -> bool:
    """Tell that an idea or one of its comments breaks a rule; true when the report counts.

    reporter_key: whatever tells readers apart; the same reader's second report about the same text
    counts only after a moderator has answered the first. A comment reported for another person's
    health details waits again, unless a moderator has already read such a report and kept it.
    Raises RuleBrokenError at "rule" or "text", and ForbiddenError.
    """
    authorize(actor, "idea:see", idea)
    check_rule(rule)
    if len(text) > LONGEST_REPORT:
        beyond = len(text) - LONGEST_REPORT
        raise RuleBrokenError(
            _("The text is %(beyond)s characters too long. Shorten it.", beyond=beyond), "text"
        )
    refuse_identity_codes(text=text)
    comment_id = comment.id if comment else None
    known = claim("report", f"report {reporter_key} {idea.id} {comment_id}")
    if known and known.target_id and _is_open(known.target_id):
        return False
    if comment and rule == URGENT_RULE and not _was_answered(comment.id):
        _let_wait(comment)
    row = Report(
        idea_id=idea.id,
        comment_id=comment_id,
        rule=rule,
        text=text,
        person_id=actor.id if isinstance(actor, Person) else None,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()  # its number is needed by the key
    if known:
        known.target_id = row.id
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


def claim(purpose: str, sign: str) -> IdempotencyKey | None:
    """Take what makes a form one of a kind; its target_id is 0 the first time, then the row made.

    None without a sign: the form's key was lost, so nothing can be told apart.
    """
    if not sign:
        return None
    dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    hashed = hash_key(sign)
    db.session.execute(
        dialect.insert(IdempotencyKey)
        .values(key=hashed, purpose=purpose, target_id=0, created_at=clock.now())
        .on_conflict_do_nothing()
    )
    return db.session.get_one(IdempotencyKey, hashed)


def _is_open(number: int) -> bool:
    open_one = exists().where(Report.id == number, Report.resolved_at.is_(None))
    return bool(db.session.scalar(select(open_one)))


def _was_answered(comment_id: int) -> bool:
    """Tell whether a moderator has read such a report about this comment before."""
    answered = exists().where(
        Report.comment_id == comment_id,
        Report.rule == URGENT_RULE,
        Report.resolved_at.is_not(None),
    )
    return bool(db.session.scalar(select(answered)))


def _let_wait(comment: Comment) -> None:
    if comment.visibility == Visibility.PUBLIC:
        move(System("report"), comment, Visibility.WAITING)
