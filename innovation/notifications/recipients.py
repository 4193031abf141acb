"""Reading what a decision was and whom it concerns: those who are told of it by mail."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from innovation.accounts.models import Account, Grant
from innovation.accounts.queries import valid_grant
from innovation.comments.models import Comment
from innovation.core.db import db
from innovation.core.permissions import Role
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea, TimelineEntry
from innovation.ideas.timeline import Kind
from innovation.moderation.models import Appeal, Decision
from innovation.notifications.models import Follow, Mail
from innovation.votes.models import Vote

# The kind of the mails about decisions; their keys are "decision <id> <why> <person>".
DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail goes to, and why: "author", "commenter", "follower" or "moderator"."""

    person_id: int
    email: str
    language: str
    why: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as those whom it concerns are told of it.

    sub_project_id: where the idea was routed by it. other_idea_id: what it was merged into, with
    its title in other_title when everybody may read it. outcome: of an appeal, as in the table.
    until: it can be undone before, and nobody is told.
    """

    id: int
    kind: str
    idea_id: int
    reference: str
    title: str
    passed_to: str
    comment_id: int | None
    other_idea_id: int | None
    other_title: str
    outcome: str
    rule: str
    reason: str
    sub_project_id: int | None
    person_id: int | None
    until: datetime


def decided(decision_id: int) -> Decided:
    """Give what a decision was, from the rows as they are now."""
    row = db.session.get_one(Decision, decision_id)
    idea = db.session.get_one(Idea, row.idea_id)
    other = db.session.get(Idea, row.other_idea_id) if row.other_idea_id else None
    entries = db.session.execute(
        select(TimelineEntry.kind, TimelineEntry.reason, TimelineEntry.sub_project_id)
        .where(TimelineEntry.id.in_(row.entries), TimelineEntry.idea_id == row.idea_id)
        .order_by(TimelineEntry.id)
    ).all()
    appeal = _appeal(row) if row.kind == "appeal" else None
    routed = [one for one in entries if one.kind in {Kind.ROUTED, Kind.REROUTED}]
    return Decided(
        id=row.id,
        kind=row.kind,
        idea_id=row.idea_id,
        reference=idea.reference,
        title=idea.title,
        passed_to=idea.passed_to,
        comment_id=row.comment_id,
        other_idea_id=row.other_idea_id,
        other_title=other.title if other and other.visibility == Visibility.PUBLIC else "",
        outcome=appeal.outcome if appeal else "",
        rule=row.rule,
        reason=appeal.reason if appeal else next((one.reason for one in entries if one.reason), ""),
        sub_project_id=routed[-1].sub_project_id if routed else None,
        person_id=row.person_id,
        until=row.until,
    )


def _appeal(decision: Decision) -> Appeal | None:
    """Give the appeal that the decision answered: the newest one answered about the same text."""
    same = (
        Appeal.comment_id == decision.comment_id
        if decision.comment_id
        else Appeal.comment_id.is_(None)
    )
    return db.session.scalar(
        select(Appeal)
        .where(Appeal.idea_id == decision.idea_id, same, Appeal.outcome != "")
        .order_by(Appeal.decided_at.desc(), Appeal.id.desc())
        .limit(1)
    )


def authors_to_tell(idea_id: int, *, always: bool) -> list[Recipient]:
    """Give the authors with an account and a confirmed address.

    always: those too who have stopped following; what takes something away is told in any case.
    """
    wrote = select(Authorship.person_id).where(Authorship.idea_id == idea_id)
    stopped = select(Follow.person_id).where(
        Follow.idea_id == idea_id, Follow.stopped_at.is_not(None)
    )
    left_in_peace = () if always else (Account.id.not_in(stopped),)
    return _reached("author", Account.id.in_(wrote), *left_in_peace)


def commenter_to_tell(comment_id: int) -> list[Recipient]:
    """Give the writer of a comment, when they have a confirmed address."""
    wrote = select(Comment.person_id).where(Comment.id == comment_id)
    return _reached("commenter", Account.id.in_(wrote))


def followers_to_tell(idea_id: int) -> list[Recipient]:
    """Give who follows or supports an idea, with a confirmed address; not who has stopped."""
    follows = select(Follow.person_id).where(Follow.idea_id == idea_id, Follow.stopped_at.is_(None))
    stopped = select(Follow.person_id).where(
        Follow.idea_id == idea_id, Follow.stopped_at.is_not(None)
    )
    votes = select(Vote.person_id).where(Vote.idea_id == idea_id)
    return _reached(
        "follower",
        Account.id.in_(follows) | (Account.id.in_(votes) & Account.id.not_in(stopped)),
    )


def moderators_to_tell() -> list[Recipient]:
    """Give every moderator, confirmed or not; administrators where there is no moderator."""
    for role in (Role.MODERATOR, Role.ADMINISTRATOR):
        hold = select(Grant.person_id).where(Grant.role == role, valid_grant())
        found = _accounts("moderator", Account.id.in_(hold))
        if found:
            return found
    return []


def _reached(why: str, *conditions: ColumnElement[bool]) -> list[Recipient]:
    return _accounts(why, Account.email_confirmed_at.is_not(None), *conditions)


def _accounts(why: str, *conditions: ColumnElement[bool]) -> list[Recipient]:
    rows = db.session.execute(
        select(Account.id, Account.email, Account.language)
        .where(Account.closed_at.is_(None), *conditions)
        .order_by(Account.id)
    )
    return [Recipient(*row, why) for row in rows]


@dataclass(frozen=True, slots=True)
class PendingMail:
    """A mail about a decision that has not left. kind: of the decision."""

    id: int
    decision_id: int
    kind: str
    why: str
    language: str


def pending_about(idea_id: int) -> list[PendingMail]:
    """Give the mails that wait and tell of a decision on this idea, or of a merge into it."""
    kinds = {  # noqa: C416 - to mypy rows are no pairs
        number: kind
        for number, kind in db.session.execute(
            select(Decision.id, Decision.kind).where(
                (Decision.idea_id == idea_id) | (Decision.other_idea_id == idea_id)
            )
        )
    }
    rows = db.session.execute(
        select(Mail.id, Mail.unique_key, Mail.language).where(
            Mail.sent_at.is_(None), Mail.kind == DECISION
        )
    )
    found = []
    for row in rows:
        _kind, number, why, _person = row.unique_key.split()
        if int(number) in kinds:
            told = PendingMail(row.id, int(number), kinds[int(number)], why, row.language)
            found.append(told)
    return found
