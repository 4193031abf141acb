"""The demo's people: accounts to try each role with, and nicknames who write and support."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select

from innovation.accounts.models import Account, Grant
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Actor, Person, ReceiptHolder, Role, System
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.queries import visible_idea
from innovation.moderation.models import Decision
from innovation.notifications.actions import follow, take_back_mails
from innovation.notifications.recipients import DECISION
from innovation.programme.actions import touch
from innovation.programme.models import Contact, Programme
from innovation.programme.queries import Snapshot
from innovation.votes.actions import cast_vote

DOMAIN = "demo.example"
PASSWORD = "kokeile-rauhassa"  # noqa: S105 - printed for everybody who tries the demo
SUPPORTERS = 150

# The resident with an account wrote under these names, and takes part in these ideas.
NAMES_OF_RESIDENT = ("Kävelijä", "Tiistaikävelijä")
FOLLOWED_BY_RESIDENT = ("ensihoito-02", "tietojohtaminen-01", "ikaihmiset-08")
SUPPORTED_BY_RESIDENT = ("digipalvelut-02", "digipalvelut-04")
# Shown only where nobody has told how to reach the programme.
CONTACT: dict[str, Any] = {
    "phone": "0400 000 000",
    "email": f"palaute@{DOMAIN}",
    "address": "Demokatu 1, 90100 Oulu",
    "hours": {
        "fi": "arkisin klo 9–15",
        "sv": "vardagar kl. 9–15",
        "en": "weekdays 9 am to 3 pm",
    },
}


class Cast(Protocol):
    """Who takes part, and when: what the loader of the demo keeps."""

    accounts: dict[str, int]
    moderator: Person
    resident: Person
    programme: Snapshot
    ideas: dict[str, Idea]

    def moment(self, days_ago: int, step: int = 0) -> datetime:
        """Give a moment on that day."""

    def writer(self, name: str, capacity: str) -> Person:
        """Give the account behind a nickname."""

    def lead(self, sub_project: str) -> Person:
        """Give who answers for a sub-project."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account to sign in with. sub_project: what a lead leads."""

    mailbox: str
    name: str
    roles: tuple[str, ...] = ()
    sub_project: str = ""
    capacity: str = "asukas"

    @property
    def email(self) -> str:
        """The address to sign in with."""
        return f"{self.mailbox}@{DOMAIN}"


ACCOUNTS = (
    DemoAccount("asukas", "Joen varrelta"),
    DemoAccount("henkilosto", "Iltavuoron hoitaja", (Role.STAFF,), capacity="henkilosto"),
    DemoAccount("moderaattori", "Demon moderaattori", (Role.MODERATOR,), capacity="henkilosto"),
    DemoAccount("vastuu", "Demon vastuuhenkilö", (Role.LEAD,), "ikaihmiset", "henkilosto"),
    DemoAccount("yllapito", "Demon ylläpitäjä", (Role.ADMINISTRATOR,), capacity="henkilosto"),
)


LEADS = {account.sub_project: account.mailbox for account in ACCOUNTS if account.sub_project}


def as_lead(programme: Snapshot, number: int, led: Iterable[str]) -> Person:
    """Give the person as who answers for these sub-projects."""
    homes = (programme.sub_project_by_slug[slug].id for slug in led)
    scopes = frozenset((str(Role.LEAD), "sub_project", home) for home in homes)
    return Person(number, "", frozenset({Role.RESIDENT, Role.LEAD}), scopes)


def make_accounts(programme: Snapshot, password_hash: str) -> dict[str, int]:
    """Make the accounts to sign in with and a contact for each sub-project; ids by mailbox."""
    ids = {}
    for demo in ACCOUNTS:
        ids[demo.mailbox] = _add(demo.email, demo.name, demo.capacity, password_hash)
        for role in demo.roles:
            known = programme.sub_project_by_slug.get(demo.sub_project)
            _grant(ids[demo.mailbox], role, known.id if known else None)
    for position, sub_project in enumerate(programme.sub_projects, 1):
        db.session.add(
            Contact(
                sub_project_id=sub_project.id,
                person_id=ids["vastuu"] if sub_project.slug == "ikaihmiset" else None,
                name=f"Demon yhteyshenkilö {position}",
                task="vastuuhenkilö",
                email=f"{sub_project.slug}@{DOMAIN}",
                phone="",
            )
        )
    db.session.flush()
    return ids


def keep_quiet(ideas: Iterable[Idea]) -> None:
    """Let no mail leave about what was decided on these ideas: nobody lived that year."""
    wanted = select(Decision.id).where(Decision.idea_id.in_([idea.id for idea in ideas]))
    for number in db.session.scalars(wanted):
        take_back_mails(f"{DECISION} {number}")


def take_part(cast: Cast) -> None:
    """Let the resident have something on the page of their own matters."""
    for key in FOLLOWED_BY_RESIDENT:
        if key in cast.ideas:
            follow(cast.resident, cast.ideas[key])
    for key in SUPPORTED_BY_RESIDENT:
        if key in cast.ideas:
            cast_vote(cast.resident, visible_idea(cast.resident, cast.ideas[key].id))


def show_contact() -> None:
    """Tell how to reach the demo's programme, unless somebody has told anything of it."""
    programme = db.session.get_one(Programme, 1)
    if not any(_says(value) for value in programme.contact.values()):
        programme.contact = {**programme.contact, **CONTACT}
        touch()


def hide_contact() -> None:
    """Take away what is still the demo's own; what somebody wrote in its place stays."""
    programme = db.session.get_one(Programme, 1)
    empty = {name: {} if isinstance(value, dict) else "" for name, value in CONTACT.items()}
    programme.contact = {
        name: empty[name] if value == CONTACT.get(name) else value
        for name, value in programme.contact.items()
    }


def _says(value: str | dict[str, str]) -> bool:
    """Tell whether there is anything in a text, or in a text in several languages."""
    return any(value.values()) if isinstance(value, dict) else bool(value)


def make_supporters() -> list[int]:
    """Make the people who only support; they cannot sign in."""
    people = [
        _account(f"tukija{number:03d}@{DOMAIN}", f"Tukija {number}", capacity_of(number), None)
        for number in range(1, SUPPORTERS + 1)
    ]
    db.session.add_all(people)
    db.session.flush()
    return [person.id for person in people]


def author_of(idea: Idea) -> Actor:
    """Give who wrote the idea, as they act on it."""
    row = db.session.scalars(select(Authorship).where(Authorship.idea_id == idea.id)).one()
    if row.receipt_id is not None:
        return ReceiptHolder(row.receipt_id, idea.id)
    if not row.person_id:
        return System("demo")
    who = Person(row.person_id, row.name)
    return who if row.group_id is None else as_member(who, row.group_id)


def as_member(person: Person, group_id: int) -> Person:
    """Give the person as who may write in the group's name."""
    return replace(person, scopes=person.scopes | {("member", "group", group_id)})


def make_writer(name: str, capacity: str, number: int) -> int:
    """Make somebody who writes under a nickname; they cannot sign in."""
    return _add(f"kirjoittaja{number:03d}@{DOMAIN}", name, capacity or "asukas", None)


def capacity_of(number: int) -> str:
    """Give the capacity of the supporter with this ordinal."""
    return ("asukas", "henkilosto", "laheinen", "asukas", "asiakas", "jarjesto")[number % 6]


def _add(email: str, name: str, capacity: str, password_hash: str | None) -> int:
    person = _account(email, name, capacity, password_hash)
    db.session.add(person)
    db.session.flush()  # its id is needed at once
    return person.id


def _account(email: str, name: str, capacity: str, password_hash: str | None) -> Account:
    now = clock.now()
    return Account(
        email=email,
        name=name,
        password_hash=password_hash,
        capacity=capacity,
        email_confirmed_at=now,
        created_at=now,
    )


def _grant(person_id: int, role: str, sub_project_id: int | None) -> None:
    db.session.add(
        Grant(
            person_id=person_id,
            role=role,
            scope_kind="sub_project" if sub_project_id else None,
            scope_id=sub_project_id,
            reason="demo",
            granted_at=clock.now(),
        )
    )
