"""Reading what a decision was and whom it concerns: those who are told of it by mail."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from innovation.accounts.models import Account, Grant
from innovation.accounts.queries import valid_grant
from innovation.answers.models import Answer
from innovation.comments.models import Comment
from innovation.core.db import db
from innovation.core.permissions import PERMISSIONS, Role
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.merged import family_of
from innovation.ideas.models import Authorship, Idea, TimelineEntry
from innovation.ideas.timeline import Kind
from innovation.moderation.models import Appeal, Decision
from innovation.notifications.models import Follow, Mail
from innovation.votes.models import Vote

# The kind of the mails about decisions; their keys are "decision <id> <why> <person>".
DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail goes to, and why: a key of letters.WHY.

    Of a merge hear the "author" of the idea, a "coauthor" whose idea was merged into it earlier,
    a "target" (who wrote what it was merged into) and a "follower"; of an answer and a moved date
    all of them but the target.
    """

    person_id: int
    email: str
    language: str
    why: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as those whom it concerns are told of it.

    sub_project_id: where the idea was routed by it. other_idea_id: what it was merged into, with
    its reference, and its title in other_title when everybody may read it. newcomers: how many
    people told of the need who had not done so there. outcome: of an appeal, as in the table.
    public: everybody may read the idea. handling: where an answer brought it, "" for no answer.
    moved_to: a promised date that was moved. until: it can be undone before, and nobody is told.
    """

    id: int
    kind: str
    idea_id: int
    reference: str
    title: str
    passed_to: str
    comment_id: int | None
    other_idea_id: int | None
    other_reference: str
    other_title: str
    newcomers: int
    outcome: str
    public: bool
    handling: str
    moved_to: date | None
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
    entries = db.session.scalars(
        select(TimelineEntry)
        .where(TimelineEntry.id.in_(row.entries), TimelineEntry.idea_id == row.idea_id)
        .order_by(TimelineEntry.id)
    ).all()
    appeal = _appeal(row) if row.kind == "appeal" else None
    routed = [one for one in entries if one.kind in {Kind.ROUTED, Kind.REROUTED}]
    moved = [one.next_step_on for one in entries if one.kind == Kind.POSTPONED]
    answer = select(Answer.handling).where(Answer.entry_id.in_(row.entries))
    return Decided(
        id=row.id,
        kind=row.kind,
        idea_id=row.idea_id,
        reference=idea.reference,
        title=idea.title,
        passed_to=idea.passed_to,
        comment_id=row.comment_id,
        other_idea_id=row.other_idea_id,
        other_reference=other.reference if other else "",
        newcomers=_newcomers(idea.id, other.id) if other and row.kind == "merge" else 0,
        other_title=other.title if other and other.visibility == Visibility.PUBLIC else "",
        outcome=appeal.outcome if appeal else "",
        public=idea.visibility == Visibility.PUBLIC,
        handling=(db.session.scalar(answer.limit(1)) or "") if row.kind == "answer" else "",
        moved_to=moved[-1] if moved else None,
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


def shows_comment(decision_id: int) -> bool:
    """Tell whether a decision just made changed who sees the comment, not only what was said of it.

    Only while it can be undone: later nobody knows what it did to which rows.
    """
    changes = db.session.get_one(Decision, decision_id).changes or {}
    return any(
        change["table"] == Comment.__tablename__ and "visibility" in (change["after"] or {})
        for change in changes.get("rows", ())
    )


def came_along(idea_id: int) -> list[int]:
    """Give an idea that was merged, and first what had been merged into it before.

    Its timeline tells it, since by now they all point to the same idea.
    """
    found: list[int] = []
    newer = [idea_id]
    while newer:
        found += newer
        newer = list(
            db.session.scalars(
                select(TimelineEntry.idea_id)
                .where(
                    TimelineEntry.kind == Kind.MERGED,
                    TimelineEntry.handling_to == Handling.MERGED,
                    TimelineEntry.other_idea_id.in_(newer),
                    TimelineEntry.idea_id.not_in(found),
                    TimelineEntry.undone_at.is_(None),
                )
                .distinct()
            )
        )
    return found


def were_there(idea_id: int, other_idea_id: int) -> list[int]:
    """Give what an idea was merged into, with all that had been merged into that before."""
    came = came_along(idea_id)
    return [number for number in family_of(other_idea_id) if number not in came]


def _newcomers(idea_id: int, other_idea_id: int) -> int:
    """Count the authors whom a merge brought; a nameless group is as many as it said to be."""
    came, there = came_along(idea_id), were_there(idea_id, other_idea_id)
    known = select(Authorship.person_id).where(
        Authorship.idea_id.in_(there), Authorship.person_id.is_not(None)
    )
    named = select(func.count(Authorship.person_id.distinct())).where(
        Authorship.idea_id.in_(came), Authorship.person_id.not_in(known)
    )
    nameless = select(func.coalesce(func.sum(Authorship.people), 0)).where(
        Authorship.idea_id.in_(came), Authorship.person_id.is_(None)
    )
    return (db.session.scalar(named) or 0) + int(db.session.scalar(nameless) or 0)


def authors_to_tell(
    ideas: Collection[int], *, always: bool, why: str = "author"
) -> list[Recipient]:
    """Give the authors of these ideas with an account and a confirmed address.

    always: those too who have stopped following; what takes something away is told in any case.
    """
    wrote = select(Authorship.person_id).where(Authorship.idea_id.in_(ideas))
    if not always:
        wrote = wrote.where(~_stopped(Authorship.person_id, Authorship.idea_id))
    return _reached(why, wrote)


def commenter_to_tell(comment_id: int) -> list[Recipient]:
    """Give the writer of a comment, when they have a confirmed address."""
    return _reached("commenter", select(Comment.person_id).where(Comment.id == comment_id))


def family_to_tell(idea_id: int, *, public: bool) -> list[Recipient]:
    """Give the authors and followers of an idea and of what was merged into it.

    public: everybody may read it; otherwise only followers who are staff are told. Somebody may be
    there twice.
    """
    family = family_of(idea_id)
    merged = [number for number in family if number != idea_id]
    return [
        *authors_to_tell([idea_id], always=False),
        *authors_to_tell(merged, always=False, why="coauthor"),
        *followers_to_tell(family, inside=not public),
    ]


def followers_to_tell(ideas: Collection[int], *, inside: bool = False) -> list[Recipient]:
    """Give who follows or supports one of these ideas, with a confirmed address, each once.

    Not who has stopped following just that one. inside: only those who may read what is for staff.
    """
    follows = select(Follow.person_id).where(Follow.idea_id.in_(ideas), Follow.stopped_at.is_(None))
    votes = select(Vote.person_id).where(
        Vote.idea_id.in_(ideas), ~_stopped(Vote.person_id, Vote.idea_id)
    )
    if inside:
        roles = sorted(PERMISSIONS["idea:see_staff_only"])
        staff = select(Grant.person_id).where(Grant.role.in_(roles), valid_grant())
        follows = follows.where(Follow.person_id.in_(staff))
        votes = votes.where(Vote.person_id.in_(staff))
    return _reached("follower", follows, votes)


def _stopped(person: Any, idea: Any) -> ColumnElement[bool]:
    """Give the condition that somebody has stopped following an idea."""
    return exists().where(
        Follow.person_id == person, Follow.idea_id == idea, Follow.stopped_at.is_not(None)
    )


def moderators_to_tell() -> list[Recipient]:
    """Give every moderator, confirmed or not; administrators where there is no moderator."""
    for role in (Role.MODERATOR, Role.ADMINISTRATOR):
        hold = select(Grant.person_id).where(Grant.role == role, valid_grant())
        found = _accounts("moderator", Account.id.in_(hold))
        if found:
            return found
    return []


def _reached(why: str, *people: Select[Any]) -> list[Recipient]:
    among = or_(*(Account.id.in_(numbers) for numbers in people))
    return _accounts(why, Account.email_confirmed_at.is_not(None), among)


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
