"""Everybody who asks, and the rows that they ask for: own ones, others' ones, and none."""

import re
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.routing import Rule

from innovation.accounts.queries import person_by_id
from innovation.accounts.rights import grant_role
from innovation.core import transaction
from innovation.core.db import db
from innovation.core.permissions import Nobody, Person, Role
from innovation.groups.actions import GroupDraft, MemberDraft, add_group, name_member
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import move_visibility
from innovation.ideas.timeline import Kind
from innovation.programme.queries import snapshot
from innovation.reasons.queries import all_reasons
from tests.architecture.rows import SYSTEM, Numbers, absence, belongings, everybodys, membership
from tests.real.people import carrying, key_of_session, person

ROLES = (
    "visitor",
    "resident",
    "expert",
    "member",
    "staff",
    "analyst",
    "lead",
    "area lead",
    "coordinator",
    "moderator",
    "administrator",
)
TRACKING_KEY = "KXR7-4MTP-9H2D"
NOBODY_S = 999_999
# What the number in an address is of; the longest beginning that fits, with <> for numbers.
# Other rows are not made: their addresses are asked without one.
KINDS = {
    "/ideas/": "idea",
    "/moderation/ideas/": "idea",
    "/moderation/claims/": "idea",
    "/moderation/reroute/": "idea",
    "/search/similar/": "idea",
    "/comments/": "comment",
    "/moderation/comments/": "comment",
    "/moderation/reports/": "report",
    "/moderation/appeals/": "appeal",
    "/moderation/decisions/": "decision",
    "/moderation/edits/": "edit",
    "/experiments/": "experiment",
    "/experiments/<>/offers/": "offer",
    "/experiments/<>/readings/<>": "reading",
    "/operating-models/": "model",
    "/operating-models/<>/uses/<>": "use",
    "/operating-models/spreads/": "spread",
    "/answers/absences/": "absence",
    "/answers/accessibility/": "feedback",
    "/answers/dates/": "date",
    "/answers/statutory/": "matter",
    "/experts/": "expert",
    "/admin/contacts/": "contact",
    "/admin/groups/": "group",
    "/admin/groups/<>/members/<>": "membership",
    "/admin/mail/": "mail",
    "/admin/newsletter/": "issue",
    "/admin/people/": "person",
    "/admin/people/<>/grants/": "grant",
    "/admin/phases/": "phase",
    "/admin/reasons/": "reason",
    "/profile/alerts/": "alert",
    "/profile/devices/": "device",
    "/profile/security/": "factor",
}
OF_PEOPLE = ("own", "other", "none")
OF_NOBODY = ("there", "none")
OF_PLACES = ("there", "other", "none")
ROWS = {
    "idea": ("public", "own", "other", "none"),
    "experiment": ("public", "plan", "none"),
    "model": ("public", "draft", "other draft", "none"),
    "reason": ("public", "none"),
    **dict.fromkeys(("comment", "alert", "device", "person", "grant", "factor"), OF_PEOPLE),
    **dict.fromkeys(("report", "appeal", "decision", "edit", "mail", "offer"), OF_PEOPLE),
    **dict.fromkeys(("absence", "group", "membership"), OF_PEOPLE),
    **dict.fromkeys(("use", "spread", "reading", "date"), OF_PLACES),
    **dict.fromkeys(("phase", "contact", "matter", "feedback", "issue", "expert"), OF_NOBODY),
}
NUMBER = re.compile(r"<int:\w+>")


@dataclass(frozen=True)
class Everybody:
    """People by role, the keys of their sessions, and numbers of rows by (kind, row, role)."""

    app: Flask
    connection: Connection
    people: dict[str, Person]
    keys: dict[str, str]
    numbers: dict[tuple[str, str, str], Numbers]

    def client(self, role: str) -> FlaskClient:
        """Give a browser in which this one is signed in; a visitor is not."""
        client = self.app.test_client()
        return carrying(self.app, client, self.keys[role]) if role != "visitor" else client

    def numbers_for(self, kind: str, row: str, role: str) -> Numbers:
        """Give the numbers to ask for: everybody's, or those for this role; {} for no such row."""
        if row in {"none", ""}:
            return {"": NOBODY_S}
        return self.numbers.get((kind, row, role)) or self.numbers.get((kind, row, ""), {})


def kind_of(rule: Rule) -> str:
    """Give what the number in this address is of, or "" when no such row is made."""
    path = NUMBER.sub("<>", rule.rule)
    fitting = [begin for begin in KINDS if path.startswith(begin) and rule.arguments]
    return KINDS[max(fitting, key=len)] if fitting else ""


def make(app: Flask, connection: Connection) -> Everybody:
    """Make them all, with a session for each."""
    with app.app_context(), transaction.writing():
        people = _people()
        numbers = _rows(people)
    keys = {role: key_of_session(app, who) for role, who in people.items()}
    return Everybody(app, connection, people, keys, numbers)


def _rows(people: dict[str, Person]) -> dict[tuple[str, str, str], Numbers]:
    stranger = person(Role.MODERATOR, leads=(snapshot().sub_projects[1].id,))
    public = _public(stranger)
    text = "Odotin puhelua kolme tuntia ja puhelin sammui."
    numbers = {
        ("idea", "public", ""): {"": public.id},
        ("idea", "other", ""): {"": _idea(stranger, IdeaDraft(text))},
        ("reason", "public", ""): {"": all_reasons()[0].id},
        ("absence", "other", ""): absence(stranger),
    }
    for role in ("lead", "area lead"):
        numbers["absence", "own", role] = absence(people[role])
    groups = (("own", "member", people["member"].groups[0]), ("other", "", _members("muu")[2]))
    for row, role, group in groups:
        numbers["group", row, role] = {"": group}
        numbers["membership", row, role] = membership(group)
    for role, who in people.items():
        numbers["idea", "own", role] = {"": _own_idea(role, who)}
    for row, role, who in [("other", "", stranger), *(("own", *one) for one in people.items())]:
        for kind, made in belongings(public).items():
            numbers[kind, row, role] = made(who)
    for kind, row, made_numbers in everybodys():
        numbers[kind, row, ""] = made_numbers
    submit_idea(Nobody(), IdeaDraft(text="Rannassa ei ole penkkiä."), receipt_key=TRACKING_KEY)
    return numbers


def _people() -> dict[str, Person]:
    """Make somebody of each role but the visitor."""
    first, area = snapshot().sub_projects[0].id, snapshot().areas[0].id
    member, _colleague, _group = _members()
    area_lead = person()
    grant_role(SYSTEM, area_lead.id, Role.LEAD, "test", area_id=area)
    return {
        "resident": person(),
        "expert": person(Role.EXPERT),
        "member": member,
        "staff": person(Role.STAFF),
        "analyst": person(Role.ANALYST),
        "lead": person(leads=(first,)),
        "area lead": person_by_id(area_lead.id) or area_lead,
        "coordinator": person(Role.COORDINATOR),
        "moderator": person(Role.MODERATOR),
        "administrator": person(Role.ADMINISTRATOR),
    }


def _members(name: str = "member") -> tuple[Person, Person, int]:
    """Make a group: give two of its members and its number."""
    group = add_group(SYSTEM, GroupDraft("association", f"Esimerkkiyhdistys {name}"))
    made = [person(email=f"{name}{number}@posti.example") for number in range(2)]
    for number in range(2):
        draft = MemberDraft(f"{name}{number}@posti.example", None, None, "test")
        name_member(SYSTEM, group, draft)
    members = [person_by_id(one.id) or one for one in made]
    return members[0], members[1], group


def _public(author: Person) -> Idea:
    text = "Ajanvaraus ei kerro kerrosta, eikä ovella ole ketään."
    made = db.session.get_one(Idea, _idea(author, IdeaDraft(text)))
    move_visibility(SYSTEM, made, Visibility.PUBLIC, Kind.PUBLISHED)
    return made


def _own_idea(role: str, who: Person) -> int:
    """Make a waiting idea; a member's was written by another member in the group's name."""
    text = "Neuvolan ovella on kuusi porrasta ja lastenvaunut."
    if role != "member":
        made = _idea(who, IdeaDraft(text))
    else:
        (group,) = who.groups
        colleague = person(email="member2@posti.example")
        name_member(SYSTEM, group, MemberDraft("member2@posti.example", None, None, "test"))
        writer = person_by_id(colleague.id) or colleague
        made = submit_idea(writer, IdeaDraft(text, group_id=group)).idea_id
    db.session.get_one(Idea, made).visibility = Visibility.WAITING
    return made


def _idea(author: Person, draft: IdeaDraft) -> int:
    return submit_idea(Person(author.id, author.name), draft).idea_id
