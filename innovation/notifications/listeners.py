"""What begins a follow, what sends a mail, and how the outbox is emptied."""

from datetime import datetime

from flask import current_app

from innovation.accounts.events import PasswordChanged, PasswordResetRequested
from innovation.accounts.queries import link_by_id, link_key, profile_of
from innovation.core import clock, transaction
from innovation.core.config import Settings
from innovation.core.events import on
from innovation.core.jobs import Due, job
from innovation.ideas.events import IdeaRedacted, IdeaSubmitted, UrgentReceived
from innovation.messages.events import QuestionAnswered
from innovation.moderation.events import DecisionMade, DecisionUndone
from innovation.notifications.actions import (
    MAIL_JOB,
    follow_by_default,
    mark_sent,
    queue_mail,
    rewrite_mail,
    take_back_mails,
)
from innovation.notifications.letters import LETTERS, letter_to, urgent_text
from innovation.notifications.mail import password_changed_text, reset_text, write_file
from innovation.notifications.queries import waiting_mail
from innovation.notifications.recipients import (
    DECISION,
    Decided,
    Recipient,
    authors_to_tell,
    came_along,
    commenter_to_tell,
    decided,
    family_to_tell,
    followers_to_tell,
    moderators_to_tell,
    pending_about,
    shows_comment,
    were_there,
)
from innovation.votes.events import VoteCast


@on(IdeaSubmitted)
def authors_follow(event: IdeaSubmitted) -> None:
    """Authors hear of their own ideas unless they stop it."""
    if event.person_id is not None:
        follow_by_default(event.person_id, event.idea_id, "author")


@on(VoteCast)
def supporters_follow(event: VoteCast) -> None:
    """Supporters hear of what they support unless they stop it."""
    follow_by_default(event.person_id, event.idea_id, "supporter")


@on(PasswordResetRequested)
def mail_reset_link(event: PasswordResetRequested) -> None:
    """Mail the link; its key is made anew from the row, since nothing stores it."""
    link = link_by_id(event.link_id)
    if link.person_id is None:
        return
    profile, settings = profile_of(link.person_id), _settings()
    key = link_key(settings.secret_key, link.id, link.purpose, link.created_at)
    subject, body = reset_text(profile.language, f"{settings.origin}/reset/{key}")
    unique_key = f"reset {link.id} {link.created_at.isoformat()}"
    queue_mail("reset", unique_key, profile.email, subject, body, profile.language, profile.id)


@on(PasswordChanged)
def mail_password_changed(event: PasswordChanged) -> None:
    """Tell the owner, who may not be the one who changed it."""
    profile = profile_of(event.person_id)
    subject, body = password_changed_text(profile.language, f"{_settings().origin}/reset")
    unique_key = f"password {profile.id} {event.at}"
    queue_mail("password", unique_key, profile.email, subject, body, profile.language, profile.id)


@on(DecisionMade)
def mail_decision(event: DecisionMade) -> None:
    """Tell those whom a decision concerns, once it can no longer be undone."""
    told = decided(event.decision_id)
    if told.kind not in LETTERS or (told.kind == "route" and told.sub_project_id is None):
        return
    if told.kind == "publish_comment" and not shows_comment(told.id):
        return  # nothing but a report about it was answered
    reached: set[int | None] = {told.person_id}  # nobody is told of what they did themselves
    for one in _concerned(told):
        if one.person_id in reached:
            continue
        reached.add(one.person_id)
        subject, body = letter_to(told, one.why, one.language, _settings().origin)
        key = f"{DECISION} {told.id} {one.why} {one.person_id}"
        _queue(DECISION, key, one, subject, body, told.until)


def _concerned(told: Decided) -> list[Recipient]:
    """Give who is told: the writer of the comment, or the authors; of a merge those of every idea
    that it brings together, and followers; of an answer and a moved date the authors and followers
    of the idea and of what was merged into it. Somebody who is named twice hears the first.
    """
    if told.comment_id is not None:
        return commenter_to_tell(told.comment_id)
    if told.kind in {"answer", "postpone"}:
        return family_to_tell(told.idea_id, public=told.public)
    authors = authors_to_tell([told.idea_id], always=LETTERS[told.kind].always)
    if told.kind != "merge" or told.other_idea_id is None:
        return authors
    came, there = came_along(told.idea_id), were_there(told.idea_id, told.other_idea_id)
    return [
        *authors,
        *authors_to_tell(came, always=True, why="coauthor"),
        *(authors_to_tell(there, always=False, why="target") if told.newcomers else ()),
        *followers_to_tell(came),
    ]


@on(DecisionUndone)
def take_mails_back(event: DecisionUndone) -> None:
    """Let nobody hear of a decision that was undone."""
    take_back_mails(f"{DECISION} {event.decision_id}")


@on(QuestionAnswered)
def ask_no_more(event: QuestionAnswered) -> None:
    """Let no mail ask what has been answered before it left."""
    for mail in pending_about(event.idea_id):
        if mail.kind == "ask":
            take_back_mails(f"{DECISION} {mail.decision_id}")


@on(IdeaRedacted)
def write_mails_anew(event: IdeaRedacted) -> None:
    """Make pending mails from the rows as they are now, without what was taken out."""
    for mail in pending_about(event.idea_id):
        told = decided(mail.decision_id)
        rewrite_mail(mail.id, *letter_to(told, mail.why, mail.language, _settings().origin))


@on(UrgentReceived)
def mail_moderators(event: UrgentReceived) -> None:
    """Call the moderators at once, at most once a day about the same text. Only a link is sent."""
    page = f"comments/{event.comment_id}" if event.comment_id else f"ideas/{event.idea_id}"
    link = f"{_settings().origin}/moderation/{page}"
    for one in moderators_to_tell():
        subject, body = urgent_text(link, one.language)
        _queue("urgent", f"urgent {page} {one.person_id} {clock.today()}", one, subject, body)


def _queue(
    kind: str,
    key: str,
    to: Recipient,
    subject: str,
    body: str,
    not_before: datetime | None = None,
) -> None:
    queue_mail(kind, key, to.email, subject, body, to.language, to.person_id, not_before)


@job(MAIL_JOB)
def send(due: list[Due]) -> None:
    """Write each mail to the folder of mails, then mark it. Killed in between it is written again
    under the same name, so there is one file whatever happens.
    """
    settings = _settings()
    for one in due:
        with transaction.reading():
            mail = waiting_mail(int(one.payload["mail_id"]))
        if mail is None:
            continue
        write_file(settings.instance, mail, settings.mail_sender)
        with transaction.writing():
            mark_sent(mail.id)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
