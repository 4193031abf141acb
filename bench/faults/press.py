"""A hall of people and moderators who press at the same moment, each with a connection."""

import gzip
import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from flask import Flask

from bench.asking import Request, Visitor
from bench.jobs import People
from bench.population import Population, Seat
from innovation.core import transaction
from innovation.ideas.lifecycle import Visibility
from tests.real.ideas import idea, ripe_once
from tests.real.people import key_of_session, person

# What each of the moderators decides on the same case, and which idea of four into which.
DECIDE = ("publish", "hide", "return", "staff_only", "publish_and_route", "publish")
MERGE = ((0, 1), (1, 0), (1, 2), (2, 0), (3, 0), (0, 3))
ALL = re.compile(r'href="/ideas"[^>]*>[^<]*<span class="count">(\d+)</span>')
AT_ONCE = 24
# Whoever is told to come later, presses again.
LATER, MOST_TRIES = 503, 5
_SEEN = re.compile(r'name="seen"[^>]*value="(\d+)"')
_PLACE = re.compile(r"#comment-(\d+)$")
_FASTER = ("was faster", "Decide on that one instead")
_REASON = "Tekstistä puuttuu paikka."
_PARTIAL = {"X-Partial": "1"}


@dataclass(frozen=True)
class Heard:
    """What somebody was answered. number: of the comment that was written, 0 for none."""

    who: Seat
    path: str
    status: int
    text: str
    number: int

    @property
    def says_who_was_faster(self) -> bool:
        """Whether the page tells that another decision came first."""
        return any(words in self.text for words in _FASTER)


@dataclass(frozen=True)
class Press:
    """Somebody's request."""

    who: Seat
    request: Request


class Hall:
    """Who is there, and what they can press."""

    def __init__(
        self, app: Flask, population: Population, moderators: Sequence[Seat], waiting: list[int]
    ) -> None:
        """Nobody has come yet. waiting: ideas that wait for a decision.

        later: how often somebody was told to come later.
        """
        self.app, self.seats, self.moderators = app, population.seats, moderators
        self.waiting = waiting
        self.fresh = list(range(population.fresh, population.amounts.ideas + 1))
        self._people = People(str(app.secret_key), (*population.seats, *moderators))
        self._numbers, self._turn = count(1), count()
        self._here = threading.local()
        self._pool: ThreadPoolExecutor | None = None
        self._url = ""
        self.later = 0

    def begin(self, url: str) -> None:
        """Let everybody come to a service."""
        self._url = url
        self._pool = ThreadPoolExecutor(AT_ONCE)

    def end(self) -> None:
        """Let everybody go."""
        if self._pool is not None:
            self._pool.shutdown()

    def press(self, those: Sequence[Press]) -> list[Heard]:
        """Let all of them press, as many at once as there are hands."""
        if self._pool is None:
            raise RuntimeError("nobody is here yet")
        gate = threading.Barrier(min(AT_ONCE, len(those)))
        early = set(map(id, those[: gate.parties]))

        def one(pressed: Press) -> Heard:
            if id(pressed) in early:
                gate.wait(30)
            return self._heard(pressed)

        return list(self._pool.map(one, those))

    def _heard(self, pressed: Press) -> Heard:
        visitor = getattr(self._here, "visitor", None)
        if visitor is None:
            visitor = Visitor(self._url, f"127.63.0.{1 + next(self._turn)}")
        for _turn in range(MOST_TRIES):
            visitor.leave()
            self._here.visitor = visitor = visitor.again()
            heard = visitor.hear(pressed.request)
            if heard.status != LATER:
                break
            self.later += 1
        packed = heard.headers.get("Content-Encoding") == "gzip"
        text = (gzip.decompress(heard.body) if packed else heard.body).decode(errors="replace")
        found = _PLACE.search(heard.headers.get("Location", ""))
        number = int(found[1]) if found else 0
        return Heard(pressed.who, pressed.request.path, heard.status, text, number)

    def _press(self, who: Seat, path: str, form: dict[str, str], partial: bool = False) -> Press:
        own = self._people.of(who)
        headers = {
            **own,
            "Cookie": f"{own['Cookie']}; language=en",
            **(_PARTIAL if partial else {}),
        }
        return Press(who, Request(path, form, headers=headers))

    def support(self, who: Seat, number: int, *, wanted: bool) -> Press:
        """Give somebody's support for an idea, or taking it back."""
        form = {"support": "1" if wanted else "0"}
        return self._press(who, f"/ideas/{number}/vote", form, partial=True)

    def comment(self, who: Seat, number: int) -> Press:
        """Give somebody's comment."""
        text = f"Samaa tapahtuu meillä joka viikko, nyt jo kerta {next(self._numbers)}."
        form = {"text": text, "once": ripe_once(self.app)}
        return self._press(who, f"/ideas/{number}/comments", form)

    def delete(self, who: Seat, comment: int) -> Press:
        """Give the deleting of somebody's own comment."""
        return self._press(who, f"/comments/{comment}/delete", {})

    def hide(self, comment: int) -> Press:
        """Give the hiding of a comment, by one moderator after the other."""
        who = self.moderators[next(self._numbers) % len(self.moderators)]
        form = {"decision": "hide", "rule": "commercial", "reason": _REASON, "seen": "public"}
        return self._press(who, f"/moderation/comments/{comment}", form)

    def decide(self, who: Seat, number: int, seen: str, decision: str) -> Press:
        """Give a decision on a waiting idea."""
        form = {"decision": decision, "seen": seen, "reason": _REASON, "rule": "commercial",
                "primary": "1"}  # fmt: skip
        return self._press(who, f"/moderation/ideas/{number}", form)

    def merge(self, who: Seat, number: int, target: int, seen: str) -> Press:
        """Give the merging of an idea into another."""
        form = {"decision": "merge", "seen": seen, "target": f"PS-2023-{target:07d}"}
        return self._press(who, f"/moderation/ideas/{number}", form)

    def undo(self, who: Seat, decision: int) -> Press:
        """Give the undoing of a decision."""
        return self._press(who, f"/moderation/decisions/{decision}/undo", {})

    def read_case(self, number: int) -> str:
        """Let a moderator read a case; gives what its form says of how far they have read."""
        who = self.moderators[0]
        headers = self._people.of(who)
        heard = self._heard(Press(who, Request(f"/moderation/ideas/{number}", headers=headers)))
        found = _SEEN.search(heard.text)
        if heard.status != 200 or found is None:
            raise RuntimeError(f"{heard.path} answered {heard.status}: {heard.text[:300]}")
        return found[1]

    def told(self, what: re.Pattern[str]) -> int:
        """Give a number that the list of ideas tells."""
        found = what.search(self._heard(Press(self.seats[0], Request("/ideas"))).text)
        return int(found[1]) if found else -1


@contextmanager
def opened(app: Flask, population: Population, moderators: int, waiting: int) -> Iterator[Hall]:
    """Make the moderators and the ideas that wait for them."""
    with app.app_context(), transaction.writing():
        made = [
            person("moderator", email=f"mod{one}@posti.example", language="en")
            for one in range(moderators)
        ]
        numbers = [idea(visibility=Visibility.WAITING) for _ in range(waiting)]
    seats = [Seat(one.id, key_of_session(app, one)) for one in made]
    hall = Hall(app, population, seats, numbers)
    try:
        yield hall
    finally:
        hall.end()
