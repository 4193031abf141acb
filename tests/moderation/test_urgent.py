"""Texts that tell of danger: what was done is written down, or they go the ordinary way."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from innovation.comments.actions import CommentDraft, edit_comment, post_comment
from innovation.comments.reports import report
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.permissions import Person, System
from innovation.ideas.actions import IdeaDraft, edit_idea, submit_idea, withdraw_idea
from innovation.ideas.models import Idea, Revision
from innovation.ideas.queries import timeline_of, visible_idea
from innovation.ideas.risks import Risk
from innovation.moderation import actions, parts, urgent
from innovation.moderation.models import Decision
from innovation.moderation.queries import queue
from innovation.moderation.recusals import recuse
from innovation.moderation.undo import undo_decision
from innovation.notifications.models import Mail
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in

DANGER = "En jaksa enää, haluan kuolla."
NURSE = "Hoitaja Maija Virtanen ei kuunnellut."
DONE = "Soitettu hätäkeskukseen klo 9.05."
_System: Any = System("test")


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def sent(author: Person, text: str = DANGER) -> Idea:
    return visible_idea(_System, submit_idea(author, IdeaDraft(text=text)).idea_id)


def listed(row: Idea) -> bool:
    return row.id in [item.idea_id for item in queue().items]


def last_decision() -> Decision:
    return db.session.scalars(select(Decision).order_by(Decision.id.desc()).limit(1)).one()


def test_what_was_done_is_for_moderators_and_the_text_leaves_the_list(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row = sent(author)
        assert listed(row)
        with pytest.raises(RuleBrokenError) as broken:
            urgent.record_act(moderator, row, "")
        assert broken.value.field == "words"
        urgent.record_act(moderator, row, DONE)
        assert (row.visibility, row.handling) == ("waiting", "passed_on")
        assert not listed(row)
        assert DONE in [entry.reason for entry in timeline_of(moderator, row)]
        own = timeline_of(author, visible_idea(author, row.id))
        assert "urgent" in [entry.kind for entry in own]
        assert not any(entry.reason for entry in own), "the author reads no detail"
        with pytest.raises(ConflictError):
            actions.publish_idea(moderator, row)
        undo_decision(moderator, last_decision())
        db.session.expire_all()
        assert (row.handling, row.risk) == ("new", Risk.URGENT)
        assert listed(row)


def test_no_decision_shows_an_urgent_text(writing: Unit, moderator: Person) -> None:
    with writing():
        row, target = sent(person()), visible_idea(_System, idea())
        for decide in (
            lambda: actions.publish_idea(moderator, row),
            lambda: actions.make_staff_only(moderator, row, "Syy."),
            lambda: actions.merge_idea(moderator, row, target),
        ):
            with pytest.raises(ConflictError):
                decide()
        assert row.visibility == "waiting"


def test_not_urgent_falls_to_what_the_rest_says_and_can_be_published(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        plain, named = sent(person()), sent(person(), f"{DANGER} {NURSE}")
        for row, risk in ((plain, Risk.NONE), (named, Risk.PERSONAL)):
            urgent.mark_not_urgent(moderator, row)
            assert (row.risk, row.visibility) == (risk, "waiting")
            with pytest.raises(ConflictError):
                urgent.mark_not_urgent(moderator, row)
        undo_decision(moderator, last_decision())
        db.session.expire_all()
        assert named.risk == Risk.URGENT
        actions.publish_idea(moderator, plain)
        assert plain.visibility == "public"


def test_an_urgent_change_of_a_shown_idea_is_put_away_and_the_idea_stays(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row = visible_idea(author, idea(author))
        old = row.text
        edit_idea(author, row, IdeaDraft(text=DANGER))
        waits = db.session.scalars(select(Revision).where(Revision.state == "waiting")).one()
        with pytest.raises(ConflictError):
            parts.accept_revision(moderator, row, waits)
        urgent.record_act(moderator, row, DONE)
        assert (row.visibility, row.handling, row.text) == ("public", "new", old)
        assert waits.state == "declined"


def test_an_urgent_comment_is_seen_by_its_writer_alone(writing: Unit, moderator: Person) -> None:
    with writing():
        author = person()
        row = visible_idea(author, idea())
        first, second = (post_comment(author, row, CommentDraft(DANGER + end)) for end in "!?")
        urgent.record_act_on_comment(moderator, first, DONE)
        assert first.visibility == "declined"
        urgent.mark_comment_not_urgent(moderator, second)
        parts.publish_comment(moderator, second)
        assert second.visibility == "public"


def test_the_card_has_the_panel_only_while_it_is_urgent(app: Flask, writing: Unit) -> None:
    desk, _ = signed_in(app, "moderator")
    with writing():
        row, calm = sent(person()).id, idea()
    address = f"/moderation/ideas/{row}"
    assert 'id="urgent"' not in desk.get(f"/moderation/ideas/{calm}").text
    assert 'id="urgent"' in desk.get(address).text
    empty = desk.post(f"{address}/urgent", data={"decision": "record", "urgent-words": ""})
    assert empty.status_code == 422
    assert 'id="urgent-words-error"' in empty.text
    done = desk.post(f"{address}/urgent", data={"decision": "record", "urgent-words": DONE})
    assert done.status_code == 303
    assert 'id="urgent"' not in desk.get(address).text


def test_the_page_of_a_comment_has_the_panel_too(app: Flask, writing: Unit) -> None:
    desk, _ = signed_in(app, "moderator")
    with writing():
        author = person()
        said = post_comment(author, visible_idea(author, idea()), CommentDraft(DANGER)).id
    address = f"/moderation/comments/{said}"
    assert 'id="urgent"' in desk.get(address).text
    done = desk.post(f"{address}/urgent", data={"decision": "not_urgent"})
    assert done.status_code == 303
    assert 'id="urgent"' not in desk.get(address).text


def test_a_withdrawn_text_of_danger_stays_in_the_list_until_somebody_has_acted(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        author = person()
        row = sent(author)
        withdraw_idea(author, row)
        assert listed(row)
        urgent.record_act(moderator, row, DONE)
        assert not listed(row)


def test_whom_a_comment_of_danger_concerns_does_not_decide_and_its_new_words_are_read_first(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        other, writer, author = person("moderator"), person(), person()
        row = visible_idea(_System, idea(author))
        said = post_comment(writer, row, CommentDraft(DANGER))
        read = parts.as_seen(said)
        edit_comment(writer, said, DANGER + " Olen yksin.")
        with pytest.raises(ConflictError):
            urgent.mark_comment_not_urgent(moderator, said, seen=read)
        recuse(moderator, row)
        with pytest.raises(RuleBrokenError):
            urgent.record_act_on_comment(moderator, said, DONE)
        urgent.record_act_on_comment(other, said, DONE)
        told = {entry.kind for entry in timeline_of(author, row)}
        assert told.isdisjoint({"urgent", "recused"})


def test_a_report_that_tells_of_danger_calls_the_moderators(writing: Unit) -> None:
    with writing():
        person("moderator")
        row = visible_idea(_System, idea())
        report(person(), row, None, "commercial", DANGER, "reader")
        assert [mail.kind for mail in db.session.scalars(select(Mail))] == ["urgent"]
