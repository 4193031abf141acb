"""The assessment of an idea: it is seen when something stands there, and words go from it too."""

from flask import Flask

from innovation.answers.actions import give_answer
from innovation.answers.drafts import Judgement
from innovation.answers.models import Answer
from innovation.commands import _take_assessment
from innovation.core.db import db
from innovation.core.permissions import System
from innovation.ideas.queries import visible_idea
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from innovation.programme.queries import forget, snapshot
from innovation.redactions.actions import redact_idea
from innovation.redactions.marks import Cut, removed
from innovation.routing.actions import route_idea
from tests.answers.test_answers import given, routed
from tests.conftest import Unit
from tests.real.forms import fields_of
from tests.real.ideas import idea
from tests.real.people import person, signed_in

SYSTEM = System("test")
WHO = "Maija Meikäläinen"


def test_what_is_taken_out_goes_from_the_criteria_too(writing: Unit) -> None:
    with writing():
        criterion = str(snapshot().criteria[0]["id"])
        row = visible_idea(SYSTEM, idea(text=f"Aulassa {WHO} ohjasi väärään jonoon."))
        route_idea(SYSTEM, row, snapshot().sub_project_by_slug["ikaihmiset"].id, [])
        said = {criterion: Judgement("much", f"Apua saisi {WHO}.")}
        give_answer(SYSTEM, row, given(criteria=said))
        redact_idea(person("moderator"), row, [Cut(WHO, "name")])
        db.session.expire_all()
        (answer,) = db.session.query(Answer).filter_by(idea_id=row.id)
        assert answer.criteria == {
            criterion: {"word": "much", "sentence": "Apua saisi [nimi poistettu]."}
        }


def test_what_a_text_has_lost_is_read_from_what_is_left() -> None:
    was = f"Aulassa {WHO} ja [nimi poistettu]"
    assert [*removed(was, "Aulassa [nimi poistettu] ja [nimi poistettu]")] == [Cut(WHO, "name")]
    assert [*removed(was, "Aivan muuta")] == []


def test_the_assessment_is_open_when_it_holds_something(app: Flask, writing: Unit) -> None:
    with writing():
        row = routed()
        number, home = row.id, row.primary_sub_project_id
        criterion = str(snapshot().criteria[0]["id"])
    client, _who = signed_in(app, leads=(home,))
    address = f"/ideas/{number}/answer"

    def opened(page: str) -> bool:
        before = page[: page.index(f'name="criterion_{criterion}"')]
        return before[before.rindex("<details") :].startswith('<details class="fold" open')

    fresh = client.get(address).text
    assert not opened(fresh)
    assert fields_of(fresh).get("named") is None  # nobody's name is shown unasked
    for name, value in ((f"criterion_{criterion}", "much"), (f"criterion_{criterion}", "huge")):
        data = {"seen": fields_of(fresh)["seen"], "handling": "not_going_forward", name: value}
        answer = client.post(address, data=data | {"text": "" if value == "much" else "Teksti"})
        assert answer.status_code == 422
        assert opened(answer.text)


def test_an_older_installation_gets_the_criteria_of_its_own_preset(
    app: Flask, writing: Unit
) -> None:
    def say(criteria: list[dict[str, object]], tags: list[dict[str, object]]) -> None:
        with writing():
            programme = db.session.get_one(Programme, 1)
            programme.criteria, programme.impact_tags = criteria, tags
            touch()

    with writing():
        whole = snapshot()
        criteria, tags = list(whole.criteria), list(whole.impact_tags)
    say([], [])
    with app.app_context():
        _take_assessment()
    with writing():
        forget()
        assert (list(snapshot().criteria), list(snapshot().impact_tags)) == (criteria, tags)
    say([], tags[:1])
    with app.app_context():
        _take_assessment()
    with writing():
        forget()
        assert (list(snapshot().criteria), list(snapshot().impact_tags)) == ([], tags[:1])
