"""Who sees which idea: in lists, in counts, on its own page."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.comments.reports import report
from innovation.core import clock
from innovation.core.permissions import System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.moves import move_visibility
from innovation.ideas.queries import visible_idea
from innovation.ideas.timeline import Kind
from innovation.programme.queries import snapshot
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, sign_in, signed_in

NEVER_PUBLIC = (Visibility.WAITING, Visibility.DRAFT)


@pytest.mark.parametrize("visibility", [*NEVER_PUBLIC, Visibility.STAFF_ONLY])
def test_visitors_and_residents_do_not_learn_of_what_is_not_public(
    app: Flask, client: FlaskClient, writing: Unit, visibility: Visibility
) -> None:
    with writing():
        number = idea(visibility=visibility, title="Salattu otsikko")
    resident, _who = signed_in(app)
    for reader in (client, resident):
        assert reader.get(f"/ideas/{number}").status_code == 404
        page = reader.get("/ideas?lang=en").get_data(as_text=True)
        assert "Salattu otsikko" not in page
        assert "0 ideas" in page


def test_staff_see_and_count_what_is_for_staff(app: Flask, writing: Unit) -> None:
    staff, _who = signed_in(app, "staff")
    with writing():
        number = idea(visibility=Visibility.STAFF_ONLY, title="Vain henkilöstölle")
        idea()
    page = staff.get("/ideas?lang=en").get_data(as_text=True)
    assert "Vain henkilöstölle" in page
    assert "2 ideas" in page
    assert "Only signed-in staff see this idea" in staff.get(f"/ideas/{number}?lang=en").text


def test_authors_and_moderators_see_what_waits_with_a_banner(app: Flask, writing: Unit) -> None:
    with writing():
        author = person()
        number = idea(author, visibility=Visibility.WAITING)
    moderator, _who = signed_in(app, "moderator")
    for reader in (sign_in(app, app.test_client(), author), moderator):
        page = reader.get(f"/ideas/{number}?lang=en").text
        assert "waits for a moderator" in page
        assert "noindex" in page
        assert "data-support" not in page


@pytest.mark.parametrize(
    ("visibility", "kind"),
    [(Visibility.HIDDEN, Kind.HIDDEN), (Visibility.WITHDRAWN, Kind.WITHDRAWN)],
)
def test_what_was_public_leaves_a_stub(
    client: FlaskClient, writing: Unit, visibility: Visibility, kind: Kind
) -> None:
    with writing():
        number = idea(title="Poistunut otsikko")
        system = System("test")
        move_visibility(system, visible_idea(system, number), visibility, kind)
    answer = client.get(f"/ideas/{number}")
    assert answer.status_code == 410
    assert "Poistunut otsikko" not in answer.text
    assert "Poistunut otsikko" not in client.get("/ideas").text
    assert client.get(f"/ideas/{number}/revisions").status_code == 410


def away(number: int, how: str) -> None:
    row = visible_idea(System("test"), number)
    if how == "held":
        report(System("test"), row, None, "other_health", "", "reader")
    else:
        move_visibility(System("test"), row, Visibility.DRAFT, Kind.RETURNED, public=False)


@pytest.mark.parametrize(
    ("how", "words"),
    [("held", "A moderator checks this idea again"), ("returned", "waits for its author")],
)
def test_what_is_away_for_a_while_says_so_and_nothing_else(
    app: Flask, client: FlaskClient, writing: Unit, how: str, words: str
) -> None:
    with writing():
        author = person()
        number = idea(author, title="Naapurin leikkaus", text="Naapurin Matin leikkaus siirtyi.")
        away(number, how)
    answer = client.get(f"/ideas/{number}?lang=en")
    assert answer.status_code == 410
    assert words in answer.text
    assert "Naapurin" not in answer.text
    for address in ("/ideas", "/search?q=leikkaus", "/", f"/ideas/{number}/revisions"):
        assert "Naapurin" not in client.get(address).text
    assert "Naapurin" in sign_in(app, app.test_client(), author).get(f"/ideas/{number}").text


@pytest.mark.parametrize("how", ["held", "returned"])
@pytest.mark.parametrize("before", [Visibility.STAFF_ONLY, Visibility.WAITING])
def test_what_was_never_public_is_not_heard_of(
    client: FlaskClient, writing: Unit, before: Visibility, how: str
) -> None:
    with writing():
        number = idea(visibility=before)
        away(number, how)
    assert client.get(f"/ideas/{number}").status_code == 404


def test_the_author_reads_that_a_report_took_the_idea_back(app: Flask, writing: Unit) -> None:
    with writing():
        author = person()
        number = idea(author)
        away(number, "held")
    page = sign_in(app, app.test_client(), author).get(f"/ideas/{number}?lang=en").text
    assert "Back to be checked by a moderator after a report" in page
    assert "late" not in page


def test_the_day_on_a_stub_is_the_local_one(client: FlaskClient, writing: Unit) -> None:
    with writing():
        number = idea()
        with clock.frozen_at(datetime(2026, 6, 10, 22, 30, tzinfo=UTC)):
            row = visible_idea(System("test"), number)
            move_visibility(System("test"), row, Visibility.HIDDEN, Kind.HIDDEN, rule="honour")
    assert "11.6.2026" in client.get(f"/ideas/{number}").text


def test_a_merged_idea_leads_to_the_one_it_became_part_of(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        kept = idea()
        number = idea(merged_into_id=kept, title="Yhdistetty otsikko")
    answer = client.get(f"/ideas/{number}")
    assert (answer.status_code, answer.location) == (303, f"/ideas/{kept}")
    assert "Yhdistetty otsikko" not in client.get("/ideas").text


def test_search_engines_stay_away_from_what_no_moderator_has_seen(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        unseen, seen = idea(indexable=False), idea(indexable=True)
    assert 'content="noindex"' in client.get(f"/ideas/{unseen}").text
    assert "noindex" not in client.get(f"/ideas/{seen}").text
    assert "noindex" in client.get("/ideas").text


def test_a_place_is_shown_with_the_author_s_tick_alone(client: FlaskClient, writing: Unit) -> None:
    with writing():
        town = snapshot().municipality_by_slug["kempele"]
        facts = {"municipality_id": town.id, "area_id": town.area_id, "unit": "Neuvolan aula"}
        quiet, open_one = idea(show_place=False, **facts), idea(show_place=True, **facts)
    for number, shown in ((quiet, False), (open_one, True)):
        page = client.get(f"/ideas/{number}").text
        assert ("Kempele" in page) is shown
        assert ("Neuvolan aula" in page) is shown
        assert "Lakeus" in page or shown


@pytest.mark.parametrize("last", [Visibility.HIDDEN, Visibility.WITHDRAWN])
def test_what_only_staff_saw_leaves_no_stub(
    client: FlaskClient, writing: Unit, last: Visibility
) -> None:
    system = System("test")
    with writing():
        number = idea(visibility=Visibility.STAFF_ONLY)
        kind = Kind.HIDDEN if last == Visibility.HIDDEN else Kind.WITHDRAWN
        move_visibility(system, visible_idea(system, number), last, kind)
    assert client.get(f"/ideas/{number}").status_code == 404
