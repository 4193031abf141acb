"""The rows of ideas and of what happened to them, made by chance and the same each time."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

from bench.material import Material
from bench.population_plan import ROLES, UNANSWERED, Plan, Rows
from innovation.core import clock
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.timeline import Kind
from innovation.programme import promises
from innovation.programme.queries import snapshot

Texts: TypeAlias = Sequence[Mapping[str, str]]


@cache
def _promised(day: date) -> tuple[date, date]:
    return promises.first_answer_by(day), promises.decision_by(day)


def ideas(chance: random.Random, texts: Texts, plan: Plan) -> Rows:
    """Give the ideas, those that wait last."""
    areas = snapshot().areas
    for number in (*plan.numbers, *plan.those_waiting):
        public = number <= plan.ideas
        at = plan.published[number - 1] if public else plan.now - timedelta(hours=number % 90)
        yield {
            "id": number,
            "reference": f"PS-2023-{number:07d}",
            **texts[(number - 1) % len(texts)],
            "language": "fi",
            "capacity": chance.choice(ROLES),
            "area_id": chance.choice(areas).id,
            "created_at": at,
            "updated_at": at,
            "indexable": public,
            **(_public(plan, number, at) if public else _waiting()),
        }


def texts(chance: random.Random, given: Material, many: int) -> Texts:
    """Give so many different texts; where there are more ideas they are said again."""
    written = []
    for _ in range(many):
        title, body = chance.choice(given.titled)
        said = " ".join(chance.choices(given.sentences, k=2))
        written.append(
            {
                "title": title[:80],
                "text": f"{said} {body}",
                "what_helps": chance.choice(given.sentences),
                "excerpt": said[:150],
            }
        )
    return written


def _public(plan: Plan, number: int, at: datetime) -> dict[str, Any]:
    handling = plan.handling(number)
    answered = None if handling in UNANSWERED else plan.since(number, 0.3)
    first_answer_by, decision_by = _promised(clock.local_date(at))
    return {
        "visibility": str(Visibility.PUBLIC),
        "handling": str(handling),
        "primary_sub_project_id": plan.sub_project(number),
        "published_at": at,
        "answered_at": answered,
        "decided_at": answered,
        "first_answer_by": first_answer_by,
        "decision_by": decision_by,
        "support_count": plan.supports.get(number, 0),
        "comment_count": plan.comments.get(number, 0),
    }


def _waiting() -> dict[str, Any]:
    return {
        "visibility": str(Visibility.WAITING),
        "handling": str(Handling.NEW),
        "primary_sub_project_id": None,
        "published_at": None,
        "answered_at": None,
        "decided_at": None,
        "first_answer_by": None,
        "decision_by": None,
        "support_count": 0,
        "comment_count": 0,
    }


def authorships(chance: random.Random, plan: Plan) -> Rows:
    """Give whose the ideas are: half of them somebody's with an account."""
    for number in (*plan.numbers, *plan.those_waiting):
        own = number <= plan.seats
        known = own or (number <= plan.ideas and chance.random() < 0.5)
        whose = number if own else chance.randrange(plan.seats + 1, plan.people + 1)
        yield {
            "idea_id": number,
            "person_id": whose if known else None,
            "name": f"Nimimerkki {whose}" if known else "",
            "created_at": plan.published[number - 1] if number <= plan.ideas else plan.now,
        }


def revisions(texts: Texts, plan: Plan) -> Rows:
    """Give the first text of each idea."""
    for number in (*plan.numbers, *plan.those_waiting):
        said = texts[(number - 1) % len(texts)]
        yield {
            "idea_id": number,
            "number": 1,
            **{name: text for name, text in said.items() if name != "excerpt"},
            "state": "accepted",
            "created_at": plan.published[number - 1] if number <= plan.ideas else plan.now,
        }


class Entries:
    """The timeline, and which of its lines the answer of an idea refers to."""

    def __init__(self, plan: Plan) -> None:
        """Begin with none."""
        self._plan = plan
        self._last = 0
        self.of_answer: dict[int, int] = {}

    def all(self) -> Rows:
        """Give every line."""
        plan = self._plan
        for number in plan.numbers:
            at = plan.published[number - 1]
            yield self._entry(number, Kind.SUBMITTED, at, "visitor")
            yield self._entry(number, Kind.PUBLISHED, at, "moderator")
            handling, place = plan.handling(number), plan.sub_project(number)
            if place is not None:
                moved = plan.since(number, 0.05)
                yield self._entry(number, Kind.ROUTED, moved, "moderator", Handling.ROUTED, place)
            if handling not in UNANSWERED:
                yield self._entry(number, Kind.ANSWERED, plan.since(number, 0.3), "lead", handling)
                self.of_answer[number] = self._last
        for number in plan.those_waiting:
            yield self._entry(number, Kind.SUBMITTED, plan.now - timedelta(hours=1), "visitor")

    def _entry(
        self, number: int, kind: Kind, at: datetime, role: str,
        handling: Handling | None = None, place: int | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        self._last += 1
        return {
            "id": self._last,
            "idea_id": number,
            "at": at,
            "kind": str(kind),
            "actor_role": role,
            "handling_to": str(handling) if handling else None,
            "sub_project_id": place,
        }


def routings(plan: Plan) -> Rows:
    """Give where the ideas belong; every eighth one is told to another sub-project too."""
    places = snapshot().sub_projects
    for number in plan.numbers:
        place = plan.sub_project(number)
        if place is None:
            continue
        since = plan.since(number, 0.05)
        yield {"idea_id": number, "sub_project_id": place, "kind": "primary", "since": since}
        if number % 8 == 0:
            told = places[(number + 1) % len(places)].id
            yield {"idea_id": number, "sub_project_id": told, "kind": "informed", "since": since}


def decisions(chance: random.Random, plan: Plan) -> Rows:
    """Give what moderators decided."""
    for number in plan.numbers:
        at = plan.since(number, 0.05)
        yield {
            "idea_id": number,
            "kind": "publish" if plan.sub_project(number) is None else "publish_and_route",
            "person_id": chance.randrange(plan.seats + 1, plan.people + 1),
            "waited_since": plan.published[number - 1],
            "at": at,
            "until": at,
            "entries": [],
            "changes": None,
        }


def answers(chance: random.Random, given: Material, plan: Plan, entries: Entries) -> Rows:
    """Give the official answers."""
    for number, entry in entries.of_answer.items():
        yield {
            "idea_id": number,
            "entry_id": entry,
            "sub_project_id": plan.sub_project(number),
            "actor_role": "lead",
            "handling": str(plan.handling(number)),
            "text": " ".join(chance.choices(given.sentences, k=3)),
            "criteria": {},
            "impact_tags": [],
            "at": plan.since(number, 0.3),
        }
