"""Sending an idea: what is taken in, what is refused at its field, and what never gets lost."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from innovation.core import events
from innovation.core.db import db
from innovation.core.errors import ForbiddenError, RuleBrokenError
from innovation.core.keys import hash_key
from innovation.core.permissions import Nobody, Role, System
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.events import IdeaMoved
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea, Receipt, TimelineEntry
from innovation.ideas.moves import move_visibility
from innovation.ideas.queries import visible_idea
from innovation.ideas.timeline import Kind
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from tests.conftest import Unit
from tests.real.ideas import idea, ripe_once
from tests.real.people import person, signed_in

TEXT = "Kotihoidon käyntiaika ei näy läheiselle missään. Äiti odotti aamusta asti."
CODE = "131052-308T"
SIGNS = "[2-9A-HJ-NP-Z]{4}"


def send(client: FlaskClient, app: Flask, **fields: str) -> TestResponse:
    form = {"text": TEXT, "language": "fi", "once": ripe_once(app), **fields}
    return client.post("/ideas", data=form)


def only_idea(reading: Unit) -> Idea:
    with reading():
        idea = db.session.scalars(select(Idea)).one()
        db.session.expunge(idea)
        return idea


def count_ideas(reading: Unit) -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(Idea)) or 0


def publish_at_once(writing: Unit) -> None:
    with writing():
        db.session.execute(update(Programme).values(publishing="known_authors"))
        touch()


def test_one_text_is_enough_and_the_nameless_author_gets_a_key(
    client: FlaskClient, app: Flask, reading: Unit
) -> None:
    answer = send(client, app)
    assert answer.status_code == 303
    key = re.fullmatch(
        r"/seuraa/([2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){2})\?new=1", answer.location
    )
    assert key
    idea = only_idea(reading)
    assert idea.title == "Kotihoidon käyntiaika ei näy läheiselle missään"
    assert (idea.visibility, idea.handling, idea.suspicious) == ("waiting", "new", False)
    with reading():
        stored = db.session.scalars(select(Receipt.key_hash)).one()
    assert stored == hash_key(key[1])


def test_every_optional_field_is_kept(client: FlaskClient, app: Flask, reading: Unit) -> None:
    send(
        client,
        app,
        what_helps="Kellonaika näkyviin.",
        title="Aika näkyviin",
        municipality="pudasjarvi",
        unit="Kotihoito",
        show_place="y",
        capacity="laheinen",
        name="Tytär",
        language="sv",
    )
    idea = only_idea(reading)
    assert (idea.title, idea.unit, idea.capacity) == ("Aika näkyviin", "Kotihoito", "laheinen")
    assert (idea.language, idea.show_place) == ("sv", True)
    assert idea.area_id is not None
    with reading():
        assert db.session.scalars(select(Authorship.name)).one() == "Tytär"


def test_a_form_that_arrives_twice_makes_one_idea_and_leads_to_the_same_page(
    client: FlaskClient, app: Flask, reading: Unit
) -> None:
    once = ripe_once(app)
    first, second = (send(client, app, once=once) for _ in range(2))
    assert first.location == second.location
    assert count_ideas(reading) == 1
    assert client.get(second.location).status_code == 200


def test_going_back_to_write_something_else_makes_another_idea(
    client: FlaskClient, app: Flask, reading: Unit
) -> None:
    once = ripe_once(app)
    first = send(client, app, once=once)
    second = send(client, app, once=once, text="Ensi kerran muistutus tulisi tekstiviestinä.")
    assert first.location != second.location
    assert count_ideas(reading) == 2


@pytest.mark.parametrize(
    "doubt",
    [
        {"once": ""},
        {"once": "0" * 32 + ".1.forged"},
        {"website": "http://spam.example"},
        {"hasty": "1"},
    ],
)
def test_doubt_never_refuses_but_makes_the_text_wait(
    app: Flask, writing: Unit, reading: Unit, doubt: dict[str, str]
) -> None:
    publish_at_once(writing)
    staff, _ = signed_in(app, Role.STAFF)
    if doubt.pop("hasty", ""):
        doubt = {"once": ripe_once(app, 0)}
    assert send(staff, app, **doubt).status_code == 303
    idea = only_idea(reading)
    assert (idea.visibility, idea.suspicious) == ("waiting", True)


def test_more_than_thirty_in_an_hour_wait_as_suspicious(
    client: FlaskClient, app: Flask, reading: Unit
) -> None:
    for number in range(31):
        assert send(client, app, text=f"{TEXT} Kerta {number}.").status_code == 303
    with reading():
        doubted = db.session.scalars(select(Idea.suspicious).order_by(Idea.id)).all()
    assert doubted == [False] * 30 + [True]


@pytest.mark.parametrize(
    ("rule", "role", "visibility"),
    [
        ("everything_first", Role.STAFF, "waiting"),
        ("everything_first", Role.MODERATOR, "public"),
        ("known_authors", Role.STAFF, "public"),
        ("known_authors", None, "waiting"),
    ],
)
def test_whose_text_is_public_at_once_is_the_programmes_rule(
    app: Flask, writing: Unit, reading: Unit, rule: str, role: Role | None, visibility: str
) -> None:
    with writing():
        db.session.execute(update(Programme).values(publishing=rule))
        touch()
    author, _ = signed_in(app, *([role] if role else []))
    answer = send(author, app)
    idea = only_idea(reading)
    assert idea.visibility == visibility
    assert answer.location == f"/ideas/{idea.id}/sent"
    assert author.get(answer.location).status_code == 200


def test_staff_write_for_the_staff_alone(client: FlaskClient, app: Flask, reading: Unit) -> None:
    staff, _ = signed_in(app, Role.STAFF)
    assert b'name="staff_only"' in staff.get("/ideas/new").data
    assert b'name="staff_only"' not in client.get("/ideas/new").data
    send(staff, app, staff_only="y")
    idea = only_idea(reading)
    assert idea.visibility == "staff_only"
    assert client.get(f"/ideas/{idea.id}").status_code == 404


@pytest.mark.parametrize("staff_only", [False, True])
def test_an_own_text_is_shown_by_a_move_like_any_other(writing: Unit, staff_only: bool) -> None:
    told: list[IdeaMoved] = []
    with writing(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(events._inside, IdeaMoved, [told.append])
        made = submit_idea(person(Role.STAFF), IdeaDraft(text=TEXT, staff_only=staff_only))
        entry = db.session.scalars(
            select(TimelineEntry).where(TimelineEntry.visibility_from == "draft")
        ).one()
        place = "staff_only" if staff_only else "public"
        assert (entry.kind, entry.visibility_to) == ("published", place)
        assert told == [IdeaMoved(made.idea_id, entry.id)]
        assert db.session.get_one(Idea, made.idea_id).published_at


def test_only_its_author_shows_a_draft(writing: Unit) -> None:
    with writing():
        own = idea_row(Visibility.DRAFT)
        with pytest.raises(ForbiddenError):
            move_visibility(person(Role.STAFF), own, Visibility.PUBLIC, Kind.PUBLISHED)


def idea_row(visibility: Visibility) -> Idea:
    return visible_idea(System("test"), idea(visibility=visibility))


def test_others_cannot_choose_the_staff_alone_and_keep_their_text(
    client: FlaskClient, app: Flask, reading: Unit
) -> None:
    answer = send(client, app, staff_only="y")
    assert answer.status_code == 422
    assert TEXT in answer.text
    assert count_ideas(reading) == 0


@pytest.mark.parametrize("text", ["", "  \n ", "🙂🙂🙂", "\u202e\u200b", "...", "\x00\x07"])
def test_a_text_without_words_is_an_error_at_its_field(
    client: FlaskClient, app: Flask, reading: Unit, text: str
) -> None:
    answer = send(client, app, text=text)
    assert answer.status_code == 422
    assert 'id="text-error"' in answer.text
    assert 'href="#text"' in answer.text
    assert count_ideas(reading) == 0


def test_what_is_too_long_is_kept_and_told_at_every_field(client: FlaskClient, app: Flask) -> None:
    long = "Pitkä juttu kotihoidosta. " * 200
    answer = send(client, app, text=long, title="o" * 81, name="n" * 121)
    assert answer.status_code == 422
    assert long.strip() in answer.text
    assert all(f'id="{field}-error"' in answer.text for field in ("text", "title", "name"))
    assert answer.text.count("<details") == answer.text.count('<details class="menu">') + 4


@pytest.mark.parametrize("field", ["text", "what_helps", "title", "unit", "name"])
def test_an_identity_code_is_refused_at_its_field(
    client: FlaskClient, app: Flask, reading: Unit, caplog: pytest.LogCaptureFixture, field: str
) -> None:
    answer = send(client, app, **{field: f"Isäni {CODE} odotti tunnin."})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert CODE in answer.text, "the text is kept for its author to correct"
    assert CODE not in caplog.text
    assert count_ideas(reading) == 0


def test_markup_is_shown_as_it_was_written(client: FlaskClient, app: Flask) -> None:
    written = '<script>alert(1)</script> "Lomake" & <b>liite</b> puuttuu.'
    page = client.get(send(client, app, text=written).location)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


def test_directions_and_controls_are_left_out_of_the_text(
    client: FlaskClient, app: Flask, reading: Unit
) -> None:
    send(client, app, text="Vastaan\u202eotto\u0000 on\u200b auki.\r\nVain\tarkisin.")
    assert only_idea(reading).text == "Vastaanotto on auki.\nVain arkisin."


def test_unknown_choices_are_errors_and_never_faults(client: FlaskClient, app: Flask) -> None:
    answer = send(client, app, area="x", municipality="x", capacity="x", language="xx")
    assert answer.status_code == 422
    for field in ("area", "municipality", "capacity", "language"):
        assert f'id="{field}-error"' in answer.text


def test_an_expired_session_keeps_the_text_and_sends_nameless_next_time(
    client: FlaskClient, app: Flask, reading: Unit
) -> None:
    answer = send(client, app, signed_in="Maija Mallikas", name="Maija Mallikas")
    assert answer.status_code == 422
    assert TEXT in answer.text
    assert "Mallikas" not in answer.text, "the account's name goes with the account"
    assert "/sign-in?next=" in answer.text
    assert 'name="signed_in"' not in answer.text
    assert count_ideas(reading) == 0
    assert "/seuraa/" in send(client, app).location


def test_the_box_of_another_page_opens_the_form_with_its_text_and_changes_nothing(
    client: FlaskClient, reading: Unit
) -> None:
    page = client.post("/ideas/new", data={"text": "Ovi ei\u202e aukea <pyörätuolilla>"})
    assert page.status_code == 200
    assert "Ovi ei aukea &lt;pyörätuolilla&gt;</textarea>" in page.text
    assert count_ideas(reading) == 0


def test_search_words_come_along_to_the_form(client: FlaskClient) -> None:
    assert "etävastaanotto</textarea>" in client.get("/ideas/new?text=et%C3%A4vastaanotto").text


def test_only_the_author_is_thanked(app: Flask, reading: Unit) -> None:
    author, _ = signed_in(app)
    other, _ = signed_in(app, Role.MODERATOR)
    place = send(author, app).location
    assert author.get(place).status_code == 200
    assert other.get(place).status_code == 404


def test_the_action_refuses_by_itself_whoever_calls_it(writing: Unit) -> None:
    with writing(), pytest.raises(RuleBrokenError) as broken:
        submit_idea(Nobody(), IdeaDraft(text="🙂"))
    assert broken.value.field == "text"


def test_references_run_without_gaps_even_when_some_are_refused(
    writing: Unit, reading: Unit, visitor: Callable[[], FlaskClient], app: Flask
) -> None:
    send(visitor(), app)
    send(visitor(), app, text="")
    with writing():
        submit_idea(person(), IdeaDraft(text="Toinen idea tulee perään."))
    with reading():
        references = db.session.scalars(select(Idea.reference).order_by(Idea.id)).all()
    numbers = [int(reference.rpartition("-")[2]) for reference in references]
    assert numbers[1] == numbers[0] + 1


@pytest.mark.parametrize("way", ["box", "address"])
def test_a_long_text_from_another_page_comes_whole_and_the_form_says_how_much_is_too_long(
    client: FlaskClient, app: Flask, way: str
) -> None:
    long = ("Pitkä juttu kotihoidosta. " * 336).strip()
    if way == "box":
        page = client.post("/ideas/new", data={"text": long})
    else:
        page = client.get("/ideas/new", query_string={"text": long})
    assert long in page.text
    answer = send(client, app, text=long)
    assert answer.status_code == 422
    assert f"{len(long) - 5000}" in answer.text.split('id="text-error"')[1].split("</p>")[0]


def test_any_language_is_welcome(client: FlaskClient, app: Flask, reading: Unit) -> None:
    page = client.get("/ideas/new?lang=en").text
    assert "You may write in any language." in page
    assert '<option value="und">Another language</option>' in page
    answer = send(client, app, text="Уколы делают в другом доме.", language="und")
    assert answer.status_code == 303
    assert only_idea(reading).language == "und"
    assert 'lang="und"' in client.get(answer.location).text
