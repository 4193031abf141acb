"""Writing operating models: prefilled, saved as versions, changed by two, published, found."""

from datetime import date

import pytest
from sqlalchemy import func, select

from innovation.answers.queries import answers_of
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, NotFoundError, RuleBrokenError
from innovation.core.permissions import Nobody, Person
from innovation.experiments.models import DiaryEntry, Experiment, Measure, Reading
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from innovation.operating_models.actions import (
    Sources,
    archive_model,
    create_model,
    describable,
    edit_model,
    publish_model,
)
from innovation.operating_models.details import first_contents
from innovation.operating_models.drafts import ChangedMeanwhileError, ModelDraft, UseDraft
from innovation.operating_models.listing import ModelFilter, list_models
from innovation.operating_models.models import (
    AnsweredModel,
    ModelPhase,
    ModelSource,
    OperatingModel,
)
from innovation.operating_models.parts import add_phase, add_use, edit_phase, end_use
from innovation.operating_models.queries import (
    changes_of,
    everything_of,
    models_of_idea,
    phases,
    saved_version,
    uses_of,
    versions_of,
    visible_model,
)
from innovation.operating_models.texts import FIELD_BY_KEY, LONGEST_TEXT
from innovation.programme.queries import snapshot
from innovation.redactions.actions import redact_idea
from innovation.redactions.marks import Cut
from tests.conftest import Unit
from tests.operating_models.writing import SYSTEM, contents, model
from tests.real.experiments import planned
from tests.real.ideas import idea
from tests.real.people import person


def home(slug: str = "ikaihmiset") -> int:
    return snapshot().sub_project_by_slug[slug].id


def lead(slug: str = "ikaihmiset") -> Person:
    return person(leads=(home(slug),))


def in_use(**facts: object) -> Idea:
    """Give an idea in use of the sub-project ikaihmiset."""
    number = idea(primary_sub_project_id=home(), handling=Handling.IN_USE, **facts)
    return visible_idea(SYSTEM, number)


def tried(**facts: object) -> Experiment:
    """Give an experiment that has ended, with a measure and a diary."""
    now = clock.now()
    row = Experiment(
        title="Aikaikkuna Limingassa",
        title_key="aikaikkuna limingassa",
        unit="Kotihoito, Liminka",
        place="Liminka",
        sub_project_id=home(),
        hypothesis="Puhelut vähenevät.",
        limits="Vain yksi tiimi.",
        lesson="Viesti pitää lähettää ajoissa.",
        permit="not_needed",
        state="ended",
        decision="spread",
        created_at=now,
        updated_at=now,
        **facts,
    )
    db.session.add(row)
    db.session.flush()
    measure = Measure(
        experiment_id=row.id, name="Puhelut", unit="viikossa", direction="down", position=1
    )
    measure.baseline, measure.target = 40, 20  # type: ignore[assignment]
    db.session.add(measure)
    db.session.flush()
    db.session.add(Reading(measure_id=measure.id, on=date(2026, 10, 5), value=24.5, at=now))
    db.session.add(
        DiaryEntry(experiment_id=row.id, text="Ensimmäinen viikko.", actor_role="lead", at=now)
    )
    db.session.flush()
    return row


def test_the_form_is_filled_from_the_idea_and_the_experiment(writing: Unit) -> None:
    with writing():
        row = in_use(what_helps="Lähetetään viesti.", capacity="laheinen")
        first = first_contents(row, tried())
        assert first["name"] == "Aikaikkuna Limingassa"
        assert first["environment"] == row.text
        assert first["solution"] == "Lähetetään viesti."
        assert first["conditions"] == "Vain yksi tiimi."
        assert "24,5" in first["results"]
        assert "40" in first["results"]
        assert first["tips"] == "Viesti pitää lähettää ajoissa."
        assert "Ensimmäinen viikko." in first["path_trial"]
        assert first["funders"] == "Sosiaali- ja terveysministeriö (STM)"
        assert first["sub_project"] == "ikaihmiset"
        assert first["whole"]
        assert set(first) == {*FIELD_BY_KEY, "phase", "sub_project", "area"}


def test_what_the_author_did_not_let_be_seen_is_not_filled_in(writing: Unit) -> None:
    with writing():
        row = in_use(unit="Terveysasema 4", show_place=False)
        assert "Terveysasema 4" not in " ".join(first_contents(row, None).values())


def test_the_only_confirmed_phase_is_there_and_the_list_is_edited(writing: Unit) -> None:
    with writing():
        (first,) = phases()
        assert first.names["fi"] == "Kehitteillä"
        admin = person("administrator")
        with pytest.raises(ConflictError):
            edit_phase(admin, first.id, {"fi": "Kehitteillä"}, active=False)
        with pytest.raises(ForbiddenError):
            add_phase(lead(), {"fi": "Valmis"})
        add_phase(admin, {"fi": "Valmis"})
        add_phase(admin, {"fi": "Valmis"})
        edit_phase(admin, first.id, {"fi": "Kehitteillä"}, active=False)
        assert [(one.names["fi"], one.active) for one in phases()] == [
            ("Kehitteillä", False),
            ("Valmis", True),
        ]
        assert first_contents(None, None)["phase"] == str(phases()[1].id)


def test_every_saved_edit_is_a_version_and_saving_nothing_new_is_none(writing: Unit) -> None:
    with writing():
        who = lead()
        made = model(who)
        new = ModelDraft(contents(name="Aikaikkuna kotikäynnille"))
        assert edit_model(who, made, new, seen=1)
        assert not edit_model(who, made, new, seen=1)  # the button, twice
        assert [(one.number, one.actor_role) for one in versions_of(made.id)] == [
            (2, "lead"),
            (1, "lead"),
        ]
        (change,) = changes_of(made.id, 2)
        assert (change.before, change.after) == ("Kotikäynnin aikaikkuna", made.name)


def test_two_people_edit_and_nothing_is_overwritten_silently(writing: Unit) -> None:
    with writing():
        one, other = lead(), lead()
        made = model(one)
        edit_model(one, made, ModelDraft(contents(name="Yhden nimi", tips="Yhden vinkki")), 1)
        mine = contents(name="Toisen nimi", results="Toisen tulos")
        with pytest.raises(ChangedMeanwhileError) as changed:
            edit_model(other, made, ModelDraft(mine), 1)
        assert made.name == "Yhden nimi"
        assert changed.value.clashes == {"name": "Yhden nimi"}
        together = changed.value.contents
        assert (together["name"], together["tips"]) == ("Toisen nimi", "Yhden vinkki")
        assert together["results"] == "Toisen tulos"
        assert edit_model(other, made, ModelDraft(together), changed.value.number)
        assert everything_of(made) == together
        assert made.version == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 151}, "name"),
        ({"summary": " "}, "summary"),
        ({"solution": "ä" * (LONGEST_TEXT + 1)}, "solution"),
        ({"path_needs": "Hetu 131052-308T"}, "path_needs"),
        ({"sub_project": "nowhere"}, "sub_project"),
        ({"phase": "999"}, "phase"),
        ({"area": "nowhere"}, "area"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    writing: Unit, changes: dict[str, str], field: str
) -> None:
    with writing():
        with pytest.raises(RuleBrokenError) as broken:
            create_model(lead(), ModelDraft(contents(**changes)), Sources())
        assert broken.value.field == field
        assert db.session.scalar(select(OperatingModel.id)) is None


def test_only_those_of_the_sub_project_write_and_see_drafts(writing: Unit) -> None:
    with writing():
        made = model(lead())
        for stranger in (person(), person("staff"), lead("hoitotakuu")):
            with pytest.raises(ForbiddenError):
                create_model(stranger, ModelDraft(contents()), Sources())
            with pytest.raises(NotFoundError):
                visible_model(stranger, made.id)
        for official in (person("coordinator"), person("moderator")):
            assert visible_model(official, made.id) is made
        with pytest.raises(ForbiddenError):
            # A lead cannot give a model away to a sub-project of somebody else.
            edit_model(lead(), made, ModelDraft(contents(sub_project="hoitotakuu")), 1)


def test_an_idea_that_not_everybody_reads_becomes_no_model(writing: Unit) -> None:
    with writing():
        who = lead()
        hidden = idea(visibility=Visibility.STAFF_ONLY, primary_sub_project_id=home())
        with pytest.raises(ConflictError):
            model(who, (hidden,))


def test_the_same_form_sent_twice_makes_one_model(writing: Unit) -> None:
    with writing():
        who, draft = lead(), ModelDraft(contents())
        first = create_model(who, draft, Sources(), "sign")
        assert create_model(who, draft, Sources(), "sign") == first


def test_publishing_lets_an_answer_move_the_idea_and_undoing_takes_it_back(writing: Unit) -> None:
    with writing():
        who, row = lead(), in_use()
        made = model(who, (row.id,))
        assert describable(who, made) == [row]
        assert not describable(lead("hoitotakuu"), made)
        publish_model(who, made, {row.id: "Kuvasimme tämän."})
        publish_model(who, made, {row.id: "Kuvasimme tämän."})
        assert (row.handling, made.state) == (Handling.DESCRIBED, "published")
        assert [one.text for one in answers_of(row.id)] == ["Kuvasimme tämän."]
        (card,) = models_of_idea(Nobody(), row)
        assert card.made_of_it
        undo_decision(who, db.session.scalars(select(Decision)).one())
        assert db.session.scalar(select(AnsweredModel.id)) is None
        assert row.handling == Handling.IN_USE


def test_an_answer_without_words_is_said_at_its_field(writing: Unit) -> None:
    with writing():
        who, row = lead(), in_use()
        with pytest.raises(RuleBrokenError) as broken:
            publish_model(who, model(who, (row.id,)), {row.id: ""})
        assert broken.value.field == f"idea_{row.id}"


def test_an_idea_that_is_not_in_use_tells_of_the_model_in_its_journey(writing: Unit) -> None:
    with writing():
        row = visible_idea(SYSTEM, idea(primary_sub_project_id=home()))
        before = row.version
        made = model(SYSTEM, (row.id,), published=True)
        assert row.version == before + 1
        archive_model(SYSTEM, made)
        publish_model(SYSTEM, made)
        assert row.version == before + 1  # told once


def test_what_is_taken_out_of_the_idea_goes_from_its_models_too(writing: Unit) -> None:
    with writing():
        number = idea(text="Hoitaja Tuulikki Kataja auttoi.", primary_sub_project_id=home())
        row = visible_idea(SYSTEM, number)
        said = {"environment": f"{row.text} Kiitos, Tuulikki  Kataja. Katajamäessä näin."}
        made = model(SYSTEM, (number,), published=True, **said)
        redact_idea(person("moderator"), row, [Cut("Tuulikki Kataja", "name")])
        db.session.refresh(made)
        for number_of_version in (1, 2):
            kept = str(saved_version(made.id, number_of_version).contents)
            assert "Tuulikki" not in kept
            assert kept.count("[nimi poistettu]") == 2
            assert "Katajamäessä" in kept
        assert made.version == 2
        assert "tuulikki" not in made.terms


def test_it_goes_from_models_that_grew_from_a_trial_of_the_idea_alone(writing: Unit) -> None:
    with writing():
        text = "Hoitaja Tuulikki Kataja auttoi."
        row = visible_idea(SYSTEM, idea(text=text, primary_sub_project_id=home()))
        trial, other = planned(ideas=(row.id,)), planned()
        later = planned()  # a further round, of another idea
        later.first_id = trial.id
        found = []
        for one in (trial, later, other):
            found.append(model(SYSTEM, environment=row.text))
            db.session.add(ModelSource(model_id=found[-1].id, experiment_id=one.id))
        redact_idea(person("moderator"), row, [Cut("Tuulikki Kataja", "name")])
        held = ["Tuulikki" in one.texts["environment"] for one in found]
        assert held == [False, False, True]


def test_where_it_is_in_use_is_told_and_taken_back(writing: Unit) -> None:
    with writing():
        who, today = lead(), clock.today()
        made = model(who, published=True)
        use = UseDraft("Kotihoito, Ii", "oulunkaari", today, "kotihoito@posti.example")
        add_use(who, made, use)
        add_use(who, made, use)
        (row,) = uses_of([made.id])[made.id]
        assert (row.unit, row.contact) == ("Kotihoito, Ii", "kotihoito@posti.example")
        for wrong, field in (
            (UseDraft(""), "unit"),
            (UseDraft("Ii"), "since"),
            (UseDraft("Ii", since=date(2999, 1, 1)), "since"),
            (UseDraft("Ii", "nowhere", today), "area"),
            (UseDraft("Ii", since=today, contact="131052-308T"), "contact"),
        ):
            with pytest.raises(RuleBrokenError) as broken:
                add_use(who, made, wrong)
            assert broken.value.field == field
        with pytest.raises(NotFoundError):
            end_use(who, model(who), row.id)
        end_use(who, made, row.id)
        assert not uses_of([made.id])


def test_the_library_is_narrowed_and_finds_words_in_any_form(writing: Unit) -> None:
    with writing():
        who = lead()
        first = model(who, published=True, area="lakeus")
        words = {"name": "Ryhmäpuhelu", "summary": "Omaiset kuulevat yhdessä.", "solution": ""}
        second = model(who, published=True, **words)
        model(who, name="Vielä kesken")
        add_use(who, second, UseDraft("Ii", "oulunkaari", clock.today()))
        known = str(db.session.scalar(select(func.min(ModelPhase.id))))
        for given, found in (
            ({}, {first.id, second.id}),
            ({"q": "hoitajat"}, {first.id}),
            ({"q": "omaisten puhelut"}, {second.id}),
            ({"q": "hoitajat omaiset"}, set()),
            ({"area": "lakeus"}, {first.id}),
            ({"area": "oulunkaari"}, {second.id}),
            ({"in_use": "1"}, {second.id}),
            ({"phase": known}, {first.id, second.id}),
            ({"sub_project": "hoitotakuu"}, set()),
            ({"state": "archived"}, set()),
            ({"phase": "x", "area": "x", "state": "x", "page": "x"}, {first.id, second.id}),
        ):
            wanted = ModelFilter.read(given)
            assert {one.id for one in list_models(Nobody(), wanted).items} == found
        drafts = ModelFilter.read({"state": "draft"})
        assert [one.name for one in list_models(who, drafts).items] == ["Vielä kesken"]
        assert not list_models(Nobody(), drafts).items
        assert not list_models(lead("hoitotakuu"), drafts).items
