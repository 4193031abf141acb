"""The pages of sub-projects and areas, as everybody reads them."""

from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, update

from innovation.core import clock
from innovation.core.db import db
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.programme.actions import touch
from innovation.programme.models import Contact, SubProject
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from innovation.routing.models import Routing
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.ideas import idea
from tests.real.people import person


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True)).replace("\u00ad", "")


def routed(slug: str, count: int = 1, **facts: object) -> list[int]:
    moderator = person("moderator")
    numbers = []
    for _ in range(count):
        number = idea(**facts)  # type: ignore[arg-type]
        row = visible_idea(moderator, number)
        route_idea(moderator, row, snapshot().sub_project_by_slug[slug].id, [])
        numbers.append(number)
    return numbers


def test_the_index_shows_every_sub_project_and_area_with_counts(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        routed("hoitotakuu", 3, answered_at=clock.now())
        routed("hoitotakuu", visibility=Visibility.STAFF_ONLY)
    text = page(client, "/sub-projects?lang=en")
    assert text.count('href="/sub-projects/') == 14
    assert text.count('href="/areas/') == 7
    assert "3 ideas, 3 answered" in text


def test_a_sub_project_lists_its_ideas_and_contacts(client: FlaskClient, writing: Unit) -> None:
    with writing():
        (number,) = routed("ikaihmiset")
        (other,) = routed("hyte")
        known = snapshot()
        place = known.area_by_slug["koillismaa"].id
        mine = known.sub_project_by_slug["ikaihmiset"].id
        db.session.add(Contact(sub_project_id=mine, area_id=place, name="Aluekoordinaattori"))
    text = page(client, "/sub-projects/ikaihmiset")
    assert f'href="/ideas/{number}"' in text
    assert f'href="/ideas/{other}"' not in text
    assert "Aluekoordinaattori" in text
    assert "Koillismaa" in text
    assert f'href="/ideas/{number}"' not in page(client, "/sub-projects/ikaihmiset?group=done")


def test_a_sub_project_lists_what_it_is_informed_of(client: FlaskClient, writing: Unit) -> None:
    with writing():
        moderator, known = person("moderator"), snapshot().sub_project_by_slug
        for visibility in (*[Visibility.PUBLIC] * 21, Visibility.STAFF_ONLY):
            number = idea(visibility=visibility, title="Omaolon kysely jumittuu")
            row = visible_idea(moderator, number)
            route_idea(moderator, row, known["digipalvelut"].id, [known["ikaihmiset"].id])
    text = page(client, "/sub-projects/ikaihmiset?lang=en")
    assert text.count("Omaolon kysely jumittuu") == 20
    assert "The newest 20 of 21 are listed." in text
    # Nobody has read these, and search engines are told so though the list above is empty.
    assert '<meta name="robots" content="noindex, follow">' in text
    assert "For information" not in page(client, "/sub-projects/digipalvelut?lang=en")
    own = page(client, f"/ideas/{number - 1}?lang=en")
    assert 'Also told: <a href="/sub-projects/ikaihmiset">' in own


def test_so_many_that_it_is_informed_of_are_not_counted(client: FlaskClient, writing: Unit) -> None:
    with writing():
        known, now = snapshot().sub_project_by_slug, clock.now()
        home, told = known["digipalvelut"].id, known["ikaihmiset"].id
        for place in range(101):
            number = idea(primary_sub_project_id=home)
            row = Routing(idea_id=number, sub_project_id=told, kind="informed", since=now)
            row.until = now if place == 0 else None
            db.session.add(row)
    assert "The newest 20 of 99+ are listed." in page(client, "/sub-projects/ikaihmiset?lang=en")
    with writing():
        db.session.execute(update(Routing).where(Routing.idea_id == number).values(until=now))
    assert "The newest 20 of 99 are listed." in page(client, "/sub-projects/ikaihmiset?lang=en")


def test_a_closed_sub_project_leads_to_its_successor(client: FlaskClient, writing: Unit) -> None:
    with writing():
        known = snapshot()
        closed = db.session.get_one(SubProject, known.sub_project_by_slug["tietojarjestelmat"].id)
        closed.closed_at = clock.now()
        closed.successor_id = known.sub_project_by_slug["sote-ict"].id
        touch()
    text = page(client, "/sub-projects/tietojarjestelmat")
    assert 'href="/sub-projects/sote-ict"' in text


def test_an_unconfirmed_name_is_told(client: FlaskClient) -> None:
    text = page(client, "/sub-projects/tietojarjestelmat?lang=en")
    assert "not confirmed yet" in text
    assert "not confirmed yet" not in page(client, "/sub-projects/hyte?lang=en")


def test_an_area_names_its_municipalities(client: FlaskClient, writing: Unit) -> None:
    with writing():
        number = idea(area_id=snapshot().area_by_slug["koillismaa"].id)
    text = page(client, "/areas/koillismaa")
    assert "Kuusamo, Taivalkoski" in text
    assert f'href="/ideas/{number}"' in text
    assert page(client, "/areas/muu")
    assert client.get("/areas").status_code == 303


@pytest.mark.parametrize("address", ["/sub-projects/nothing", "/areas/nowhere"])
def test_an_unknown_name_is_not_found(address: str, client: FlaskClient) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("tail", ["?page=99999999999", "?group=x&sort=y", "?sub_project=hyte"])
def test_a_strange_address_is_read_as_far_as_it_can_be(tail: str, client: FlaskClient) -> None:
    assert client.get(f"/sub-projects/hyte{tail}").status_code == 200


def test_the_page_costs_the_same_for_two_and_for_seventeen(
    client: FlaskClient, writing: Unit, database: Connection
) -> None:
    with writing():
        routed("hyte", 2)
    few = questions(database, lambda: client.get("/sub-projects/hyte"))
    with writing():
        routed("hyte", 15)
    assert questions(database, lambda: client.get("/sub-projects/hyte")) == few
