"""Walks the whole service: every address with rows behind it, and every form on its pages."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import html5lib
from flask import Flask, url_for
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from innovation.core import transaction
from innovation.core.permissions import Person, Role, System
from innovation.programme.queries import snapshot
from tests.real.ideas import idea
from tests.real.people import carrying, key_of_session, person

TYPED = frozenset({"text", "search", "email", "tel", "url", "number", "date", ""})
EVERY_RIGHT = (Role.STAFF, Role.COORDINATOR, Role.MODERATOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Someone:
    """Somebody with every right, and the rows that addresses are filled with."""

    app: Flask
    who: Person
    key: str
    numbers: dict[str, int]

    @property
    def client(self) -> FlaskClient:
        return carrying(self.app, FlaskClient(self.app), self.key)

    def again(self) -> "Someone":
        """Sign in anew: something may have ended the session."""
        return replace(self, key=key_of_session(self.app, self.who))

    def address(self, rule: Rule) -> str:
        values = {name: self._value(rule, name) for name in rule.arguments}
        with self.app.test_request_context():
            return url_for(rule.endpoint, **values)

    def _value(self, rule: Rule, name: str) -> str | int:
        if name in self.numbers:
            return self.numbers[name]
        known = {"slug": "lapset-nuoret-perheet", "name": "terms", "tongue": "fi"}
        return known.get(name, 1)


def somebody(app: Flask) -> Someone:
    """Make them, with an idea of theirs that is public and one that waits for others."""
    with app.app_context(), transaction.writing():
        leads = tuple(fact.id for fact in snapshot().sub_projects[:2])
        who = person(*EVERY_RIGHT, leads=leads)
        numbers = {"number": idea(System("test")), "person_id": who.id}
    return Someone(app, who, key_of_session(app, who), numbers)


def rules(app: Flask, method: str) -> Iterator[Rule]:
    """Give every address that answers this method, without the files."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if rule.endpoint != "static" and method in (rule.methods or set()):
            yield rule


@dataclass
class FormSeen:
    """A form of a page. typed: the names of fields that people write in; kept: of all the others"""

    action: str
    typed: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)


def forms_of(page: str, path: str) -> list[FormSeen]:
    """Give the forms of a page that write something, filled the way the page fills them."""
    root = html5lib.parse(page, namespaceHTMLElements=False)
    seen = []
    for form in root.iter("form"):
        if form.attrib.get("method", "get").lower() != "post":
            continue
        one = FormSeen(form.attrib.get("action") or path)
        for element in form.iter():
            name = element.attrib.get("name") if isinstance(element.tag, str) else None
            if not name:
                continue
            kind = element.attrib.get("type", "")
            if element.tag == "textarea" or (element.tag == "input" and kind in TYPED):
                one.typed.append(name)
            elif element.tag == "select":
                options = [option.attrib.get("value", "") for option in element.iter("option")]
                one.kept[name] = next(filter(None, options), "")
            elif kind != "radio" or name not in one.kept:
                one.kept[name] = element.attrib.get("value", "on")
        seen.append(one)
    return seen
