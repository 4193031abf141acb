"""What the text check marks waits, whoever writes it, and its writer is told before it is sent."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from innovation.accounts.models import Account
from innovation.comments.actions import CommentDraft, hide_comment, post_comment
from innovation.core import clock, events
from innovation.core.db import db
from innovation.core.errors import ConflictError
from innovation.core.permissions import Actor, Nobody, Person, Role, System
from innovation.ideas.actions import Edited, IdeaDraft, apply_revision, edit_idea, submit_idea
from innovation.ideas.events import UrgentReceived
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea, Revision, TimelineEntry
from innovation.ideas.moves import move_visibility
from innovation.ideas.publishing import public_at_once
from innovation.ideas.queries import visible_idea
from innovation.ideas.risks import Risk
from innovation.ideas.timeline import Kind
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from tests.conftest import Unit
from tests.real.forms import fields_of
from tests.real.ideas import idea, ripe_once
from tests.real.people import person, signed_in

CLEAN = "Ajanvarauksen kuittaus ei kerro, mihin kerrokseen pitää tulla."
NURSE = "Hoitaja Maija Virtanen sanoi, että lomake on väärä."
CARE = "Äidilläni todettiin muistisairaus, eikä kukaan kertonut mihin soittaa."
DANGER = "En jaksa enää, haluan kuolla."
KEY = "Lääkehuoneen avain on kukkaruukun alla."


def rule(publishing: str) -> None:
    db.session.execute(update(Programme).values(publishing=publishing))
    touch()


def sent(who: Actor, text: str, **facts: object) -> Idea:
    made = submit_idea(who, IdeaDraft(text=text, **facts))  # type: ignore[arg-type]
    return db.session.get_one(Idea, made.idea_id)


def known_resident(*, hidden: bool = False, confirmed: bool = True) -> Person:
    who = person()
    if confirmed:
        db.session.get_one(Account, who.id).email_confirmed_at = clock.now()
    idea(who, indexable=True)
    if hidden:
        row = visible_idea(System("test"), idea(who))
        move_visibility(System("test"), row, Visibility.HIDDEN, Kind.HIDDEN, rule="honour")
    db.session.flush()
    return who


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        (CLEAN, Risk.NONE),
        ("Katso ohje: www.esimerkki.fi ja tee samoin.", Risk.DOUBT),
        ("Teen muistutuksen hoidostani, koska minua ei kuunneltu.", Risk.DOUBT),
        ("The booking does not say which floor to go to in the building.", Risk.DOUBT),
        (NURSE, Risk.PERSONAL),
        (CARE, Risk.SENSITIVE),
        (KEY, Risk.SENSITIVE),
        (DANGER, Risk.URGENT),
    ],
)
@pytest.mark.parametrize("role", [Role.STAFF, Role.MODERATOR])
def test_what_is_marked_waits_whoever_writes_it(
    writing: Unit, text: str, risk: Risk, role: Role
) -> None:
    with writing():
        rule("clean_at_once")
        row = sent(person(role), text)
        assert (row.visibility == "public", row.risk) == (risk is Risk.NONE, risk)


@pytest.mark.parametrize("field", ["what_helps", "title", "unit"])
def test_every_field_that_others_read_counts(writing: Unit, field: str) -> None:
    with writing():
        row = sent(person(Role.STAFF), CLEAN, **{field: "Soita 040 123 4567"})
        assert (row.visibility, row.risk) == ("waiting", Risk.PERSONAL)


def test_a_name_of_ones_own_is_no_mark(writing: Unit) -> None:
    with writing():
        assert sent(person(Role.STAFF), CLEAN, name="Maija Virtanen").visibility == "public"


def test_known_residents_publish_clean_texts_under_that_rule_alone(writing: Unit) -> None:
    with writing():
        good, other, bad = known_resident(), person(), known_resident(hidden=True)
        unsure = known_resident(confirmed=False)
        for publishing, public in (("known_authors", False), ("clean_at_once", True)):
            rule(publishing)
            assert public_at_once(good) is public
            assert not any(map(public_at_once, (other, bad, unsure)))
        assert sent(good, CLEAN).visibility == "public"
        assert sent(good, NURSE).visibility == "waiting"


def test_a_hidden_comment_counts_against_its_writer(writing: Unit) -> None:
    with writing():
        rule("clean_at_once")
        who = known_resident()
        said = post_comment(who, visible_idea(who, idea()), CommentDraft("Meillä on sama tarve."))
        assert said.visibility == "public"
        hide_comment(person(Role.MODERATOR), said, "honour", "Sääntö.")
        assert not public_at_once(who)


def test_an_accepted_clean_edit_lowers_the_risk_and_a_marked_one_waits(writing: Unit) -> None:
    with writing():
        author = person(Role.STAFF)
        row = visible_idea(author, sent(author, CLEAN).id)
        assert edit_idea(author, row, IdeaDraft(NURSE)) is Edited.WAITS
        assert (row.text, row.risk) == (CLEAN, Risk.NONE)
        waits = db.session.scalars(select(Revision).where(Revision.state == "waiting")).one()
        assert waits.risk == Risk.PERSONAL
        apply_revision(row, waits)
        assert (row.text, row.risk) == (NURSE, Risk.PERSONAL)
        assert edit_idea(author, row, IdeaDraft(CLEAN)) is Edited.SHOWN
        assert row.risk == Risk.NONE


def test_danger_is_never_shown_by_any_road_and_moderators_are_told(writing: Unit) -> None:
    told: list[UrgentReceived] = []
    with writing(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(events._inside, UrgentReceived, [told.append])
        author = person(Role.MODERATOR)
        row = visible_idea(author, sent(author, DANGER).id)
        assert told == [UrgentReceived(row.id)]
        for target in (Visibility.PUBLIC, Visibility.STAFF_ONLY):
            with pytest.raises(ConflictError):
                move_visibility(System("test"), row, target, Kind.PUBLISHED)
        edit_idea(author, row, IdeaDraft(CLEAN))
        assert (row.visibility, row.risk) == ("waiting", Risk.URGENT), "only a moderator lowers it"
        shown = visible_idea(author, sent(author, CLEAN).id)
        assert edit_idea(author, shown, IdeaDraft(DANGER)) is Edited.WAITS
        assert told[1:] == [UrgentReceived(shown.id)]
        waits = db.session.scalars(select(Revision).where(Revision.state == "waiting")).one()
        with pytest.raises(ConflictError):
            apply_revision(shown, waits)


def test_the_staff_tell_one_another_of_keys_but_not_of_patients(writing: Unit) -> None:
    with writing():
        who = person(Role.STAFF)
        assert sent(who, KEY, staff_only=True).visibility == "staff_only"
        waits = sent(who, CARE, staff_only=True)
        assert waits.visibility == "waiting"
        wished = select(TimelineEntry.public).where(
            TimelineEntry.idea_id == waits.id, TimelineEntry.visibility_to == "staff_only"
        )
        assert db.session.scalars(wished).all() == [False], "moderators read whom it was meant for"


def send(client: FlaskClient, app: Flask, text: str, **fields: str) -> TestResponse:
    return client.post("/ideas", data={"text": text, "once": ripe_once(app), **fields})


def again(client: FlaskClient, page: str, **fields: str) -> TestResponse:
    return client.post("/ideas", data={**fields_of(page), **fields})


def how_many(reading: Unit) -> int:
    with reading():
        return len(db.session.scalars(select(Idea.id)).all())


def test_the_form_comes_back_once_with_the_places_and_nothing_is_lost(
    client: FlaskClient, app: Flask, reading: Unit
) -> None:
    page = send(client, app, NURSE, unit="Terveysasema", capacity="laheinen").text
    assert how_many(reading) == 0
    assert "<mark>Hoitaja Maija Virtanen</mark>" in page
    assert f"{NURSE}</textarea>" in page
    assert 'value="Terveysasema"' in page
    answer = again(client, page)
    assert answer.status_code == 303
    assert how_many(reading) == 1


def test_a_new_mark_is_shown_once_more(client: FlaskClient, app: Flask, reading: Unit) -> None:
    page = send(client, app, NURSE).text
    answer = again(client, page, text=f"{NURSE} Soita 040 123 4567.")
    assert answer.status_code == 422
    assert "<mark>040 123 4567</mark>" in answer.text
    assert again(client, answer.text, text=CLEAN).status_code == 303


def test_a_button_puts_the_neutral_words_in_without_script(
    client: FlaskClient, app: Flask, reading: Unit
) -> None:
    page = send(client, app, f"{NURSE} Soita 040 123 4567.").text
    person_mark, phone_mark = re.findall(r'name="replace"\s+value="([^"]+)"', page)
    page = again(client, page, replace=person_mark).text
    assert "Hoitaja sanoi, että lomake on väärä. Soita 040 123 4567.</textarea>" in page
    page = again(client, page, replace=phone_mark).text
    assert "Hoitaja sanoi, että lomake on väärä. Soita.</textarea>" in page
    assert how_many(reading) == 0
    assert again(client, page).status_code == 303


def test_danger_shows_the_numbers_and_is_never_sent_by_the_first_press(
    client: FlaskClient, app: Flask, reading: Unit
) -> None:
    beside = client.post("/ideas/check", data={"text": DANGER}, headers={"X-Partial": "1"}).text
    noticed = re.search(r'name="noticed" value="([^"]*)"', beside)
    assert noticed
    page = send(client, app, DANGER, noticed=noticed[1]).text
    assert how_many(reading) == 0
    for number in ('href="tel:112"', 'href="tel:116117"', 'href="tel:0925250111"'):
        assert number in page.split("<footer")[0]
    assert "arkisin" in page
    assert again(client, page).status_code == 303
    with reading():
        row = db.session.scalars(select(Idea)).one()
        assert (row.visibility, row.risk) == ("waiting", Risk.URGENT)


def test_whoever_saw_the_marks_while_writing_presses_once(
    client: FlaskClient, app: Flask, reading: Unit
) -> None:
    beside = client.post("/ideas/check", data={"text": NURSE}, headers={"X-Partial": "1"})
    assert "<mark>Hoitaja Maija Virtanen</mark>" in beside.text
    assert how_many(reading) == 0
    noticed = re.search(r'name="noticed" value="([^"]*)"', beside.text)
    assert noticed
    assert send(client, app, NURSE, noticed=noticed[1]).status_code == 303
    assert send(client, app, NURSE, noticed="väärä merkki").status_code == 422


@pytest.mark.parametrize(
    ("capacity", "named", "silent"),
    [
        ("henkilosto", "Vaara\u00adtapahtuma\u00adilmoitus", "Vaara\u00adtilanne hoidossa"),
        ("laheinen", "Vaara\u00adtilanne hoidossa", "Vaara\u00adtapahtuma\u00adilmoitus"),
    ],
)
def test_the_right_place_is_named_to_those_who_can_use_it(
    client: FlaskClient, app: Flask, capacity: str, named: str, silent: str
) -> None:
    told = "Annoin vuorossani lääkkeen väärälle potilaalle."
    page = send(client, app, told, capacity=capacity).text
    advice = page.split('id="advice"')[1].split("</section>")[0]
    assert named in advice
    assert silent not in advice


def test_nothing_of_a_marked_text_is_logged(
    client: FlaskClient, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    again(client, send(client, app, NURSE).text)
    assert "Virtanen" not in caplog.text


def test_changing_ones_own_idea_asks_in_the_same_way(app: Flask, writing: Unit) -> None:
    author, who = signed_in(app)
    with writing():
        number = idea(who, Visibility.WAITING)
    data = {"text": NURSE, "once": ripe_once(app)}
    page = author.post(f"/ideas/{number}/edit", data=data)
    assert page.status_code == 422
    assert "<mark>Hoitaja Maija Virtanen</mark>" in page.text
    answer = author.post(f"/ideas/{number}/edit", data=fields_of(page.text))
    assert answer.status_code == 303
    stranger, _ = signed_in(app)
    with writing():
        other = idea()
    assert stranger.post(f"/ideas/{other}/edit", data=data).status_code == 403


def test_a_receipt_holder_is_asked_too(client: FlaskClient, app: Flask) -> None:
    place = send(client, app, CLEAN).location.partition("?")[0]
    page = client.post(f"{place}/edit", data={"text": NURSE, "once": ripe_once(app)})
    assert page.status_code == 422
    answer = client.post(f"{place}/edit", data=fields_of(page.text))
    assert answer.status_code == 303


def test_an_author_without_an_account_writes_marked_texts_too(writing: Unit) -> None:
    with writing():
        assert sent(Nobody(), CARE).risk == Risk.SENSITIVE
