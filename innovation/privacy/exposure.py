"""What was public, mailed or exported of an idea or a person, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from innovation.accounts.models import Account
from innovation.comments.models import Comment
from innovation.core import audit
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.permissions import Actor, authorize
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea, Revision, TimelineEntry
from innovation.moderation.models import Decision
from innovation.newsletter.models import Issue, Subscriber
from innovation.notifications.models import Mail, Notice
from innovation.privacy.models import ArchivedIdea
from innovation.privacy.queries import idea_named
from innovation.subscriptions.models import Subscription

SHOWN = frozenset({Visibility.PUBLIC, Visibility.STAFF_ONLY})
# What of the audit log is data leaving the place where they are kept.
_TAKEN = ("data:take", "documents:prepare", "name:see")


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened. how: such as "public", "no longer shown", "mailed", "exported"."""

    at: datetime
    how: str
    what: str


def exposure_of(actor: Actor, named: str) -> list[Line] | None:
    """Give what left the house about a reference or an address, in order; None when unknown.

    It is written down that somebody asked: of whom, and never by which address. Raises
    ForbiddenError.
    """
    authorize(actor, "person:manage")
    if "@" in named:
        address = named.strip().lower()
        person_id = db.session.scalar(select(Account.id).where(Account.email == address))
        lines = _mails(_to(address, person_id))
        if person_id is None and not lines:
            return None
        audit.note(actor, "exposure:tell", "person", person_id)
        return sorted(lines + _of_person(person_id), key=lambda line: line.at)
    number = idea_named(named)
    if number is None:
        return None
    audit.note(actor, "exposure:tell", "idea", number)
    return sorted(_of_idea(number), key=lambda line: line.at)


def _of_person(person_id: int | None) -> list[Line]:
    if person_id is None:
        return []
    wrote = select(Authorship.idea_id).where(Authorship.person_id == person_id).distinct()
    lines = [line for number in db.session.scalars(wrote) for line in _of_idea(number)]
    comments = select(Comment.id, Comment.decided_at, Comment.created_at, Comment.visibility)
    for number, decided, created, visibility in db.session.execute(
        comments.where(Comment.person_id == person_id)
    ):
        if decided is not None or visibility == Visibility.PUBLIC:
            shown = "public" if visibility == Visibility.PUBLIC else "public, then put away"
            lines.append(Line(decided or created, shown, f"comment {number}"))
    return lines + _audited("person", person_id)


def _of_idea(number: int) -> list[Line]:
    reference = db.session.scalar(select(Idea.reference).where(Idea.id == number)) or ""
    lines = [_moved(row, reference) for row in _moves(number)]
    revisions = select(Revision.number, Revision.created_at, Revision.decided_at).where(
        Revision.idea_id == number, Revision.public, Revision.state != "waiting"
    )
    for version, created, decided in db.session.execute(revisions):
        told = f"{reference}, version {version} of the text"
        lines.append(Line(decided or created, "open to whoever sees the idea", told))
    package = db.session.get(ArchivedIdea, number)
    if package is not None:
        lines.append(Line(package.at, "archived", f"{reference} in {package.package}"))
    lines += _mails(_about(number, reference)) + _newsletters(number, reference)
    return lines + _audited("idea", number)


def _moves(number: int) -> list[TimelineEntry]:
    return list(
        db.session.scalars(
            select(TimelineEntry).where(
                TimelineEntry.idea_id == number, TimelineEntry.visibility_to.is_not(None)
            )
        )
    )


def _moved(row: TimelineEntry, reference: str) -> Line:
    if row.visibility_to == Visibility.PUBLIC:
        how = "public"
    elif row.visibility_to == Visibility.STAFF_ONLY:
        how = "open to staff"
    elif row.visibility_from in SHOWN:
        how = f"no longer shown ({row.visibility_to})"
    else:
        how = f"not shown ({row.visibility_to})"
    return Line(row.at, how, reference + (" (undone)" if row.undone_at else ""))


def _about(number: int, reference: str) -> ColumnElement[bool]:
    # What old mails said is forgotten, but not what they told of: their keys and notices stay.
    decisions = db.session.scalars(select(Decision.id).where(Decision.idea_id == number)).all()
    addresses = db.session.scalars(select(Subscription.id).where(Subscription.idea_id == number))
    told = select(Notice.unique_key).where(Notice.idea_id == number)
    digests = select(Notice.digest_key).where(Notice.idea_id == number, Notice.digest_key != "")
    return or_(
        *(Mail.unique_key.startswith(f"decision {one} ") for one in decisions),
        *(Mail.unique_key.startswith(f"by-mail {one}-") for one in addresses),
        Mail.unique_key.in_(told),
        Mail.unique_key.in_(digests),
        Mail.subject.contains(reference, autoescape=True),
        Mail.body.contains(reference, autoescape=True),
        Mail.body.contains(f"/ideas/{number}\n", autoescape=True),
    )


def _to(address: str, person_id: int | None) -> ColumnElement[bool]:
    # The address of an old mail is forgotten, but not the row by which the mail was asked for.
    asked = db.session.scalars(select(Subscription.id).where(Subscription.email == address))
    reader = db.session.scalar(select(Subscriber.id).where(Subscriber.email == address))
    mine = [Mail.recipient == address]
    for one in asked:
        mine.append(Mail.unique_key.startswith(f"by-mail {one}-"))
        mine.append(Mail.unique_key.endswith(f" address-{one}"))
    if reader is not None:
        issue = Mail.unique_key.startswith("newsletter ")
        mine.append(Mail.unique_key.startswith(f"newsletter-asked {reader} "))
        mine.append(and_(issue, Mail.unique_key.endswith(f" {reader}")))
    if person_id is not None:
        mine.append(Mail.person_id == person_id)
    return or_(*mine)


def _newsletters(number: int, reference: str) -> list[Line]:
    """Tell the newsletters that could tell of it: which reader got which ideas is kept nowhere."""
    idea = db.session.get_one(Idea, number)
    lines = []
    for issue in db.session.scalars(select(Issue).where(Issue.sent_at.is_not(None))):
        moments = [one for one in (idea.published_at, idea.answered_at) if one is not None]
        if issue.sent_at is None or not any(
            (issue.since is None or issue.since < one) and one <= issue.sent_at for one in moments
        ):
            continue
        sent = func.count(Mail.id)
        key = Mail.unique_key.startswith(f"newsletter {issue.id} ")
        mails = db.session.scalar(select(sent).where(key, Mail.sent_at.is_not(None))) or 0
        told = f"{reference} in newsletter {issue.id} (mails: {mails}; each tells of its own areas)"
        lines.append(Line(issue.sent_at, "perhaps mailed", told))
    return lines


def forgotten(kept: Mapping[str, int]) -> list[str]:
    """Say what this cannot tell any more, because retention has forgotten it.

    kept: for how many days each class is kept.
    """
    return [
        f"Mails sent more than {kept['sent_mail']} days ago: text and address are forgotten. They "
        "are found by the account, the idea, the decision or the confirmed address they were for.",
        "An address that was forgotten, or that confirmed nothing, leads to no such mail any more.",
        f"What was exported or looked up more than {kept['audit']} days ago: the log is forgotten.",
    ]


def _mails(which: ColumnElement[bool]) -> list[Line]:
    rows = db.session.execute(select(Mail.kind, Mail.created_at, Mail.sent_at).where(which))
    return [
        Line(sent or created, "mailed" if sent else "mail waits", f"mail “{kind}”")
        for kind, created, sent in rows
    ]


def _audited(subject: str, number: int) -> list[Line]:
    rows = db.session.execute(
        select(AuditRow.at, AuditRow.action, AuditRow.actor, AuditRow.actor_id).where(
            AuditRow.subject == subject,
            AuditRow.subject_id == number,
            AuditRow.action.in_(_TAKEN),
        )
    )
    return [
        Line(at, "exported" if action != "name:see" else "looked up", f"{action} by {actor} {who}")
        for at, action, actor, who in rows
    ]
