"""The rows of people, of what they say, and of what they support."""

import random
from datetime import date, datetime, timedelta

from bench.material import Material
from bench.population_plan import ROLES, Plan, Rows
from innovation.comments.lifecycle import Visibility
from innovation.programme.queries import snapshot


def accounts(chance: random.Random, people: int, now: datetime, today: date) -> Rows:
    """Give people whose address is confirmed; none has a password."""
    for number in range(1, people + 1):
        yield {
            "id": number,
            "email": f"person{number}@posti.example",
            "name": f"Nimimerkki {number}",
            "language": "fi",
            "capacity": chance.choice(ROLES) if chance.random() < 0.6 else None,
            "email_confirmed_at": now - timedelta(days=400),
            "created_at": now - timedelta(days=400),
            "seen_on": today,
        }


def comments(chance: random.Random, given: Material, plan: Plan) -> Rows:
    """Give the talk, one comment in four as a reply; one in fifty more waits for a moderator."""
    last = 0
    for number, count in sorted(plan.comments.items()):
        heads: list[int] = []
        waits = number % 50 == 0
        for place in range(count + waits):
            last += 1
            parent = chance.choice(heads) if heads and place % 4 == 3 else None
            if parent is None:
                heads.append(last)
            whose = chance.randrange(plan.seats + 1, plan.people + 1)
            public = place < count
            yield {
                "id": last,
                "idea_id": number,
                "parent_id": parent,
                "person_id": whose,
                "name": f"Nimimerkki {whose}",
                "capacity": chance.choice(ROLES),
                "text": " ".join(chance.choices(given.sentences, k=chance.randrange(1, 4))),
                "language": "fi",
                "visibility": str(Visibility.PUBLIC if public else Visibility.WAITING),
                "created_at": plan.since(number, 0.95 * (place + 1) / (count + 1)),
            }


def votes(chance: random.Random, plan: Plan) -> Rows:
    """Give the supports, most of them soon after the idea came; those with seats gave none yet."""
    everybody = range(plan.seats + 1, plan.people + 1)
    for number, count in plan.supports.items():
        for whose in chance.sample(everybody, count):
            yield {
                "idea_id": number,
                "person_id": whose,
                "capacity": chance.choice(ROLES),
                "created_at": plan.since(number, chance.random() ** 2),
            }


def reports(chance: random.Random, plan: Plan) -> Rows:
    """Give reports that wait for a decision, one for every five hundred ideas."""
    rule = snapshot().rules[0]["id"]
    for number in plan.numbers[::500]:
        yield {
            "idea_id": number,
            "rule": rule,
            "created_at": plan.now - timedelta(hours=chance.randrange(1, 40)),
        }
