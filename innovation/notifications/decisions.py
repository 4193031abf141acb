"""Reading what a decision was and whom it concerns, and the mails that wait to tell of it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from innovation.answers.models import Answer
from innovation.comments.models import Comment
from innovation.core.db import db
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea, TimelineEntry
from innovation.ideas.timeline import Kind
from innovation.moderation.models import Appeal, Decision
from innovation.notifications.models import Mail
from innovation.notifications.recipients import (
    DECISION,
    Recipient,
    authors_to_tell,
    came_along,
    commenter_to_tell,
    family_to_tell,
    followers_to_tell,
    were_there,
)
from innovation.notifications.texts import LETTERS

# Kinds of decisions of which those who follow an idea always hear, and of one that is public.
_ANSWERING = frozenset({"answer", "postpone"})
_IN_PUBLIC = frozenset({"route", "pass_on", "restore"})


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


def concerned(told: Decided) -> list[Recipient]:
    """Give who is told: the writer of the comment, or the authors; of a merge those of every idea
    that it brings together, and followers; of an answer, a moved date and what else becomes of an
    idea in public the authors and followers of the idea and of what was merged into it. Somebody
    who is named twice hears the first.
    """
    if told.comment_id is not None:
        return commenter_to_tell(told.comment_id)
    always = LETTERS[told.kind].always
    if told.kind in _ANSWERING or (told.kind in _IN_PUBLIC and told.public):
        return family_to_tell(told.idea_id, always=always, public=told.public)
    authors = authors_to_tell([told.idea_id], always=always)
    if told.kind != "merge" or told.other_idea_id is None:
        return authors
    came, there = came_along(told.idea_id), were_there(told.idea_id, told.other_idea_id)
    return [
        *authors,
        *authors_to_tell(came, always=True, why="coauthor"),
        *(authors_to_tell(there, always=False, why="target") if told.newcomers else ()),
        *followers_to_tell(came),
    ]


def kind_of(decision_id: int) -> str:
    """Give the kind of a decision."""
    return db.session.get_one(Decision, decision_id).kind


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
