"""The numbers beside filters: whatever happens to ideas, they say what the ideas say."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import delete, select, update

from innovation.answers.actions import give_answer
from innovation.answers.drafts import AnswerDraft
from innovation.core import clock, transaction
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, MovedError, RuleBrokenError
from innovation.core.permissions import Nobody, Person, Role, System
from innovation.ideas.actions import edit_idea, withdraw_idea
from innovation.ideas.counting import recount, wrong_counts
from innovation.ideas.drafts import draft_of
from innovation.ideas.filters import ANSWERED, IdeaFilter
from innovation.ideas.lifecycle import GROUPS, Capacity, Handling, Visibility
from innovation.ideas.listing import FilterCounts, counts, list_ideas
from innovation.ideas.models import Idea, IdeaCount
from innovation.ideas.queries import visible_idea, visible_ideas
from innovation.ideas.sifting import Sifter, sifted_by
from innovation.moderation import actions
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from tests.conftest import Unit
from tests.real import installation
from tests.real.ideas import idea
from tests.real.people import person

NOBODY = Nobody()
REASON = "Poista tekstistä nimet."
REFUSED = (ConflictError, ForbiddenError, MovedError, RuleBrokenError)
YEAR = clock.today().year


def some_idea(chance: random.Random) -> int:
    """Make an idea that differs from others in everything that lists are narrowed by."""
    programme = snapshot()
    published = clock.now() - timedelta(days=chance.randrange(3 * 365))
    return idea(
        visibility=chance.choice([Visibility.PUBLIC, Visibility.STAFF_ONLY, Visibility.WAITING]),
        area_id=chance.choice([None, *(one.id for one in programme.areas[:3])]),
        primary_sub_project_id=chance.choice(
            [None, *(one.id for one in programme.sub_projects[:3])]
        ),
        capacity=chance.choice([None, Capacity.RESIDENT, Capacity.STAFF]),
        handling=chance.choice([Handling.NEW, Handling.ROUTED, Handling.IN_USE]),
        published_at=published,
        answered_at=chance.choice([None, clock.now()]),
    )


def some_filter(chance: random.Random) -> IdeaFilter:
    programme = snapshot()
    known = {
        "group": list(GROUPS),
        "area": [one.slug for one in programme.areas[:3]],
        "sub_project": [one.slug for one in programme.sub_projects[:3]],
        "capacity": [Capacity.RESIDENT, Capacity.STAFF],
        "answered": list(ANSWERED),
        "year": [str(YEAR), str(YEAR - 1)],
    }
    fields = chance.sample(list(known), chance.randrange(len(known) + 1))
    return IdeaFilter.read(
        {name: [str(one) for one in chance.choices(known[name], k=2)] for name in fields}
    )


def sifted(actor: Person | Nobody, wanted: IdeaFilter) -> FilterCounts:
    """Count the same from the ideas themselves."""
    sifter = Sifter(wanted)
    kinds = [tuple(row) for row in db.session.execute(visible_ideas(actor, *sifted_by()))]
    return sifter.counts(sum(sifter.sift(kinds)))


def test_every_filter_is_counted_as_the_ideas_are(reading: Unit, writing: Unit) -> None:
    chance = random.Random(3)
    with writing():
        staff = person(Role.STAFF)
        for _ in range(50):
            some_idea(chance)
    with reading():
        for _ in range(60):
            wanted, actor = some_filter(chance), chance.choice([NOBODY, staff])
            found = counts(actor, wanted)
            assert found == sifted(actor, wanted), wanted
            assert found.total == list_ideas(actor, wanted).total


class People:
    """What people decide on ideas, by chance; what the rules refuse is refused."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._author, self._moderator = person(), person(Role.MODERATOR)
        self._coordinator = person("coordinator")
        self._deeds: list[Callable[[Idea], object]] = [
            self._decide(actions.publish_idea),
            self._decide(actions.return_idea, REASON),
            self._decide(actions.hide_idea, snapshot().rules[0]["id"], REASON),
            self._decide(actions.restore_idea, REASON),
            self._decide(actions.make_staff_only, REASON),
            self._merge,
            *(self._route,) * 3,
            *(self._answer,) * 3,
            self._edit,
            self._undo,
            self._undo,
            lambda row: withdraw_idea(self._author, row),
            lambda _row: idea(self._author, Visibility.WAITING),
        ]

    def _decide(self, action: Callable[..., object], *given: str) -> Callable[[Idea], object]:
        return lambda row: action(self._moderator, row, *given)

    def act(self) -> None:
        with suppress(*REFUSED), db.session.begin_nested():
            self._chance.choice(self._deeds)(self._any())

    def _any(self) -> Idea:
        numbers = db.session.scalars(select(Idea.id).order_by(Idea.id)).all()
        return visible_idea(System("test"), self._chance.choice(numbers))

    def _merge(self, row: Idea) -> None:
        actions.merge_idea(self._moderator, row, self._any())

    def _route(self, row: Idea) -> None:
        home = self._chance.choice(snapshot().sub_projects).id
        route_idea(self._moderator, row, home, [], REASON)

    def _answer(self, row: Idea) -> None:
        soon = clock.today() + timedelta(days=9)
        draft = AnswerDraft(Handling.GOING_FORWARD, "Otamme käyttöön.", "Sovimme siitä.", soon)
        give_answer(self._coordinator, row, draft)

    def _edit(self, row: Idea) -> None:
        area = self._chance.choice(snapshot().areas).slug
        draft = replace(draft_of(row), area=area, municipality="", capacity=Capacity.RELATIVE)
        edit_idea(self._author, row, draft)

    def _undo(self, _row: Idea) -> None:
        last = select(Decision).where(Decision.undone_at.is_(None)).order_by(Decision.id.desc())
        decision = db.session.scalars(last.limit(1)).first()
        if decision is not None:
            undo_decision(self._moderator, decision)


@pytest.mark.parametrize("seed", range(3))
def test_numbers_follow_whatever_is_decided(seed: int, writing: Unit) -> None:
    chance = random.Random(seed)
    with writing():
        people = People(chance)
        for _ in range(6):
            idea(people._author, chance.choice([Visibility.PUBLIC, Visibility.WAITING]))
    for _ in range(12):
        with writing():
            for _ in range(5):
                people.act()
        with writing():
            assert wrong_counts() == {}
    with writing():
        kinds = db.session.execute(select(Idea.visibility, Idea.handling).distinct()).all()
        assert len(kinds) > 3


def test_what_is_taken_back_is_not_counted(reading: Unit, writing: Unit) -> None:
    with writing():
        stays, goes = idea(), idea()
        before = counts(NOBODY, IdeaFilter()).total
        with suppress(ConflictError), db.session.begin_nested():
            db.session.get_one(Idea, stays).visibility = Visibility.HIDDEN
            db.session.flush()
            raise ConflictError("")
        db.session.get_one(Idea, goes).visibility = Visibility.HIDDEN
    with reading():
        assert (before, counts(NOBODY, IdeaFilter()).total) == (2, 1)
        assert wrong_counts() == {}
    with writing() as unit:
        idea()
        assert counts(NOBODY, IdeaFilter()).total == 2
        unit.give_up()  # type: ignore[attr-defined]
    with reading():
        assert counts(NOBODY, IdeaFilter()).total == 1


def test_statements_about_many_ideas_are_followed(reading: Unit, writing: Unit) -> None:
    with writing():
        first, second, third = idea(), idea(), idea()
    with writing():
        some = update(Idea).where(Idea.id.in_([first, second]))
        db.session.execute(some.values(handling=Handling.ROUTED))
        db.session.delete(db.session.get_one(Idea, third, populate_existing=True))
        with db.session.no_autoflush:
            assert len(wrong_counts()) > 0
        db.session.rollback()
    with writing():
        db.session.execute(some.values(handling=Handling.ROUTED))
        db.session.execute(update(Idea.__table__).where(Idea.id == third).values(capacity="muu"))
    with reading():
        found = counts(NOBODY, IdeaFilter())
        assert (found.groups["new"], found.groups["in_progress"]) == (1, 2)
        assert found.capacity["muu"] == 1
        assert wrong_counts() == {}


def test_wrong_numbers_are_told_and_counted_anew(app: Flask, writing: Unit) -> None:
    with writing():
        idea()
        db.session.flush()
    with writing():
        db.session.connection().execute(delete(IdeaCount).where(IdeaCount.handling == Handling.NEW))
    runner = app.test_cli_runner()
    found = runner.invoke(args=["ideas", "check"])
    assert found.exit_code == 1
    assert "public new: counter 0, ideas 1" in found.output
    assert runner.invoke(args=["ideas", "check", "--repair"]).exit_code == 0
    assert runner.invoke(args=["ideas", "check"]).output == "0 wrong counters\n"
    with writing():
        assert counts(NOBODY, IdeaFilter()).groups["new"] == 1


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Flask]:
    """An installation whose units of work are really committed."""
    app = installation.installed(installation.environment(tmp_path, "counting"))
    yield app
    installation.let_go(app)


def test_many_at_once_lose_nothing_and_recounting_waits(own: Flask) -> None:
    with own.app_context(), transaction.writing():
        moderator = person(Role.MODERATOR)
        numbers = [idea(visibility=Visibility.WAITING) for _ in range(24)]
    begun = Barrier(4)

    def decide(part: list[int]) -> None:
        begun.wait(timeout=20)
        for number in part:
            with own.app_context(), transaction.writing():
                actions.publish_idea(moderator, visible_idea(moderator, number))
            with own.app_context(), transaction.writing():
                route_idea(moderator, visible_idea(moderator, number), home.id, [])

    def count_anew() -> None:
        begun.wait(timeout=20)
        for _ in range(5):
            with own.app_context(), transaction.writing():
                recount()

    with own.app_context(), transaction.reading():
        home = snapshot().sub_projects[0]
    with ThreadPoolExecutor(4) as pool:
        parts = [pool.submit(decide, numbers[place::3]) for place in range(3)]
        for one in (*parts, pool.submit(count_anew)):
            one.result(timeout=60)
    with own.app_context(), transaction.reading():
        assert wrong_counts() == {}
        assert counts(NOBODY, IdeaFilter()).sub_project[home.slug] == 24


def test_the_migration_counts_what_is_there(own: Flask) -> None:
    with own.app_context():
        with transaction.writing():
            chance = random.Random(5)
            for _ in range(30):
                some_idea(chance)
        db.session.remove()
        downgrade(revision="0016")
        upgrade()
        with transaction.reading():
            assert counts(NOBODY, IdeaFilter()).total > 0
            assert wrong_counts() == {}


def test_a_release_that_served_before_its_tables_were_ready_does_no_harm(own: Flask) -> None:
    with own.app_context():
        downgrade(revision="0017")
        with transaction.writing():
            chance = random.Random(7)
            for _ in range(10):
                some_idea(chance)
        db.session.remove()
        upgrade()
        with transaction.reading():
            assert wrong_counts() == {}
