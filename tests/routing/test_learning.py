"""Learning: from the decisions of the installation, kept in one piece, and better every time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.jobs import Job, trades
from innovation.core.permissions import System
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea
from innovation.programme.queries import snapshot
from innovation.routing import learning, listeners
from innovation.routing.actions import route_idea
from innovation.routing.model_file import NAME, Model, ModelFileError, read_model, write_model
from innovation.routing.models import RoutingSuggestion
from innovation.routing.suggestions import Suggestions
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person

Ask = Callable[..., Suggestions]
Run = Callable[..., Result]


def decided(slug: str, text: str, *, by: object = None, **facts: object) -> int:
    """Make an idea and route it. Inside `with writing():`."""
    number = idea(text=text, **facts)
    target = snapshot().sub_project_by_slug[slug].id
    who = by or System("test")
    route_idea(who, db.session.get_one(Idea, number), target, [])  # type: ignore[arg-type]
    return number


@pytest.fixture
def run(app: Flask) -> Run:
    runner = app.test_cli_runner()
    return lambda *words, lines="": runner.invoke(args=["routing", *words], input=lines)


def first(found: Suggestions) -> str:
    return found.items[0].sub_project if found.items else ""


def test_what_moderators_correct_is_suggested_the_next_time(
    ask: Ask, writing: Unit, run: Run
) -> None:
    text = "Pyörätuolirampin kaltevuus lanssin ovella numero {}"
    assert first(ask(text)) == "ensihoito"
    with writing():
        for number in range(12):
            decided("sote-ict", text.format(number))
    assert "Learnt from 12 decisions" in run("learn").output
    found = ask(text)
    assert first(found) == "sote-ict"
    assert "pyörätuolirampin" in found.items[0].words
    assert first(ask("Vauvan neuvola-aika")) == "lapset-nuoret-perheet"


def test_silence_stays_what_it_was(ask: Ask, writing: Unit, run: Run) -> None:
    with writing():
        for number in range(12):
            decided("ensihoito", f"Lanssi ei tullut kerralla {number}")
    run("learn")
    assert not ask("Kukkapenkki torin laidalla on kuivunut.").items


def test_what_was_passed_on_to_others_is_learnt_as_nobodys(
    ask: Ask, writing: Unit, run: Run
) -> None:
    text = "Ambulanssin telkkariohjelma loppui kesken"
    assert first(ask(text)) == "ensihoito"
    with writing():
        for _number in range(20):
            idea(text=text, handling=Handling.PASSED_ON)
    run("learn")
    assert not ask(text).items


def test_hidden_and_withdrawn_texts_teach_nothing(writing: Unit, run: Run, folder: Path) -> None:
    with writing():
        decided("ensihoito", "Salaisuus", visibility=Visibility.HIDDEN)
        decided("ensihoito", "Peruttu", visibility=Visibility.WITHDRAWN)
    assert "0 decisions" in run("learn").output
    model = read_model(folder / NAME)
    assert model is not None
    assert model.weights == {}


def test_the_same_decisions_teach_the_same(writing: Unit, run: Run, folder: Path) -> None:
    with writing():
        for number in range(4):
            decided("hyte", f"Kuntosali kiinni {number}")
    stamps = set()
    for _time in range(2):
        run("learn")
        model = read_model(folder / NAME)
        assert model is not None
        stamps.add(model.stamp)
    assert len(stamps) == 1


def test_the_file_is_whole_or_refused(tmp_path: Path) -> None:
    path = tmp_path / NAME
    assert read_model(path) is None
    model = Model("abc", ("hyte", ""), {"sali": {"hyte": 0.5}}, 3, 7)
    write_model(path, model)
    assert read_model(path) == model
    assert [one.name for one in tmp_path.iterdir()] == [NAME]
    whole = path.read_bytes()
    for damaged in (b"", whole[:-9], whole.replace(b"0.5", b"0.9"), b"\x00" * 99, b"a\nb\nc"):
        path.write_bytes(damaged)
        with pytest.raises(ModelFileError, match="flask routing learn"):
            read_model(path)


def test_a_folder_that_cannot_be_written_leaves_the_file_before(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("learn")
    before = (folder / NAME).read_bytes()

    def refuse(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(learning, "write_model", refuse)
    result = run("learn")
    assert result.exit_code == 1
    assert "No space left" in result.output
    assert (folder / NAME).read_bytes() == before


def test_the_worker_learns_once_a_night_and_heals_at_once(app: Flask, folder: Path) -> None:
    with app.app_context(), clock.frozen_at(datetime(2026, 11, 20, 12, 0, tzinfo=UTC)):
        listeners.learn_routing()
        assert not (folder / NAME).exists()
        (folder / NAME).write_bytes(b"?")
        listeners.learn_routing()
        assert read_model(folder / NAME) is not None
    (folder / NAME).unlink()
    with app.app_context(), clock.frozen_at(datetime(2026, 11, 20, 0, 30, tzinfo=UTC)):
        listeners.learn_routing()
        assert read_model(folder / NAME) is not None


def noted(app: Flask, unit: Unit) -> dict[int, tuple[int | None, str]]:
    """Do the due jobs and give what had been suggested, by idea."""
    with unit():
        due = list(db.session.execute(select(Job.__table__).where(Job.kind == listeners.NOTE)))
    if due:
        with app.app_context():
            trades[listeners.NOTE].handler(due)  # type: ignore[arg-type]
    with unit():
        rows = db.session.scalars(select(RoutingSuggestion))
        return {row.idea_id: (row.first_id, row.stamp) for row in rows}


def test_what_was_suggested_is_put_down_once_and_before_learning(
    app: Flask, presets: Path, folder: Path, writing: Unit, run: Run
) -> None:
    with writing():
        moderator = person("moderator")
        known = snapshot().sub_project_by_slug
        number = decided("ensihoito", "Lanssi oli myöhässä", by=moderator)
        brought = decided("ensihoito", "Ambulanssi tuli tuotuna")
    rows = noted(app, writing)
    assert rows == {number: (known["ensihoito"].id, "profiles")}
    with writing():
        changed = db.session.get_one(Idea, number)
        route_idea(moderator, changed, known["hyte"].id, [], "Muualle")
        again = db.session.get_one(Idea, brought)
        route_idea(moderator, again, known["hyte"].id, [], "Muualle")
        late = decided("ensihoito", "Lanssi oli taas myöhässä", by=moderator)
    run("learn")
    # What was learnt has seen the later decision, so nothing is put down for it.
    assert late not in noted(app, writing)
    assert noted(app, writing) == rows


def test_suggestions_are_given_line_by_line(presets: Path, folder: Path, run: Run) -> None:
    lines = '{"id": "a", "text": "Lanssi myöhässä"}\n\n{"id": 2, "text": "Katuvalo"}\n'
    told = [json.loads(line) for line in run("suggest", lines=lines).output.splitlines()]
    assert [one["id"] for one in told] == ["a", 2]
    assert told[0]["suggestions"][0]["sub_project"] == "ensihoito"
    assert told[0]["suggestions"][0]["words"] == ["lanssi"]
    assert told[1]["suggestions"] == []


def test_the_command_line_says_what_is_wrong(presets: Path, folder: Path, run: Run) -> None:
    for line in ("x", "[]", '{"id": 1}', '{"text": 7}', "null"):
        result = run("suggest", lines=line)
        assert (result.exit_code, "line 1" in result.output) == (1, True), result.output
    (folder / NAME).write_bytes(b"?")
    result = run("suggest", lines='{"id": 1, "text": "Lanssi"}')
    assert "flask routing learn" in result.output
    assert run("learn").exit_code == 0
    file = presets / "popsote.toml"
    file.write_text('[[profiles]]\nsub_project = "vieras"\n', encoding="utf-8")
    for words in (("suggest",), ("learn",)):
        result = run(*words)
        assert result.exit_code == 1
        assert "popsote.toml, line 2" in result.output
        assert "vieras" in result.output
