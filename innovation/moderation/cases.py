"""Reading one case of the desk: everything that the decision on it needs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from innovation.comments.models import Comment, Report
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import LazyString
from innovation.core.permissions import Actor
from innovation.ideas.authors import AuthorRow, authors_of
from innovation.ideas.inspecting import programme_watch
from innovation.ideas.lifecycle import Capacity, status_code
from innovation.ideas.models import Authorship, Idea, Revision, TimelineEntry
from innovation.ideas.queries import (
    TimelineRow,
    is_held,
    status_label,
    timeline_of,
    visible_idea,
)
from innovation.moderation.marks import Piece, Reading, differences, read
from innovation.programme.queries import ContactFact
from innovation.routing.queries import Current, contacts_for_area, current_routing

EARLIER = 5


@dataclass(frozen=True, slots=True)
class EarlierIdea:
    """Another idea of the same author, and what became of it."""

    number: int
    title: str
    reference: str
    status: LazyString
    created_at: datetime
    visibility: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What somebody reported, and when."""

    rule: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class IdeaCase:
    """An idea on the desk. seen: the last entry of its timeline, which tells a stale decision.

    reading: title, text and what would help, as the guard reads them. held: it was shown and waits
    because of a report.
    """

    idea: Idea
    reading: Reading
    authors: list[AuthorRow]
    earlier: list[EarlierIdea]
    reports: list[ReportRow]
    routing: Current
    contacts: dict[int, ContactFact]
    timeline: list[TimelineRow]
    seen: int
    held: bool

    @property
    def title(self) -> list[Piece]:
        """The title in pieces."""
        return self.reading.texts[0]

    @property
    def text(self) -> list[Piece]:
        """The text in pieces."""
        return self.reading.texts[1]

    @property
    def what_helps(self) -> list[Piece]:
        """What would help, in pieces."""
        return self.reading.texts[2]


def idea_case(actor: Actor, number: int) -> IdeaCase:
    """Give the case of an idea. Raises NotFoundError."""
    idea = visible_idea(actor, number)
    authors = authors_of(idea.id)
    timeline = timeline_of(actor, idea)
    return IdeaCase(
        idea=idea,
        reading=_read(idea, idea.title, idea.text, idea.what_helps),
        authors=authors,
        earlier=_earlier(authors, idea.id),
        reports=open_reports(idea.id, None),
        routing=current_routing(idea.id),
        contacts=contacts_for_area(idea.area_id),
        timeline=timeline,
        seen=max((row.id for row in timeline), default=0),
        held=bool(db.session.scalar(select(is_held()).where(Idea.id == idea.id))),
    )


def _read(idea: Idea, *texts: str) -> Reading:
    staff = idea.capacity == Capacity.STAFF
    return read(*texts, language=idea.language, watch=programme_watch(), staff=staff)


def _earlier(authors: list[AuthorRow], besides: int) -> list[EarlierIdea]:
    """Give other ideas of the same people: to what is signed those that are, and the other way.

    What was signed would tell who wrote without a name or in a group's; a look-up tells it, and
    is written down.
    """
    signed = [one.person_id for one in authors if one.person_id and one.name and not one.group_kind]
    unsigned = [
        one.person_id for one in authors if one.person_id and not (one.name and not one.group_kind)
    ]
    if not signed and not unsigned:
        return []
    apart = (Authorship.name == "") | Authorship.group_id.is_not(None)
    same = (Authorship.person_id.in_(signed) & ~apart) | (
        Authorship.person_id.in_(unsigned) & apart
    )
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
        .where(same, Idea.id != besides)
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
            row.visibility,
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
    """A waiting text of an idea beside the one shown; each pair is (what is shown, what is new).

    reading: title, text and what would help of the new one, as the guard reads them.
    """

    idea: Idea
    revision: Revision
    reading: Reading
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
        reading=_read(idea, revision.title, revision.text, revision.what_helps),
        title=differences(idea.title, revision.title),
        text=differences(idea.text, revision.text),
        what_helps=differences(idea.what_helps, revision.what_helps),
        seen=last_entry(idea.id),
    )


@dataclass(frozen=True, slots=True)
class CommentCase:
    """A comment on the desk, the text it belongs to, and what was reported about it.

    shown, hidden: how many other comments of its author are shown, and were hidden.
    """

    comment: Comment
    idea: Idea
    reading: Reading
    answers: str
    reports: list[ReportRow]
    shown: int
    hidden: int

    @property
    def text(self) -> list[Piece]:
        """The comment in pieces."""
        return self.reading.texts[0]


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
    others = _other_comments(comment)
    return CommentCase(
        comment=comment,
        idea=visible_idea(actor, comment.idea_id),
        reading=read(comment.text, language=comment.language, watch=programme_watch()),
        answers=answers or "",
        reports=open_reports(comment.idea_id, comment.id),
        shown=others.get("public", 0),
        hidden=others.get("hidden", 0),
    )


def _other_comments(comment: Comment) -> dict[str, int]:
    """Count the other comments of somebody with an account, by what became of them."""
    if comment.person_id is None:
        return {}
    rows = db.session.execute(
        select(Comment.visibility, func.count())
        .where(Comment.person_id == comment.person_id, Comment.id != comment.id)
        .group_by(Comment.visibility)
    )
    return {row[0]: row[1] for row in rows}


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
