"""The one list of everything that waits: what is in it, in which order, and what it says."""

from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import Connection

from innovation.comments.actions import CommentDraft, post_comment
from innovation.comments.reports import report
from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Nobody, Person, System
from innovation.ideas.actions import IdeaDraft, edit_idea
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.queries import visible_idea
from innovation.ideas.risks import Risk
from innovation.messages.models import Message
from innovation.moderation import actions, sittings
from innovation.moderation.models import Appeal, Decision, Recusal
from innovation.moderation.queries import after, queue
from innovation.moderation.waiting import promised_since
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.ideas import idea
from tests.real.people import person, signed_in

WAITING = Visibility.WAITING
REASON = "Tekstistä tunnistaa ihmisen."
LONG_AGO = timedelta(days=30)


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def waiting(**facts: object) -> int:
    return idea(visibility=WAITING, **facts)


def answer(number: int, **facts: object) -> None:
    text = "Se on kolmannessa kerroksessa."
    row = Message(idea_id=number, side="author", text=text, at=clock.now(), awaits=True)
    for name, value in facts.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()


def keys(person: Person | None = None, **narrowed: str) -> list[tuple[str, int]]:
    return [item.key for item in queue(person=person, **narrowed).items]


def numbers(person: Person | None = None) -> list[int]:
    return [item.id for item in queue(person=person).items]


def test_what_hurts_most_stands_first(writing: Unit) -> None:
    with writing():
        ordinary = waiting()
        robot = waiting(suspicious=True)
        late = waiting(created_at=clock.now() - LONG_AGO)
        answered = waiting()
        answer(answered)
        names, health = waiting(risk=Risk.PERSONAL), waiting(risk=Risk.SENSITIVE)
        shown = idea(indexable=True)
        report(Nobody(), visible_idea(System("test"), shown), None, "honour", "", "a")
        urgent = waiting(risk=Risk.URGENT)
        found = queue().items
        assert [item.idea_id for item in found] == [
            urgent, shown, health, names, answered, late, robot, ordinary,
        ]  # fmt: skip
        assert [item.rank for item in found] == list(range(8))


def test_an_unread_idea_that_was_reported_is_one_item_with_both_reasons(
    app: Flask, database: Connection, writing: Unit
) -> None:
    client, _who = signed_in(app, "moderator")
    with writing():
        number, answered = idea(), idea(indexable=True)
        for one in (number, answered):
            report(Nobody(), visible_idea(System("test"), one), None, "honour", "", "a")
        answer(answered)
        listed = {(item.kind, item.idea_id, item.rank) for item in queue().items}
        assert listed == {("answer", answered, 1), ("idea", number, 1), ("report", answered, 1)}
        assert queue().total == 3
        assert queue().counts["report"] == 1
    page = unescape(client.get("/moderation?lang=en").get_data(as_text=True))
    row = page.partition(f'href="/moderation/ideas/{number}"')[2].partition("</li>")[0]
    assert "Reported" in row
    assert "Public at once: nobody has read it yet" in row
    card = unescape(client.get(f"/moderation/ideas/{number}?lang=en").get_data(as_text=True))
    why = card.partition('class="desk-whys"')[2].partition("</p>")[0]
    assert "Reported" in why
    assert "nobody has read it yet" in why
    with writing():
        visible_idea(System("test"), number).asked_at = clock.now()
        assert [item.idea_id for item in queue("report").items] == [number, answered]


def test_support_lifts_inside_a_step_but_never_past_the_promise(writing: Unit) -> None:
    with writing():
        old = idea(created_at=clock.now() - LONG_AGO)
        plain, liked = idea(), idea(support_count=7)
        few = idea(support_count=4)
        assert numbers() == [old, liked, plain, few]


def test_an_asked_idea_is_with_its_author_until_it_answers_or_keeps_silent(writing: Unit) -> None:
    with writing():
        now = clock.now()
        asked, shown = waiting(asked_at=now), idea(indexable=True, asked_at=now)
        assert keys() == []
        answer(shown)
        answer(asked)
        assert sorted(numbers()) == sorted([asked, shown])
        assert {item.kind for item in queue().items} == {"answer"}
    with writing():
        silent = idea(indexable=True, asked_at=now - timedelta(days=14, minutes=1))
        assert [item.kind for item in queue().items if item.id == silent] == ["silent"]
        draft = idea(visibility=WAITING)
        visible_idea(System("test"), draft).visibility = Visibility.DRAFT
        assert draft not in numbers()


def test_an_answer_that_was_read_and_an_idea_passed_on_do_not_wait(writing: Unit) -> None:
    with writing():
        answer(idea(indexable=True), awaits=False)
        answer(idea(indexable=True), side="moderator")
        waiting(handling=Handling.PASSED_ON)
        assert keys() == []


def test_an_answer_to_what_a_report_holds_is_not_lost(writing: Unit) -> None:
    with writing():
        number = idea(indexable=True)
        row = visible_idea(System("test"), number)
        report(Nobody(), row, None, "other_health", "", "a")
        assert [item.kind for item in queue().items] == ["report"]
        row.asked_at = clock.now()
        answer(number)
        assert "answer" in [item.kind for item in queue().items]


def test_what_concerns_a_moderator_is_left_to_the_others(writing: Unit, moderator: Person) -> None:
    with writing():
        number = waiting()
        other = person("moderator")
        db.session.add(Recusal(idea_id=number, person_id=moderator.id, at=clock.now()))
        db.session.flush()
        assert numbers(moderator) == []
        assert numbers(other) == [number]


def test_an_appeal_is_for_somebody_else_than_who_decided(writing: Unit, moderator: Person) -> None:
    with writing():
        other = person("moderator")
        row = visible_idea(moderator, idea(indexable=True))
        actions.hide_idea(moderator, row, "honour", REASON)
        decision = db.session.query(Decision).order_by(Decision.id.desc()).first()
        assert decision
        appeal = Appeal(decision_id=decision.id, idea_id=row.id, text="Ei se ole.", at=clock.now())
        db.session.add(appeal)
        db.session.flush()
        assert keys(moderator) == []
        assert keys(other) == [("appeal", appeal.id)]
        appeal.outcome = "upheld"
        db.session.flush()
        assert keys(other) == []


def test_counts_by_age_and_kind_agree_with_what_is_listed(writing: Unit) -> None:
    with writing():
        fresh = waiting()
        old = waiting(created_at=promised_since() - timedelta(minutes=1))
        border = idea(created_at=promised_since())
        whole = queue()
        assert whole.ages["late"] == 1
        assert sum(whole.ages.values()) == whole.total == 3
        assert [item.id for item in queue(age="late").items] == [old]
        assert queue(age="late").length == 1
        assert fresh not in [item.id for item in queue("idea", age="late").items]
        assert border not in [item.id for item in queue("idea", age="late").items]
        assert queue("comment", age="late").items == []


def test_the_next_item_is_the_one_after_and_never_the_same(writing: Unit) -> None:
    with writing():
        first, second = waiting(), waiting()
        for key, following in ((first, second), (second, first), (99_999, first)):
            found = after(("idea", key))
            assert found
            assert found.id == following
        visible_idea(System("test"), second).visibility = Visibility.WITHDRAWN
        db.session.flush()
        assert after(("idea", first)) is None


def test_the_list_says_why_and_keeps_its_filters(
    app: Flask, database: Connection, writing: Unit
) -> None:
    client, _who = signed_in(app, "moderator")
    with writing():
        late = waiting(risk=Risk.PERSONAL, created_at=clock.now() - LONG_AGO)
        waiting()
        idea(support_count=12)
    page = unescape(client.get("/moderation?lang=en").get_data(as_text=True))
    for words in (
        "Names or contact details",
        "In order of age",
        "12 supporters",
        "Over the promise",
    ):
        assert words in page
    page = unescape(client.get("/moderation?lang=en&age=late").get_data(as_text=True))
    assert f'href="/moderation/ideas/{late}?age=late"' in page
    assert "/moderation?kind=idea&age=late" in page
    assert client.get("/moderation?age=nonsense&kind=nonsense").status_code == 200


def test_a_day_that_is_done_is_told_in_numbers(
    app: Flask, database: Connection, writing: Unit
) -> None:
    client, who = signed_in(app, "moderator")
    with writing():
        row = visible_idea(who, waiting())
        actions.publish_idea(who, row)
        actions.hide_idea(who, row, "honour", REASON)
        waiting(asked_at=clock.now())
    page = unescape(client.get("/moderation?lang=en").get_data(as_text=True))
    assert "You are done for today" in page
    assert "You made 2 decisions today." in page
    assert "Waiting for an author's answer" in page
    with writing():
        assert sittings.day_of(who).kinds == {"hide": 1, "publish": 1}
        assert sittings.elsewhere(who).asked == 1


def test_the_cost_does_not_grow_with_the_list(
    app: Flask, database: Connection, writing: Unit
) -> None:
    client, who = signed_in(app, "moderator")

    def fill(count: int) -> None:
        with writing():
            for _ in range(count):
                waiting(risk=Risk.PERSONAL)
                answer(idea(indexable=True))
                report(Nobody(), visible_idea(who, idea()), None, "honour", "", "reader")

    fill(2)
    client.get("/moderation")  # what is kept in the process is read once
    few = questions(database, lambda: client.get("/moderation"))
    fill(9)
    client.get("/moderation")  # and once more when the index has changed
    assert questions(database, lambda: client.get("/moderation")) <= few


@pytest.mark.parametrize("place", [Visibility.HIDDEN, Visibility.WITHDRAWN])
def test_somebody_in_danger_waits_on_when_the_idea_is_gone(writing: Unit, place: str) -> None:
    with writing():
        author = person()
        row = visible_idea(author, idea(author))
        said = post_comment(person(), row, CommentDraft("En jaksa enää, haluan kuolla."))
        other = post_comment(person(), row, CommentDraft("Meillä on sama vika."))
        edit_idea(author, row, IdeaDraft(text="En jaksa enää, haluan kuolla."))
        row.visibility = place
        listed = {item.key for item in queue().items}
        assert {("comment", said.id)} == {key for key in listed if key[0] == "comment"}
        assert [key for key in listed if key[0] == "edit"]
        assert other.visibility == "waiting"
