"""Every write to the newsletter: wanting it, stopping it, writing one, sending it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from innovation.core import clock, jobs
from innovation.core.db import db, insert
from innovation.core.errors import ConflictError, NotFoundError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import LANGUAGES
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, System, authorize
from innovation.core.text import clean_line, clean_text
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.newsletter.events import NewsletterAsked
from innovation.newsletter.models import Issue, Subscriber
from innovation.newsletter.queries import SubscriberRow, how_many

SEND_JOB = "newsletter"
UNCONFIRMED = timedelta(days=2)
LONGEST_SUBJECT, LONGEST_TEXT = 120, 5_000


def ask_for_newsletter(
    email: str, language: str, areas: Sequence[int], sub_projects: Sequence[int]
) -> None:
    """Let the owner of a normalised address be asked to confirm. Safe to repeat.

    The answer is the same whether the address is known or not; somebody else's typing changes
    nothing of what a confirmed reader gets.
    """
    now = clock.now()
    db.session.execute(
        insert(Subscriber)
        .values(
            email=email,
            language=language if language in LANGUAGES else LANGUAGES[0],
            areas=list(areas),
            sub_projects=list(sub_projects),
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["email"])
    )
    row = db.session.scalars(select(Subscriber).where(Subscriber.email == email)).one()
    if row.confirmed_at is None:
        row.language = language if language in LANGUAGES else row.language
        row.areas, row.sub_projects = list(areas), list(sub_projects)
        if row.created_at < now - UNCONFIRMED / 2:
            row.created_at = now  # the new link works for as long as it says
    record(NewsletterAsked(row.id, now.isoformat()))


def set_wishes(
    found: SubscriberRow, language: str, areas: Sequence[int], sub_projects: Sequence[int]
) -> None:
    """Confirm the address and what its owner wants to hear of. Whoever shows the key owns it."""
    row = db.session.get_one(Subscriber, found.id)
    row.confirmed_at = row.confirmed_at or clock.now()
    row.language = language if language in LANGUAGES else row.language
    row.areas, row.sub_projects = list(areas), list(sub_projects)


def stop_newsletter(found: SubscriberRow) -> None:
    """Forget the address. Safe to repeat."""
    db.session.execute(delete(Subscriber).where(Subscriber.id == found.id))


def forget_unconfirmed(actor: System) -> None:
    """Delete the addresses whose owners did not confirm in time."""
    authorize(actor, "person:manage")
    late = clock.now() - UNCONFIRMED
    db.session.execute(
        delete(Subscriber).where(Subscriber.confirmed_at.is_(None), Subscriber.created_at < late)
    )


def write_issue(
    actor: Actor,
    number: int | None,
    subjects: Mapping[str, str],
    texts: Mapping[str, str],
    seen: int = 0,
) -> int:
    """Write a newsletter, or change one that has not been sent; gives its number.

    seen: the version that was changed. Raises RuleBrokenError at "subject_fi" or "text_fi" and so
    on, ConflictError when somebody else changed it meanwhile or it has been sent.
    """
    authorize(actor, "programme:manage")
    told = {code: clean_line(subjects.get(code, "")) for code in LANGUAGES}
    said = {code: clean_text(texts.get(code, "")) for code in LANGUAGES}
    _check(told, said)
    if number is None:
        row = Issue(
            subjects=told,
            texts=said,
            created_at=clock.now(),
            created_by=actor.id if isinstance(actor, Person) else None,
        )
        db.session.add(row)
        db.session.flush()
        return row.id
    changed = db.session.execute(
        update(Issue)
        .where(Issue.id == number, Issue.version == seen, Issue.sent_at.is_(None))
        .values(subjects=told, texts=said, version=Issue.version + 1)
        .returning(Issue.id)
        .execution_options(synchronize_session=False)
    ).first()
    if changed is None:
        raise ConflictError(_("The newsletter was changed or sent meanwhile. Look at it again."))
    return number


def send_issue(actor: Actor, number: int, seen: int) -> int:
    """Give a newsletter to the worker to be sent; gives to how many. It is sent once.

    Raises ConflictError when it was changed or sent meanwhile, RuleBrokenError without readers.
    """
    authorize(actor, "programme:manage")
    if db.session.get(Issue, number) is None:
        raise NotFoundError(f"issue {number}")
    count = how_many()
    if not count:
        raise RuleBrokenError(_("Nobody has asked for the newsletter yet."))
    now = clock.now()
    before = select(func.max(Issue.sent_at)).scalar_subquery()
    sent = db.session.execute(
        update(Issue)
        .where(Issue.id == number, Issue.version == seen, Issue.sent_at.is_(None))
        .values(since=before, sent_at=now)
        .returning(Issue.id)
        .execution_options(synchronize_session=False)
    ).first()
    if sent is None:
        raise ConflictError(_("The newsletter was changed or sent meanwhile. Look at it again."))
    jobs.enqueue(SEND_JOB, f"{number} 0", {"issue": number, "after": 0})
    return count


def _check(subjects: Mapping[str, str], texts: Mapping[str, str]) -> None:
    if not subjects["fi"]:
        raise RuleBrokenError(_("Write the subject in Finnish."), "subject_fi")
    if not texts["fi"]:
        raise RuleBrokenError(_("Write the text in Finnish."), "text_fi")
    for code in LANGUAGES:
        refuse_long(LONGEST_SUBJECT, **{f"subject_{code}": subjects[code]})
        refuse_long(LONGEST_TEXT, **{f"text_{code}": texts[code]})
        refuse_identity_codes(**{f"subject_{code}": subjects[code], f"text_{code}": texts[code]})
