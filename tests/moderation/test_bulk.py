"""Many ideas at once: each its own decision, what is refused is told, and it can all be undone."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from innovation.comments.reports import report
from innovation.core.permissions import Nobody, Person, System
from innovation.ideas.actions import withdraw_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import visible_idea
from innovation.ideas.risks import Risk
from innovation.moderation import actions, bulk, claims, sittings
from innovation.moderation.cases import last_entry
from innovation.programme.queries import snapshot
from innovation.routing.queries import current_routing
from innovation.routing.suggestions import adviser_in
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in

WAITING = Visibility.WAITING
Desk = tuple[FlaskClient, Person]


@pytest.fixture
def desk(app: Flask, database: Connection) -> Desk:
    return signed_in(app, "moderator")


def waiting(writing: Unit, count: int = 1, **facts: object) -> list[int]:
    with writing():
        return [idea(visibility=WAITING, **facts) for _ in range(count)]


def texts(answer: object) -> str:
    return unescape(answer.get_data(as_text=True))  # type: ignore[attr-defined]


def picked(reading: Unit, numbers: list[int]) -> list[str]:
    with reading():
        return [f"{number}:{last_entry(number)}" for number in numbers]


def states(reading: Unit, numbers: list[int]) -> list[str]:
    with reading():
        return [visible_idea(System("test"), number).visibility for number in numbers]


def sub_project(reading: Unit, slug: str) -> int:
    with reading():
        return snapshot().sub_project_by_slug[slug].id


def test_the_page_is_for_moderators_and_works_empty(app: Flask, desk: Desk) -> None:
    assert desk[0].get("/moderation/many").status_code == 200
    assert desk[0].get("/moderation/undo").status_code == 200
    other, _who = signed_in(app, "staff")
    for address in ("/moderation/many", "/moderation/undo", "/moderation/reroute"):
        assert other.get(address).status_code == 403
    assert other.post("/moderation/many").status_code == 403


def test_publish_and_route_many_and_undo_the_whole_press(
    desk: Desk, writing: Unit, reading: Unit
) -> None:
    numbers = waiting(writing, 3)
    home = sub_project(reading, "hyte")
    page = texts(desk[0].get("/moderation/many"))
    values = re.findall(r'name="picked"\s+value="([^"]+)"', page)
    assert sorted(values) == sorted(picked(reading, numbers))
    data = {"picked": values, "decision": "publish_and_route", "primary": str(home)}
    answer = desk[0].post("/moderation/many?lang=en", data=data)
    assert "3 decisions were made" in texts(answer)
    assert states(reading, numbers) == ["public"] * 3
    with reading():
        assert all(current_routing(one).primary.id == home for one in numbers)  # type: ignore[union-attr]
    made = re.findall(r'name="decision" value="(\d+)"', texts(answer))
    assert len(made) == 3
    assert desk[0].post("/moderation/undo", data={"decision": made}).status_code == 303
    assert states(reading, numbers) == ["waiting"] * 3
    with reading():
        assert all(current_routing(one).primary is None for one in numbers)


def test_what_is_refused_is_told_by_title_and_the_rest_goes_through(
    app: Flask, desk: Desk, writing: Unit, reading: Unit
) -> None:
    with writing():
        author, other = person(), person("moderator")
        fine, stale, held = (idea(visibility=WAITING) for _ in range(3))
        gone = idea(author, WAITING, title="Peruttu idea")
        merged = idea(visibility=WAITING)
        target = idea(indexable=True)
    values = picked(reading, [fine, stale, held, gone, merged])
    with writing():
        actions.return_idea(other, visible_idea(other, stale), "Kerro lisää.")
        claims.claim(other, "idea", held)
        withdraw_idea(author, visible_idea(author, gone))
        actions.merge_idea(other, visible_idea(other, merged), visible_idea(other, target))
    data = {"picked": [*values, "999999:1"], "decision": "publish"}
    page = texts(desk[0].post("/moderation/many?lang=en", data=data))
    assert "1 decision was made" in page
    for words in ("Peruttu idea", "was faster", "is handling this", "merged", "not there any more"):
        assert words in page
    assert states(reading, [fine, stale, held]) == ["public", "draft", "waiting"]


def test_urgent_marked_and_reported_ones_have_to_be_opened(
    desk: Desk, writing: Unit, reading: Unit
) -> None:
    with writing():
        urgent, marked, doubt = (
            idea(visibility=WAITING, risk=risk) for risk in (Risk.URGENT, Risk.PERSONAL, Risk.DOUBT)
        )
        reported = idea()
        report(Nobody(), visible_idea(System("test"), reported), None, "honour", "", "a")
    numbers = [urgent, marked, doubt, reported]
    page = texts(desk[0].get("/moderation/many?lang=en"))
    apart = " ".join(page.partition("Published one by one")[2].split())
    why = "The text check marked: Names or contact details. Publish it from its own page."
    assert why in apart
    assert "These are left out when many are published" in apart
    assert f'href="/moderation/ideas/{marked}">Open and decide' in apart
    assert f'id="pick-{urgent}"' not in page
    assert f'id="pick-{marked}"' in apart
    data = {"picked": picked(reading, numbers), "decision": "publish"}
    page = texts(desk[0].post("/moderation/many?lang=en", data=data))
    assert "0 decisions were made" in page
    assert why in page
    assert f'href="/moderation/ideas/{marked}"' in page
    assert states(reading, numbers) == ["waiting", "waiting", "waiting", "public"]
    hide = {"decision": "hide", "rule": "commercial", "reason": "Mainos."}
    desk[0].post("/moderation/many", data=data | hide)
    assert states(reading, numbers) == ["waiting", "hidden", "hidden", "hidden"]


def test_hiding_needs_rule_and_reason_and_keeps_what_was_marked(
    desk: Desk, writing: Unit, reading: Unit
) -> None:
    numbers = waiting(writing, 2)
    data = {"picked": picked(reading, numbers), "decision": "hide", "reason": "Mainos."}
    answer = desk[0].post("/moderation/many", data=data)
    assert answer.status_code == 422
    assert len(re.findall(r'value="\d+:\d+" checked', texts(answer))) == 2
    assert "Mainos." in texts(answer)
    without = data | {"rule": "commercial", "reason": ""}
    assert desk[0].post("/moderation/many", data=without).status_code == 422
    assert desk[0].post("/moderation/many", data=data | {"picked": []}).status_code == 422
    assert states(reading, numbers) == ["waiting"] * 2
    desk[0].post("/moderation/many", data=data | {"rule": "commercial"})
    assert states(reading, numbers) == ["hidden"] * 2


def test_those_without_a_sub_project_are_routed_together(
    desk: Desk, writing: Unit, reading: Unit
) -> None:
    with writing():
        numbers = [idea(indexable=True) for _ in range(2)]
    address = "/moderation/many?kind=unrouted"
    data = {"picked": picked(reading, numbers), "decision": "route"}
    assert desk[0].post(address, data=data).status_code == 422
    home = sub_project(reading, "hyte")
    assert desk[0].post(address, data=data | {"primary": str(home)}).status_code == 200
    with reading():
        assert all(current_routing(one).primary.id == home for one in numbers)  # type: ignore[union-attr]


def test_the_same_press_twice_decides_once(desk: Desk, writing: Unit, reading: Unit) -> None:
    numbers = waiting(writing, 2)
    data = {"picked": picked(reading, numbers), "decision": "publish"}
    desk[0].post("/moderation/many", data=data)
    assert "0 decisions were made" in texts(desk[0].post("/moderation/many?lang=en", data=data))
    with reading():
        assert len(sittings.undoable_of(desk[1])) == 2


@pytest.mark.parametrize(
    "data",
    [
        {"picked": ["1:x", "²:1", "", ":", "1:1:1"], "decision": "publish"},
        {"picked": ["1:1"], "decision": "dance"},
        {"picked": [f"{number}:1" for number in range(1, 400)], "decision": "publish"},
        {"decision": "route", "primary": "99999999999"},
    ],
)
def test_nonsense_decides_nothing(desk: Desk, data: dict[str, object]) -> None:
    assert desk[0].post("/moderation/many", data=data).status_code == 422


def test_only_ones_own_decisions_are_undone_newest_first(
    app: Flask, desk: Desk, writing: Unit, reading: Unit
) -> None:
    with writing():
        other = person("moderator")
        one, two = idea(indexable=True), idea(indexable=True)
        row = visible_idea(desk[1], one)
        actions.hide_idea(desk[1], row, "honour", "Sävy.")
        actions.restore_idea(desk[1], row, "Sävy olikin hyvä.")
        actions.hide_idea(other, visible_idea(other, two), "honour", "Sävy.")
        mine = [row.id for row in sittings.undoable_of(desk[1])]
        others = [row.id for row in sittings.undoable_of(other)]
    assert mine == sorted(mine, reverse=True)
    page = texts(desk[0].get("/moderation/undo"))
    assert re.findall(r'name="one" value="(\d+)"', page) == [str(one) for one in mine]
    answer = desk[0].post("/moderation/undo?lang=en", data={"one": str(mine[1])})
    assert "Undo that one first" in texts(answer)
    everything = {"decision": [str(number) for number in (*others, *reversed(mine))]}
    assert desk[0].post("/moderation/undo", data=everything).status_code == 303
    assert states(reading, [one, two]) == ["public", "hidden"]
    assert desk[0].post("/moderation/undo", data={"decision": ["x", "²"]}).status_code == 303


def test_a_failure_leaves_nothing_half_done(writing: Unit, reading: Unit, desk: Desk) -> None:
    numbers = waiting(writing, 2)

    def act(row: object, seen: int) -> None:
        actions.publish_idea(desk[1], row, seen=seen)  # type: ignore[arg-type]
        if row.id == numbers[0]:  # type: ignore[attr-defined]
            actions.check_rule("nonsense")

    with writing():
        chosen = [bulk.Chosen(number, last_entry(number)) for number in numbers]
        outcome = bulk.each(desk[1], chosen, act)
        assert [one.idea_id for one in outcome.refused] == [numbers[0]]
        assert len(outcome.decisions) == 1
    assert states(reading, numbers) == ["waiting", "public"]


def test_opening_a_marked_text_does_not_let_it_be_published_with_others(
    desk: Desk, writing: Unit, reading: Unit
) -> None:
    (number,) = waiting(writing, risk=Risk.PERSONAL)
    desk[0].get(f"/moderation/ideas/{number}")
    with writing():
        claims.claim(desk[1], "idea", number)
    data = {"picked": picked(reading, [number]), "decision": "publish"}
    assert "0 decisions were made" in texts(desk[0].post("/moderation/many?lang=en", data=data))
    assert states(reading, [number]) == ["waiting"]


def test_a_suggestion_says_how_certain_it_is(
    app: Flask, desk: Desk, writing: Unit, reading: Unit
) -> None:
    with reading():
        adviser_in(app.extensions["settings"].instance)
    text = "Ambulanssin tulo kesti tunnin ja ensihoitaja oli yksin. Ensihoito tarvitsee lisää."
    waiting(writing, text=text)
    row = texts(desk[0].get("/moderation/many?lang=en")).partition("speaks for")[2]
    assert re.search(r'class="small desk-sure sure-[23]">(certain|likely)</span>', row)


def test_after_a_press_the_list_and_the_next_item_are_one_press_away(
    desk: Desk, writing: Unit, reading: Unit
) -> None:
    first, second = waiting(writing, 2)
    data = {"picked": picked(reading, [first]), "decision": "publish"}
    page = texts(desk[0].post("/moderation/many?lang=en", data=data))
    assert re.search(rf'Waits next:\s+<a\s+href="/moderation/ideas/{second}"', page)
    assert 'href="/moderation/many"' in page
    data = {"picked": picked(reading, [second]), "decision": "publish"}
    assert "Waits next" not in texts(desk[0].post("/moderation/many?lang=en", data=data))
