"""Leaving: taking back what can go, counting on what stays, and taking the person out of the rest.

Also asking a person where a press is not enough, and the days of retention.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import delete, or_, select

from innovation.accounts.models import Account
from innovation.accounts.rights import another_administrator
from innovation.answers.statutory import note_request
from innovation.comments.actions import delete_comment
from innovation.comments.models import Comment
from innovation.core import audit, clock
from innovation.core.db import db
from innovation.core.errors import RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, ReceiptHolder, authorize
from innovation.ideas.events import IdeaChanged
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.moves import hold, move_visibility
from innovation.ideas.queries import visible_idea
from innovation.ideas.revising import replace_waiting
from innovation.ideas.timeline import Kind
from innovation.notifications.models import Mail
from innovation.privacy import queries
from innovation.privacy.erasure import empty_texts, erase_person, erase_receipt
from innovation.privacy.events import PersonLeft
from innovation.privacy.holdings import ideas_of
from innovation.programme.actions import touch
from innovation.subscriptions import actions as subscriptions
from innovation.subscriptions.models import Subscription
from innovation.votes.actions import keep_as_numbers

NAME_STAYS_MONTHS = 12


class Way(StrEnum):
    """How somebody leaves: their texts go where they can, or stay nameless, now or in a year."""

    DELETE = "delete"
    NAMELESS = "nameless"
    LATER = "later"


KEY_WAYS = (Way.DELETE, Way.NAMELESS)
IN_ACCOUNT = _("The idea is in an account. Its owner deletes it there, under “My own data”.")


def leave(actor: Actor, person_id: int, way: str) -> None:
    """Close an account at once and for good; what others have built on stays without a name.

    Somebody leaves by themselves, or the platform closes an account that is not used. Raises
    RuleBrokenError at "way", and ForbiddenError.
    """
    authorize(actor, "person:leave", person_id)
    if way not in set(Way):
        raise RuleBrokenError(_("Choose one of the options."), "way")
    account = db.session.get_one(Account, person_id)
    hold(account)
    if account.closed_at is not None:
        return
    if queries.is_administrator(person_id) and not another_administrator(person_id):
        raise RuleBrokenError(
            _("You are the only administrator. Give the right to somebody else first."), "way"
        )
    email, language = account.email, account.language
    mine = ideas_of(person_id)
    touched = {*mine, *_commented(person_id)}
    _take_back(actor, mine, queries.built_on(mine, person_id), everything=way == Way.DELETE)
    if way == Way.DELETE:
        for number in queries.quiet_comments(person_id):
            delete_comment(actor, db.session.get_one(Comment, number))
    subscriptions.keep_as_numbers(email)
    keep_as_numbers(person_id)
    erase_person(person_id, email, names=way != Way.LATER)
    account = db.session.get_one(Account, person_id)
    account.closed_at = clock.now()
    account.forgets_name_on = _in_a_year() if way == Way.LATER else None
    for number in touched:
        _shown_anew(number)
    touch()
    note_request(_account(person_id), None)
    audit.note(actor, "person:leave", "person", person_id, way=way)
    record(PersonLeft(person_id, email, language, way))


def leave_by_key(holder: ReceiptHolder, idea: Idea, way: str) -> None:
    """Forget the tracking key and who gave it; the idea goes or stays as of those with an account.

    Safe to repeat. Raises RuleBrokenError at "way", also when the idea is in an account, whose
    owner decides; and ForbiddenError.
    """
    authorize(holder, "receipt:own", holder.receipt_id)
    if way not in KEY_WAYS:
        raise RuleBrokenError(_("Choose one of the options."), "way")
    mine = Authorship.receipt_id == holder.receipt_id
    authorship = db.session.scalars(select(Authorship).where(mine)).one()
    hold(authorship)
    if authorship.receipt_id is None:
        return
    if authorship.person_id is not None:
        raise RuleBrokenError(IN_ACCOUNT, "way")
    hold(idea)
    leaned = queries.built_on([idea.id], None, holder.receipt_id)
    _take_back(holder, [idea.id], leaned, everything=way == Way.DELETE)
    _forget_mails(holder)
    subscriptions.forget_address(holder)
    erase_receipt(holder.receipt_id)
    _shown_anew(idea.id)
    touch()
    note_request(idea.reference, None)
    audit.note(holder, "key:leave", "idea", idea.id, way=way)


def _forget_mails(holder: ReceiptHolder) -> None:
    """Delete what was mailed to the address given with a key, about the idea behind it alone."""
    given = select(Subscription.id).where(Subscription.receipt_id == holder.receipt_id)
    for number in db.session.scalars(given).all():
        told = Mail.unique_key.endswith(f" author address-{number}")
        asked = Mail.unique_key.startswith(f"by-mail {number}-w")
        db.session.execute(delete(Mail).where(or_(told, asked)))


def forget_name(actor: Actor, person_id: int) -> None:
    """Let what somebody left behind stand without their name from now on. Safe to repeat."""
    authorize(actor, "person:leave", person_id)
    account = db.session.get_one(Account, person_id)
    touched = {*ideas_of(person_id), *_commented(person_id)}
    erase_person(person_id, account.email, names=True)
    account = db.session.get_one(Account, person_id)
    account.forgets_name_on = None
    for number in touched:
        _shown_anew(number)
    audit.note(actor, "name:forget", "person", person_id)


def note_own_data(actor: Actor) -> None:
    """Note that somebody took their own data, which answers the request at once."""
    match actor:
        case Person(id=number):
            note_request(_account(number), actor)
            audit.note(actor, "data:take", "person", number)
        case ReceiptHolder(idea_id=number):
            note_request(db.session.get_one(Idea, number).reference, None)
            audit.note(actor, "data:take", "idea", number)


def ask_a_person(actor: Person | ReceiptHolder, wish: str) -> date:
    """Begin the month in which a request about one's own data is answered; gives its last day.

    wish: a word of WISHES. The same again on the same day begins nothing new. The holder of a key
    is answered on the page of their idea.
    """
    if wish not in WISHES:
        raise RuleBrokenError(_("Choose what you wish."), "wish")
    if isinstance(actor, ReceiptHolder):
        authorize(actor, "receipt:own", actor.receipt_id)
        reference = db.session.get_one(Idea, actor.idea_id).reference
        audit.note(actor, "data:ask", "idea", actor.idea_id, wish=wish)
        return note_request(f"{reference}: {wish}", None, done=False)
    authorize(actor, "profile:edit")
    audit.note(actor, "data:ask", "person", actor.id, wish=wish)
    return note_request(f"{_account(actor.id)}: {wish}", actor, done=False)


WISHES = {
    "correct": _("Something about me is wrong and I cannot correct it myself"),
    "all": _("I want what the package does not have, such as notes"),
    "restrict": _("Something of mine should not be used for now"),
    "object": _("I object to how something of mine is used"),
}


def _take_back(actor: Actor, mine: list[int], leaned: set[int], *, everything: bool) -> None:
    """Take back what was never finished, and when everything goes, what nobody has built on.

    leaned: what somebody has. What was taken back before loses its text, too.
    """
    free = [number for number in mine if number not in leaned]
    emptied = queries.taken_back(free) if everything else []
    gone = queries.open_ones(free) if everything else queries.unfinished(free)
    for number in gone:
        withdraw_silently(actor, number)
    empty_texts([*gone, *emptied])


def withdraw_silently(actor: Actor, number: int) -> None:
    """Take an idea back for its author, who is leaving or never came back."""
    idea = visible_idea(actor, number)
    move_visibility(actor, idea, Visibility.WITHDRAWN, Kind.WITHDRAWN)
    idea.asked_at = None
    replace_waiting(idea)


def _commented(person_id: int) -> list[int]:
    return list(queries.commented_by(person_id))


def _shown_anew(number: int) -> None:
    idea = db.session.get(Idea, number)
    if idea is not None:
        idea.version = idea.version + 1
        record(IdeaChanged(number))


def _in_a_year() -> date:
    today = clock.today()
    last = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=today.year + NAME_STAYS_MONTHS // 12, day=last)


def _account(number: int) -> str:
    return f"account {number}"
