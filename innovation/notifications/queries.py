"""Reading who follows what, what concerns a person, and the mails of the outbox."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, select

from innovation.accounts.models import Account
from innovation.comments.models import Comment
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import Actor, Person, authorize
from innovation.ideas.authors import written_by
from innovation.ideas.lifecycle import capacities, status_code
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.queries import status_label, visible_to
from innovation.notifications.models import (
    BOUNCED,
    SENDING,
    SENT,
    UNCLEAR,
    WAITING,
    Follow,
    Mail,
    Notice,
)
from innovation.notifications.stopping import is_key, parts_of_key
from innovation.votes.models import Vote

LONGEST_LIST = 100


def following(person_id: int, idea_ids: Iterable[int]) -> set[int]:
    """Give those of the ideas that the person follows, or something merged into them."""
    asked = {"person": person_id, "ideas": list(idea_ids)}
    if not asked["ideas"]:
        return set()
    return set(db.session.connection().scalars(_FOLLOWING, asked))


_ASKED: BindParameter[int] = bindparam("ideas", expanding=True)
_FOLLOWING = (
    select(func.coalesce(Idea.merged_into_id, Idea.id))
    .join(Follow, Follow.idea_id == Idea.id)
    .where(
        Follow.person_id == bindparam("person"),
        Idea.id.in_(_ASKED) | Idea.merged_into_id.in_(_ASKED),
        Follow.stopped_at.is_(None),
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
    own = select(Authorship.idea_id).where(written_by(person))
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
    return list(capacities(expert=False).items())


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail as administrators see it; most of it as in models.Mail."""

    id: int
    kind: str
    unique_key: str
    person_id: int | None
    recipient: str
    subject: str
    body: str
    language: str
    state: str
    stop_path: str
    created_at: datetime
    not_before: datetime
    attempts: int
    sent_at: datetime | None
    last_error: str


_MAIL = (
    Mail.id,
    Mail.kind,
    Mail.unique_key,
    Mail.person_id,
    Mail.recipient,
    Mail.subject,
    Mail.body,
    Mail.language,
    Mail.state,
    Mail.stop_path,
    Mail.created_at,
    Mail.not_before,
    Mail.attempts,
    Mail.sent_at,
    Mail.last_error,
)
STATE_LABELS = {
    WAITING: _("Waiting"),
    SENDING: _("Being sent"),
    UNCLEAR: _("Unclear"),
    SENT: _("Sent"),
    BOUNCED: _("Refused"),
}


def mails(actor: Actor, number: int, state: str = "") -> Page[MailRow]:
    """Give a page of the outbox, newest first; only for those who may see mails.

    state: only the mails in this one, when it is one of STATE_LABELS.
    """
    authorize(actor, "mail:see")
    wanted = [Mail.state == state] if state in STATE_LABELS else []
    total = db.session.scalar(select(func.count()).select_from(Mail).where(*wanted)) or 0
    rows = db.session.execute(
        select(*_MAIL)
        .where(*wanted)
        .order_by(Mail.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page([MailRow(*tuple(row)) for row in rows], number, total)


def mails_by_state(actor: Actor) -> dict[str, int]:
    """Count the mails of the outbox in each of STATE_LABELS; only for those who may see them."""
    authorize(actor, "mail:see")
    rows = db.session.execute(select(Mail.state, func.count()).group_by(Mail.state))
    found = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in STATE_LABELS}


def mail_of(actor: Actor, mail_id: int) -> MailRow:
    """Give a mail, sent or not; only for those who may see mails. Raises NotFoundError."""
    authorize(actor, "mail:see")
    row = db.session.execute(select(*_MAIL).where(Mail.id == mail_id)).first()
    if row is None:
        raise NotFoundError(f"mail {mail_id}")
    return MailRow(*tuple(row))


def waiting_mail(mail_id: int) -> MailRow | None:
    """Give a mail that has not been sent; None when it has been, is on its way, or is gone."""
    row = db.session.execute(
        select(*_MAIL).where(Mail.id == mail_id, Mail.state == WAITING)
    ).first()
    return MailRow(*tuple(row)) if row else None


def notice_kind(unique_key: str) -> str:
    """Give the kind of the notice that a mail with this key tells of; "" for none."""
    return db.session.scalar(select(Notice.kind).where(Notice.unique_key == unique_key)) or ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose mails a key stops, and how they are told."""

    person_id: int
    email: str
    language: str


def reader_of_key(secret: str, key: str) -> tuple[Reader, str]:
    """Give who stops mails with a key from a mail, and of which kind. Raises NotFoundError."""
    number, kind = parts_of_key(key)
    row = db.session.execute(
        select(Account.id, Account.email, Account.language).where(
            Account.id == number, Account.closed_at.is_(None)
        )
    ).first()
    reader = Reader(*row) if row else Reader(0, "", "")
    if not is_key(secret, key, reader.person_id, kind, reader.email) or row is None:
        raise NotFoundError("a key that stops mails")
    return reader, kind


def unreachable_since(person_id: int) -> datetime | None:
    """Give since when a person's address takes no mails; None when it does."""
    return db.session.scalar(select(Account.unreachable_at).where(Account.id == person_id))
