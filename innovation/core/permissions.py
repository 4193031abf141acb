"""Who acts, what their roles let them do, and the one question everybody asks: may they?"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from innovation.core.errors import ForbiddenError


class Role(StrEnum):
    """A right given to a person. Everybody with an account is a resident without being told so."""

    RESIDENT = "resident"
    STAFF = "staff"
    ANALYST = "analyst"
    EXPERT = "expert"
    LEAD = "lead"
    COORDINATOR = "coordinator"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in. `scopes` limits a role: ("lead", "sub_project", 7), ("lead", "area", 2),
    or tells in whose name they may write: ("member", "group", 3).

    leads_both: sub-projects led in one area alone, as (sub-project, area). strong: their identity
    was proved by strong means in this session.
    """

    id: int
    name: str
    roles: frozenset[str] = frozenset({Role.RESIDENT})
    scopes: frozenset[tuple[str, str, int]] = frozenset()
    language: str = "fi"
    strong: bool = False
    leads_both: frozenset[tuple[int, int]] = frozenset()
    minor: bool = False

    def leads(self, sub_project_id: int | None, area_id: int | None = None) -> bool:
        """True for a lead of the sub-project, of the area, or of the one in the other.

        What belongs to no sub-project yet is led by nobody.
        """
        if sub_project_id is None:
            return False
        return (
            (Role.LEAD, "sub_project", sub_project_id) in self.scopes
            or (Role.LEAD, "area", area_id) in self.scopes
            or (sub_project_id, area_id) in self.leads_both
        )

    @property
    def led(self) -> tuple[tuple[int | None, int | None], ...]:
        """Give what the person leads as (sub-project, area), None standing for every one."""
        alone = (one for one in self.scopes if one[0] == Role.LEAD)
        pairs = [(n, None) if kind == "sub_project" else (None, n) for _role, kind, n in alone]
        return tuple(sorted([*pairs, *self.leads_both], key=lambda one: (one[0] or 0, one[1] or 0)))

    def writes_for(self, group_id: int | None) -> bool:
        """True when the person may write in the group's name today."""
        return ("member", "group", group_id) in self.scopes

    @property
    def groups(self) -> tuple[int, ...]:
        """Give the groups in whose name the person may write today, by id."""
        return tuple(sorted(number for role, _kind, number in self.scopes if role == "member"))


@dataclass(frozen=True, slots=True)
class ReceiptHolder:
    """A nameless author who came with the tracking key of one idea."""

    receipt_id: int
    idea_id: int


@dataclass(frozen=True, slots=True)
class Nobody:
    """A visitor without an account or a key."""


@dataclass(frozen=True, slots=True)
class System:
    """The platform itself: the worker, an import, an installation command."""

    name: str


Actor = Person | ReceiptHolder | Nobody | System

_EVERY_PERSON = frozenset(Role)
_MODERATORS = frozenset({Role.MODERATOR, Role.ADMINISTRATOR})
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
_COORDINATORS = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
_OFFICIALS = frozenset({Role.LEAD, Role.COORDINATOR, Role.MODERATOR, Role.ADMINISTRATOR})
_STAFF = _OFFICIALS | {Role.STAFF}

# The whole policy of roles on one page; what depends on a row is a rule in a feature's policy.
PERMISSIONS: dict[str, frozenset[Role]] = {
    "answer:see": _OFFICIALS,
    "audit:forget": frozenset(),
    "audit:see": _ADMINISTRATORS,
    "comment:create": _EVERY_PERSON,
    "comment:moderate": _MODERATORS,
    "comment:official": _OFFICIALS,
    "expert:grant": _COORDINATORS,
    "expert:write": frozenset({Role.EXPERT}),
    "figures:see": _ADMINISTRATORS | {Role.ANALYST},
    "idea:follow": _EVERY_PERSON,
    "idea:import": frozenset(),
    "idea:moderate": _MODERATORS,
    "idea:publish_own": _STAFF,
    "idea:route": _MODERATORS,
    "idea:see_staff_only": _STAFF,
    "idea:vote": _EVERY_PERSON,
    "mail:see": _ADMINISTRATORS,
    "moderation:see": _MODERATORS,
    "name:see": _MODERATORS,
    "person:manage": _ADMINISTRATORS,
    "programme:manage": _ADMINISTRATORS,
    "profile:edit": _EVERY_PERSON,
    "promise:coordinate": _COORDINATORS,
    "statutory:keep": _COORDINATORS | _MODERATORS,
}

Rule = Callable[[Actor, Any], bool]
_rules: dict[str, Rule] = {}


def rule(permission: str) -> Callable[[Rule], Rule]:
    """Declare the decorated function as the answer for this permission on a row."""

    def register(function: Rule) -> Rule:
        _rules[permission] = function
        return function

    return register


def holds(actor: Actor, permission: str) -> bool:
    """True when the actor's roles carry the permission, whatever the row."""
    match actor:
        case System():
            return True
        case Person(roles=roles):
            return not roles.isdisjoint(PERMISSIONS[permission])
        case _:
            PERMISSIONS[permission]
            return False


def may(actor: Actor, permission: str, row: object = None) -> bool:
    """True when the actor may do this (to this row). Unknown permissions raise KeyError."""
    if permission in _rules:
        return isinstance(actor, System) or _rules[permission](actor, row)
    return holds(actor, permission)


def authorize(actor: Actor, permission: str, row: object = None) -> None:
    """Raise ForbiddenError unless the actor may do this (to this row)."""
    if not may(actor, permission, row):
        raise ForbiddenError(permission)
