"""Who reads an experiment, what is taken out of it, how it is found, and what it leaves alone."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, NotFoundError, RuleBrokenError
from innovation.core.permissions import Nobody, Person
from innovation.experiments.actions import (
    edit_experiment,
    end_experiment,
    plan_experiment,
    start_experiment,
)
from innovation.experiments.cases import cases_to_end
from innovation.experiments.drafts import MeasureDraft, OfferDraft, ReadingDraft
from innovation.experiments.listing import ExperimentFilter, counts_by_state
from innovation.experiments.models import Experiment
from innovation.experiments.parts import add_reading, offer_to_join, write_diary
from innovation.experiments.queries import diary_of, idea_numbers, joiners_of, visible_experiment
from innovation.experiments.sheets import rows_of
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import TimelineEntry
from innovation.ideas.queries import visible_idea
from innovation.moderation.actions import merge_idea
from innovation.redactions.actions import redact_idea
from innovation.redactions.marks import Cut
from innovation.routing.actions import route_idea
from tests.conftest import Unit
from tests.real.experiments import (
    CALLS,
    SYSTEM,
    ending,
    home,
    plan,
    planned,
    routed,
    running,
    told,
)
from tests.real.forms import fields_of
from tests.real.ideas import idea
from tests.real.people import person, signed_in

NAME = "Aino Esimerkki"


def lead() -> Person:
    return person(leads=(home(),))


def inside() -> int:
    """Give the number of an idea that only staff see."""
    row = routed()
    row.visibility = Visibility.STAFF_ONLY
    db.session.flush()
    return row.id


def last_reason(number: int) -> str:
    wanted = select(TimelineEntry.reason).where(TimelineEntry.idea_id == number)
    return db.session.scalars(wanted.order_by(TimelineEntry.id.desc()).limit(1)).one()


def test_an_experiment_follows_what_its_idea_was_merged_into(writing: Unit) -> None:
    with writing():
        part, head = routed(), routed()
        row = running(ideas=(part.id,))
        merge_idea(SYSTEM, part, head)
        assert visible_experiment(Nobody(), row.id) is row
        head.visibility = Visibility.STAFF_ONLY
        db.session.flush()
        with pytest.raises(NotFoundError):
            visible_experiment(Nobody(), row.id)


def test_ideas_for_different_readers_are_not_mixed(writing: Unit) -> None:
    with writing():
        row = planned(ideas=(inside(),))
        kept = idea_numbers(row.id)
        for mixed in ((*kept, routed().id), (routed().id,), ()):
            with pytest.raises(RuleBrokenError) as broken:
                edit_experiment(SYSTEM, row, plan(ideas=mixed))
            assert broken.value.field == "ideas"
        with pytest.raises(RuleBrokenError):
            plan_experiment(SYSTEM, plan(ideas=(inside(), routed().id)))
        edit_experiment(SYSTEM, row, plan(ideas=(*kept, inside())))
        edit_experiment(SYSTEM, row, plan(ideas=kept))  # another one for staff stays
        assert idea_numbers(row.id) == kept


def test_one_that_became_mixed_can_be_edited_and_parted(writing: Unit) -> None:
    with writing():
        one, other = routed(), routed()
        row = planned(ideas=(one.id, other.id))
        other.visibility = Visibility.STAFF_ONLY
        edit_experiment(SYSTEM, row, plan(title="Uusi nimi", ideas=(one.id, other.id)))
        start_experiment(SYSTEM, row, told())
        assert last_reason(one.id) == ""  # what only staff see is not named in a public one
        assert last_reason(other.id) == "Pudasjärvi, 24 asiakasta"
        edit_experiment(SYSTEM, row, plan(ideas=(other.id,)))
        assert idea_numbers(row.id) == [other.id]


def test_what_is_taken_out_of_an_idea_goes_from_its_experiments(writing: Unit) -> None:
    with writing():
        author = person()
        told_of = visible_idea(SYSTEM, idea(author, text=f"{NAME} ohjasi meidät väärään jonoon."))
        route_idea(SYSTEM, told_of, home(), [])
        said = {
            name: f"{NAME}: {name}" for name in ("title", "hypothesis", "limits", "place", "group")
        }
        row = running(ideas=(told_of.id,), **said)
        measure = rows_of([row])[0].measures[0].id
        add_reading(SYSTEM, row, ReadingDraft(measure, row.created_at.date(), "3", f"{NAME} laski"))
        write_diary(SYSTEM, row, f"Tänään {NAME} soitti.")
        offer_to_join(author, row, OfferDraft("Pudasjärvi", message=f"Terveisin {NAME}"))
        following = end_experiment(SYSTEM, row, ending("change", lesson=f"{NAME} oppi."))
        assert following is not None
        version = row.version
        redact_idea(person("moderator"), told_of, [Cut(NAME, "name")])
        db.session.expire_all()
        for one in (row, following):
            texts = [getattr(one, name) for name in (*said, "lesson", "title_key")]
            texts += [entry.text for entry in diary_of(one.id)]
            texts += [offer.message for offer in joiners_of(one.id)]
            notes = [reading.note for reading in rows_of([one])[0].main.readings]  # type: ignore[union-attr]
            assert "aino" not in " ".join([*texts, *notes]).casefold()
        assert "[nimi poistettu]" in row.title
        assert row.version == version + 1


def test_a_measure_is_taken_away_while_it_has_no_readings(writing: Unit) -> None:
    with writing():
        row = planned()
        known = rows_of([row])[0].measures[0].id
        emptied = MeasureDraft("", id=known)
        add_reading(SYSTEM, row, ReadingDraft(known, row.created_at.date(), "12"))
        with pytest.raises(RuleBrokenError) as broken:
            edit_experiment(SYSTEM, row, plan(measures=(emptied,)))
        assert broken.value.field == "measure_1_name"
        other = planned(measures=(CALLS,))
        known = rows_of([other])[0].measures[0].id
        edit_experiment(SYSTEM, other, plan(measures=(MeasureDraft("", id=known),)))
        assert rows_of([other])[0].measures == ()


def test_the_second_to_decide_hears_of_it_and_keeps_the_text(app: Flask, writing: Unit) -> None:
    desk, _who = signed_in(app, "moderator")
    with writing():
        number = planned(ideas=(routed().id,)).id
    sent = fields_of(desk.get(f"/experiments/{number}/start").text)
    sent |= {"text": "Minun sanani.", "step": "Kerromme.", "step_on": "1.1.2030"}
    with writing():
        start_experiment(SYSTEM, db.session.get_one(Experiment, number), told())
    late = desk.post(f"/experiments/{number}/start", data=sent)
    assert (late.status_code, "Minun sanani." in late.text) == (409, True)

    sent = fields_of(desk.get(f"/experiments/{number}/end").text)
    sent |= {"decision": "stop", "lesson": "Kellonaika riittää.", "text": "Minun päätökseni."}
    with writing():
        end_experiment(SYSTEM, db.session.get_one(Experiment, number), ending("stop"))
    late = desk.post(f"/experiments/{number}/end", data=sent)
    assert (late.status_code, "Minun päätökseni." in late.text) == (409, True)


def test_the_button_twice_is_one_decision(writing: Unit) -> None:
    with writing():
        row = planned(ideas=(routed().id,))
        start_experiment(SYSTEM, row, told(), version=row.version)
        start_experiment(SYSTEM, row, told(), version=row.version - 1)
        with pytest.raises(ConflictError):
            start_experiment(SYSTEM, row, told(text="Toisen sanat."))


def test_stopping_leaves_an_idea_that_another_experiment_tries(
    desk_client: FlaskClient, writing: Unit
) -> None:
    with writing():
        one, both = routed(), routed()
        row = running(ideas=(one.id, both.id))
        other = running(ideas=(both.id,))
        assert [case.tried_elsewhere for case in cases_to_end(SYSTEM, row)] == [False, True]
        number, last, shared = row.id, other.id, both.id
    sent = fields_of(desk_client.get(f"/experiments/{number}/end").text)
    sent |= {"decision": "stop", "lesson": "Ei toiminut."}
    assert desk_client.post(f"/experiments/{number}/end", data=sent).status_code == 303
    with writing():
        assert visible_idea(SYSTEM, shared).handling == "in_experiment"
        end_experiment(SYSTEM, db.session.get_one(Experiment, last), ending("stop"))
        assert visible_idea(SYSTEM, shared).handling == "not_going_forward"


def test_what_was_only_planned_is_given_up_on_its_page(
    desk_client: FlaskClient, writing: Unit
) -> None:
    with writing():
        number = planned(ideas=(routed().id,)).id
    sent = fields_of(desk_client.get(f"/experiments/{number}/end").text)
    sent |= {"decision": "stop", "lesson": "Tila ei vapautunut."}
    assert desk_client.post(f"/experiments/{number}/end", data=sent).status_code == 303


@pytest.fixture
def desk_client(app: Flask, database: Connection) -> FlaskClient:
    return signed_in(app, "moderator")[0]


def test_a_lead_does_not_hand_an_experiment_to_others(app: Flask, writing: Unit) -> None:
    with writing():
        who = lead()
        row = planned(who)
        with pytest.raises(ForbiddenError):
            edit_experiment(who, row, plan(sub_project_id=home("hyte")))
        edit_experiment(person("coordinator"), row, plan(sub_project_id=home("hyte")))
        assert row.sub_project_id == home("hyte")
    with app.app_context():
        led = home()
    client, _who = signed_in(app, leads=(led,))
    page = client.get("/experiments/new").text
    assert 'value="ikaihmiset"' in page
    assert 'value="hyte"' not in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("käynti", 1),
        ("tekstiviestit", 1),
        ("tehdyt käynnit", 1),
        ("tekstiv", 1),
        ("kauppa", 0),
        ("%", 1),
    ],
)
def test_the_list_is_searched_in_any_form(writing: Unit, words: str, found: int) -> None:
    with writing():
        planned()
        assert counts_by_state(SYSTEM, ExperimentFilter(words=words))["planned"] == found
