"""The re-route pile: what a sub-project leaves behind that closes or gets a successor."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Person, System
from innovation.ideas.lifecycle import Handling
from innovation.ideas.queries import visible_idea
from innovation.moderation.piles import piles, successor_of
from innovation.moderation.queries import queue
from innovation.programme import queries
from innovation.programme.models import Programme, SubProject
from innovation.routing.actions import route_idea
from innovation.routing.models import Routing
from innovation.routing.queries import current_routing
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import signed_in

Desk = tuple[FlaskClient, Person]


@pytest.fixture
def desk(app: Flask, database: Connection) -> Desk:
    return signed_in(app, "moderator")


def texts(answer: object) -> str:
    return unescape(answer.get_data(as_text=True))  # type: ignore[attr-defined]


def ids(*slugs: str) -> list[int]:
    return [queries.snapshot().sub_project_by_slug[slug].id for slug in slugs]


def close(number: int, successor: int | None) -> None:
    change(number, closed_at=clock.now(), successor_id=successor)


def change(number: int, **values: object) -> None:
    row = db.session.get_one(SubProject, number)
    for name, value in values.items():
        setattr(row, name, value)
    programme = db.session.scalars(select(Programme)).one()
    programme.version, programme.updated_at = programme.version + 1, clock.now()
    db.session.flush()
    queries.forget()


def left_behind(
    writing: Unit, count: int = 2, *, closes: bool = True
) -> tuple[int, int, list[int]]:
    """Give the sub-project that closes or stays open, its successor, and the ideas that wait."""
    system = System("test")
    with writing():
        old, new, third = ids("hoitotakuu", "hyte", "sote-ict")
        numbers = [idea(indexable=True) for _ in range(count)]
        for number in numbers:
            route_idea(system, visible_idea(system, number), old, [third])
        finished = idea(indexable=True)
        route_idea(system, visible_idea(system, finished), old, [])
        visible_idea(system, finished).handling = Handling.IN_USE
        change(old, successor_id=new, closed_at=clock.now() if closes else None)
    return old, new, numbers


@pytest.mark.parametrize("closes", [True, False])
def test_open_ideas_of_a_sub_project_that_is_left_wait_as_one_item(
    desk: Desk, writing: Unit, closes: bool
) -> None:
    old, new, numbers = left_behind(writing, closes=closes)
    with writing():
        pile = next(iter(piles()))
        assert (pile.id, pile.ideas, pile.successor) == (old, 2, new)
        assert [item.key for item in queue().items] == [("reroute", old)]
        assert queue("idea").items == []
        assert queue().counts["reroute"] == 1
    assert desk[0].get("/moderation").location == f"/moderation/reroute/{old}"
    page = texts(desk[0].get("/moderation/reroute?lang=en"))
    assert f"/moderation/reroute/{old}" in page
    assert "Its work goes on in" in page
    assert (", closed " in page) == closes
    why = "has closed" if closes else "has a successor"
    assert f"Its sub-project {why}" in texts(desk[0].get(f"/moderation/ideas/{numbers[0]}?lang=en"))


@pytest.mark.parametrize("closes", [True, False])
def test_all_move_to_the_successor_with_memory_and_back(
    desk: Desk, writing: Unit, reading: Unit, closes: bool
) -> None:
    old, new, numbers = left_behind(writing, closes=closes)
    address = f"/moderation/reroute/{old}"
    page = texts(desk[0].get(address))
    values = re.findall(r'name="picked"\s+value="([^"]+)"\s+checked', page)
    assert len(values) == 2
    assert re.search(rf'<option selected value="{new}"', page)
    reason = re.search(r'name="routing_reason"[^>]*>\s*([^<]+)<', page)
    assert reason
    data = {"picked": values, "primary": str(new), "routing_reason": reason[1].strip()}
    answer = desk[0].post(f"{address}?lang=en", data=data)
    assert "2 decisions were made" in texts(answer)
    with reading():
        for number in numbers:
            now = current_routing(number)
            assert now.primary
            assert now.primary.id == new
            assert [fact.slug for fact in now.informed] == ["sote-ict"]
            ended = select(Routing.until).where(
                Routing.idea_id == number, Routing.sub_project_id == old
            )
            assert db.session.scalar(ended) is not None
        assert piles() == []
    made = re.findall(r'name="decision" value="(\d+)"', texts(answer))
    assert desk[0].post("/moderation/undo", data={"decision": made}).status_code == 303
    with reading():
        assert next(iter(piles())).ideas == 2


def test_some_move_elsewhere_and_the_rest_waits(desk: Desk, writing: Unit, reading: Unit) -> None:
    old, _new, numbers = left_behind(writing)
    address = f"/moderation/reroute/{old}"
    values = re.findall(r'name="picked"\s+value="([^"]+)"', texts(desk[0].get(address)))
    with reading():
        (other,) = ids("sote-ict")
    data = {"picked": values[:1], "primary": str(other)}
    answer = desk[0].post(address, data=data)
    assert answer.status_code == 422, "no reason"
    assert len(re.findall(r'value="\d+:\d+" checked', texts(answer))) == 1
    desk[0].post(address, data=data | {"routing_reason": "Tietojärjestelmien asia."})
    with reading():
        homes = {current_routing(number).primary.slug for number in numbers}  # type: ignore[union-attr]
        assert homes == {"hoitotakuu", "sote-ict"}
        assert next(iter(piles())).ideas == 1


def test_a_closed_one_or_nonsense_is_no_place_to_go(desk: Desk, writing: Unit) -> None:
    old, _new, _numbers = left_behind(writing)
    address = f"/moderation/reroute/{old}"
    values = re.findall(r'name="picked"\s+value="([^"]+)"', texts(desk[0].get(address)))
    reason = {"picked": values, "routing_reason": "Siirtyy."}
    for primary in ("", "x", "²"):
        assert desk[0].post(address, data=reason | {"primary": primary}).status_code == 422
    page = texts(desk[0].post(f"{address}?lang=en", data=reason | {"primary": "999999"}))
    assert "0 decisions were made" in page
    with writing():
        (still_open,) = ids("hyte")
    assert desk[0].get(f"/moderation/reroute/{still_open}").status_code == 404
    assert desk[0].get("/moderation/reroute/99999").status_code == 404


def test_the_chain_of_successors_ends_at_an_open_one(desk: Desk, writing: Unit) -> None:
    with writing():
        first, second, third = ids("hoitotakuu", "hyte", "sote-ict")
        close(first, second)
        close(second, third)
        assert successor_of(first) == third
        close(third, None)
        assert successor_of(first) is None


def test_a_chain_of_open_ones_leads_to_its_last(desk: Desk, writing: Unit) -> None:
    old, new, _numbers = left_behind(writing, closes=False)
    with writing():
        (third,) = ids("sote-ict")
        change(new, successor_id=third)
        (pile,) = piles()
        assert (pile.id, pile.successor) == (old, third)
    page = texts(desk[0].get(f"/moderation/reroute/{old}"))
    assert re.search(rf'<option selected value="{third}"', page)
    assert f'value="{new}"' not in page, "what moved there would wait again"
    with writing():
        change(third, closed_at=clock.now())
        assert (successor_of(old), successor_of(new)) == (new, None)
        assert [pile.successor for pile in piles()] == [new]
        change(third, closed_at=None, successor_id=old)
        assert piles() == [], "a circle leads nowhere"


def test_an_open_one_keeps_its_ideas_when_its_successor_has_closed(
    desk: Desk, writing: Unit
) -> None:
    old, new, _numbers = left_behind(writing, closes=False)
    with writing():
        close(new, None)
        assert piles() == []
        assert queue("reroute").items == []
    assert desk[0].get(f"/moderation/reroute/{old}").status_code == 404


def test_without_its_successor_nothing_waits_and_nothing_moves(
    desk: Desk, writing: Unit, reading: Unit
) -> None:
    old, new, numbers = left_behind(writing, closes=False)
    address = f"/moderation/reroute/{old}"
    values = re.findall(r'name="picked"\s+value="([^"]+)"', texts(desk[0].get(address)))
    with writing():
        change(old, successor_id=None)
        assert piles() == []
    data = {"picked": values, "primary": str(new), "routing_reason": "Siirtyy."}
    late = desk[0].post(f"{address}?lang=en", data=data)
    assert late.status_code == 409
    assert "stay with it after all" in texts(late)
    with reading():
        assert {current_routing(number).primary.id for number in numbers} == {old}  # type: ignore[union-attr]


def test_readers_of_an_open_one_are_told_where_its_work_goes_on(desk: Desk, writing: Unit) -> None:
    left_behind(writing, closes=False)
    page = texts(desk[0].get("/sub-projects/hoitotakuu?lang=en"))
    assert "Its work goes on in" in page
    assert "has closed" not in page


def test_after_a_press_the_pile_is_one_press_away_while_something_waits(
    desk: Desk, writing: Unit
) -> None:
    old, new, _numbers = left_behind(writing)
    with writing():
        waits = idea(text="Odotustilaan tuoleja.")
    address = f"/moderation/reroute/{old}"
    values = re.findall(r'name="picked"\s+value="([^"]+)"', texts(desk[0].get(address)))
    data = {"primary": str(new), "routing_reason": "Siirtyy."}
    page = texts(desk[0].post(f"{address}?lang=en", data=data | {"picked": values[:1]}))
    assert "1 idea waits for another sub-project" in page
    assert re.search(rf'href="{address}"[^>]*>.*?Back to the pile', page)
    assert re.search(rf'Waits next:\s+<a\s+href="/moderation/ideas/{waits}"', page)
    page = texts(desk[0].post(f"{address}?lang=en", data=data | {"picked": values[1:]}))
    assert "Back to the pile" not in page
    assert 'href="/moderation/reroute"' in page
