"""Undoing the answers of a start or an end one by one: the experiment goes with the last."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from flask import Flask
from sqlalchemy import select

from innovation.answers.actions import give_answer
from innovation.answers.models import Answer
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError
from innovation.core.permissions import Person
from innovation.experiments.actions import end_experiment, start_experiment
from innovation.experiments.drafts import ReadingDraft
from innovation.experiments.models import Experiment
from innovation.experiments.parts import add_reading, write_diary
from innovation.experiments.sheets import rows_of
from innovation.ideas.models import Idea
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from tests.answers.test_answers import given
from tests.conftest import Unit
from tests.real.experiments import SYSTEM, ending, home, planned, routed, running, told
from tests.real.people import person, signed_in

GROWING = {"version", "updated_at", "topical"}


def rows() -> list[dict[str, object]]:
    """Give everything that a decision on an experiment may change, but for what only grows."""
    db.session.flush()
    return [
        {name: value for name, value in row._mapping.items() if name not in GROWING}
        for model in (Experiment, Idea, Answer)
        for row in db.session.execute(select(model.__table__).order_by(model.__table__.c.id))
    ]


def newest(count: int) -> list[Decision]:
    wanted = select(Decision).where(Decision.kind == "answer").order_by(Decision.id.desc())
    return list(reversed(db.session.scalars(wanted.limit(count)).all()))


def undo(who: Person, decisions: Sequence[Decision]) -> None:
    for one in decisions:
        undo_decision(who, one)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_start_undone_answer_by_answer_leaves_everything_as_before(
    writing: Unit, order: tuple[int, ...]
) -> None:
    with writing():
        who = person(leads=(home(),))
        ideas = [routed() for _ in range(3)]
        row = planned(who, ideas=tuple(one.id for one in ideas))
        before = rows()
        start_experiment(who, row, told())
        made = newest(3)
        for at in order[:2]:
            undo(who, [made[at]])
            assert db.session.scalar(select(Experiment.state)) == "running"
        undo(who, [made[order[2]]])
        assert rows() == before


@pytest.mark.parametrize("decision", ["spread", "stop"])
def test_an_end_undone_in_halves_and_whole(writing: Unit, decision: str) -> None:
    with writing():
        who = person(leads=(home(),))
        row = running(who, ideas=(routed().id, routed().id))
        before = rows()
        end_experiment(who, row, ending(decision))
        first, second = newest(2)
        undo(who, [first])
        assert db.session.scalar(select(Experiment.decision)) == decision
        undo(who, [second])
        assert rows() == before


def test_a_start_stays_once_it_has_been_told_how_it_goes(writing: Unit) -> None:
    with writing():
        who = person(leads=(home(),))
        for tell in ("diary", "reading"):
            row = running(who, ideas=(routed().id, routed().id))
            if tell == "diary":
                write_diary(who, row, "Ensimmäinen viesti lähti.")
            else:
                measure = rows_of([row])[0].measures[0].id
                add_reading(who, row, ReadingDraft(measure, clock.today(), "12"))
            first, second = newest(2)
            undo(who, [second])
            with pytest.raises(ConflictError):
                undo(who, [first])
            db.session.refresh(row)
            assert row.state == "running"


def test_what_was_told_before_the_start_does_not_keep_it(writing: Unit) -> None:
    with writing():
        who = person(leads=(home(),))
        row = planned(SYSTEM, ideas=(routed().id,))
        write_diary(who, row, "Haimme osallistujia.")
        start_experiment(who, row, told())
        undo(who, newest(1))
        db.session.refresh(row)
        assert row.state == "planned"


def test_the_pages_of_undoing_say_that_the_experiment_goes_back_too(
    app: Flask, writing: Unit
) -> None:
    told_so = "the experiment goes back too."
    for role, address in (("coordinator", "/answers"), ("moderator", "/moderation/undo")):
        client, who = signed_in(app, role)
        with writing():
            give_answer(who, routed(), given())
        page = client.get(f"{address}?lang=en").text
        assert "ndo" in page
        assert told_so not in page
        with writing():
            row = planned(who, ideas=(routed().id, routed().id))
            start_experiment(who, row, told())
        assert client.get(f"{address}?lang=en").text.count(told_so) == 1
        with writing():
            # With a changed course the next round stands on it, so nothing goes back.
            undo(who, newest(3)[1:])
            end_experiment(who, running(ideas=(routed().id,)), ending("change"))
        assert told_so not in client.get(f"{address}?lang=en").text
