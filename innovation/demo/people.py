"""The demo's people: accounts to try each role with, and nicknames who write and support."""

from dataclasses import dataclass

from innovation.accounts.models import Account, Grant
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Role
from innovation.programme.models import Contact
from innovation.programme.queries import Snapshot

DOMAIN = "demo.example"
PASSWORD = "kokeile-rauhassa"  # noqa: S105 - printed for everybody who tries the demo
SUPPORTERS = 150


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


def make_supporters() -> list[int]:
    """Make the people who only support; they cannot sign in."""
    people = [
        _account(f"tukija{number:03d}@{DOMAIN}", f"Tukija {number}", capacity_of(number), None)
        for number in range(1, SUPPORTERS + 1)
    ]
    db.session.add_all(people)
    db.session.flush()
    return [person.id for person in people]


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
