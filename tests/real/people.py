"""People for tests: accounts with rights, and clients that act in their name."""

import hashlib
import hmac
import itertools
from functools import cache

from flask import Flask
from flask.testing import FlaskClient

from innovation.accounts import queries
from innovation.accounts.actions import Newcomer, register
from innovation.accounts.passwords import hash_password
from innovation.accounts.rights import grant_role
from innovation.accounts.sessions import open_session
from innovation.core import transaction
from innovation.core.keys import hash_key, new_key
from innovation.core.permissions import Person, Role, System

PASSWORD = "kolme sanaa riittää"

_numbers = itertools.count(1)


@cache
def password_hash() -> str:
    """Hash the password of everybody here, once."""
    return hash_password(PASSWORD)


def person(
    *roles: str, name: str = "", email: str = "", leads: tuple[int, ...] = (), language: str = "fi"
) -> Person:
    """Make somebody with these roles, and lead of these sub-projects. Inside `with writing():`."""
    number = next(_numbers)
    person_id = register(
        Newcomer(
            email or f"person{number}@posti.example",
            name or f"Nimimerkki {number}",
            password_hash(),
            language,
        )
    )
    for role in roles:
        grant_role(System("test"), person_id, role, "test")
    for sub_project_id in leads:
        grant_role(System("test"), person_id, Role.LEAD, "test", sub_project_id)
    made = queries.person_by_id(person_id)
    assert made is not None
    return made


def sign_in(app: Flask, client: FlaskClient, who: Person) -> FlaskClient:
    """Let the client act as the person, in a session of its own."""
    return carrying(app, client, key_of_session(app, who))


def key_of_session(app: Flask, who: Person) -> str:
    """Open a session of the person; gives its key."""
    key = new_key()
    with app.app_context(), transaction.writing():
        open_session(who.id, key)
    return key


def carrying(app: Flask, client: FlaskClient, key: str) -> FlaskClient:
    """Let the client act in the session; its requests carry the session's token by themselves.

    They say that they come from our own pages, as those of browsers do.
    """
    client.set_cookie("session", key)
    secret = str(app.secret_key).encode()
    token = hmac.new(secret, f"csrf:{hash_key(key)}".encode(), hashlib.sha256).hexdigest()
    client.environ_base["HTTP_X_CSRF_TOKEN"] = token
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def signed_in(app: Flask, *roles: str, leads: tuple[int, ...] = ()) -> tuple[FlaskClient, Person]:
    """Make somebody with these roles and a client of theirs. Outside any unit of work."""
    with app.app_context(), transaction.writing():
        who = person(*roles, leads=leads)
    return sign_in(app, app.test_client(), who), who
