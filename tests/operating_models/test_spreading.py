"""This exists already: the answer names a model, its author is asked, and a case begins."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.answers.actions import give_answer
from innovation.answers.drafts import AnswerDraft
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, NotFoundError, RuleBrokenError
from innovation.core.pagination import PAGE_SIZE
from innovation.core.permissions import Nobody, Person
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import move_visibility
from innovation.ideas.queries import visible_idea
from innovation.ideas.timeline import Kind
from innovation.moderation.cases import last_entry
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from innovation.operating_models.cases import list_spreads, spread_row, told_by
from innovation.operating_models.drafts import UseDraft
from innovation.operating_models.models import AnsweredModel, OperatingModel, Spread
from innovation.operating_models.parts import add_use
from innovation.operating_models.spreading import move_spread, tell_fit
from innovation.programme.queries import snapshot
from tests.conftest import Unit
from tests.operating_models.writing import SYSTEM, model
from tests.real.counting import questions
from tests.real.ideas import idea
from tests.real.people import person, sign_in, signed_in

KEY = "KXR7-4MTP-9H2D"


def home(slug: str = "ikaihmiset") -> int:
    return snapshot().sub_project_by_slug[slug].id


def answered(author: Person | None = None, slug: str = "ikaihmiset") -> tuple[Idea, OperatingModel]:
    """Give an idea whose answer names a model in use in Ii."""
    made = model(SYSTEM, published=True)
    add_use(
        SYSTEM, made, UseDraft("Kotihoito, Ii", "oulunkaari", clock.today(), "kh@posti.example")
    )
    row = visible_idea(SYSTEM, idea(author, primary_sub_project_id=home(slug), handling="routed"))
    _name(row, made)
    return row, made


def _name(row: Idea, made: OperatingModel) -> None:
    give_answer(SYSTEM, row, AnswerDraft("done_another_way", "On jo.", existing=str(made.id)))


def test_the_author_is_asked_and_no_begins_a_case_for_the_lead(writing: Unit) -> None:
    with writing():
        author, lead = person(), person(leads=(home(),))
        row, made = answered(author)
        assert told_by(author, row) == {made.id: None}
        assert told_by(person(), row) == {}
        tell_fit(author, row, made.id, "yes")
        assert not list_spreads(lead).items
        tell_fit(author, row, made.id, "wanted", "Meille Kuusamoon.")
        tell_fit(author, row, made.id, "wanted", "Meille Kuusamoon.")
        (case,) = list_spreads(lead).items
        assert (case.state, case.text) == ("open", "Meille Kuusamoon.")
        assert not list_spreads(person(leads=(home("hoitotakuu"),))).items
        assert len(list_spreads(person("coordinator")).items) == 1
        with pytest.raises(RuleBrokenError):
            move_spread(lead, case.id, "agreed", "", "open")
        move_spread(lead, case.id, "agreed", "Aloitamme keväällä.", "open")
        with pytest.raises(ConflictError):
            move_spread(lead, case.id, "done", "Valmis.", "open")  # the page was older
        with pytest.raises(ConflictError):
            tell_fit(author, row, made.id, "no")
        told = told_by(author, row)[made.id]
        assert told
        assert (told.state, told.note) == ("agreed", "Aloitamme keväällä.")
        move_spread(lead, case.id, "agreed", "Aloitamme keväällä.", "open")  # sent twice
        seen = spread_row(lead, case.id).seen
        move_spread(lead, case.id, "agreed", "Aloitamme toukokuussa.", seen)
        with pytest.raises(ConflictError):
            move_spread(lead, case.id, "agreed", "Emme aloita.", seen)  # it has another note now
        seen = spread_row(lead, case.id).seen
        move_spread(lead, case.id, "done", "Käytössä Kuusamossa.", seen)
        assert not list_spreads(lead).items
        assert len(list_spreads(lead, done=True).items) == 1


def test_the_author_of_a_merged_idea_is_asked_what_the_answer_to_the_other_named(
    writing: Unit,
) -> None:
    with writing():
        author = person()
        row, made = answered()
        own = visible_idea(SYSTEM, idea(author))
        own.merged_into_id = row.id
        assert told_by(author, own) == {made.id: None}
        tell_fit(author, own, made.id, "no")
        (case,) = list_spreads(person("coordinator")).items
        assert case.idea_id == own.id


def test_nobody_else_answers_and_nothing_wrong_is_kept(writing: Unit) -> None:
    with writing():
        author = person()
        row, made = answered(author)
        other = model(SYSTEM, published=True)
        with pytest.raises(ForbiddenError):
            tell_fit(person(), row, made.id, "no")
        with pytest.raises(NotFoundError):
            tell_fit(author, row, other.id, "no")
        for fit, text, field in (("", "", "fit"), ("no", "131052-308T", "text")):
            with pytest.raises(RuleBrokenError) as broken:
                tell_fit(author, row, made.id, fit, text)
            assert broken.value.field == field
        with pytest.raises(NotFoundError):
            move_spread(person(leads=(home("hoitotakuu"),)), 1, "done", "x", "open")
        assert db.session.scalar(select(Spread.id)) is None


def test_an_answer_names_only_what_is_published(writing: Unit) -> None:
    with writing():
        row = visible_idea(SYSTEM, idea(primary_sub_project_id=home(), handling="routed"))
        with pytest.raises(RuleBrokenError) as broken:
            _name(row, model(SYSTEM))
        assert broken.value.field == "existing"


def test_the_lead_chooses_the_model_in_the_form_of_the_answer(app: Flask, writing: Unit) -> None:
    with writing():
        made = model(SYSTEM, published=True)
        number = idea(primary_sub_project_id=home(), handling="routed")
        place, model_id, seen = home(), made.id, last_entry(number)
    desk, _who = signed_in(app, leads=(place,))
    assert "Kotikäynnin aikaikkuna" in desk.get(f"/ideas/{number}/answer").text
    sent = {"handling": "done_another_way", "text": "On jo.", "existing": str(model_id)}
    wrong = desk.post(f"/ideas/{number}/answer", data={**sent, "text": "", "seen": str(seen)})
    assert wrong.status_code == 422
    assert f'<option selected value="{model_id}">' in wrong.text
    assert desk.post(f"/ideas/{number}/answer", data={**sent, "seen": str(seen)}).status_code == 303
    with writing():
        assert db.session.scalar(select(AnsweredModel.model_id)) == model_id


def test_an_author_with_an_account_answers_on_the_page_of_the_idea(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        author = person()
        row, made = answered(author)
        number, model_id = row.id, made.id
    page = client.get(f"/ideas/{number}").text
    assert "kh@posti.example" in page
    assert f"/ideas/{number}/fit" not in page
    window = sign_in(app, app.test_client(), author)
    assert f"/ideas/{number}/fit" in window.get(f"/ideas/{number}").text
    sent = {"about": str(model_id), f"model-{model_id}-text": "Kuusamossa tarvitaan tätä."}
    wrong = window.post(f"/ideas/{number}/fit", data=sent)
    assert wrong.status_code == 422
    assert "Kuusamossa tarvitaan tätä." in wrong.text
    sent[f"model-{model_id}-fit"] = "no"
    assert window.post(f"/ideas/{number}/fit", data=sent).status_code == 303
    assert "Kuusamossa tarvitaan" in window.get(f"/ideas/{number}").text
    assert "Kuusamossa tarvitaan" not in client.get(f"/ideas/{number}").text
    lead, _who = signed_in(app, "moderator")
    listed = lead.get("/operating-models/spreads").text
    assert "Kuusamossa tarvitaan tätä." in listed


def test_a_nameless_author_answers_with_the_tracking_key(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        given = submit_idea(
            Nobody(), IdeaDraft(text="Omaiset eivät tiedä käyntiaikaa."), receipt_key=KEY
        )
        row = visible_idea(SYSTEM, given.idea_id)
        move_visibility(SYSTEM, row, Visibility.PUBLIC, Kind.PUBLISHED)
        row.primary_sub_project_id, row.handling = home(), "routed"
        made = model(SYSTEM, published=True)
        _name(row, made)
        model_id, place = made.id, home()
    assert f"/seuraa/{KEY}/fit" in client.get(f"/seuraa/{KEY}").text
    sent = {"about": str(model_id), f"model-{model_id}-fit": "wanted"}
    assert client.post(f"/seuraa/{KEY}/fit", data=sent).status_code == 303
    assert client.post("/seuraa/AAAA-BBBB-CCCC/fit", data=sent).status_code == 404
    desk, _who = signed_in(app, leads=(place,))
    with writing():
        number = db.session.scalars(select(Spread.id)).one()
    said = {f"case-{number}-seen": "open", f"case-{number}-state": "agreed"}
    wrong = desk.post(f"/operating-models/spreads/{number}", data=said)
    assert wrong.status_code == 422
    said[f"case-{number}-note"] = "Otamme yhteyttä yksikköösi."
    assert desk.post(f"/operating-models/spreads/{number}", data=said).status_code == 303
    assert "Otamme yhteyttä yksikköösi." in client.get(f"/seuraa/{KEY}").text


def case_of(author: Person, state: str = "open") -> int:
    """Give a case in this state."""
    row, made = answered(author)
    tell_fit(author, row, made.id, "no")
    spread = db.session.scalars(select(Spread).where(Spread.idea_id == row.id)).one()
    spread.state, spread.note = state, "" if state == "open" else "Vanha sana."
    db.session.flush()
    return spread.id


def test_of_two_who_write_to_the_author_the_later_sees_both_texts(
    app: Flask, writing: Unit
) -> None:
    desk, _who = signed_in(app, "moderator")
    with writing():
        number = case_of(person(), "agreed")
    address, prefix = f"/operating-models/spreads/{number}", f"case-{number}-"
    sent = {f"{prefix}seen": "agreed", f"{prefix}state": "agreed"}
    first = desk.post(address, data={**sent, f"{prefix}note": "Yhden sana."})
    assert first.status_code == 303
    mine = {**sent, f"{prefix}note": "Toisen sana."}
    late = desk.post(address, data=mine)
    assert late.status_code == 409
    assert "Yhden sana." in late.text
    assert "Toisen sana." in late.text
    with writing():
        assert db.session.scalar(select(Spread.note)) == "Yhden sana."
        seen = spread_row(SYSTEM, number).seen
    assert f'value="{seen}"' in late.text
    assert desk.post(address, data={**mine, f"{prefix}seen": seen}).status_code == 303
    with writing():
        assert db.session.scalar(select(Spread.note)) == "Toisen sana."


@pytest.mark.parametrize("state", ["open", "done"])
def test_what_was_sent_stands_first_wherever_its_case_is(
    app: Flask, writing: Unit, state: str
) -> None:
    desk, _who = signed_in(app, "moderator")
    with writing():
        numbers = [case_of(person(), state) for _each in range(22)]
    last = numbers[-1]
    listed = desk.get(f"/operating-models/spreads?done={int(state == 'done')}").text
    assert listed.count('class="spread"') == PAGE_SIZE
    assert f'id="case-{last}"' not in listed  # it is on the next page
    prefix = f"case-{last}-"
    sent = {f"{prefix}{name}": state for name in ("seen", "state")}
    sent[f"{prefix}note"] = "Tunnus on 131052-308T."
    wrong = desk.post(f"/operating-models/spreads/{last}", data=sent)
    assert wrong.status_code == 422
    assert "Tunnus on 131052-308T." in wrong.text
    assert f'href="#{prefix}note"' in wrong.text
    assert wrong.text.index(f'id="case-{last}"') < wrong.text.index(f'id="case-{numbers[0]}"')


def test_an_answer_that_was_undone_leaves_no_case_in_the_list(writing: Unit) -> None:
    with writing():
        author, lead = person(), person("moderator", leads=(home(),))
        made = model(SYSTEM, published=True)
        row = visible_idea(SYSTEM, idea(author, primary_sub_project_id=home(), handling="routed"))
        own = AnswerDraft("done_another_way", "On jo.", existing=str(made.id))
        give_answer(lead, row, own)
        tell_fit(author, row, made.id, "wanted")
        (case,) = list_spreads(lead).items
        undo_decision(lead, db.session.scalars(select(Decision)).one())
        assert not list_spreads(lead).items
        with pytest.raises(NotFoundError):
            move_spread(lead, case.id, "done", "Valmis.", case.seen)


def test_the_list_of_cases_asks_no_more_for_many(
    app: Flask, database: Connection, writing: Unit
) -> None:
    desk, _who = signed_in(app, "moderator")

    def filled(count: int) -> int:
        with writing():
            for _each in range(count):
                author = person()
                row, made = answered(author)
                tell_fit(author, row, made.id, "no")
        return questions(database, lambda: desk.get("/operating-models/spreads"))

    assert filled(2) == filled(15)
