"""Reading who follows what, what concerns a person, and the mails of the outbox."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from innovation.comments.models import Comment
from innovation.core.db import db
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import Actor, Person, authorize
from innovation.ideas.lifecycle import CAPACITY_LABELS, status_code
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.queries import status_label, visible_to
from innovation.notifications.models import Follow, Mail
from innovation.votes.models import Vote

LONGEST_LIST = 100


def following(person_id: int, idea_ids: Iterable[int]) -> set[int]:
    """Give those of the ideas that the person follows, or something merged into them."""
    ids = list(idea_ids)
    if not ids:
        return set()
    return set(
        db.session.scalars(
            select(func.coalesce(Idea.merged_into_id, Idea.id))
            .join(Follow, Follow.idea_id == Idea.id)
            .where(
                Follow.person_id == person_id,
                Idea.id.in_(ids) | Idea.merged_into_id.in_(ids),
                Follow.stopped_at.is_(None),
            )
        )
    )


@dataclass(frozen=True, slots=True)
class MatterRow:
    """An idea in the list of one's own matters. language: of its title."""

    number: int
    title: str
    language: str
    reference: str
    status_code: str
    status_label: LazyString
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Matters:
    """What concerns a person: ideas they wrote, supported, commented and follow, newest first."""

    own: list[MatterRow]
    supported: list[MatterRow]
    commented: list[MatterRow]
    followed: list[MatterRow]


def matters_of(person: Person) -> Matters:
    """Give the person's matters, at most LONGEST_LIST of each. Four queries, whatever there is."""
    own = select(Authorship.idea_id).where(Authorship.person_id == person.id)
    voted = select(Vote.idea_id).where(Vote.person_id == person.id)
    said = select(Comment.idea_id).where(
        Comment.person_id == person.id, Comment.visibility != "deleted"
    )
    follows = select(Follow.idea_id).where(
        Follow.person_id == person.id, Follow.stopped_at.is_(None)
    )
    seen = visible_to(person)
    return Matters(
        [replace(row, status_label=_own_label(row)) for row in _ideas(Idea.id.in_(own))],
        _ideas(Idea.id.in_(voted), seen),
        _ideas(Idea.id.in_(said), seen),
        _ideas(Idea.id.in_(follows), seen | Idea.id.in_(own)),
    )


def _own_label(row: MatterRow) -> LazyString:
    return _("Waiting for you") if row.status_code == "asked" else row.status_label


def _ideas(*conditions: ColumnElement[bool]) -> list[MatterRow]:
    rows = db.session.execute(
        select(
            Idea.id,
            Idea.title,
            Idea.language,
            Idea.reference,
            Idea.visibility,
            Idea.handling,
            Idea.asked_at,
            Idea.primary_sub_project_id,
            Idea.passed_to,
            Idea.created_at,
        )
        .where(*conditions)
        .order_by(Idea.id.desc())
        .limit(LONGEST_LIST)
    )
    return [_matter(*tuple(row)) for row in rows]


def _matter(
    number: int,
    title: str,
    language: str,
    reference: str,
    visibility: str,
    handling: str,
    asked_at: datetime | None,
    sub_project_id: int | None,
    passed_to: str,
    created_at: datetime,
) -> MatterRow:
    code = status_code(visibility, handling, asked_at is not None)
    label = status_label(code, sub_project_id, passed_to)
    return MatterRow(number, title, language, reference, code, label, created_at)


def capacity_choices() -> list[tuple[str, LazyString]]:
    """Give the capacities that a person may usually write in, as choices of a form."""
    return [(str(code), label) for code, label in CAPACITY_LABELS.items()]


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail as administrators see it."""

    id: int
    kind: str
    recipient: str
    subject: str
    body: str
    language: str
    created_at: datetime
    not_before: datetime
    sent_at: datetime | None


_MAIL = (
    Mail.id,
    Mail.kind,
    Mail.recipient,
    Mail.subject,
    Mail.body,
    Mail.language,
    Mail.created_at,
    Mail.not_before,
    Mail.sent_at,
)


def mails(actor: Actor, number: int) -> Page[MailRow]:
    """Give a page of the outbox, newest first; only for those who may see mails."""
    authorize(actor, "mail:see")
    total = db.session.scalar(select(func.count()).select_from(Mail)) or 0
    rows = db.session.execute(
        select(*_MAIL).order_by(Mail.id.desc()).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    )
    return Page([MailRow(*row) for row in rows], number, total)


def waiting_mail(mail_id: int) -> MailRow | None:
    """Give a mail that has not been sent; None when it has been, or is gone."""
    row = db.session.execute(
        select(*_MAIL).where(Mail.id == mail_id, Mail.sent_at.is_(None))
    ).first()
    return MailRow(*row) if row else None
