"""A whole platform to measure with, filled in bulk: people, ideas, talk, supports, answers."""

import random
from collections import Counter as Counted
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select, text, update

from bench import population_rows as rows
from bench import population_talk as talk
from bench.material import Material
from bench.population_plan import Plan
from innovation.accounts.models import Account, Session
from innovation.answers.figures import keep_figures
from innovation.answers.models import Answer
from innovation.comments.models import Comment, Report
from innovation.core import clock, transaction
from innovation.core.db import Base, db
from innovation.core.keys import hash_key
from innovation.ideas import counting
from innovation.ideas.models import Authorship, Counter, Idea, Revision, TimelineEntry
from innovation.moderation.models import Decision
from innovation.pages.listeners import keep_topical_order
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from innovation.routing.models import Routing
from innovation.votes.models import Vote
from tests.real.people import key_of_session, person

_AT_ONCE = 5_000
_SEED = 20260202
# So many comments stand under each of the ideas whose page is measured with its talk.
TALK = 20
_YEARS = 3
# No idea has more than so many times the support of the least popular ones.
_MOST_POPULAR = 50.0


@dataclass(frozen=True)
class Amounts:
    """How much of everything. seats: people who are signed in. texts: so many different ones.

    Beside the ideas that everybody sees, one in a hundred waits for a moderator.
    """

    ideas: int
    comments: int
    people: int
    supports: int
    seats: int = 300
    texts: int = 10_000

    @property
    def talked(self) -> int:
        """So many ideas, the first ones, have exactly TALK comments."""
        return max(1, min(200, self.comments // (3 * TALK)))

    @property
    def waiting(self) -> int:
        """So many further ideas wait for a moderator."""
        return max(1, self.ideas // 100)


# What the programs that ours is compared with were measured with.
PEERS = Amounts(ideas=10_000, comments=50_000, people=20_000, supports=200_000)


def scaled(ideas: int) -> Amounts:
    """Give the peers' amounts for another number of ideas."""
    part = ideas / PEERS.ideas
    return Amounts(
        ideas=ideas,
        comments=round(PEERS.comments * part),
        people=max(100, round(PEERS.people * part)),
        supports=round(PEERS.supports * part),
        seats=max(20, min(PEERS.seats, ideas // 10)),
    )


@dataclass(frozen=True)
class Seat:
    """Somebody who is signed in: their number, which is that of an idea of theirs, and the key."""

    person_id: int
    key: str


@dataclass(frozen=True)
class Population:
    """What an installation was filled with. said: the material as the ideas have it."""

    amounts: Amounts
    seats: tuple[Seat, ...]
    moderator: Seat
    said: Material

    @property
    def fresh(self) -> int:
        """The first idea that was written by nobody who is signed in."""
        return self.amounts.seats + 1


def populate(app: Flask, given: Material, amounts: Amounts) -> Population:
    """Fill an empty installation. The index is not made; counters and places in lists are right."""
    chance = random.Random(_SEED)  # noqa: S311 - for measuring, not for secrets
    plan = _plan(chance, amounts)
    with app.app_context():
        seats = _people(chance, amounts)
        texts = rows.texts(chance, given, min(amounts.texts, amounts.ideas))
        _put(Idea, rows.ideas(chance, texts, plan))
        _put(Authorship, rows.authorships(chance, plan))
        _put(Revision, rows.revisions(texts, plan))
        entries = rows.Entries(plan)
        _put(TimelineEntry, entries.all())
        _put(Routing, rows.routings(plan))
        _put(Decision, rows.decisions(chance, plan))
        _put(Answer, rows.answers(chance, given, plan, entries))
        _put(Comment, talk.comments(chance, given, plan))
        _put(Vote, talk.votes(chance, plan))
        _put(Report, talk.reports(chance, plan))
        with transaction.writing():
            # What known residents write cleanly is seen, and indexed, at once.
            db.session.execute(update(Programme).values(publishing="clean_at_once"))
            touch()
            _follow_on()
            db.session.merge(Counter(name="lists", value=amounts.ideas))
            counting.recount()
        keep_topical_order()
        keep_figures()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        with transaction.writing():
            moderator = person("moderator", name="Moderaattori", email="moderator@posti.example")
    said = Material([(one["title"], one["text"]) for one in texts], given.sentences)
    return Population(amounts, seats, Seat(moderator.id, key_of_session(app, moderator)), said)


def _plan(chance: random.Random, amounts: Amounts) -> Plan:
    """Spread talk and supports over the ideas, as popularity does."""
    now, voters = clock.now(), amounts.people - amounts.seats
    numbers = range(1, amounts.ideas + 1)
    weights = [min(chance.paretovariate(1.2), _MOST_POPULAR) for _ in numbers]
    supports = Counted(chance.choices(numbers, weights, k=amounts.supports))
    talked = dict.fromkeys(range(1, amounts.talked + 1), TALK)
    left = amounts.comments - TALK * len(talked)
    others = numbers[len(talked) :]
    comments = Counted(chance.choices(others, weights[len(talked) :], k=left)) if others else {}
    return Plan(
        ideas=amounts.ideas,
        waiting=amounts.waiting,
        people=amounts.people,
        seats=amounts.seats,
        now=now,
        # Those who are signed in are known by an idea of the last year.
        published=[
            now - timedelta(minutes=chance.randrange(60, 60 * 24 * (300 if one <= amounts.seats
                                                                    else 365 * _YEARS)))
            for one in numbers
        ],
        supports={one: min(count, voters) for one, count in supports.items()},
        comments={**talked, **comments},
    )  # fmt: skip


def _people(chance: random.Random, amounts: Amounts) -> tuple[Seat, ...]:
    now = clock.now()
    seats = tuple(Seat(one, f"seat-{one}-{chance.getrandbits(128):032x}")
                  for one in range(1, amounts.seats + 1))  # fmt: skip
    _put(Account, talk.accounts(chance, amounts.people, now, clock.today()))
    _put(
        Session,
        (
            {
                "key_hash": hash_key(one.key),
                "person_id": one.person_id,
                "created_at": now,
                "last_seen_at": now,
            }
            for one in seats
        ),
    )
    return seats


def _put(table: type[Base], given: Iterable[Mapping[str, Any]]) -> None:
    """Write rows, some thousands in one unit of work."""
    left = iter(given)
    while some := list(islice(left, _AT_ONCE)):
        with transaction.writing():
            db.session.connection().execute(insert(table.__table__), some)  # type: ignore[arg-type]


def _follow_on() -> None:
    """Let the numbers that PostgreSQL gives go on after those that were given here."""
    if db.session.get_bind().dialect.name != "postgresql":
        return
    for table in (Account, Idea, TimelineEntry, Answer, Comment):
        last = db.session.scalar(select(func.max(table.id)))
        name = f"{table.__tablename__}_id_seq"
        if last:
            db.session.execute(text("SELECT setval(:name, :last)"), {"name": name, "last": last})
