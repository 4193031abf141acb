"""Reading what an author can appeal against, and an appeal with all that deciding on it needs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from innovation.accounts.queries import person_by_id
from innovation.comments.lifecycle import Visibility as CommentVisibility
from innovation.comments.models import Comment
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import LazyString
from innovation.core.permissions import Actor, Person
from innovation.core.text import excerpt
from innovation.ideas.authors import written_by
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea, Revision, TimelineEntry
from innovation.ideas.queries import visible_idea
from innovation.moderation.models import Appeal, Decision
from innovation.moderation.texts import OUTCOME_LABELS

APPEALABLE = ("hide", "return", "decline_edit")
APPEALABLE_COMMENT = ("hide_comment",)
LONGEST_LIST = 100
# So much of a comment stands for it in a list.
BEGINNING = 80
_PUT_AWAY = frozenset({CommentVisibility.HIDDEN, CommentVisibility.DECLINED})


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision as its author reads it, and the appeal against it, if there is one.

    kind: of the decision. stands: it is in force. open: it can still be appealed against.
    """

    decision: Decision
    kind: str
    rule: str
    reason: str
    at: datetime
    appeal: Appeal | None
    stands: bool
    open: bool


def standing_of(idea: Idea, comment: Comment | None = None) -> Standing | None:
    """Give the newest decision that the author of the idea or comment could appeal against.

    None when there is none that is in force or was appealed against.
    """
    kinds = APPEALABLE_COMMENT if comment else APPEALABLE
    about = Decision.comment_id == comment.id if comment else Decision.comment_id.is_(None)
    decision = db.session.scalar(
        select(Decision)
        .where(
            Decision.idea_id == idea.id,
            about,
            Decision.kind.in_(kinds),
            Decision.undone_at.is_(None),
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )
    if decision is None:
        return None
    appeal, stands = appeal_against(decision), in_force(decision)
    if appeal is None and not stands:
        return None
    return Standing(
        decision=decision,
        kind=decision.kind,
        rule=decision.rule,
        reason=reason_of(decision),
        at=decision.at,
        appeal=appeal,
        stands=stands,
        open=appeal is None and stands,
    )


def in_force(decision: Decision) -> bool:
    """Tell whether what was decided still is so."""
    idea = db.session.get_one(Idea, decision.idea_id)
    match decision.kind:
        case "hide":
            return idea.visibility == Visibility.HIDDEN
        case "return":
            return idea.visibility == Visibility.DRAFT and idea.asked_at is not None
        case "decline_edit":
            return declined_revision(decision) is not None
        case "hide_comment":
            comment = db.session.get(Comment, decision.comment_id)
            return comment is not None and comment.visibility in _PUT_AWAY
    return False


def declined_revision(decision: Decision) -> Revision | None:
    """Give the text that was declined, as long as its author has sent no newer one."""
    newest = db.session.scalar(
        select(Revision)
        .where(Revision.idea_id == decision.idea_id)
        .order_by(Revision.number.desc())
        .limit(1)
    )
    entry = entry_of(decision)
    same = newest is not None and entry is not None and entry.revision_id == newest.id
    return newest if same and newest is not None and newest.state == "declined" else None


def entry_of(decision: Decision) -> TimelineEntry | None:
    """Give the line of the timeline that says what was decided and why."""
    entries = select(TimelineEntry).where(TimelineEntry.id.in_(decision.entries))
    rows = list(db.session.scalars(entries.order_by(TimelineEntry.id)))
    return next((row for row in rows if row.reason), rows[0] if rows else None)


def reason_of(decision: Decision) -> str:
    """Give why it was decided, as its author reads it."""
    entry = entry_of(decision)
    return entry.reason if entry else ""


def appeal_against(decision: Decision) -> Appeal | None:
    """Give the one appeal that there can be against a decision."""
    return db.session.scalar(select(Appeal).where(Appeal.decision_id == decision.id))


@dataclass(frozen=True, slots=True)
class OwnAppeal:
    """An appeal in the list of one's own. comment_id: of the comment it is about, None for an idea.

    text: how what was written begins, in `language`. outcome: "" while it waits; reason: of the
    answer.
    """

    idea_id: int
    comment_id: int | None
    text: str
    language: str
    outcome: str
    reason: str
    at: datetime
    decided_at: datetime | None

    @property
    def outcome_label(self) -> LazyString:
        """What became of it, in words."""
        return OUTCOME_LABELS[self.outcome]


def appeals_of(person: Person) -> list[OwnAppeal]:
    """Give what was asked for about the person's own ideas and comments, the newest first."""
    ideas = select(Authorship.idea_id).where(written_by(person))
    own = (Appeal.comment_id.is_(None) & Appeal.idea_id.in_(ideas)) | (
        Comment.person_id == person.id
    )
    rows = db.session.execute(
        select(Appeal, Idea.title, Idea.language, Comment.text, Comment.language)
        .join(Idea, Idea.id == Appeal.idea_id)
        .outerjoin(Comment, Comment.id == Appeal.comment_id)
        .where(own)
        .order_by(Appeal.id.desc())
        .limit(LONGEST_LIST)
    )
    return [
        OwnAppeal(
            idea_id=appeal.idea_id,
            comment_id=appeal.comment_id,
            text=title if said is None else excerpt(said, BEGINNING),
            language=spoken if said is None else tongue,
            outcome=appeal.outcome,
            reason=appeal.reason,
            at=appeal.at,
            decided_at=appeal.decided_at,
        )
        for appeal, title, spoken, said, tongue in rows
    ]


@dataclass(frozen=True, slots=True)
class AppealCase:
    """An appeal on the desk. decider: who made the decision. revision: a text that was declined.

    state: what has become of the appeal, "" while it waits. comment: None for an idea.
    """

    appeal: Appeal
    decision: Decision
    idea: Idea
    comment: Comment | None
    revision: Revision | None
    reason: str
    decider: str
    state: str

    @property
    def language(self) -> str:
        """The language in which the author reads the answer."""
        return self.comment.language if self.comment else self.idea.language


def appeal_case(actor: Actor, number: int) -> AppealCase:
    """Give the case of an appeal. Raises NotFoundError."""
    appeal = db.session.get(Appeal, number)
    if appeal is None:
        raise NotFoundError(f"appeal {number}")
    decision = db.session.get_one(Decision, appeal.decision_id)
    decider = person_by_id(decision.person_id) if decision.person_id else None
    return AppealCase(
        appeal=appeal,
        decision=decision,
        idea=visible_idea(actor, appeal.idea_id),
        comment=db.session.get(Comment, appeal.comment_id) if appeal.comment_id else None,
        revision=_revision(decision),
        reason=reason_of(decision),
        decider=decider.name if decider else "",
        state=appeal.outcome,
    )


def _revision(decision: Decision) -> Any:
    entry = entry_of(decision) if decision.kind == "decline_edit" else None
    return db.session.get(Revision, entry.revision_id) if entry and entry.revision_id else None
