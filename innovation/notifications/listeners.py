"""What begins a follow, and what people are told of."""

from flask import current_app

from innovation.accounts.events import AbsenceChanged, PasswordChanged, PasswordResetRequested
from innovation.accounts.links import key_of, link_by_id
from innovation.accounts.queries import profile_of
from innovation.core import clock
from innovation.core.config import Settings
from innovation.core.events import on
from innovation.ideas.events import IdeaRedacted, IdeaSubmitted, UrgentReceived
from innovation.messages.events import QuestionAnswered
from innovation.moderation.events import DecisionMade, DecisionUndone
from innovation.notifications import comment_letters as comment_letters
from innovation.notifications import delivery as delivery
from innovation.notifications import door_letters as door_letters
from innovation.notifications import factor_letters as factor_letters
from innovation.notifications import subscription_letters as subscription_letters
from innovation.notifications.actions import (
    Told,
    follow_by_default,
    queue_mail,
    rewrite_mail,
    take_back_mails,
    tell,
)
from innovation.notifications.decisions import (
    Decided,
    concerned,
    decided,
    kind_of,
    pending_about,
    shows_comment,
)
from innovation.notifications.kinds import FOLLOWED, OWN, REQUIRED, URGENT
from innovation.notifications.letters import letter_for, letter_to, urgent_text
from innovation.notifications.mail import (
    deputy_ended_text,
    deputy_text,
    password_changed_text,
    reset_text,
)
from innovation.notifications.recipients import (
    DECISION,
    Recipient,
    moderators_to_tell,
)
from innovation.notifications.texts import LETTERS
from innovation.votes.events import VoteCast

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
    address = f"{settings.origin}/reset/{key_of(settings.secret_key, link)}"
    subject, body = reset_text(profile.language, address)
    unique_key = f"reset {link.id} {link.created_at.isoformat()}"
    queue_mail(
        "reset", unique_key, profile.email, subject, body, profile.language, profile.id,
        not_after=link.expires_at,
    )  # fmt: skip


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
    for one in concerned(told):
        if one.person_id in reached:
            continue
        reached.add(one.person_id)
        subject, body = letter_to(told, one.why, one.language, _settings().origin)
        key = f"{DECISION} {told.id} {one.why} {one.person_id}"
        tell(_notice_of(told, one), key, DECISION, subject, body, told.until)


def _notice_of(told: Decided, to: Recipient) -> Told:
    kind = FOLLOWED if to.why == "follower" else OWN
    if kind == OWN and letter_for(told.kind, to.why).always:
        kind = REQUIRED
    # Who wrote what another idea was merged into is told of that one.
    idea_id = told.other_idea_id if to.why == "target" else told.idea_id
    return Told(
        kind, to.person_id, to.email, to.language, told.kind, to.why, idea_id, told.comment_id
    )


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
        key = f"{URGENT} {page} {one.person_id} {clock.today()}"
        queue_mail(URGENT, key, one.email, subject, body, one.language, one.person_id, urgent=True)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
