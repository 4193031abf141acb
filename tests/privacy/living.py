"""Somebody who has done everything that can be done here, for tests of own data and leaving."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import String, Text, cast, select

from innovation.accounts.models import Absence, Grant, MailedLink
from innovation.alerts.models import Alert
from innovation.answers.models import Effect
from innovation.comments.actions import CommentDraft, post_comment
from innovation.comments.models import Report
from innovation.core import clock, jobs
from innovation.core.db import Base, db
from innovation.core.permissions import Person
from innovation.federation.models import Identity
from innovation.groups.models import Group, Membership
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.queries import visible_idea
from innovation.messages.models import AUTHOR, MODERATOR, Message
from innovation.moderation.models import Note
from innovation.newsletter.models import Subscriber
from innovation.notifications.actions import follow, queue_mail
from innovation.notifications.models import MailChoice, Notice
from innovation.privacy.register import KEEP, tables
from innovation.programme.models import Contact
from innovation.programme.queries import snapshot
from innovation.second_factors.models import FactorReset, SpareCode
from innovation.subscriptions.models import Subscription
from innovation.votes.actions import cast_vote
from tests.real.ideas import idea
from tests.real.people import person

NAME = "Tuulikki Lempinimi"
EMAIL = "tuulikki@posti.example"


@dataclass(frozen=True)
class Life:
    """Whom it is about, and what is theirs."""

    who: Person
    other: Person
    alone: int
    built_on: int
    draft: int
    supported: int
    quiet: int
    answered: int


def a_life() -> Life:
    """Make the person and all that is theirs. Inside `with writing():`."""
    who = person("moderator", "staff", name=NAME, email=EMAIL)
    other = person("moderator", name="Toinen Nimimerkki")
    alone, built_on, draft = (idea(who) for _ in "abc")
    supported = idea(other)
    db.session.flush()
    for row in db.session.scalars(select(Authorship).where(Authorship.person_id == who.id)):
        row.name = NAME
    unfinished = db.session.get_one(Idea, draft)
    unfinished.visibility, unfinished.asked_at = Visibility.DRAFT, clock.now()
    cast_vote(other, visible_idea(other, built_on))
    cast_vote(who, visible_idea(who, supported))
    follow(who, visible_idea(who, supported))
    quiet = _comment(who, supported, "Tämä on hyvä ajatus.")
    answered = _comment(who, supported, "Tähän tarvitaan vielä opasteet.")
    _comment(other, supported, "Totta, opasteet puuttuvat.", answered)
    _rows_of(who, other, built_on, supported)
    _rows_elsewhere(who, other, supported)
    queue_mail("t", "waits", EMAIL, "Odottaa", "Hei", "fi", who.id)
    queue_mail("t", "left", EMAIL, "Lähti", "Hei", "fi", who.id)
    jobs.enqueue("password_reset", "a key", {"email": EMAIL})
    db.session.flush()
    return Life(who, other, alone, built_on, draft, supported, quiet, answered)


def _comment(who: Person, number: int, text: str, parent: int | None = None) -> int:
    draft = CommentDraft(text=text, parent_id=parent)
    return post_comment(who, visible_idea(who, number), draft).id


def _rows_of(who: Person, other: Person, own: int, supported: int) -> None:
    now, today = clock.now(), clock.today()
    link = MailedLink(purpose="reset", key_hash="a hash", created_at=now)
    link.person_id, link.expires_at = who.id, now + timedelta(hours=1)
    contact = Contact(name=NAME, email=EMAIL, phone="08 123", person_id=who.id)
    contact.sub_project_id = snapshot().open_sub_projects[0].id
    db.session.add_all(
        [
            link,
            contact,
            Absence(person_id=who.id, deputy_id=other.id, first_day=today, last_day=today),
            Absence(person_id=other.id, deputy_id=who.id, first_day=today, last_day=today),
            Grant(person_id=other.id, role="staff", granted_at=now, granted_by=who.id),
            Effect(idea_id=own, person_id=who.id, effect="yes", at=now),
            Report(idea_id=supported, rule="r", text="outo", person_id=who.id, created_at=now),
            Message(idea_id=own, side=MODERATOR, person_id=other.id, text="Missä?", at=now),
            Message(idea_id=own, side=AUTHOR, person_id=who.id, text="Oulussa.", at=now),
            Note(idea_id=own, person_id=other.id, text="Salainen muistiinpano", at=now),
        ]
    )


def _rows_elsewhere(who: Person, other: Person, supported: int) -> None:
    """Make what doors, groups, notices and mailed keys keep of a person."""
    now, today = clock.now(), clock.today()
    group = Group(kind="association", name="Lempinimien yhdistys", created_at=now)
    db.session.add(group)
    db.session.flush()
    days = {"group_id": group.id, "first_day": today, "named_at": now}
    heard = {"language": "fi", "created_at": now}
    notice = Notice(unique_key="n", person_id=who.id, kind="own", what="", why="", created_at=now)
    notice.shown_from = now
    choice = MailChoice(person_id=who.id, pace="now", ways={}, quiet_from=0, quiet_until=0)
    choice.ceiling, choice.digest_hour = 8, 7
    spare = SpareCode(person_id=who.id, place="1", code_hash="a hash", created_at=now)
    known = Identity(person_id=who.id, issuer="i", subject=EMAIL, unit="", sid="", created_at=now)
    known.last_at = now
    db.session.add_all(
        [
            notice,
            choice,
            spare,
            known,
            Membership(person_id=who.id, **days),
            Membership(person_id=other.id, named_by=who.id, **days),
            Alert(person_id=who.id, query="q=valo", checked_at=now, **heard),
            Subscription(idea_id=supported, email=EMAIL, follows=now, **heard),
            Subscriber(email=EMAIL, areas=[], sub_projects=[], confirmed_at=now, **heard),
            FactorReset(person_id=other.id, reset_by=who.id, reason="hukassa", at=now),
        ]
    )


def traces(who: Person, name: str = NAME, email: str = EMAIL) -> list[str]:
    """Give where in the whole database the name, the address or the number of a person stands.

    Left out: numbers that are kept for a declared reason, and the last mail, which has not left.
    """
    found = []
    for table in Base.metadata.tables.values():
        declared = tables()[table.name]
        numbers = {
            one.name
            for one in declared.personal.values()
            if one.kind == "number" and one.rule != KEEP
        }
        for column in table.columns:
            wanted = select(column).select_from(table)
            if table.name == "outbox":
                wanted = wanted.where(table.c.kind != "farewell")
            for word in (name, email):
                if _holds(wanted, column, word):
                    found.append(f"{table.name}.{column.name}: {word}")
            if column.name in numbers and not isinstance(column.type, String):
                here = wanted.where(column == who.id).limit(1)
                if db.session.execute(here).first() is not None:
                    found.append(f"{table.name}.{column.name}: {who.id}")
    return found


def _holds(wanted: Any, column: Any, word: str) -> bool:
    text = cast(column, Text)
    return db.session.execute(wanted.where(text.contains(word)).limit(1)).first() is not None
