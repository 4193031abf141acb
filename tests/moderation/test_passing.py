"""Passing a matter on: to whom and why is told, and an initiative needs the author's consent."""

import pytest
from flask import Flask
from sqlalchemy import select

from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.permissions import Person, System
from innovation.ideas.lifecycle import Visibility, status_code
from innovation.ideas.listing import row_of
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.ideas.risks import Risk
from innovation.messages.actions import reply
from innovation.moderation import actions
from innovation.moderation.asking import ask_author
from innovation.moderation.cases import last_entry
from innovation.moderation.models import Decision
from innovation.moderation.passing import pass_on, pass_on_as_initiative, receivers
from innovation.moderation.queries import queue
from innovation.moderation.undo import undo_decision
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in

REASON = "Katu kuuluu kaupungille."


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def made(visibility: Visibility = Visibility.WAITING, author: Person | None = None) -> Idea:
    return visible_idea(System("test"), idea(author or person(), visibility))


def test_what_waits_is_passed_on_without_being_shown(writing: Unit, moderator: Person) -> None:
    with writing():
        row = made()
        ask_author(moderator, row, "Missä kunnassa?")
        pass_on(moderator, row, "Oulun kaupunki", REASON)
        assert (row.visibility, row.handling, row.passed_to) == (
            "waiting",
            "passed_on",
            "Oulun kaupunki",
        )
        assert status_code(row.visibility, row.handling) == "passed_on"
        assert row_of(row).next_step is None
        assert row.asked_at is None
        assert all(item.idea_id != row.id for item in queue().items)


def test_what_is_shown_stays_so_and_says_to_whom(app: Flask, writing: Unit) -> None:
    with writing():
        row = made(Visibility.PUBLIC)
        pass_on(person("moderator"), row, "Oulun kaupunki", REASON)
        number = row.id
    page = app.test_client().get(f"/ideas/{number}?lang=en").text
    assert page.count("Passed on: Oulun kaupunki") >= 2
    assert REASON in page
    listed = app.test_client().get("/ideas?lang=en").text
    assert "Passed on: Oulun kaupunki" in listed


def test_a_door_of_the_programme_is_named_in_the_readers_language(
    app: Flask, writing: Unit
) -> None:
    with writing():
        row = made(Visibility.PUBLIC)
        code = next(code for code, kind in receivers() if kind == "complaint")
        pass_on(person("moderator"), row, code, REASON)
        number = row.id
    page = app.test_client().get(f"/ideas/{number}?lang=en").text
    assert "Passed on: Complaint about your own care or service" in page


def test_to_whom_and_why_are_needed_and_checked(writing: Unit, moderator: Person) -> None:
    with writing():
        row = made()
        for to, reason, field in (
            ("", REASON, "other"),
            ("door:nowhere", REASON, "other"),
            ("a" * 121, REASON, "other"),
            ("Oulun kaupunki", "", "reason"),
            ("Oulun kaupunki", "Tunnus 131052-308T.", "reason"),
        ):
            with pytest.raises(RuleBrokenError) as broken:
                pass_on(moderator, row, to, reason)
            assert broken.value.field == field
        with pytest.raises(ForbiddenError):
            pass_on(person(), row, "Oulun kaupunki", REASON)
        assert row.handling == "new"


def test_what_is_hidden_or_already_passed_on_is_not(writing: Unit, moderator: Person) -> None:
    with writing():
        hidden, passed = made(), made()
        actions.hide_idea(moderator, hidden, "commercial", REASON)
        pass_on(moderator, passed, "Oulun kaupunki", REASON)
        for row in (hidden, passed):
            with pytest.raises(ConflictError):
                pass_on(moderator, row, "Kela", REASON)


def test_undoing_brings_back_where_it_was(writing: Unit, moderator: Person) -> None:
    with writing():
        row = made()
        pass_on(moderator, row, "Oulun kaupunki", REASON)
        undo_decision(
            moderator, db.session.scalars(select(Decision).order_by(Decision.id.desc())).first()
        )
        db.session.refresh(row)
        assert (row.handling, row.passed_to) == ("new", "")


def test_an_initiative_needs_the_authors_consent(writing: Unit, moderator: Person) -> None:
    with writing():
        author = person()
        row = made(author=author)
        with pytest.raises(RuleBrokenError):
            pass_on_as_initiative(moderator, row, REASON)
        ask_author(moderator, row, "Saammeko siirtää idean aloitteena?", consent=True)
        with pytest.raises(RuleBrokenError):
            pass_on_as_initiative(moderator, row, REASON)
        reply(author, row, "", agrees=True)
        pass_on_as_initiative(moderator, row, REASON)
        assert (row.handling, row.passed_to) == ("passed_on", "door:aloite")


def test_a_refusal_counts_too(writing: Unit, moderator: Person) -> None:
    with writing():
        author = person()
        row = made(author=author)
        ask_author(moderator, row, "Saammeko siirtää idean aloitteena?", consent=True)
        reply(author, row, "En halua.", agrees=False)
        with pytest.raises(RuleBrokenError):
            pass_on_as_initiative(moderator, row, REASON)


def test_the_card_passes_on_and_offers_the_initiative_after_consent(
    app: Flask, writing: Unit
) -> None:
    client, who = signed_in(app, "moderator")
    with writing():
        author = person()
        number = idea(author, Visibility.WAITING)
    page = f"/moderation/ideas/{number}"
    assert 'value="initiative"' not in client.get(page).text
    empty = client.post(f"{page}/pass", data={"pass-seen": "0", "decision": "pass_on"})
    assert empty.status_code == 422
    with writing():
        row = visible_idea(who, number)
        ask_author(who, row, "Saammeko siirtää idean aloitteena?", consent=True)
        reply(author, visible_idea(author, number), "", agrees=True)
        seen = str(last_entry(number))
    assert 'value="initiative"' in client.get(page).text
    form = {"pass-seen": seen, "decision": "initiative"}
    assert client.post(f"{page}/pass", data=form).status_code == 303
    with writing():
        assert visible_idea(who, number).passed_to == "door:aloite"


def test_danger_is_not_passed_on_before_something_was_done(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        row = made()
        row.risk = Risk.URGENT
        with pytest.raises(ConflictError):
            pass_on(moderator, row, "Kela", REASON)
        assert [item.idea_id for item in queue().items] == [row.id]
