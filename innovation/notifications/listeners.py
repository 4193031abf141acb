"""What begins a follow, what sends a mail, and how the outbox is emptied."""

from datetime import datetime

from flask import current_app

from innovation.accounts.events import AbsenceChanged, PasswordChanged, PasswordResetRequested
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
from innovation.notifications.decisions import (
    Decided,
    decided,
    kind_of,
    pending_about,
    shows_comment,
)
from innovation.notifications.letters import letter_to, urgent_text
from innovation.notifications.mail import (
    deputy_ended_text,
    deputy_text,
    password_changed_text,
    reset_text,
    write_file,
)
from innovation.notifications.queries import waiting_mail
from innovation.notifications.recipients import (
    DECISION,
    Recipient,
    authors_to_tell,
    came_along,
    commenter_to_tell,
    family_to_tell,
    followers_to_tell,
    moderators_to_tell,
    were_there,
)
from innovation.notifications.texts import LETTERS
from innovation.votes.events import VoteCast

# Kinds of decisions of which those who follow an idea always hear, and of one that is public.
_ANSWERING = frozenset({"answer", "postpone"})
_IN_PUBLIC = frozenset({"route", "pass_on", "restore"})
# After these not everybody may read the idea: mails that wait say no more of it to its followers.
_CLOSING = frozenset({"hide", "return", "staff_only", "urgent"})


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


@on(AbsenceChanged)
def mail_deputy(event: AbsenceChanged) -> None:
    """Tell who stands in, unless they wrote it down themselves: from when to when, or no more."""
    deputy, name = profile_of(event.deputy_id), profile_of(event.person_id).name
    if deputy.closed or deputy.id == event.by:
        return
    text, kind = (deputy_ended_text, "deputy_ended") if event.ended else (deputy_text, "deputy")
    desk = f"{_settings().origin}/answers"
    subject, body = text(deputy.language, name, event.first_day, event.last_day, desk)
    unique_key = f"{kind} {event.person_id} {event.first_day} {deputy.id} {event.at}"
    queue_mail(kind, unique_key, deputy.email, subject, body, deputy.language, deputy.id)


@on(DecisionMade)
def mail_decision(event: DecisionMade) -> None:
    """Tell those whom a decision concerns, once it can no longer be undone."""
    told = decided(event.decision_id)
    if told.kind in _CLOSING:
        _write_anew(event.idea_id)
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
    that it brings together, and followers; of an answer, a moved date and what else becomes of an
    idea in public the authors and followers of the idea and of what was merged into it. Somebody
    who is named twice hears the first.
    """
    if told.comment_id is not None:
        return commenter_to_tell(told.comment_id)
    always = LETTERS[told.kind].always
    if told.kind in _ANSWERING or (told.kind in _IN_PUBLIC and told.public):
        return family_to_tell(told.idea_id, always=always, public=told.public)
    authors = authors_to_tell([told.idea_id], always=always)
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
    if kind_of(event.decision_id) in _CLOSING:
        _write_anew(event.idea_id)


@on(QuestionAnswered)
def ask_no_more(event: QuestionAnswered) -> None:
    """Let no mail ask what has been answered before it left."""
    for mail in pending_about(event.idea_id):
        if mail.kind == "ask":
            take_back_mails(f"{DECISION} {mail.decision_id}")


@on(IdeaRedacted)
def write_mails_anew(event: IdeaRedacted) -> None:
    """Make pending mails from the rows as they are now, without what was taken out."""
    _write_anew(event.idea_id)


def _write_anew(idea_id: int) -> None:
    for mail in pending_about(idea_id):
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
