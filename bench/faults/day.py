"""A working day: people send, publish, support and ask for mails, and note what was acknowledged.

What nobody acknowledged may be lost; what was acknowledged may not, and nothing may be there twice.
"""

import threading
import time
import urllib.error
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, select

from bench.faults.figures import Promises
from bench.faults.house import House, until
from bench.faults.visiting import Patient
from innovation.core import transaction
from innovation.core.db import db
from innovation.core.jobs import Job
from innovation.ideas.models import Idea, Receipt
from innovation.notifications.models import Mail
from innovation.votes.models import Vote
from tests.real import people
from tests.real.ideas import idea
from tests.real.smtp import MailServer

MODERATOR, RESIDENT = "moderaattori@tyo.example", "asukas@posti.example"
WORD, INFLECTED = "Palovaroitin", "palovaroittimen"
MOST_AHEAD = 8
TOO_MANY = 429
# A mail or job that failed waits twice as long each time.
LONGEST_CATCHING_UP = 150.0
BREATH = 0.05


class Day:
    """What people do and what they were told is done, until it is over."""

    def __init__(self, house: House) -> None:
        """Make the people and the idea that everybody follows; nobody has begun."""
        self.house = house
        self.over = threading.Event()
        self.problems: list[str] = []
        self.acknowledged: dict[str, str] = {}
        self.published: dict[str, str] = {}
        self.supported: set[str] = set()
        self.followed: list[str] = []
        self.visitors: list[Patient] = []
        self._threads: list[threading.Thread] = []
        with house.beside() as app, app.app_context(), transaction.writing():
            people.person("moderator", email=MODERATOR)
            people.person(email=RESIDENT)
            self.known = idea(text="Aulan penkki on rikki.")

    def begin(self) -> None:
        """Let everybody begin."""
        for work in (self._send, self._publish, self._support, self._follow):
            one = threading.Thread(target=self._works, args=(work,), daemon=True)
            self._threads.append(one)
            one.start()

    def finish(self) -> None:
        """Let it be over, and wait until everything that was sent is published and supported."""
        self.over.set()
        for one in self._threads:
            one.join(300)
        if any(one.is_alive() for one in self._threads):
            self.problems.append("somebody was never answered")

    def wait_for(self, more: int, seconds: float = 180.0) -> float:
        """Wait until so many more ideas were acknowledged; gives the seconds."""
        wanted = len(self.acknowledged) + more
        return until(
            lambda: bool(self.problems) or len(self.acknowledged) >= wanted,
            "nobody was acknowledged anything", seconds,
        )  # fmt: skip

    @property
    def done(self) -> int:
        """How many acts were acknowledged."""
        return sum(map(len, (self.acknowledged, self.published, self.supported, self.followed)))

    @property
    def slowest(self) -> float:
        """The longest that anybody waited for an answer, in seconds."""
        return max((one.slowest for one in self.visitors), default=0.0)

    def refusals(self) -> Counter[int]:
        """Give how often "not now" was said, by status; 0 for a connection that broke."""
        return sum((Counter(one.refused) for one in self.visitors), Counter())

    def _works(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as problem:
            self.problems.append(f"{work.__name__}: {problem!r}"[:500])
            self.over.set()

    def _visitor(self) -> Patient:
        made = Patient(self.house.url)
        self.visitors.append(made)
        return made

    def _send(self) -> None:
        author = self._visitor()
        while not self.over.is_set():
            if len(self.acknowledged) > len(self.published) + MOST_AHEAD:
                time.sleep(BREATH)
                continue
            text = f"{WORD} piippasi osastolla taas, kerta {len(self.acknowledged)}."
            self.acknowledged[text] = author.send_idea(text)

    def _publish(self) -> None:
        moderator = self._visitor()
        moderator.sign_in(MODERATOR)
        while not self.over.is_set() or len(self.published) < len(self.acknowledged):
            for text, reference in list(self.acknowledged.items())[len(self.published) :]:
                self.published[text] = moderator.publish(reference)
            time.sleep(BREATH)

    def _support(self) -> None:
        resident = self._visitor()
        resident.sign_in(RESIDENT)
        while not self.over.is_set() or len(self.supported) < len(self.acknowledged):
            for address in [*self.published.values()][len(self.supported) :]:
                resident.support(address)
                self.supported.add(address)
            time.sleep(BREATH)

    def _follow(self) -> None:
        reader = self._visitor()
        while not self.over.is_set():
            email = f"m{len(self.followed)}@posti.example"
            form = {"email": email, "follows": "y"}
            try:
                told = reader.post(f"/ideas/{self.known}/by-mail", form)[1]
            except urllib.error.HTTPError as refused:
                # Thirty such forms in an hour may come from one address; unanswered ones count.
                if refused.code != TOO_MANY:
                    raise
                reader = self._visitor()
                continue
            if email not in told:
                raise RuntimeError(f"{email} was not acknowledged: {told[:300]}")
            self.followed.append(email)
            time.sleep(2 * BREATH)


@contextmanager
def working(house: House) -> Iterator[Day]:
    """Let people work for as long as the block lasts, and until all of it is answered."""
    day = Day(house)
    day.begin()
    try:
        yield day
    finally:
        day.finish()


def look_at_jobs(app: Flask, promises: Promises) -> float:
    """Wait until the worker has nothing left to do; gives the seconds it took."""

    def left() -> list[str]:
        with app.app_context(), transaction.reading():
            return list(db.session.scalars(select(Job.kind)))

    try:
        return until(lambda: not left(), "jobs are left", LONGEST_CATCHING_UP)
    except RuntimeError as problem:
        promises.hold(False, f"{problem}: {Counter(left())}")
        return LONGEST_CATCHING_UP


@dataclass(frozen=True)
class Stored:
    """What an installation holds of a day.

    ideas: how many of each text and reference. public: addresses of public ones. supports: how
    many of each address. miscounted: references whose counter of supports is wrong. mails: states
    by the address they go to. receipts: how many.
    """

    ideas: Counter[tuple[str, str]]
    public: set[str]
    supports: Counter[str]
    miscounted: list[str]
    mails: dict[str, str]
    receipts: int


def stored(app: Flask) -> Stored:
    """Read what an installation holds of a day."""
    columns = select(Idea.text, Idea.reference, Idea.id, Idea.visibility, Idea.support_count).where(
        Idea.text.startswith(WORD)
    )
    with app.app_context(), transaction.reading():
        rows = db.session.execute(columns).all()
        votes = Counter(db.session.scalars(select(Vote.idea_id)))
        mails = db.session.execute(select(Mail.recipient, Mail.state)).all()
        receipts = db.session.scalar(select(func.count()).select_from(Receipt)) or 0
    return Stored(
        ideas=Counter((row.text, row.reference) for row in rows),
        public={f"/ideas/{row.id}" for row in rows if row.visibility == "public"},
        supports=Counter({f"/ideas/{number}": many for number, many in votes.items()}),
        miscounted=[row.reference for row in rows if row.support_count != votes[row.id]],
        mails={mail.recipient: mail.state for mail in mails},
        receipts=receipts,
    )


def look(day: Day, app: Flask, promises: Promises) -> None:
    """See whether everything acknowledged is stored, and nothing twice."""
    for problem in day.problems:
        promises.hold(False, problem)
    now = stored(app)
    acknowledged = set(day.acknowledged.items())
    promises.hold(acknowledged <= set(now.ideas), f"lost: {acknowledged - set(now.ideas)}")
    once = len(now.ideas) == len({text for text, _ in now.ideas})
    promises.hold(once and set(now.ideas.values()) <= {1}, "an idea is there twice")
    promises.hold(len(now.ideas) <= len(acknowledged) + 1, "an idea is there that nobody sent")
    promises.hold(now.receipts <= len(now.ideas) + 1, "a receipt was given twice")
    unseen = set(day.published.values()) - now.public
    promises.hold(not unseen, f"lost publications: {unseen}")
    promises.hold(day.supported <= set(now.supports), "a support is lost")
    promises.hold(set(now.supports.values()) <= {1}, "a support is counted twice")
    promises.hold(not now.miscounted, f"a counter is wrong: {now.miscounted}")
    promises.hold(set(day.followed) <= set(now.mails), "a mail is lost")


def look_for_found(day: Day, promises: Promises) -> float:
    """Wait until searching finds exactly what was published; gives the seconds it took."""
    reader, addresses = Patient(day.house.url), set(day.published.values())
    try:
        return until(lambda: reader.found(INFLECTED) == addresses, "not found", 60)
    except RuntimeError:
        missing = len(addresses - reader.found(INFLECTED))
        promises.hold(False, f"searching does not find {missing} of {len(addresses)} ideas")
        return 60.0


def look_at_mails(day: Day, app: Flask, post: MailServer, promises: Promises) -> Counter[str]:
    """Wait until no mail waits; see that each arrived once or is marked; gives them by state."""
    try:
        until(
            lambda: set(stored(app).mails.values()) <= {"sent", "unclear"},
            "mails wait",
            LONGEST_CATCHING_UP,
        )
    except RuntimeError as problem:
        promises.hold(False, f"{problem}: {Counter(stored(app).mails.values())}")
    now = stored(app).mails
    arrived = Counter(str(message["To"]) for message in post.taken())
    promises.hold(set(day.followed) <= set(now), f"lost mails: {set(day.followed) - set(now)}")
    promises.hold(max(arrived.values(), default=0) <= 1, f"twice: {arrived.most_common(3)}")
    sent = {to for to, state in now.items() if state == "sent"}
    promises.hold(sent <= set(arrived), f"counted as sent but lost: {sent - set(arrived)}")
    return Counter(now.values())
