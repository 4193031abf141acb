"""What is forgotten when its time is over: one small pair of functions for each class.

Finding gives the numbers of the rows whose time is over, the oldest first; forgetting does it for
some of them. Both are safe to repeat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from innovation.accounts.models import Account, Grant
from innovation.accounts.queries import valid_grant
from innovation.answers.models import StatutoryClock
from innovation.comments.lifecycle import Visibility as CommentVisibility
from innovation.comments.models import Comment, Report
from innovation.core import clock
from innovation.core.audit import AuditRow, AuditSeal
from innovation.core.db import db, insert
from innovation.core.events import record
from innovation.core.permissions import Role, System
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea, TimelineEntry
from innovation.moderation.models import Appeal
from innovation.notifications.models import BOUNCED, SENT, UNCLEAR, Mail
from innovation.privacy.actions import Way, forget_name, leave, withdraw_silently
from innovation.privacy.audit_chain import forget_before
from innovation.privacy.erasure import empty_texts
from innovation.privacy.events import AccountUnused
from innovation.privacy.holdings import table_named
from innovation.privacy.models import UnusedNotice
from innovation.redactions.models import Redaction
from innovation.subscriptions.actions import forget_addresses_of_closed
from innovation.subscriptions.models import Subscription
from innovation.subscriptions.queries import closed_before


@dataclass(frozen=True, slots=True)
class Night:
    """What forgetting needs to know. before: what is older goes. instance: folder of the packages.

    secret: with which the audit log is sealed.
    """

    actor: System
    before: datetime
    instance: Path
    secret: str


_PUT_AWAY = (CommentVisibility.HIDDEN, CommentVisibility.DECLINED)


def _ids(wanted: Select[Any], most: int | None) -> list[int]:
    return list(db.session.scalars(wanted.limit(most) if most else wanted))


def find_unfinished(before: datetime, most: int | None) -> list[int]:
    """Find ideas that went back to their author, who never completed them."""
    wanted = select(Idea.id).where(Idea.visibility == Visibility.DRAFT, Idea.asked_at < before)
    return _ids(wanted.order_by(Idea.id), most)


def forget_unfinished(night: Night, numbers: Sequence[int]) -> None:
    """Withdraw and empty them."""
    for number in numbers:
        withdraw_silently(night.actor, number)
    empty_texts(numbers)


def find_hidden(before: datetime, most: int | None) -> list[int]:
    """Find hidden ideas whose text is kept longer than a decision or an appeal asks for."""
    hidden = (
        select(func.max(TimelineEntry.at))
        .where(TimelineEntry.idea_id == Idea.id, TimelineEntry.visibility_to == Visibility.HIDDEN)
        .correlate(Idea)
        .scalar_subquery()
    )
    wanted = select(Idea.id).where(
        Idea.visibility == Visibility.HIDDEN,
        Idea.text != "",
        hidden < before,
        Idea.id.not_in(_appealed(Appeal.idea_id, before)),
    )
    return _ids(wanted.order_by(Idea.id), most)


def _appealed(number: InstrumentedAttribute[Any], before: datetime) -> Select[Any]:
    lately = or_(Appeal.outcome == "", Appeal.decided_at >= before)
    of_idea = Appeal.comment_id.is_(None)
    return select(number).where(lately, of_idea if number is Appeal.idea_id else ~of_idea)


def find_withdrawn(before: datetime, most: int | None) -> list[int]:
    """Find ideas that nobody ever read here: taken back, or passed on to where they belong."""
    ended = (
        select(func.max(TimelineEntry.at))
        .where(
            TimelineEntry.idea_id == Idea.id,
            TimelineEntry.undone_at.is_(None),
            or_(
                TimelineEntry.visibility_to == Visibility.WITHDRAWN,
                TimelineEntry.handling_to == Handling.PASSED_ON,
            ),
        )
        .correlate(Idea)
        .scalar_subquery()
    )
    elsewhere = (Idea.visibility == Visibility.WAITING) & (Idea.handling == Handling.PASSED_ON)
    wanted = select(Idea.id).where(
        or_(Idea.visibility == Visibility.WITHDRAWN, elsewhere),
        Idea.published_at.is_(None),
        Idea.text != "",
        ended < before,
        Idea.id.not_in(_appealed(Appeal.idea_id, before)),
    )
    return _ids(wanted.order_by(Idea.id), most)


def forget_hidden(_night: Night, numbers: Sequence[int]) -> None:
    """Empty what was hidden or never shown, and what was reported of it; the decision stays."""
    empty_texts(numbers)
    _empty_reports(Report.idea_id.in_(numbers))


def find_hidden_comments(before: datetime, most: int | None) -> list[int]:
    """Find hidden and declined comments in the same way."""
    wanted = select(Comment.id).where(
        Comment.visibility.in_(_PUT_AWAY),
        Comment.text != "",
        func.coalesce(Comment.decided_at, Comment.created_at) < before,
        Comment.id.not_in(_appealed(Appeal.comment_id, before)),
    )
    return _ids(wanted.order_by(Comment.id), most)


def forget_hidden_comments(_night: Night, numbers: Sequence[int]) -> None:
    """Empty them, with what was reported of them."""
    db.session.execute(update(Comment).where(Comment.id.in_(numbers)).values(text=""))
    _empty_reports(Report.comment_id.in_(numbers))


def _empty_reports(which: Any) -> None:
    db.session.execute(update(Report).where(which).values(text=""))
    db.session.expire_all()


def find_originals(before: datetime, most: int | None) -> list[int]:
    """Find texts as they were before something was taken out."""
    wanted = select(Redaction.id).where(Redaction.at < before, Redaction.original.is_not(None))
    return _ids(wanted.order_by(Redaction.id), most)


def forget_originals(_night: Night, numbers: Sequence[int]) -> None:
    """Forget them; that something was taken out stays known."""
    db.session.execute(update(Redaction).where(Redaction.id.in_(numbers)).values(original=None))


def find_sent_mails(before: datetime, most: int | None) -> list[int]:
    """Find mails that have left, came back, or nobody knows of."""
    wanted = select(Mail.id).where(
        func.coalesce(Mail.sent_at, Mail.created_at) < before,
        Mail.state.in_((SENT, BOUNCED, UNCLEAR)),
        or_(Mail.body != "", Mail.recipient != ""),
    )
    return _ids(wanted.order_by(Mail.id), most)


def forget_sent_mails(_night: Night, numbers: Sequence[int]) -> None:
    """Forget what they said and to which address; that a mail of this kind left stays known."""
    wanted = update(Mail).where(Mail.id.in_(numbers))
    db.session.execute(wanted.values(body="", recipient="", subject="", stop_path=""))


def find_unused(before: datetime, most: int | None) -> list[int]:
    """Find open accounts that nobody has used, and whose owner was not told so yet."""
    return _ids(_unused(before).where(Account.id.not_in(_told())), most)


def tell_unused(_night: Night, numbers: Sequence[int]) -> None:
    """Tell their owners when they will be closed."""
    for number in numbers:
        statement = insert(UnusedNotice).values(person_id=number, at=clock.now())
        again = statement.on_conflict_do_update(
            index_elements=["person_id"], set_={"at": clock.now()}
        )
        db.session.execute(again)
        record(AccountUnused(number))


def find_abandoned(before: datetime, most: int | None) -> list[int]:
    """Find accounts whose owner was told, and has not come back since."""
    return sorted(number for number, at in _told().items() if at < before)[:most]


def close_abandoned(night: Night, numbers: Sequence[int]) -> None:
    """Close them; what others have built on stays without a name."""
    for number in numbers:
        leave(night.actor, number, Way.NAMELESS)


def find_names(before: datetime, most: int | None) -> list[int]:
    """Find people who left and whose name has stood for as long as they let it."""
    today = clock.local_date(before)
    wanted = select(Account.id).where(Account.forgets_name_on <= today)
    return _ids(wanted.order_by(Account.id), most)


def forget_names(night: Night, numbers: Sequence[int]) -> None:
    """Let what they left behind stand without a name."""
    for number in numbers:
        forget_name(night.actor, number)


def find_receipt_addresses(before: datetime, most: int | None) -> list[int]:
    """Find addresses of nameless authors whose matter is closed."""
    wanted = select(Subscription.id).where(closed_before(before))
    return _ids(wanted.order_by(Subscription.id), most)


def forget_receipt_addresses(night: Night, _numbers: Sequence[int]) -> None:
    """Forget them; the tracking key goes on opening the idea."""
    forget_addresses_of_closed(night.actor, night.before)


def find_feedback_addresses(before: datetime, most: int | None) -> list[int]:
    """Find addresses in feedback on accessibility that was answered, or whose time nobody counts.

    Pages stand above this feature, so that their table is known by its name.
    """
    told = table_named("accessibility_feedback").c
    done = select(StatutoryClock.id).where(StatutoryClock.done_on < clock.local_date(before))
    over = told.clock_id.in_(done) | (told.clock_id.is_(None) & (told.at < before))
    return _ids(select(told.id).where(told.email != "", over).order_by(told.id), most)


def forget_feedback_addresses(_night: Night, numbers: Sequence[int]) -> None:
    """Forget them; what was told of the service stays."""
    table = table_named("accessibility_feedback")
    db.session.execute(update(table).where(table.c.id.in_(numbers)).values(email=""))
    db.session.expire_all()


def find_audited(before: datetime, most: int | None) -> list[int]:
    """Find rows of the audit log in sealed stretches that are wholly older."""
    newest = select(func.max(AuditSeal.id)).scalar_subquery()
    last = (
        select(func.max(AuditSeal.last_row_id))
        .where(AuditSeal.at < before, AuditSeal.id < newest, AuditSeal.anchor == "")
        .scalar_subquery()
    )
    return _ids(select(AuditRow.id).where(AuditRow.id <= last).order_by(AuditRow.id), most)


def forget_audited(night: Night, _numbers: Sequence[int]) -> None:
    """Forget them, so that the rest can still be checked."""
    forget_before(night.actor, night.secret, night.before)


def _unused(before: datetime) -> Select[Any]:
    day = clock.local_date(before)
    unseen = func.coalesce(Account.seen_on < day, Account.created_at < before)
    return (
        select(Account.id)
        .where(Account.closed_at.is_(None), Account.created_at < before, unseen)
        .where(Account.id.not_in(_administrators()))
        .order_by(Account.id)
    )


def _told() -> dict[int, datetime]:
    """Give who was told and has not come back since, and when."""
    rows = db.session.execute(
        select(Account.id, UnusedNotice.at, Account.seen_on)
        .join(UnusedNotice, UnusedNotice.person_id == Account.id)
        .where(Account.closed_at.is_(None), Account.id.not_in(_administrators()))
    )
    return {
        number: at
        for number, at, seen_on in rows
        if seen_on is None or seen_on < clock.local_date(at)
    }


def _administrators() -> Select[Any]:
    """Select those who cannot be missed: an installation is never left without anybody."""
    return select(Grant.person_id).where(Grant.role == Role.ADMINISTRATOR, valid_grant())
