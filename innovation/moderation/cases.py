"""Reading one case of the desk: everything that the decision on it needs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from innovation.comments.models import Comment, Report
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import LazyString
from innovation.core.permissions import Actor
from innovation.ideas.lifecycle import status_code
from innovation.ideas.models import Authorship, Idea, Revision, TimelineEntry
from innovation.ideas.queries import (
    AuthorRow,
    TimelineRow,
    authors_of,
    is_held,
    status_label,
    timeline_of,
    visible_idea,
)
from innovation.moderation.marks import Piece, differences, doubts
from innovation.programme.queries import ContactFact
from innovation.routing.queries import Current, contacts_for_area, current_routing

EARLIER = 5


@dataclass(frozen=True, slots=True)
class EarlierIdea:
    """Another idea of the same author."""

    number: int
    title: str
    reference: str
    status: LazyString
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What somebody reported, and when."""

    rule: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class IdeaCase:
    """An idea on the desk. seen: the last entry of its timeline, which tells a stale decision.

    held: it was shown and waits because of a report.
    """

    idea: Idea
    text: list[Piece]
    what_helps: list[Piece]
    authors: list[AuthorRow]
    earlier: list[EarlierIdea]
    reports: list[ReportRow]
    routing: Current
    contacts: dict[int, ContactFact]
    timeline: list[TimelineRow]
    seen: int
    held: bool

    @property
    def doubted(self) -> bool:
        """True when something in the texts is marked."""
        return any(piece.marked for piece in (*self.text, *self.what_helps))


def idea_case(actor: Actor, number: int) -> IdeaCase:
    """Give the case of an idea. Raises NotFoundError."""
    idea = visible_idea(actor, number)
    authors = authors_of(idea.id)
    timeline = timeline_of(actor, idea)
    return IdeaCase(
        idea=idea,
        text=doubts(idea.text),
        what_helps=doubts(idea.what_helps),
        authors=authors,
        earlier=_earlier([row.person_id for row in authors if row.person_id], idea.id),
        reports=open_reports(idea.id, None),
        routing=current_routing(idea.id),
        contacts=contacts_for_area(idea.area_id),
        timeline=timeline,
        seen=max((row.id for row in timeline), default=0),
        held=bool(db.session.scalar(select(is_held()).where(Idea.id == idea.id))),
    )


def _earlier(people: list[int], besides: int) -> list[EarlierIdea]:
    if not people:
        return []
    rows = db.session.execute(
        select(
            Idea.id,
            Idea.title,
            Idea.reference,
            Idea.visibility,
            Idea.handling,
            Idea.asked_at,
            Idea.primary_sub_project_id,
            Idea.created_at,
        )
        .join(Authorship, Authorship.idea_id == Idea.id)
        .where(Authorship.person_id.in_(people), Idea.id != besides)
        .order_by(Idea.id.desc())
        .limit(EARLIER)
    )
    return [
        EarlierIdea(
            row.id,
            row.title,
            row.reference,
            status_label(
                status_code(row.visibility, row.handling, row.asked_at is not None),
                row.primary_sub_project_id,
            ),
            row.created_at,
        )
        for row in rows
    ]


def open_reports(idea_id: int, comment_id: int | None) -> list[ReportRow]:
    """Give the reports about one text that nobody has decided on, oldest first."""
    same = Report.comment_id == comment_id if comment_id else Report.comment_id.is_(None)
    rows = db.session.execute(
        select(Report.rule, Report.text, Report.created_at)
        .where(Report.idea_id == idea_id, same, Report.resolved_at.is_(None))
        .order_by(Report.id)
    )
    return [ReportRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class EditCase:
    """A waiting text of an idea beside the one shown; each pair is (what is shown, what is new)."""

    idea: Idea
    revision: Revision
    title: tuple[list[Piece], list[Piece]]
    text: tuple[list[Piece], list[Piece]]
    what_helps: tuple[list[Piece], list[Piece]]
    seen: int


def edit_case(actor: Actor, revision_id: int) -> EditCase:
    """Give the case of a waiting text. Raises NotFoundError when there is no such text."""
    revision = db.session.get(Revision, revision_id)
    if revision is None:
        raise NotFoundError(f"revision {revision_id}")
    idea = visible_idea(actor, revision.idea_id)
    return EditCase(
        idea=idea,
        revision=revision,
        title=differences(idea.title, revision.title),
        text=differences(idea.text, revision.text),
        what_helps=differences(idea.what_helps, revision.what_helps),
        seen=last_entry(idea.id),
    )


@dataclass(frozen=True, slots=True)
class CommentCase:
    """A comment on the desk, the text it belongs to, and what was reported about it."""

    comment: Comment
    idea: Idea
    text: list[Piece]
    answers: str
    reports: list[ReportRow]


def comment_case(actor: Actor, comment_id: int) -> CommentCase:
    """Give the case of a comment. Raises NotFoundError when there is no such comment."""
    comment = db.session.get(Comment, comment_id)
    if comment is None:
        raise NotFoundError(f"comment {comment_id}")
    answers = (
        db.session.scalar(select(Comment.text).where(Comment.id == comment.parent_id))
        if comment.parent_id
        else ""
    )
    return CommentCase(
        comment=comment,
        idea=visible_idea(actor, comment.idea_id),
        text=doubts(comment.text),
        answers=answers or "",
        reports=open_reports(comment.idea_id, comment.id),
    )


def report_by_id(report_id: int) -> Report:
    """Give a report. Raises NotFoundError."""
    report = db.session.get(Report, report_id)
    if report is None:
        raise NotFoundError(f"report {report_id}")
    return report


def last_entry(idea_id: int) -> int:
    """Give the id of the newest entry in the idea's timeline, 0 when it has none."""
    newest = select(func.max(TimelineEntry.id)).where(TimelineEntry.idea_id == idea_id)
    return db.session.scalar(newest) or 0
