"""Two people at the same moment: neither writes over what the other has just done."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from innovation.core import clock, transaction
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.experiments.actions import edit_experiment, end_experiment, start_experiment
from innovation.experiments.drafts import ReadingDraft
from innovation.experiments.parts import add_reading
from innovation.experiments.queries import visible_experiment
from innovation.experiments.sheets import rows_of
from innovation.ideas.moves import hold
from innovation.ideas.queries import visible_idea
from innovation.moderation.cases import last_entry
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from tests.real import installation
from tests.real.experiments import SYSTEM, ending, home, plan, planned, routed, running, told
from tests.real.people import person

pytestmark = pytest.mark.skipif(
    not installation.on_postgresql(), reason="SQLite lets one unit of work write at a time"
)


@pytest.fixture
def racing(tmp_path: Path) -> Iterator[Flask]:
    """An installation whose units of work are really committed."""
    app = installation.installed(installation.environment(tmp_path, "racing"))
    yield app
    installation.let_go(app)


def meanwhile(app: Flask, act: Callable[[], object]) -> None:
    """Do it in a unit of work of its own, in another thread, to its end."""

    def unit() -> None:
        with app.app_context(), transaction.writing():
            act()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(unit).result(timeout=20)


def test_the_second_plan_and_the_second_decision_are_refused(racing: Flask) -> None:
    with racing.app_context(), transaction.writing():
        number = running().id

    with racing.app_context(), transaction.writing():
        mine = visible_experiment(SYSTEM, number)
        seen = mine.version
        meanwhile(
            racing,
            lambda: edit_experiment(
                SYSTEM, visible_experiment(SYSTEM, number), plan(title="Toinen")
            ),
        )
        with pytest.raises(ConflictError):
            edit_experiment(SYSTEM, mine, plan(title="Minun"), version=seen)
    with racing.app_context(), transaction.writing():
        mine = visible_experiment(SYSTEM, number)
        seen = mine.version
        meanwhile(
            racing,
            lambda: end_experiment(SYSTEM, visible_experiment(SYSTEM, number), ending("stop")),
        )
        with pytest.raises(ConflictError):
            end_experiment(SYSTEM, mine, ending("spread"), version=seen)
        assert (mine.title, mine.decision) == ("Toinen", "stop")


def test_two_readings_of_one_day(racing: Flask) -> None:
    with racing.app_context(), transaction.writing():
        row = running()
        number, measure = row.id, rows_of([row])[0].measures[0].id
    with racing.app_context(), transaction.writing():
        mine = visible_experiment(SYSTEM, number)
        other = ReadingDraft(measure, clock.today(), "1")
        meanwhile(racing, lambda: add_reading(SYSTEM, visible_experiment(SYSTEM, number), other))
        with pytest.raises(RuleBrokenError):
            add_reading(SYSTEM, mine, ReadingDraft(measure, clock.today(), "2"))


def test_undoing_the_start_while_it_is_ended(racing: Flask) -> None:
    with racing.app_context(), transaction.writing():
        who = person(leads=(home(),))
        idea = routed()
        gone, number = idea.id, running(who, ideas=(idea.id,)).id

    def end() -> None:
        with racing.app_context(), transaction.writing():
            end_experiment(SYSTEM, visible_experiment(SYSTEM, number), ending("spread"))

    with ThreadPoolExecutor(1) as pool:
        with racing.app_context(), transaction.writing():
            hold(visible_idea(SYSTEM, gone))  # as undoing does first
            other = pool.submit(end)
            time.sleep(0.5)
            undo_decision(who, db.session.scalars(select(Decision)).one())
        with pytest.raises(RuleBrokenError):  # it has not started any more
            other.result(timeout=20)
    with racing.app_context():
        assert visible_experiment(SYSTEM, number).state == "planned"
        assert visible_idea(SYSTEM, gone).handling == "routed"


def test_two_answers_of_one_start_undone_at_once(racing: Flask) -> None:
    with racing.app_context(), transaction.writing():
        who = person(leads=(home(),))
        number = running(who, ideas=(routed().id, routed().id)).id
        made = list(db.session.scalars(select(Decision.id).where(Decision.kind == "answer")))

    def undo() -> None:
        with racing.app_context(), transaction.writing():
            undo_decision(who, db.session.get_one(Decision, made[1]))

    with ThreadPoolExecutor(1) as pool:
        with racing.app_context(), transaction.writing():
            undo_decision(who, db.session.get_one(Decision, made[0]))
            other = pool.submit(undo)
            time.sleep(0.5)
        other.result(timeout=20)
    with racing.app_context():
        assert visible_experiment(SYSTEM, number).state == "planned"


def test_an_idea_merged_while_the_experiment_starts(racing: Flask) -> None:
    with racing.app_context(), transaction.writing():
        idea, target = routed(), routed()
        gone, into = idea.id, target.id
        number, seen = planned(ideas=(gone,)).id, {gone: last_entry(gone)}

    def merge() -> None:
        visible_idea(SYSTEM, gone).merged_into_id = into

    with racing.app_context(), transaction.writing():
        mine = visible_experiment(SYSTEM, number)
        meanwhile(racing, merge)
        with pytest.raises(ConflictError):
            start_experiment(SYSTEM, mine, told(), seen=seen)
        assert mine.state == "planned"
