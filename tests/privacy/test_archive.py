"""Old ideas: archived first, then without names, and destroyed where their class says so."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from innovation.comments.actions import CommentDraft, post_comment
from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.db import db
from innovation.experiments.models import DiaryEntry, Experiment, Joiner, Measure, Reading
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.queries import visible_idea
from innovation.notifications.actions import queue_mail
from innovation.notifications.models import Mail
from innovation.operating_models.models import ModelVersion
from innovation.privacy import archive
from innovation.privacy.models import ArchivedIdea, RetentionRun
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from tests.conftest import Unit
from tests.operating_models.writing import model
from tests.real.experiments import routed, running
from tests.real.ideas import idea
from tests.real.people import person


def test_old_ideas_are_archived_before_their_names_go(
    night: Any, writing: Unit, tmp_path: Path
) -> None:
    with writing():
        who = person()
        number = idea(who)
        text = db.session.get_one(Idea, number).text
        db.session.execute(update(Authorship).values(name="Nimimerkki"))
        young = idea(who, published_at=clock.now() + timedelta(days=3_000))
    assert night(3_640).get("published") is None
    assert night(3_660)["published"] == 1
    with writing():
        authors = select(Authorship.name, Authorship.person_id).where(Authorship.idea_id == number)
        assert tuple(db.session.execute(authors).one()) == ("", None)
        row = db.session.get_one(ArchivedIdea, number)
        assert db.session.get(ArchivedIdea, young) is None
        assert db.session.get_one(Idea, number).text == text
        package = row.package
    with zipfile.ZipFile(tmp_path / "archive" / package) as opened:
        told = json.loads(opened.read(f"ideas/{number}.json"))
    assert told["ideas"][0]["text"] == text
    assert told["authorships"][0]["name"] == "Nimimerkki"
    assert night(3_660).get("published") is None


def test_what_was_archived_is_not_written_anew_without_its_names(
    night: Any, writing: Unit, tmp_path: Path
) -> None:
    with writing():
        number = idea(person())
        db.session.execute(update(Authorship).values(name="Nimimerkki"))
    night(3_660)
    with writing():
        archive.archive(tmp_path, [number])  # as another run would that found it a moment earlier
        package = db.session.get_one(ArchivedIdea, number).package
    with zipfile.ZipFile(tmp_path / "archive" / package) as opened:
        told = json.loads(opened.read(f"ideas/{number}.json"))
    assert told["authorships"][0]["name"] == "Nimimerkki"


def test_a_class_that_fails_keeps_no_other_from_being_forgotten(
    night: Any, writing: Unit, tmp_path: Path
) -> None:
    (tmp_path / "archive").touch()  # no folder can be made there
    with writing():
        number = idea(person())
        queue_mail("reset", "one", "maija@posti.example", "Aihe", "Teksti", "fi")
        db.session.execute(update(Mail).values(sent_at=clock.now(), state="sent"))
    with pytest.raises(OSError, match="archive"):
        night(3_660)
    with writing():
        assert db.session.get(ArchivedIdea, number) is None
        assert "Teksti" not in db.session.scalars(select(Mail.body)).all()
        assert "published" in db.session.scalars(select(RetentionRun.counts)).one()


def test_people_go_from_experiments_and_models_of_old_ideas(
    night: Any, writing: Unit, tmp_path: Path
) -> None:
    with writing():
        lead, helper = person("staff", name="Tuulikki Lempinimi"), person()
        old, young = routed(), routed()
        young.published_at = clock.now() + timedelta(days=3_000)
        trials = [running(ideas=(old.id,)), running(ideas=(old.id, young.id))]
        models = [model(ideas=(old.id,)), model(ideas=(old.id, young.id))]
        for trial in trials:
            trial.person_id, trial.owner_name = lead.id, "Tuulikki Lempinimi"
            measured = select(Measure.id).where(Measure.experiment_id == trial.id)
            facts = {"person_id": lead.id, "at": clock.now()}
            shown = {"measure_id": db.session.scalars(measured).one(), "value": 3, **facts}
            offer = {"person_id": helper.id, "unit": "Asema", "state": "offered"}
            db.session.add_all(
                [
                    DiaryEntry(experiment_id=trial.id, text="Alkoi.", actor_role="lead", **facts),
                    Reading(on=clock.today(), **shown),
                    Joiner(experiment_id=trial.id, at=clock.now(), **offer),
                ]
            )
        db.session.execute(update(ModelVersion).values(person_id=lead.id))
        kept, gone, trial = (trials[1].id, models[1].id), (trials[0].id, models[0].id), trials[0].id
        number = old.id
    assert night(3_660)["published"] == 1
    for (one, other), left in ((gone, 0), (kept, 1)):
        with writing():
            row = db.session.get_one(Experiment, one)
            assert (row.owner_name != "", row.person_id == lead.id) == (left, left)
            here = DiaryEntry.experiment_id == one, Joiner.experiment_id == one
            read = Measure.experiment_id == one
            many = (
                select(func.count(DiaryEntry.person_id)).where(here[0]),
                select(func.count(Joiner.id)).where(here[1]),
                select(func.count(Reading.person_id)).join(
                    Measure, (Measure.id == Reading.measure_id) & read
                ),
                select(func.count(ModelVersion.person_id)).where(ModelVersion.model_id == other),
            )
            assert [db.session.scalar(wanted) for wanted in many] == [left] * 4
            assert row.title
    with writing():
        package = db.session.get_one(ArchivedIdea, number).package
    with zipfile.ZipFile(tmp_path / "archive" / package) as opened:
        whole = json.loads(opened.read(f"ideas/{number}.json"))
    assert {one["owner_name"] for one in whole["experiments"]} == {"Tuulikki Lempinimi"}
    told = [one["text"] for one in whole["experiment_diary"] if one["experiment_id"] == trial]
    assert told == ["Alkoi."]
    assert len(whole["experiment_readings"]) == len(whole["model_versions"]) == 2


def test_what_is_classed_so_is_destroyed_after_its_package(
    night: Any, writing: Unit, tmp_path: Path
) -> None:
    with writing():
        db.session.get_one(Programme, 1).retention = {"archived": 10}
        touch()
        who = person("staff")
        number = idea(who)
        post_comment(who, visible_idea(who, number), CommentDraft(text="Hyvä ajatus."))
    assert night(3_660)["published"] == 1
    assert "archived" not in night(3_669)
    assert night(3_671)["archived"] == 1
    with writing():
        row = db.session.get_one(Idea, number)
        assert (row.visibility, row.text, row.title) == ("withdrawn", "", row.reference)
        assert db.session.scalars(select(Comment.text)).all() == [""]
        package = db.session.get_one(ArchivedIdea, number).package
    assert (tmp_path / "archive" / package).is_file()
    assert "archived" not in night(3_680)
