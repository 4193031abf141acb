"""What goes and what stays when somebody leaves, and what retention has done."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from innovation.accounts.models import Grant, Session
from innovation.accounts.queries import how_many_hold, valid_grant
from innovation.answers.models import Answer
from innovation.comments.lifecycle import Visibility as CommentVisibility
from innovation.comments.models import Comment
from innovation.core.db import db
from innovation.core.permissions import Actor, Person, ReceiptHolder, Role, authorize
from innovation.experiments.models import Experiment, ExperimentIdea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea
from innovation.notifications.models import Follow, Mail
from innovation.operating_models.models import AnsweredModel, ModelSource
from innovation.privacy.holdings import ideas_of
from innovation.privacy.models import RetentionRun
from innovation.subscriptions.models import Subscription
from innovation.votes.models import Vote

UNFINISHED = frozenset({Visibility.DRAFT})
_OPEN = (Visibility.WAITING, Visibility.PUBLIC, Visibility.STAFF_ONLY)
_OWN_COMMENTS = (CommentVisibility.WAITING, CommentVisibility.PUBLIC)


@dataclass(frozen=True, slots=True)
class Preview:
    """What there is of somebody who thinks of leaving; numbers, except for the ideas.

    drafts: ideas that were never finished. alone: ideas nobody has built on. built_on: the others.
    quiet_comments: those nobody has answered. comments: all of them. experiments: those they lead.
    """

    drafts: tuple[tuple[str, str], ...]
    alone: tuple[tuple[str, str], ...]
    built_on: tuple[tuple[str, str], ...]
    quiet_comments: int
    comments: int
    supports: int
    follows: int
    waiting_mails: int
    sessions: int
    rights: int
    experiments: int
    last_administrator: bool


def preview(actor: Person) -> Preview:
    """Give what would go and what would stay; the same number of queries whatever there is."""
    authorize(actor, "profile:edit")
    mine = _titles(ideas_of(actor.id))
    leaned = built_on(mine, actor.id)
    return Preview(
        drafts=tuple(one[:2] for one in mine.values() if one[2] in UNFINISHED),
        alone=tuple(
            one[:2] for number, one in mine.items() if number not in leaned and _may_go(*one)
        ),
        built_on=tuple(one[:2] for number, one in mine.items() if number in leaned),
        quiet_comments=len(quiet_comments(actor.id)),
        comments=_count(Comment.person_id == actor.id),
        supports=_count(Vote.person_id == actor.id),
        follows=_count(Follow.person_id == actor.id, Follow.stopped_at.is_(None)),
        waiting_mails=_count(Mail.person_id == actor.id, Mail.sent_at.is_(None)),
        sessions=_count(Session.person_id == actor.id),
        rights=_count(Grant.person_id == actor.id, valid_grant()),
        experiments=_count(Experiment.person_id == actor.id),
        last_administrator=is_last_administrator(actor.id),
    )


@dataclass(frozen=True, slots=True)
class Behind:
    """What there is behind a tracking key whose holder thinks of deleting it.

    text: "choice" when its author chooses whether it goes or stays, "goes" when it was never
    finished or was taken back, "stays" when others have built on it or it was decided on, "" when
    there is none any more. name: one is shown. address: one was given. in_account: the idea is in
    an account, whose owner decides.
    """

    text: str
    name: bool
    address: bool
    supports: int
    comments: int
    in_account: bool


def preview_behind(holder: ReceiptHolder, idea: Idea) -> Behind:
    """Give what would go and what would stay of a nameless author."""
    authorize(holder, "receipt:own", holder.receipt_id)
    wrote = db.session.execute(
        select(Authorship.name, Authorship.on_behalf_of, Authorship.person_id).where(
            Authorship.receipt_id == holder.receipt_id
        )
    ).first()
    leaned = built_on([idea.id], None, holder.receipt_id)
    return Behind(
        text="stays" if leaned else _fate(idea),
        name=wrote is not None and bool(wrote.name or wrote.on_behalf_of),
        address=bool(_count(Subscription.receipt_id == holder.receipt_id)),
        supports=idea.support_count,
        comments=idea.comment_count,
        in_account=wrote is not None and wrote.person_id is not None,
    )


def _fate(idea: Idea) -> str:
    if not idea.text:
        return ""
    if idea.visibility in _OPEN:
        return "choice"
    return "goes" if idea.visibility in (*UNFINISHED, Visibility.WITHDRAWN) else "stays"


def unfinished(numbers: Collection[int]) -> list[int]:
    """Give which of these ideas were never finished."""
    return _which(Idea.id.in_(numbers) & Idea.visibility.in_(UNFINISHED))


def open_ones(numbers: Collection[int]) -> list[int]:
    """Give which of these ideas their author can still take back."""
    shown = Idea.visibility.in_((*UNFINISHED, *_OPEN)) & Idea.merged_into_id.is_(None)
    return _which(Idea.id.in_(numbers) & shown)


def taken_back(numbers: Collection[int]) -> list[int]:
    """Give which of these ideas their author has taken back, and whose text is still there."""
    return _which(
        Idea.id.in_(numbers) & (Idea.visibility == Visibility.WITHDRAWN) & (Idea.text != "")
    )


def built_on(
    numbers: Collection[int], person_id: int | None, receipt_id: int | None = None
) -> set[int]:
    """Give which of these ideas somebody else than this person or receipt holder has built on.

    Others support, discuss or share it, it was answered or merged, something grew from it, or it
    was written in the name of a group.
    """
    # Nobody comments with a key: behind one, every comment is somebody else's.
    others = or_(Comment.person_id.is_(None), Comment.person_id != person_id)
    strangers = (
        Authorship.person_id.is_distinct_from(person_id)
        if receipt_id is None
        else Authorship.receipt_id.is_distinct_from(receipt_id)
    )
    leaning = (
        select(Idea.id).where(Idea.id.in_(numbers), Idea.support_count > 0),
        select(Idea.id).where(Idea.id.in_(numbers), Idea.merged_into_id.is_not(None)),
        select(Idea.merged_into_id).where(Idea.merged_into_id.in_(numbers)),
        select(Comment.idea_id).where(Comment.idea_id.in_(numbers), others),
        select(Authorship.idea_id).where(Authorship.idea_id.in_(numbers), strangers),
        select(Authorship.idea_id).where(
            Authorship.idea_id.in_(numbers), Authorship.group_id.is_not(None)
        ),
        select(Answer.idea_id).where(Answer.idea_id.in_(numbers)),
        select(ExperimentIdea.idea_id).where(ExperimentIdea.idea_id.in_(numbers)),
        select(ModelSource.idea_id).where(ModelSource.idea_id.in_(numbers)),
        select(AnsweredModel.idea_id).where(AnsweredModel.idea_id.in_(numbers)),
    )
    return {number for wanted in leaning for number in db.session.scalars(wanted) if number}


def quiet_comments(person_id: int) -> list[int]:
    """Give the comments of a person that nobody has answered.

    Official ones, and those in the name of a group, are left out.
    """
    answered = select(Comment.parent_id).where(Comment.parent_id.is_not(None))
    return list(
        db.session.scalars(
            select(Comment.id).where(
                Comment.person_id == person_id,
                Comment.official.is_(False),
                Comment.group_id.is_(None),
                Comment.visibility.in_(_OWN_COMMENTS),
                Comment.id.not_in(answered),
            )
        )
    )


def commented_by(person_id: int) -> list[int]:
    """Give the ideas that a person has commented on."""
    wanted = select(Comment.idea_id).where(Comment.person_id == person_id).distinct()
    return list(db.session.scalars(wanted.order_by(Comment.idea_id)))


def is_last_administrator(person_id: int) -> bool:
    """Tell whether nobody else would be left to administrate."""
    return is_administrator(person_id) and how_many_hold(Role.ADMINISTRATOR) == 1


def is_administrator(person_id: int) -> bool:
    """Tell whether a person is administrator now."""
    own = select(Grant.id).where(
        Grant.person_id == person_id, Grant.role == Role.ADMINISTRATOR, valid_grant()
    )
    return db.session.scalar(own.limit(1)) is not None


def idea_named(reference: str) -> int | None:
    """Give the number of the idea with this reference, however it was typed."""
    return db.session.scalar(select(Idea.id).where(Idea.reference == reference.strip().upper()))


@dataclass(frozen=True, slots=True)
class Run:
    """What one night of retention did."""

    at: datetime
    counts: dict[str, int]


def last_run(actor: Actor) -> Run | None:
    """Give what retention did last. Raises ForbiddenError."""
    authorize(actor, "programme:manage")
    row = db.session.scalar(select(RetentionRun).order_by(RetentionRun.id.desc()).limit(1))
    return Run(row.at, row.counts) if row else None


def _may_go(reference: str, title: str, visibility: str) -> bool:
    """Tell whether an idea's text can still go; an emptied one has its reference for a title."""
    return visibility in _OPEN or (visibility == Visibility.WITHDRAWN and title != reference)


def _titles(numbers: Collection[int]) -> dict[int, tuple[str, str, str]]:
    rows = db.session.execute(
        select(Idea.id, Idea.reference, Idea.title, Idea.visibility)
        .where(Idea.id.in_(numbers))
        .order_by(Idea.id)
    )
    return {row.id: (row.reference, row.title, row.visibility) for row in rows}


def _which(condition: object) -> list[int]:
    return list(db.session.scalars(select(Idea.id).where(condition).order_by(Idea.id)))  # type: ignore[arg-type]


def _count(*conditions: object) -> int:
    return int(db.session.scalar(select(func.count()).where(*conditions)) or 0)  # type: ignore[arg-type]
