"""Every address is asked as every role; docs/access.md shows what really happened."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Blueprint, Flask, url_for
from sqlalchemy import Connection
from werkzeug.routing import Rule

from innovation.web import access
from innovation.web.limits import limiter
from tests.architecture.everybody import (
    NOBODY_S,
    ROLES,
    ROWS,
    TRACKING_KEY,
    Everybody,
    kind_of,
    make,
)

PAGE = Path(__file__).parents[2] / "docs/access.md"
HEAD = """# Who gets what

Made by `tests/architecture/test_access.py`, which asks every address as everybody and fails when
an answer differs from this page. To write it anew:
`WRITE_ACCESS=1 make test ARGS="tests/architecture/test_access.py"`.

Rows: *own* is of the person asking, *other* of somebody else, *none* does not exist. Of ideas
*public* is a published one of somebody else, and *own* and *other* wait; an *own* decision was made
by the person asking, an *own* report or appeal sent by them. A *draft* is a model that is not
published, a *plan* an experiment that has not begun. What belongs to no person is *there*; of rows
of a sub-project *there* (also a *draft*) is in the first one, and *other* in the second. – says
that this person has no such row. Where no row is named, there is none.

Forms are sent empty (but offers are accepted), so 422 means: allowed, but something has to be
filled in. 303 for a visitor on a page for people with an account leads to the sign-in page.

A *member* writes in a group's name; their *own* idea was written in that name by another member.
The *lead* leads the first sub-project, the *area lead* the first area; the *analyst* reads figures.

"""
# What stands in addresses beside numbers.
KNOWN: dict[str, str | int] = {
    "slug": "lapset-nuoret-perheet",
    "key": TRACKING_KEY,
    "kind": "app",
    "page": "idea",
}
# What is sent where an empty form is the same as no such page.
SENT = {"experiments_lead.decide": {"decision": "accept"}}
HEAD += f"| address | rule | row | {' | '.join(ROLES)} |\n" + "|---" * (3 + len(ROLES)) + "|\n"


@pytest.fixture
def world(app: Flask, database: Connection) -> Everybody:
    return make(app, database)


# Whose rows these are is asked on PostgreSQL by the tests of the features.
@pytest.mark.once
def test_what_everybody_gets(world: Everybody) -> None:
    lines = []
    rules = sorted(world.app.url_map.iter_rules(), key=lambda rule: (rule.rule, str(rule.methods)))
    for rule in rules:
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            lines += _lines(world, rule, method)
    made = HEAD + "\n".join(lines) + "\n"
    if os.environ.get("WRITE_ACCESS"):
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8").splitlines() == made.splitlines()


def _lines(world: Everybody, rule: Rule, method: str) -> list[str]:
    kind = kind_of(rule)
    allowed = access.rule_of(world.app, rule.endpoint)
    lines = []
    for row in ROWS.get(kind, ("",)):
        answers = [_answer(world, rule, method, row, role) for role in ROLES]
        lines.append(f"| {method} {rule.rule} | {allowed} | {row} | {' | '.join(answers)} |")
    return lines


def _answer(world: Everybody, rule: Rule, method: str, row: str, role: str) -> str:
    """Ask in a savepoint that is taken back, so that every question meets the same world."""
    numbers = world.numbers_for(kind_of(rule), row, role)
    if not numbers:
        return "–"
    number = numbers.get("", NOBODY_S)
    values = {name: KNOWN.get(name, numbers.get(name, number)) for name in rule.arguments}
    with world.app.test_request_context():
        address = url_for(rule.endpoint, **values)
    limiter.reset()
    savepoint = world.connection.begin_nested()
    try:
        sent = SENT.get(rule.endpoint) if method == "POST" else None
        status = world.client(role).open(address, method=method, data=sent).status_code
        # The suite has no worker, so that one truly says that the service is not ready.
        assert status < 500 or address == "/readyz", f"{method} {address} as {role}: {status}"
        return str(status)
    finally:
        savepoint.rollback()


def test_a_view_without_an_access_rule_stops_the_start(app: Flask) -> None:
    bare = Flask("bare")
    blueprint = Blueprint("bare", __name__)
    view: Callable[[], str] = lambda: "open to all"  # noqa: E731 - the shortest view there is
    blueprint.add_url_rule("/bare", "view", view)
    bare.register_blueprint(blueprint)
    with pytest.raises(access.MissingAccessRuleError, match=r"bare\.view"):
        access.check_every_view(bare)
