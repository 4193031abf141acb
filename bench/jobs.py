"""What people do on the platform, as the requests that it takes, and what each may cost."""

import hashlib
import hmac
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle
from urllib.parse import urlencode

from flask import Flask

from bench.asking import Request
from bench.population import Population, Seat
from bench.search import asked_of
from innovation.comments.actions import seen_in as seen_in_comment
from innovation.core import transaction
from innovation.core.keys import hash_key
from innovation.ideas.drafts import IdeaDraft
from innovation.ideas.publishing import seen_in
from innovation.programme.queries import snapshot
from tests.real.ideas import ripe_once

NAMELESS, SIGNED_IN, MODERATOR = "nameless", "signed in", "moderator"
# So many different addresses of one kind are asked for by turns.
_POOL = 10
# So many texts are written to choose from, each different by its number. The check sees them with
# a number too.
_TEXTS = 120
_COUNTING = "Tämä on kerrottu %d kertaa."
_PARTIAL = {"X-Partial": "1"}
# Somebody signed in may cost so much more than a nameless one.
MORE_SIGNED_IN = 1.5


@dataclass(frozen=True)
class Job:
    """Something that people do. make: gives the requests that it takes, new ones each time.

    addresses: of a page, those that are asked for; "" where something is sent. goal: as a multiple
    of floor c for the nameless. peer: the best of the other programs, in the same measure.
    """

    name: str
    who: str
    goal: float | None
    peer: str
    make: Callable[[], tuple[Request, ...]]
    pool: tuple[Request, ...] = ()

    @property
    def is_page(self) -> bool:
        """Whether it only reads."""
        return bool(self.pool)


@dataclass
class People:
    """Who asks: seats in turn, each with its session and its token."""

    secret: str
    seats: Sequence[Seat]
    _turn: "cycle[Seat]" = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the first."""
        self._turn = cycle(self.seats)

    def next(self) -> dict[str, str]:
        """Give the headers of whoever is next."""
        return self.of(next(self._turn))

    def of(self, seat: Seat) -> dict[str, str]:
        """Give the headers of somebody's browser."""
        sign = f"csrf:{hash_key(seat.key)}".encode()
        token = hmac.new(self.secret.encode(), sign, hashlib.sha256).hexdigest()
        return {"Cookie": f"session={seat.key}", "X-CSRF-Token": token}


def jobs_of(app: Flask, population: Population) -> list[Job]:
    """Give everything that is measured."""
    chance = random.Random(5)  # noqa: S311 - for measuring, not for secrets
    people = People(str(app.secret_key), population.seats)
    with app.app_context(), transaction.reading():
        pages = _pages(chance, population)
    jobs = []
    for name, (goal, peer, paths) in pages.items():
        jobs.append(_page(name, NAMELESS, goal, peer, paths, dict))
        jobs.append(_page(name, SIGNED_IN, goal, peer, paths, people.next))
    moderator = people.of(population.moderator)
    jobs += _deeds(app, chance, population, people)
    jobs.append(
        _page("moderator's queue", MODERATOR, None, "–", ["/moderation"], lambda: moderator)
    )
    return jobs


def _page(
    name: str, who: str, goal: float | None, peer: str, paths: Sequence[str],
    headers: Callable[[], Mapping[str, str]],
) -> Job:  # fmt: skip
    pool = tuple(Request(path, headers=headers()) for path in paths)
    chance = random.Random(name)  # noqa: S311 - as above
    allowed = goal + MORE_SIGNED_IN if goal and who == SIGNED_IN else goal
    return Job(
        name, who, allowed, peer, lambda: (Request(chance.choice(paths), headers=headers()),), pool
    )


def _pages(
    chance: random.Random, population: Population
) -> dict[str, tuple[float, str, list[str]]]:
    """Give each page that everybody reads: its goal, the best peer, its addresses."""
    last = max(1, population.amounts.ideas // 20)
    areas = [one.slug for one in snapshot().areas]
    places = [one.slug for one in snapshot().sub_projects]
    words = asked_of(population.said)
    combined = [
        urlencode({"area": area, "capacity": "asukas", "group": "in_progress", "sort": "supported"})
        for area in areas
    ]
    narrowed = [
        urlencode({"q": two, "area": area, "answered": "no"})
        for two, area in zip(words["two words"][:_POOL], cycle(areas), strict=False)
    ]
    talked = range(1, population.amounts.talked + 1)
    others = range(population.fresh, population.amounts.ideas + 1)
    return {
        "list, first page": (3, "36", ["/ideas"]),
        "list, page 50": (
            3, "56", [f"/ideas?page={min(last, 45 + place)}" for place in range(_POOL)],
        ),
        "one sub-project": (3, "25", [f"/ideas?sub_project={slug}" for slug in places]),
        "a sub-project's own page": (3, "25", [f"/sub-projects/{slug}" for slug in places]),
        "combined filters": (3, "25–60", [f"/ideas?{one}" for one in combined]),
        "idea with 20 comments": (
            4, "28", [f"/ideas/{one}" for one in chance.sample(talked, min(_POOL, len(talked)))],
        ),
        "any idea": (4, "28", [f"/ideas/{one}" for one in chance.sample(others, _POOL)]),
        "search, one word": (
            6, "75", [f"/search?{urlencode({'q': one})}" for one in words["one word"][:_POOL]],
        ),
        "search, two words and filters": (6, "75", [f"/search?{one}" for one in narrowed]),
    }  # fmt: skip


def _deeds(app: Flask, chance: random.Random, population: Population, people: People) -> list[Job]:
    """Give what writes: a support, a comment, an idea with what is looked up meanwhile."""
    ideas = population.amounts.ideas - population.fresh + 1
    numbers, said = count(), count()
    ideas_said, comments_said = _clean(app, chance, population)

    def support() -> tuple[Request, ...]:
        # Each pair of a person and an idea comes once: the persons step by one, the ideas by one
        # more whenever everybody has had a turn.
        turn = next(numbers)
        number = population.fresh + (turn + turn // len(population.seats)) % ideas
        seat = population.seats[turn % len(population.seats)]
        headers = {**people.of(seat), **_PARTIAL}
        return (Request(f"/ideas/{number}/vote", {"support": "1"}, 200, headers),)

    def comment() -> tuple[Request, ...]:
        number = population.fresh + chance.randrange(ideas)
        text = _numbered(chance.choice(comments_said), next(said))
        form = {"text": text, "once": ripe_once(app)}
        return (Request(f"/ideas/{number}/comments", form, 303, people.next()),)

    def submit(headers: Mapping[str, str]) -> tuple[Request, ...]:
        text = _numbered(chance.choice(ideas_said), next(said))
        alike = Request("/search/similar", {"text": text}, 200, {**headers, **_PARTIAL})
        form = {"text": text, "once": ripe_once(app)}
        return (alike, Request("/ideas", form, 303, headers))

    return [
        Job("support", SIGNED_IN, 5, "31", support),
        Job("comment", SIGNED_IN, 5, "31", comment),
        Job("submit", NAMELESS, 12, "–", lambda: submit({})),
        Job("submit", SIGNED_IN, 12 + MORE_SIGNED_IN, "–", lambda: submit(people.next())),
    ]


def _clean(
    app: Flask, chance: random.Random, population: Population
) -> tuple[list[str], list[str]]:
    """Give texts in which the text check sees nothing: for ideas, and for comments."""
    given = population.said.sentences
    with app.test_request_context(), transaction.reading():
        told = (_told(chance, given, 3) for _ in range(_TEXTS))
        ideas = [one for one in told if _unmarked(seen_in(IdeaDraft(text=one)))]
        told = (_told(chance, given, 2) for _ in range(_TEXTS))
        comments = [one for one in told if _unmarked(seen_in_comment(one, "fi"))]
    return ideas, comments


def _told(chance: random.Random, given: Sequence[str], many: int) -> str:
    return " ".join([*chance.sample(given, many), _COUNTING % 1234])


def _numbered(text: str, number: int) -> str:
    return text.replace(_COUNTING % 1234, _COUNTING % number)


def _unmarked(seen: object) -> bool:
    return not any(
        (getattr(seen, "kinds", ()), getattr(seen, "doors", ()), getattr(seen, "urgent", False))
    )
