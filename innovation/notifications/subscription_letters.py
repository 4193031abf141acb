"""What is told to confirmed addresses that are no accounts, and to those who keep a search."""

from collections.abc import Collection
from dataclasses import replace

from flask import current_app
from flask_babel import force_locale, gettext

from innovation.accounts.queries import profile_of
from innovation.alerts.events import AlertMatched
from innovation.core import clock
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.core.events import on
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.merged import family_of
from innovation.ideas.models import Idea
from innovation.moderation.events import DecisionMade
from innovation.notifications.actions import Told, follow_by_default, queue_mail, tell
from innovation.notifications.decisions import Decided, concerned, decided
from innovation.notifications.digests import made_anew
from innovation.notifications.kinds import ALERTS
from innovation.notifications.letters import letter_for, letter_to
from innovation.notifications.queries import MailRow
from innovation.notifications.texts import LETTERS, TO_OTHERS
from innovation.notifications.wording import Text, brief_headline
from innovation.subscriptions.events import AddressGiven, IdeaClaimed
from innovation.subscriptions.models import Subscription
from innovation.subscriptions.queries import WROTE, Addressed, addressed, given, key_of

# Of the mails to addresses, and the first word of the keys of those that ask to confirm.
BY_MAIL = "by-mail"


@on(AddressGiven)
def mail_confirmation(event: AddressGiven) -> None:
    """Mail the link that confirms; whoever asks for the same twice in a day gets one mail."""
    to, settings = given(event.subscription_id), _settings()
    key = key_of(settings.secret_key, to.id, to.created_at, event.wanted)
    subject, body = confirming(
        to.reference, to.title, to.language, f"{settings.origin}/by-mail/{key}", known=to.known
    )
    unique_key = f"{BY_MAIL} {key} {to.created_at.isoformat()} {clock.today()}"
    queue_mail(BY_MAIL, unique_key, to.email, subject, body, to.language)


def confirming(
    reference: str, title: str, language: str, link: str, *, known: bool
) -> tuple[str, str]:
    """Give subject and body of the mail that asks the owner of an address to confirm.

    known: its owner has confirmed something before, so nobody forgets it.
    """
    with force_locale(language):
        idea = f"{reference} ”{title}”" if title else reference
        lines = (
            gettext("Hello,"),
            gettext("your address was given on the page of the idea %(idea)s.", idea=idea),
            gettext("Was it you? Then open the link and confirm:"),
            link,
            gettext("If it was not you, do nothing. What you chose before stays as it is.")
            if known
            else gettext("If it was not you, do nothing. The address is forgotten in two days."),
            gettext("Innovation platform"),
        )
        return gettext("Confirm your e-mail address"), "\n\n".join(lines) + "\n"


@on(DecisionMade)
def mail_decision_to_addresses(event: DecisionMade) -> None:
    """Tell confirmed addresses of a decision, once it can no longer be undone.

    Not those whose owners hear of it as people, nor the one of whoever decided.
    """
    # Without titles: what is taken out of an idea need not be looked for in these mails.
    told = replace(decided(event.decision_id), title="", other_title="")
    if told.kind not in LETTERS or told.comment_id is not None:
        return
    if told.kind == "route" and told.sub_project_id is None:
        return
    settings = _settings()
    reached = {one.email for one in concerned(told)}
    if told.person_id is not None:
        reached.add(profile_of(told.person_id).email)
    for one in _listening(told, family_of(told.idea_id)):
        if one.email in reached:
            continue
        why = "author" if one.why == WROTE else "follower"
        subject, body = letter_to(told, why, one.language, settings.origin)
        key = key_of(settings.secret_key, one.id, one.created_at, ())
        path = f"/by-mail/{key}/stop"
        more = _more(one, f"{settings.origin}/by-mail/{key}", f"{settings.origin}/seuraa")
        unique_key = f"decision {told.id} {why} address-{one.id}"
        queue_mail(
            BY_MAIL, unique_key, one.email, subject, f"{body}\n{more}\n", one.language,
            not_before=told.until, counts=one.why != WROTE, stop_path=path,
        )  # fmt: skip


def _listening(told: Decided, family: Collection[int]) -> list[Addressed]:
    return [
        one
        for one in addressed(family)
        if one.why == WROTE or (told.public and told.kind in TO_OTHERS)
    ]


def _more(one: Addressed, manage: str, tracking: str) -> str:
    with force_locale(one.language):
        lines = [gettext("Stop these mails and forget my address: %(link)s", link=manage)]
        if one.why == WROTE:
            lines.insert(0, gettext("With your tracking key you see more: %(link)s", link=tracking))
        return "\n".join(lines)


@made_anew(BY_MAIL)
def write_by_mail(mail: MailRow, settings: Settings) -> Text | None:
    """Write a mail to an address as the rows are now; None for who has stopped such mails, and
    about what is hidden, withdrawn or deleted meanwhile.
    """
    first, second, *rest = mail.unique_key.split()
    if first == BY_MAIL:
        row = db.session.get(Subscription, int(second.partition("-")[0]))
        if row is None:
            return None
        to = given(row.id)
        link = f"{settings.origin}/by-mail/{second}"
        return confirming(to.reference, to.title, mail.language, link, known=to.known)
    why, number = rest[0], int(rest[1].rpartition("-")[2])
    row = db.session.get(Subscription, number)
    own = row is not None and row.wrote is not None
    others = row is not None and (row.follows is not None or row.supports is not None)
    if not (own if why == "author" else others) or not _is_still_told(int(second), why):
        return None
    return mail.subject, mail.body


def _is_still_told(decision_id: int, why: str) -> bool:
    """Tell whether this may still be told: what everybody reads, and to authors also what was
    decided on what is not public; of what is hidden only that it is, of what is withdrawn nothing.
    """
    told = decided(decision_id)
    if why != "author":
        merged_away = told.kind == "merge" and not told.other_title
        return told.public and not merged_away
    seen = db.session.get_one(Idea, told.idea_id).visibility
    if seen == Visibility.HIDDEN:
        return letter_for(told.kind, why).always
    return seen != Visibility.WITHDRAWN


@on(IdeaClaimed)
def authors_follow_what_they_claim(event: IdeaClaimed) -> None:
    """Whoever took an idea into their account hears of it there."""
    follow_by_default(event.person_id, event.idea_id, "author")


@on(AlertMatched)
def tell_of_new_ideas(event: AlertMatched) -> None:
    """Tell whoever keeps a search of each new idea once, whichever of their searches it fits."""
    to = profile_of(event.person_id)
    email = to.email if to.confirmed else ""
    for number in event.idea_ids:
        told = Told(ALERTS, to.id, email, to.language, "alert", "alert", number)
        subject = brief_headline("alert", "", to.language)
        # The rest of the mail is written when it leaves.
        body = f"{_settings().origin}/ideas/{number}\n"
        tell(told, f"{ALERTS} {number} {to.id}", ALERTS, subject, body, clock.now())


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
