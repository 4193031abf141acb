"""The desk of those who answer: whose ideas, which are due, and taking back an answer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.answers.actions import give_answer
from innovation.answers.drafts import AnswerDraft
from innovation.answers.listing import DeskFilter, desk, overdue_for_lead, strip, week_ends
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Person, System
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.moderation.models import Decision
from innovation.programme.actions import touch
from innovation.programme.models import Contact, SubProject
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.ideas import idea
from tests.real.people import person, signed_in

TODAY = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)  # a Wednesday


def home(slug: str = "ikaihmiset") -> int:
    return snapshot().sub_project_by_slug[slug].id


def lead(slug: str = "ikaihmiset") -> Person:
    return person(leads=(home(slug),))


def routed(slug: str = "ikaihmiset", **facts: object) -> Idea:
    """Give a public idea of this sub-project with these facts."""
    row = visible_idea(System("test"), idea())
    route_idea(System("test"), row, home(slug), [])
    for name, value in facts.items():
        setattr(row, name, value)
    db.session.flush()
    return row


def given(**changes: object) -> AnswerDraft:
    facts: dict[str, object] = {
        "handling": "going_forward",
        "text": "Otamme tämän käyttöön.",
        "step": "Sovimme yksikön kanssa.",
        "step_on": clock.today() + timedelta(days=20),
    }
    return AnswerDraft(**{**facts, **changes})  # type: ignore[arg-type]


def groups(who: Person, **wanted: object) -> dict[str, list[int]]:
    """Give the numbers on the desk by group."""
    found = desk(who, DeskFilter(**wanted))  # type: ignore[arg-type]
    return {name: [one.row.number for one in rows] for name, rows in found.rows.items() if rows}


def test_a_lead_sees_the_ideas_of_their_own_sub_projects(writing: Unit) -> None:
    with writing():
        mine, other = routed(), routed("hoitotakuu")
        hidden = routed(visibility=Visibility.HIDDEN)
        staff = routed(visibility=Visibility.STAFF_ONLY)
        shown = {one for some in groups(lead()).values() for one in some}
        assert {mine.id, staff.id} <= shown
        assert not {other.id, hidden.id} & shown
        for role in ("coordinator", "moderator", "administrator"):
            assert other.id in groups(person(role), sub_project="hoitotakuu")["new"]
            assert mine.id not in groups(person(role), sub_project="hoitotakuu")["new"]


def test_each_idea_stands_in_the_group_of_what_is_promised(writing: Unit) -> None:
    def on(day: int) -> date:
        return date(2026, 11, day)

    with writing(), clock.frozen_at(TODAY):
        facts: dict[str, dict[str, object]] = {
            "worst": {"first_answer_by": on(3)},
            "late": {"first_answer_by": on(10)},
            "late step": {"handling": "going_forward", "answered_at": TODAY, "next_step_on": on(9)},
            "today": {"first_answer_by": on(11)},
            "sunday": {"first_answer_by": on(15)},
            "monday": {"first_answer_by": on(16)},
            "asked": {"first_answer_by": on(12), "asked_at": TODAY - timedelta(days=1)},
            "asked too long ago": {"asked_at": TODAY - timedelta(days=15)},
            "on hold": {"handling": "on_hold", "answered_at": TODAY, "next_step_on": on(29)},
            "hold ends": {"handling": "on_hold", "answered_at": TODAY, "next_step_on": on(13)},
            "passed": {"handling": "passed_on", "answered_at": TODAY},
            "going": {"handling": "going_forward", "answered_at": TODAY, "next_step_on": on(29)},
            "done": {"handling": "in_use", "answered_at": TODAY},
        }
        name = {routed("hoitotakuu", **facts[one]).id: one for one in facts}
        who = lead("hoitotakuu")
        shown = {group: [name[one] for one in some] for group, some in groups(who).items()}
        assert shown == {
            "overdue": ["worst", "late step", "late"],
            "week": ["today", "hold ends", "sunday"],
            "new": ["monday", "asked too long ago"],
            "waiting": ["asked", "on hold", "passed"],
        }
        assert overdue_for_lead(who) == 3
        assert overdue_for_lead(person("moderator")) == 0
        whole = desk(who, DeskFilter())
        assert (whole.counts["later"], whole.finished, whole.total) == (1, 1, 12)
        assert [name[one] for one in groups(who, group="later")["later"]] == ["going"]


@pytest.mark.parametrize(
    ("day", "sunday"), [(13, 15), (14, 22), (15, 22), (16, 22)]
)  # from Friday to Monday
def test_at_a_weekend_the_next_week_counts(day: int, sunday: int) -> None:
    assert week_ends(date(2026, 11, day)) == date(2026, 11, sunday)


def test_the_desk_is_narrowed_by_area_and_contact(writing: Unit) -> None:
    with writing():
        areas = snapshot().area_by_slug
        for area, name in ((None, "Kaikkialla"), (areas["oulu"].id, "Oulussa")):
            db.session.add(Contact(sub_project_id=home("hoitotakuu"), area_id=area, name=name))
        db.session.flush()
        oulu = routed("hoitotakuu", area_id=areas["oulu"].id)
        lakeus = routed("hoitotakuu", area_id=areas["lakeus"].id)
        nowhere = routed("hoitotakuu", area_id=None)
        who = lead("hoitotakuu")
        whole = desk(who, DeskFilter())
        names = {one.row.number: one.contact for some in whole.rows.values() for one in some}
        assert names == {oulu.id: "Oulussa", lakeus.id: "Kaikkialla", nowhere.id: "Kaikkialla"}
        assert [name for _number, name in whole.contacts] == ["Kaikkialla", "Oulussa"]
        everywhere = whole.contacts[0][0]
        assert groups(who, area="lakeus") == {"new": [lakeus.id]}
        assert groups(who, contact=everywhere) == {"new": [lakeus.id, nowhere.id]}


def test_the_page_says_what_is_due_and_where_to_answer(app: Flask, writing: Unit) -> None:
    with writing():
        row = routed(first_answer_by=clock.today() - timedelta(days=3))
        here, number = home(), row.id
    client, _who = signed_in(app, leads=(here,))
    page = client.get("/answers").text
    assert "Vastaus on 3 päivää myöhässä" in page
    assert f"/ideas/{number}/answer" in page
    assert 'name="area"' in page
    assert client.get("/answers?group=overdue&area=oulu&contact=x&page=99").status_code == 200


def test_an_empty_desk_is_kind(app: Flask, writing: Unit) -> None:
    with writing():
        here = home("ot-keskus")
    client, _who = signed_in(app, leads=(here,))
    assert "Mikään ei ole myöhässä" in client.get("/answers").text
    assert client.get("/answers/many").status_code == 200


def test_staff_and_visitors_have_no_desk(app: Flask, client: FlaskClient) -> None:
    staff, _who = signed_in(app, "staff")
    assert staff.get("/answers").status_code == 403
    assert client.get("/answers").status_code == 303


def test_the_desk_costs_the_same_for_many(app: Flask, database: Connection, writing: Unit) -> None:
    with writing():
        here = home("hoitotakuu")
        routed("hoitotakuu")
        routed("hoitotakuu", handling="on_hold")
    client, _who = signed_in(app, leads=(here,))

    def asked(address: str) -> int:
        return questions(database, lambda: client.get(address))

    places = ("/answers", "/answers?group=new", "/answers/many", "/sub-projects/hoitotakuu")
    few = [asked(place) for place in places]
    with writing():
        for at in range(17):
            late = clock.today() - timedelta(days=at)
            routed("hoitotakuu", first_answer_by=late, handling="on_hold" if at % 3 else "routed")
    assert [asked(place) for place in places] == few


def test_a_closed_sub_project_is_told_to_its_lead(app: Flask, writing: Unit) -> None:
    with writing():
        here = home("sote-ict")
        routed("sote-ict")
        db.session.get_one(SubProject, here).closed_at = clock.now()
        touch()
    client, _who = signed_in(app, leads=(here,))
    assert "until then a coordinator answers them" in client.get("/answers?lang=en").text


def test_the_strip_is_for_those_who_answer_there(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        routed(first_answer_by=clock.today() - timedelta(days=2))
        here, other = home(), home("hoitotakuu")
        found = strip(lead(), here)
        assert found
        assert found.counts["overdue"] == len(found.rows["overdue"]) == 1
        assert strip(lead("hoitotakuu"), here) is None
    mark, address = 'class="strip"', "/sub-projects/ikaihmiset"
    assert mark not in client.get(address).text
    for one in (signed_in(app, leads=(other,)), signed_in(app, "staff")):
        assert mark not in one[0].get(address).text
    for one in (signed_in(app, leads=(here,)), signed_in(app, "moderator")):
        assert mark in one[0].get(address).text


def test_an_answer_leads_back_to_the_desk_and_is_undone_there(app: Flask, writing: Unit) -> None:
    with writing():
        row = routed()
        here, number = home(), row.id
    client, who = signed_in(app, leads=(here,))
    seen = _seen(client.get(f"/ideas/{number}/answer").text)
    sent = {
        "handling": "not_going_forward",
        "text": "Tähän ei ole nyt varaa.",
        "seen": seen,
    }
    done = client.post(f"/ideas/{number}/answer", data=sent)
    assert done.headers["Location"] == "/answers"
    assert "Kumoa" in client.get("/answers").text
    with writing():
        decision = db.session.scalar(select(Decision.id).where(Decision.person_id == who.id))
    other, _other = signed_in(app, leads=(here,))
    other.post("/answers/undo", data={"one": str(decision)})
    with writing():
        assert db.session.get_one(Idea, number).handling == Handling.NOT_GOING_FORWARD
    assert client.post("/answers/undo", data={"one": str(decision)}).status_code == 303
    with writing():
        assert db.session.get_one(Idea, number).handling == Handling.ROUTED
    assert "Kumoa" not in client.get("/answers").text
    assert client.post("/answers/undo", data={"one": "x"}).status_code == 303


def test_after_ten_minutes_the_answer_stays(app: Flask, writing: Unit) -> None:
    with writing():
        here, row = home(), routed()
        number = row.id
    client, who = signed_in(app, leads=(here,))
    with writing(), clock.frozen_at(clock.now() - timedelta(minutes=11)):
        give_answer(who, visible_idea(who, number), given())
        decision = db.session.scalar(select(Decision.id).where(Decision.person_id == who.id))
    client.post("/answers/undo", data={"one": str(decision)})
    assert "Kymmenen minuuttia" in client.get("/answers").text
    with writing():
        assert db.session.get_one(Idea, number).handling == Handling.GOING_FORWARD


def test_moderators_undo_answers_on_their_own_page_too(app: Flask, writing: Unit) -> None:
    with writing():
        number = routed().id
    client, who = signed_in(app, "moderator")
    with writing():
        give_answer(who, visible_idea(who, number), given())
        decision = db.session.scalar(select(Decision.id).where(Decision.person_id == who.id))
    assert f'value="{decision}"' in client.get("/moderation/undo").text
    assert client.post("/moderation/undo", data={"one": str(decision)}).status_code == 303
    with writing():
        assert db.session.get_one(Idea, number).handling == Handling.ROUTED


def _seen(page: str) -> str:
    start = page.index('name="seen"')
    return page[start:].split('value="', 1)[1].split('"', 1)[0]
