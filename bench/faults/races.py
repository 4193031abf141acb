"""Many at once on one idea: `python -m bench.faults.races --database postgresql`.

Signed-in people support, take back, comment and delete; moderators hide, decide, merge and undo;
all of them on the same ideas at the same moment. Afterwards every counter is what its rows say,
one decision has won each time, the others were told who was faster, and nothing was an error.
"""

import random
import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from bench import served
from bench.faults.figures import Figures, Promises, Say, alone
from bench.faults.press import ALL, DECIDE, MERGE, Hall, Heard, opened
from bench.installations import POSTGRESQL, described, make_durable
from bench.material import material
from bench.population import Amounts, populate
from innovation.comments import queries as comments
from innovation.comments.models import Comment
from innovation.core import transaction
from innovation.core.db import db
from innovation.ideas.models import Idea
from innovation.moderation.models import Decision
from innovation.votes import queries as votes
from innovation.votes.models import Vote
from tests.real import installation

# Enough that the full form finds ideas for all its fights.
AMOUNTS = Amounts(ideas=360, comments=1_500, people=600, supports=6_000, seats=60)
MODERATORS = 6
_LATER = re.compile(r"no data for (.*)")
# The last line of a traceback.
_ERROR = re.compile(r"[a-z_A-Z.]*(Error|Exception)\b")


@dataclass(frozen=True)
class Size:
    """supports: times each person presses on one idea. decisions, merges: how many are fought for.

    talked: how many comments each person writes under one idea.
    """

    supports: int
    talked: int
    decisions: int
    merges: int


SHORT, FULL = Size(6, 1, 12, 6), Size(40, 5, 150, 60)


def run(short: bool, database: str, say: Say) -> Figures:
    """Let them all press; gives the figures."""
    size, promises = SHORT if short else FULL, Promises(say)
    figures: dict[str, str | float] = {}
    with described(database) as (app, variables), tempfile.TemporaryDirectory() as folder:
        say(f"filling {AMOUNTS.ideas} ideas")
        population = populate(app, material(None), AMOUNTS)
        if database == POSTGRESQL:
            make_durable()
        with opened(app, population, MODERATORS, size.decisions) as hall:
            installation.let_go(app)
            with served.platform(variables, Path(folder)) as platform:
                hall.begin(platform.url)
                for name, fight in _FIGHTS.items():
                    say(name)
                    heard = fight(hall, size, promises)
                    _tell(figures, name, heard, promises)
                _look_at_counters(hall, figures, promises)
                _look_at_pages(hall, promises)
                hall.end()
            said = (Path(folder) / "served.log").read_text(errors="replace").splitlines()
            why = Counter(found[1] for one in said if (found := _LATER.search(one)))
            figures["told to come later, and did"] = f"{hall.later} {dict(why) or ''}".strip()
            wrong = [one for one in said if _ERROR.match(one) and "is locked" not in one]
            promises.hold(not wrong, f"the log tells of {wrong[:5]}")
    return promises.told("races", figures, _SHOWS)


_SHOWS = (
    "Sixty people and six moderators over HTTP, all at the same moment on the same ideas: supports"
    " given and taken back from two windows each, comments written, deleted and hidden, decisions,"
    " merges in circles, and undoing them. Afterwards each counter is what its rows say, of several"
    " decisions on one idea one has won, the others were told that somebody was faster."
)


def _tell(
    figures: dict[str, str | float], name: str, heard: list[Heard], promises: Promises
) -> None:
    found = Counter(one.status for one in heard)
    errors = [one for one in heard if not 200 <= one.status < 500]
    promises.hold(not errors, f"{name}: {[(one.status, one.path) for one in errors[:5]]}")
    told = ", ".join(f"{many} × {status}" for status, many in sorted(found.items()))
    figures[f"{name}: answers"] = told


def _supports(hall: Hall, size: Size, promises: Promises) -> list[Heard]:
    """Everybody supports and takes back in two windows; at last every second one supports."""
    number, chance = hall.fresh[0], random.Random(1)  # noqa: S311 - for measuring
    wild = [
        hall.support(seat, number, wanted=chance.random() < 0.5)
        for _ in range(size.supports)
        for seat in hall.seats
    ]
    heard = hall.press(wild)
    last = [
        hall.support(seat, number, wanted=bool(place % 2))
        for place, seat in enumerate(hall.seats)
        for _window in "ab"
    ]
    heard += hall.press(last)
    with hall.app.app_context(), transaction.reading():
        seats = {one.person_id for one in hall.seats}
        own = set(db.session.scalars(select(Vote.person_id).where(Vote.idea_id == number)))
    wanted = {seat.person_id for place, seat in enumerate(hall.seats) if place % 2}
    promises.hold(own & seats == wanted, "somebody's last word on a support is not what stands")
    strange = Counter(one.status for one in heard) - Counter({200: len(heard)})
    promises.hold(not strange, f"a support was answered with {dict(strange)}")
    return heard


def _talk(hall: Hall, size: Size, promises: Promises) -> list[Heard]:
    """Everybody comments; then writers delete and moderators hide the same comments."""
    number = hall.fresh[1]
    heard = hall.press(
        [hall.comment(seat, number) for _ in range(size.talked) for seat in hall.seats]
    )
    posted = [one for one in heard if one.status == 303]
    promises.hold(len(posted) == len(heard), "a comment was not taken")
    found = [one.number for one in posted]
    promises.hold(len(set(found)) == len(found), "two comments have one number")
    whose = dict(zip(found, (one.who for one in posted), strict=True))
    fights = [hall.delete(whose[one], one) for one in found[::2]]
    fights += [hall.hide(one) for one in found[::2] for _moderator in "ab"]
    fights += [hall.hide(one) for one in found[1::4]]
    fights += [hall.support(seat, number, wanted=True) for seat in hall.seats]
    return heard + hall.press(fights)


def _decisions(hall: Hall, size: Size, promises: Promises) -> list[Heard]:
    """All moderators read the same case; each decides something else at the same moment."""
    heard: list[Heard] = []
    slow = 0
    for number in hall.waiting:
        seen = hall.read_case(number)
        answers = hall.press(
            [
                hall.decide(moderator, number, seen, decision)
                for moderator, decision in zip(hall.moderators, DECIDE, strict=True)
            ]
        )
        won = [one for one in answers if one.status == 303]
        lost = [one for one in answers if one.status == 409 and one.says_who_was_faster]
        promises.hold(len(won) == 1, f"{len(won)} decisions on idea {number} have won")
        promises.hold(len(won) + len(lost) == len(answers), f"{_statuses(answers)} on {number}")
        slow += len(lost)
        heard += answers
    with hall.app.app_context(), transaction.reading():
        rows = Counter(db.session.scalars(
            select(Decision.idea_id).where(Decision.idea_id.in_(hall.waiting))
        ))  # fmt: skip
    promises.hold(rows == Counter(hall.waiting), "an idea has not exactly one decision")
    promises.hold(slow == len(hall.waiting) * (MODERATORS - 1), "a loser was not told")
    return heard


def _merges(hall: Hall, size: Size, promises: Promises) -> list[Heard]:
    """Ideas are merged into each other in circles while people support and comment on them."""
    heard: list[Heard] = []
    for turn in range(size.merges):
        four = hall.fresh[4 + 4 * turn : 8 + 4 * turn]
        seen = {number: hall.read_case(number) for number in four}
        pairs = [(four[one], four[other]) for one, other in MERGE]
        fights = [
            hall.merge(moderator, idea, target, seen[idea])
            for moderator, (idea, target) in zip(hall.moderators, pairs, strict=True)
        ]
        some = hall.seats[turn % 10 :: 10]
        fights += [hall.support(seat, one, wanted=True) for seat in some for one in four]
        fights += [hall.comment(seat, one) for seat in some[:2] for one in four]
        heard += hall.press(fights)
        if turn % 2:
            heard += hall.press(
                [hall.undo(one, decision) for decision in _merged(hall, four)
                 for one in hall.moderators[:3]]
            )  # fmt: skip
    with hall.app.app_context(), transaction.reading():
        merged = select(Idea.merged_into_id).where(Idea.merged_into_id.is_not(None))
        further = db.session.scalar(
            select(func.count()).where(Idea.id.in_(merged), Idea.merged_into_id.is_not(None))
        )
        many = db.session.scalar(select(func.count()).where(Idea.merged_into_id.is_not(None)))
    promises.hold(not further, f"{further} merged ideas lead to one that is merged itself")
    promises.hold(bool(many), "nothing was merged at all")
    return heard


def _merged(hall: Hall, numbers: list[int]) -> list[int]:
    with hall.app.app_context(), transaction.reading():
        return list(
            db.session.scalars(
                select(Decision.id).where(Decision.idea_id.in_(numbers), Decision.kind == "merge")
            )
        )


_FIGHTS = {
    "supports and taking back": _supports,
    "comments, deleting and hiding": _talk,
    "decisions on the same case": _decisions,
    "merging in circles and undoing": _merges,
}


def _look_at_counters(hall: Hall, figures: dict[str, str | float], promises: Promises) -> None:
    """Count everything anew, by what the counters are and by plain rows."""
    with hall.app.app_context(), transaction.reading():
        wrong = [*votes.wrong_counters(), *comments.wrong_counters()]
        first = hall.fresh[0]
        kept = db.session.scalar(select(Idea.support_count).where(Idea.id == first))
        rows = db.session.scalar(select(func.count()).where(Vote.idea_id == first))
        second = hall.fresh[1]
        said = db.session.scalar(select(Idea.comment_count).where(Idea.id == second))
        public = db.session.scalar(
            select(func.count()).where(Comment.idea_id == second, Comment.visibility == "public")
        )
        figures["ideas counted anew"] = db.session.scalar(select(func.count(Idea.id))) or 0
    promises.hold(not wrong, f"counters are wrong: {wrong[:5]}")
    promises.hold(kept == rows, f"{kept} supports are told and {rows} stand")
    promises.hold(said == public, f"{said} comments are told and {public} are public")
    figures["supports of the idea all pressed on: told, rows"] = f"{kept}, {rows}"
    figures["comments of the idea all talked on: told, public"] = f"{said}, {public}"


def _look_at_pages(hall: Hall, promises: Promises) -> None:
    """See that the list says what is in the database now: its numbers are kept, and made anew."""
    with hall.app.app_context(), transaction.reading():
        public = db.session.scalar(
            select(func.count()).where(Idea.visibility == "public", Idea.merged_into_id.is_(None))
        )
    told = hall.told(ALL)
    promises.hold(told == public, f"the list tells of {told} ideas and there are {public}")


def _statuses(heard: list[Heard]) -> str:
    return ", ".join(f"{one.path} {one.status}" for one in heard)


if __name__ == "__main__":
    alone(run)
