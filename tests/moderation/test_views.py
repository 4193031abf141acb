"""The desk as a moderator meets it, with nothing but forms."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from innovation.comments.actions import CommentDraft, post_comment
from innovation.comments.reports import report
from innovation.core.permissions import Nobody, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.programme.queries import snapshot
from innovation.reasons.queries import reasons_for
from innovation.routing.queries import current_routing
from innovation.routing.suggestions import adviser_in
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.ideas import idea
from tests.real.people import person, signed_in

WAITING = Visibility.WAITING


@pytest.fixture
def moderator(app: Flask, database: Connection) -> FlaskClient:
    return signed_in(app, "moderator")[0]


def waiting_idea(writing: Unit, count: int = 1, **facts: object) -> list[int]:
    with writing():
        return [idea(visibility=WAITING, **facts) for _ in range(count)]


def fields(client: FlaskClient, address: str) -> dict[str, str]:
    """Give the hidden fields of the form that decides."""
    page = client.get(address).get_data(as_text=True)
    found = re.findall(r'<input[^>]* name="(seen)"[^>]* value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def sub_project(reading: Unit, slug: str) -> str:
    with reading():
        return str(snapshot().sub_project_by_slug[slug].id)


def ready(reading: Unit, use: str) -> str:
    """Give the first ready reason for this use."""
    with reading():
        return str(reasons_for(use)[0].id)


def state(reading: Unit, number: int) -> str:
    with reading():
        return visible_idea(System("test"), number).visibility


def test_the_desk_is_for_moderators(
    app: Flask, client: FlaskClient, database: Connection, writing: Unit
) -> None:
    (number,) = waiting_idea(writing)
    assert client.get("/moderation").status_code == 303
    for other in (signed_in(app)[0], signed_in(app, "staff")[0]):
        assert other.get("/moderation").status_code == 403
        assert other.get(f"/moderation/ideas/{number}").status_code == 403
        assert other.post(f"/moderation/ideas/{number}", data={}).status_code == 403
        page = other.get("/sub-projects").get_data(as_text=True)
        assert 'href="/moderation"' not in page


def test_an_empty_queue_says_that_the_day_is_done(moderator: FlaskClient) -> None:
    assert "Today's ideas have been handled" in texts(moderator.get("/moderation?lang=en"))


def texts(answer: object) -> str:
    return unescape(answer.get_data(as_text=True))  # type: ignore[attr-defined]


def test_publish_and_route_goes_on_to_the_next(
    moderator: FlaskClient, writing: Unit, reading: Unit, client: FlaskClient
) -> None:
    first, second = waiting_idea(writing, 2)
    assert client.get(f"/ideas/{first}").status_code == 404
    data = fields(moderator, "/moderation") | {
        "primary": sub_project(reading, "hoitotakuu"),
        "informed": [sub_project(reading, "hyte"), sub_project(reading, "sote-ict")],
        "decision": "publish_and_route",
    }
    answer = moderator.post(f"/moderation/ideas/{first}", data=data)
    assert answer.status_code == 303
    assert answer.location == f"/moderation/ideas/{second}"
    with reading():
        now = current_routing(first)
        assert now.primary
        assert now.primary.slug == "hoitotakuu"
        assert {fact.slug for fact in now.informed} == {"hyte", "sote-ict"}
    assert state(reading, first) == "public"
    again = moderator.post(f"/moderation/ideas/{first}", data=data)
    assert again.status_code == 303
    with reading():
        assert len(current_routing(first).informed) == 2


def test_publish_and_route_asks_for_a_sub_project(
    moderator: FlaskClient, writing: Unit, reading: Unit
) -> None:
    (number,) = waiting_idea(writing)
    address = f"/moderation/ideas/{number}"
    data = fields(moderator, address)
    answer = moderator.post(address, data=data | {"decision": "publish_and_route"})
    assert answer.status_code == 422
    assert state(reading, number) == "waiting"
    answer = moderator.post(address, data=data | {"decision": "publish"})
    assert answer.location == "/moderation"
    assert state(reading, number) == "public"
    waiting = texts(moderator.get("/moderation?kind=unrouted"))
    assert f"/moderation/ideas/{number}" in waiting


def test_a_ready_reason_and_own_words_make_one_reason(
    moderator: FlaskClient, writing: Unit, reading: Unit
) -> None:
    (number,) = waiting_idea(writing)
    address = f"/moderation/ideas/{number}"
    data = fields(moderator, address) | {"decision": "return"}
    answer = moderator.post(address, data=data | {"reason": " "})
    assert answer.status_code == 422
    moderator.post(
        address, data=data | {"ready": ready(reading, "return"), "reason": "Kiitos ideasta."}
    )
    log = texts(moderator.get(address))
    assert "voi tunnistaa. Kiitos ideasta." in log
    assert state(reading, number) == "draft"


def test_a_refused_decision_keeps_what_was_written(moderator: FlaskClient, writing: Unit) -> None:
    (number,) = waiting_idea(writing)
    address = f"/moderation/ideas/{number}"
    data = {"decision": "hide", "reason": "Tämä on mainos."}
    answer = moderator.post(address, data=fields(moderator, address) | data)
    assert answer.status_code == 422
    assert "Tämä on mainos." in texts(answer)


def test_a_stale_decision_says_who_was_faster_and_keeps_the_reason(
    app: Flask, moderator: FlaskClient, writing: Unit, reading: Unit
) -> None:
    (number,) = waiting_idea(writing)
    address = f"/moderation/ideas/{number}"
    other = signed_in(app, "administrator")[0]
    data = fields(moderator, address)
    other.post(address, data=fields(other, address) | {"decision": "publish"})
    late = data | {"decision": "hide", "rule": "privacy", "reason": "Tekstissä on nimi."}
    answer = moderator.post(f"{address}?lang=en", data=late)
    assert answer.status_code == 409
    assert "An administrator was faster: the idea was published" in texts(answer)
    assert "Tekstissä on nimi." in texts(answer)
    assert state(reading, number) == "public"


def test_a_form_without_its_stamp_decides_nothing_blindly(
    moderator: FlaskClient, writing: Unit
) -> None:
    (number,) = waiting_idea(writing)
    answer = moderator.post(f"/moderation/ideas/{number}", data={"decision": "publish"})
    assert answer.status_code == 409
    answer = moderator.post(f"/moderation/ideas/{number}", data={"decision": "dance"})
    assert answer.status_code == 422


def test_what_looks_like_an_identity_code_is_marked(moderator: FlaskClient, writing: Unit) -> None:
    with writing():
        number = idea(visibility=WAITING, text="Kysyttiin 131052-308X kahdesti.")
    page = texts(moderator.get(f"/moderation/ideas/{number}"))
    assert "<mark>131052-308X</mark>" in page


def test_an_author_with_an_account_has_earlier_ideas_beside(
    moderator: FlaskClient, writing: Unit
) -> None:
    with writing():
        author = person()
        earlier = idea(author, text="Odotustilaan mahtuu vain kaksi tuolia.")
        number = idea(author, WAITING)
    page = texts(moderator.get(f"/moderation/ideas/{number}"))
    assert "Odotustilaan mahtuu vain kaksi tuolia" in page
    assert f"/moderation/ideas/{earlier}" in page


def test_comments_and_reports_are_decided_in_the_same_list(
    moderator: FlaskClient, writing: Unit, reading: Unit, client: FlaskClient
) -> None:
    with writing():
        author = person()
        row = visible_idea(author, idea(author, indexable=True))
        comment = post_comment(person(), row, CommentDraft("Meillä on sama tarve.")).id
        report(Nobody(), row, None, "commercial", "Tuote mainittu.", "reader")
    page = texts(moderator.get("/moderation"))
    assert "Tuote mainittu." in page
    form = re.search(r'action="(/moderation/reports/\d+)"', page)
    assert form
    data = fields(moderator, "/moderation")
    answer = moderator.post(
        form[1], data=data | {"decision": "dismiss", "ready": ready(reading, "dismiss")}
    )
    assert answer.location == f"/moderation/comments/{comment}"
    address = answer.location
    data = fields(moderator, address) | {"decision": "publish"}
    assert moderator.post(address, data=data).location == "/moderation"
    assert moderator.post(address, data=data).status_code == 303


def test_a_hidden_comment_needs_rule_and_reason(
    moderator: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        row = visible_idea(person(), idea(indexable=True))
        comment = post_comment(person(), row, CommentDraft("Ostakaa meiltä.")).id
    address = f"/moderation/comments/{comment}"
    data = fields(moderator, address) | {"decision": "hide"}
    assert moderator.post(address, data=data).status_code == 422
    data |= {"rule": "commercial", "ready": ready(reading, "hide")}
    assert moderator.post(address, data=data).status_code == 303
    assert moderator.get(address).status_code == 200


def test_a_hidden_idea_is_brought_back(
    moderator: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        number = idea(indexable=True)
    address = f"/moderation/ideas/{number}"
    hide = {"decision": "hide", "rule": "honour", "reason": "Loukkaava sävy."}
    moderator.post(address, data=fields(moderator, address) | hide)
    assert state(reading, number) == "hidden"
    back = {"decision": "restore", "reason": "Sävy olikin asiallinen."}
    moderator.post(address, data=fields(moderator, address) | back)
    assert state(reading, number) == "public"


def test_an_idea_that_a_report_held_is_one_case_on_either_page(
    moderator: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        number = idea(indexable=True, title="Neuvolan jonossa")
        row = visible_idea(System("test"), number)
        report(Nobody(), row, None, "other_health", "Naapuri tunnistaa.", "reader")
    page = texts(moderator.get("/moderation?lang=en"))
    assert "Naapuri tunnistaa." in page
    assert "hidden from others until you decide" in page
    address = f"/moderation/ideas/{number}"
    case = texts(moderator.get(address))
    assert "a report took the idea back to be checked" in case
    assert 'value="publish' not in case
    back = {"decision": "dismiss", "ready": ready(reading, "dismiss")}
    moderator.post(address, data=fields(moderator, address) | back)
    assert state(reading, number) == "public"


def test_the_decisions_are_readable(moderator: FlaskClient, writing: Unit) -> None:
    with writing():
        number = idea(visibility=Visibility.STAFF_ONLY)
    page = texts(moderator.get(f"/moderation/ideas/{number}?lang=en"))
    assert "the idea was published (Staff only)" in " ".join(page.split())


def test_a_long_list_goes_on(moderator: FlaskClient, writing: Unit) -> None:
    numbers = waiting_idea(writing, 33)
    last = f"/moderation/ideas/{numbers[-1]}"
    page = texts(moderator.get("/moderation?kind=idea"))
    # The open idea may name the last one as like it; the list does not have it yet.
    assert f'class="desk-item" href="{last}' not in page
    more = re.search(r'href="([^"#]*shown=60)#desk-list"', page)
    assert more, "no way on"
    longer = texts(moderator.get(more[1]))
    assert f'class="desk-item" href="{last}?kind=idea&shown=60"' in longer
    assert "shown=90" not in longer
    case = f"{last}?kind=idea&shown=60"
    answer = moderator.post(case, data=fields(moderator, case) | {"decision": "publish"})
    assert answer.location.endswith("?kind=idea&shown=60")
    for odd in ("0", "-1", "99999999999", "x", "²"):
        assert moderator.get(f"/moderation?shown={odd}").status_code == 200


@pytest.mark.parametrize("address", ["ideas/99999", "edits/99999", "comments/9999", "reports/9999"])
def test_what_does_not_exist_is_not_found(address: str, moderator: FlaskClient) -> None:
    assert moderator.get(f"/moderation/{address}").status_code == 404
    assert moderator.post(f"/moderation/{address}", data={}).status_code == 404


@pytest.mark.parametrize("kind", ["", "?kind=idea", "?kind=unrouted", "?kind=nonsense"])
def test_the_list_can_be_narrowed(kind: str, moderator: FlaskClient, writing: Unit) -> None:
    waiting_idea(writing)
    assert moderator.get(f"/moderation{kind}").status_code == 200


def test_the_queue_costs_the_same_for_two_and_for_seventeen(
    moderator: FlaskClient, writing: Unit, database: Connection
) -> None:
    def fill(count: int) -> None:
        with writing():
            for _ in range(count):
                row = visible_idea(person(), idea(indexable=True))
                post_comment(person(), row, CommentDraft("Meillä on sama tarve."))
                report(Nobody(), row, None, "honour", "", f"reader {row.id}")
                idea(visibility=WAITING)

    fill(2)
    few = questions(database, lambda: moderator.get("/moderation"))
    fill(15)
    many = questions(database, lambda: moderator.get("/moderation"))
    assert few == many


def test_the_card_says_where_the_text_belongs_and_by_which_words(
    app: Flask, moderator: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with reading():
        adviser_in(app.extensions["settings"].instance)
    (number,) = waiting_idea(
        writing, text="Ambulanssin tulo kesti tunnin ja ensihoitaja oli yksin."
    )
    page = texts(moderator.get(f"/moderation/ideas/{number}?lang=en"))
    told = page.partition('id="suggested"')[2].partition("</section>")[0]
    chosen = re.search(r'<label for="([^"]+)"><b>', told)
    assert chosen
    assert f'id="{chosen[1]}"' in page
    assert "ambulanssi" in told.lower()
