"""Clocks that are put on and back: `python -m bench.faults.times --database postgresql`.

A served installation whose clock is set (by `ahead.c`, which a C compiler makes into a library
that its processes load) walks through New Year's night and the two nights in which Finnish clocks
change, on a machine that keeps another zone's time. Whatever happens once a day happens once: the
copy at 03:30, which one of these nights does not have and the other has twice, the forgetting at
night, the digests at their hour.
"""

import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import func, select, update

from bench.faults import stored
from bench.faults.figures import Figures, Promises, Say, alone, left_out
from bench.faults.house import House
from bench.faults.visiting import Patient
from bench.installations import described
from innovation.accounts.models import Account
from innovation.backups.packing import copies_in
from innovation.core import clock, transaction
from innovation.core.db import db
from innovation.core.jobs import Job, Routine
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.notifications.kinds import DIGEST, WORK
from innovation.notifications.models import Mail, Notice
from innovation.privacy.models import RetentionRun
from innovation.programme.promises import looked_at_by
from tests.real import postgresql
from tests.real.forms import fields_of
from tests.real.ideas import idea
from tests.real.people import person

_SOURCE = Path(__file__).with_name("ahead.c")
HERE = ZoneInfo("Europe/Helsinki")
# Where the machine thinks that it stands.
ZONES, SHORT_ZONES = ("America/New_York", "UTC", "Pacific/Kiritimati"), ("America/New_York",)
STEP = timedelta(minutes=30)
# Duties that look at the clock; each looks at least every so often.
LOOKING = ("make_daily_copy", "make_digests")
COPY_AT = "03:30"
LONGEST = 240.0
# Noise of the copies: a moment on the hour is asked for a little after it.
_AFTER = timedelta(seconds=2)


class Town:
    """A served installation with a clock that can be set, always forwards."""

    def __init__(self, app: Flask, house: House, folder: Path, library: Path, zone: str) -> None:
        """Let the machine keep this zone's time. folder: for the copies."""
        self.app, self.house, self.copies = app, house, folder / "copies"
        self.copies.mkdir()
        self._ahead = house.instance / "ahead"
        self._ahead.write_bytes(bytes(8))
        house.variables |= {
            "INNOVATION_BACKUP_TO": str(self.copies), "INNOVATION_BACKUP_AT": COPY_AT,
            "PATH": postgresql.path(), "TZ": zone, "PGTZ": zone,
            "LD_PRELOAD": str(library), "CLOCK_AHEAD": str(self._ahead),
        }  # fmt: skip

    def set_clock(self, moment: datetime) -> None:
        """Set the clock; nobody need have noticed yet."""
        # Never a part of a second before it: a duty done then would not count as done after it.
        ahead = math.ceil(moment.timestamp() - time.time())
        with self._ahead.open("r+b") as file:
            file.write(ahead.to_bytes(8, sys.byteorder, signed=True))

    def go_to(self, moment: datetime, promises: Promises) -> None:
        """Set the clock, wait until the worker has looked at it, and ask for pages.

        At least ten minutes on, so that all duties are due.
        """
        self.set_clock(moment)
        taken = stored.until(lambda: self._looked(moment), LONGEST)
        shown = f"{moment.astimezone(HERE):%d.%m. %H:%M}"
        why = self._outstanding() if taken >= LONGEST else ""
        promises.hold(taken < LONGEST, f"the worker did not look at the clock at {shown}: {why}")
        for path in ("/healthz", "/ideas"):
            promises.hold(self.house.answers(path, 30), f"{path} does not come at {shown}")

    def _outstanding(self) -> str:
        """Tell when the duties were done last, and which jobs are there."""
        with self.app.app_context(), transaction.reading():
            duties = select(Routine.name, Routine.last_run, Routine.next_run, Routine.last_error)
            columns = (Job.kind, Job.not_before, Job.locked_until, Job.attempts, Job.last_error)
            rows = [*db.session.execute(duties), *db.session.execute(select(*columns))]
        return "; ".join(" ".join(map(str, row)) for row in rows)

    def _looked(self, moment: datetime) -> bool:
        with self.app.app_context(), transaction.reading():
            rows = select(func.count()).where(
                Routine.name.in_(LOOKING), Routine.last_run >= moment, Routine.next_run > moment
            )
            return db.session.scalar(rows) == len(LOOKING) and stored.none_due(moment)


def run(short: bool, database: str, say: Say) -> Figures:
    """Walk through the nights; gives the figures."""
    compiler = shutil.which("cc")
    if compiler is None:
        return left_out("times", "there is no C compiler")
    promises = Promises(say)
    figures: dict[str, str | float] = {}
    for zone in SHORT_ZONES if short else ZONES:
        with described(database) as (app, variables), tempfile.TemporaryDirectory() as folder:
            house = House(variables, Path(folder))
            town = Town(app, house, Path(folder), _library(compiler, Path(folder)), zone)
            say(f"a machine in {zone}")
            town.set_clock(_new_year() - timedelta(minutes=20))
            try:
                house.start()
                figures[f"{zone}: turn of the year"] = _turn_of_year(town, promises)
                for name, sunday in _changes():
                    say(f"{name}, {sunday}")
                    told = _weekend(town, sunday, STEP, promises)
                    figures[f"{zone}: {name}, {sunday}"] = told
            finally:
                house.end()
    return promises.told("times", figures, _SHOWS)


def _library(compiler: str, folder: Path) -> Path:
    """Make the library that sets the clocks of processes."""
    made = folder / "ahead.so"
    words = [compiler, "-shared", "-fPIC", "-O2", "-o", str(made), str(_SOURCE)]
    subprocess.run(words, check=True)
    return made


_SHOWS = (
    "A served installation whose clock is set walks through New Year's night and through the"
    " nights in which the clocks are put on and back, on machines that keep the time of New York,"
    " of London and of Kiribati. References carry the year and promises the day that it is in"
    " Finland; the daily copy, the forgetting and each digest come once a day, at their hour."
)


def _new_year() -> datetime:
    """Give the next turn of the year in Finland."""
    return datetime(clock.today().year + 1, 1, 1, tzinfo=HERE).astimezone(UTC)


def _changes() -> Iterator[tuple[str, date]]:
    """Give the Sundays of the coming year on which the clocks change."""
    year = _new_year().astimezone(HERE).year
    for name, month in (("clocks put on", 3), ("clocks put back", 10)):
        last = date(year, month, 31)
        yield name, last - timedelta(days=(last.weekday() + 1) % 7)


def _turn_of_year(town: Town, promises: Promises) -> str:
    """Send an idea just before and just after midnight; gives their references."""
    found: list[str] = []
    author, midnight = Patient(town.house.url), _new_year()
    for moment in (midnight - timedelta(minutes=1), midnight + _AFTER):
        town.set_clock(moment)
        found.append(author.send_idea(f"Portaikon valo ei syty {len(found)}."))
    years = [int(one.split("-")[1]) for one in found]
    year = midnight.astimezone(HERE).year
    promises.hold(years == [year - 1, year], f"references of the turn of the year: {found}")
    return ", ".join(found)


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HERE).astimezone(UTC)


def _weekend(town: Town, sunday: date, step: timedelta, promises: Promises) -> str:
    """Walk from Saturday evening to Wednesday; gives what happened on each day."""
    saturday, one = sunday - timedelta(days=1), timedelta(days=1)
    days = [sunday + number * one for number in range(-1, 4)]
    with clock.frozen_at(_at(saturday - one, 12)):
        follower, moderator = _people(town.app)
    begun = _at(saturday, 22)
    town.go_to(begun, promises)
    moment = _at(sunday, 0, 30)
    while moment <= _at(sunday, 6):
        town.go_to(moment + _AFTER, promises)
        moment += step
    for day in days[1:]:
        for hour, minute in ((7, 50), (8, 1), (8, 20), (9, 30)):
            if day > sunday or hour > 7:
                town.go_to(_at(day, hour, minute), promises)
        if day == days[3]:
            _promised(town, day, promises)
    _look_for_failures(town, promises)
    copies = Counter(clock.local_date(at) for at, _path in copies_in(town.copies) if at >= begun)
    promises.hold(set(copies.values()) == {1} and sorted(copies) == days,
                  f"copies: {_by_day(copies)}")  # fmt: skip
    nights, digests, work = _what_came(town.app, begun, follower, moderator)
    promises.hold(nights[sunday] == 1, f"forgetting: {_by_day(nights)}")
    promises.hold(digests == Counter([sunday + one]), f"weekly digests: {_by_day(digests)}")
    working = Counter(day for day in days if clock.is_working_day(day))
    promises.hold(work == working, f"digests of the work: {_by_day(work)}")
    return (
        f"copies {_by_day(copies)}; forgetting {_by_day(nights)}; weekly digest"
        f" {_by_day(digests)}; digest of the work {_by_day(work)}"
    )


def _people(app: Flask) -> tuple[int, int]:
    """Make a follower for whom something waits until Monday, and a moderator who has work."""
    now = clock.now()
    with app.app_context(), transaction.writing():
        follower, moderator = person().id, person("moderator").id
        db.session.execute(
            update(Account)
            .where(Account.id.in_([follower, moderator]))
            .values(email_confirmed_at=now)
        )
        known = idea(visibility=Visibility.PUBLIC)
        idea(visibility=Visibility.WAITING)
        notice = Notice(
            unique_key=f"times {follower}", person_id=follower, kind="followed", what="merge",
            why="follower", idea_id=known, shown_from=now, bundled=True, created_at=now,
        )  # fmt: skip
        db.session.add(notice)
    return follower, moderator


def _what_came(
    app: Flask, since: datetime, follower: int, moderator: int
) -> tuple[Counter[date], Counter[date], Counter[date]]:
    """Give by day: the nights of forgetting, the weekly digests and the digests of the work."""
    runs = select(RetentionRun.at).where(RetentionRun.at >= since)
    mails = select(Mail.created_at).where(Mail.created_at >= since)
    weekly = mails.where(Mail.kind == DIGEST, Mail.person_id == follower)
    work = mails.where(Mail.kind == WORK, Mail.person_id == moderator)
    with app.app_context(), transaction.reading():
        nights, digests, works = (
            Counter(clock.local_date(at) for at in db.session.scalars(wanted))
            for wanted in (runs, weekly, work)
        )
    return nights, digests, works


def _look_for_failures(town: Town, promises: Promises) -> None:
    with town.app.app_context(), transaction.reading():
        failed = select(Routine.name, Routine.last_error).where(Routine.last_error != "")
        found = [tuple(row) for row in db.session.execute(failed)]
    promises.hold(not found, f"duties failed: {found}")


def _promised(town: Town, day: date, promises: Promises) -> None:
    """Send an idea just before and just after midnight: each is promised its own day."""
    author, midnight = Patient(town.house.url), _at(day + timedelta(days=1), 0)
    for moment, sent_on in ((midnight - timedelta(minutes=1), day),
                            (midnight + _AFTER, day + timedelta(days=1))):  # fmt: skip
        town.set_clock(moment)
        fields = fields_of(author.get("/ideas/new")[1])
        text = f"Kello käy väärin aulassa, {sent_on}."
        page = author.post("/ideas", {**fields, "text": text})[1]
        with town.app.app_context(), transaction.reading():
            by = looked_at_by(sent_on)
            at = db.session.scalars(select(Idea.created_at).where(Idea.text == text)).one()
        told = f"{by.day}.{by.month}." in page
        promises.hold(told, f"an idea sent on {sent_on} is not promised to be read by {by}")
        promises.hold(clock.local_date(at) == sent_on, f"{at} is kept for {sent_on}")


def _by_day(counted: Counter[date]) -> str:
    return ", ".join(f"{day:%a} {many}" for day, many in sorted(counted.items())) or "none"


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    alone(run)
