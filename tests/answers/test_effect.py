"""What came of taking part: the effect page, the one question to authors, the public figure."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.answers.actions import give_answer
from innovation.answers.effects import effect_figure, question_to, tell_effect
from innovation.answers.models import Effect
from innovation.comments.actions import CommentDraft, post_comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.permissions import Nobody, Person, ReceiptHolder, System
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea
from innovation.ideas.queries import visible_idea
from innovation.moderation.actions import hide_idea, merge_idea, publish_idea
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from innovation.votes.actions import cast_vote
from tests.answers.test_answers import given
from tests.conftest import Unit
from tests.operating_models.writing import model
from tests.real.counting import questions
from tests.real.experiments import running
from tests.real.ideas import idea
from tests.real.people import person, signed_in

SYSTEM = System("test")
PAGE = "/profile/effect?lang=en"


def routed(author: Person | Nobody | None = None) -> Idea:
    row = visible_idea(SYSTEM, idea(author or Nobody()))
    route_idea(SYSTEM, row, snapshot().sub_project_by_slug["ikaihmiset"].id, [])
    return row


def answered(author: Person | Nobody | None = None, handling: str = "in_use") -> Idea:
    row = routed(author)
    give_answer(SYSTEM, row, given(handling=handling, step="", step_on=None))
    return row


def behind_key() -> tuple[str, Idea]:
    """Make a nameless author's public idea; gives its tracking key too."""
    key = "KXR7-4MTP-9H2D"
    draft = IdeaDraft(text="Jono on pitkä meilläkin.")
    sent = submit_idea(Nobody(), draft, receipt_key=key)
    row = visible_idea(SYSTEM, sent.idea_id)
    publish_idea(SYSTEM, row)
    return key, row


def said() -> list[str]:
    return list(db.session.scalars(select(Effect.effect).order_by(Effect.id)))


@pytest.mark.parametrize(
    "handling", ["not_going_forward", "done_another_way", "passed_on", "in_use"]
)
def test_an_author_is_asked_once_when_it_is_finished(writing: Unit, handling: str) -> None:
    with writing():
        author = person()
        row = routed(author)
        assert question_to(author, row) is None
        with pytest.raises(ConflictError):
            tell_effect(author, row, "yes")
        extra = {"passed_to": "Oulun kaupunki"} if handling == "passed_on" else {}
        give_answer(SYSTEM, row, given(handling=handling, step="", step_on=None, **extra))
        asked = question_to(author, row)
        assert asked
        assert asked.told == ""
        tell_effect(author, row, "yes")
        tell_effect(author, row, "partly")
        tell_effect(author, row, "partly")
        assert said() == ["partly"]
        asked = question_to(author, row)
        assert asked
        assert asked.told == "partly"


def test_only_authors_are_asked_and_only_real_answers_count(writing: Unit) -> None:
    with writing():
        author, other, moderator = person(), person(), person("moderator")
        row = answered(author)
        for one in (other, moderator, Nobody(), SYSTEM, ReceiptHolder(999_999, row.id)):
            assert question_to(one, row) is None
            with pytest.raises(ForbiddenError):
                tell_effect(one, row, "yes")
        with pytest.raises(RuleBrokenError):
            tell_effect(author, row, "perhaps")
        assert said() == []


def test_who_wrote_what_was_merged_is_asked_about_the_whole_once(writing: Unit) -> None:
    with writing():
        author, other = person(), person()
        head, own, more = routed(other), routed(author), routed(author)
        merge_idea(SYSTEM, own, head)
        merge_idea(SYSTEM, more, head)
        assert question_to(author, own) is None
        give_answer(SYSTEM, head, given(handling="done_another_way", step="", step_on=None))
        for row in (own, more, head):
            asked = question_to(author, row)
            assert asked
            assert asked.idea_id == head.id
            tell_effect(author, row, "no")
        tell_effect(other, head, "yes")
        assert said() == ["no", "yes"]


def test_an_answer_undone_and_a_hidden_idea_ask_nobody(writing: Unit) -> None:
    with writing():
        author, who = person(), person("moderator")
        row = routed(author)
        give_answer(who, row, given(handling="in_use", step="", step_on=None))
        tell_effect(author, row, "yes")
        undo_decision(
            who, db.session.scalars(select(Decision).order_by(Decision.id.desc())).first()
        )
        row = db.session.get_one(Idea, row.id)
        assert question_to(author, row) is None
        assert effect_figure().whole.count == 0
        give_answer(who, row, given(handling="in_use", step="", step_on=None))
        assert effect_figure().whole.count == 1
        hide_idea(who, row, snapshot().rules[0]["id"], "Ei sovi.")
        assert question_to(author, row) is None
        assert effect_figure().whole.count == 0


def test_the_figure_is_public_by_year_and_says_nothing_of_few(
    client: FlaskClient, writing: Unit
) -> None:
    assert "Fewer than 5 authors have answered" in client.get("/promises?lang=en").text
    with writing():
        for number, effect in enumerate(("yes", "yes", "partly", "no", "yes", "no", "yes")):
            author = person()
            row = answered(author)
            year = 2025 if number < 2 else 2026
            # Helsinki has the new year two hours before the clocks of Greenwich.
            with clock.frozen_at(datetime(year - 1, 12, 31, 22, 30, tzinfo=UTC)):
                tell_effect(author, row, effect)
        with clock.frozen_at(datetime(2026, 11, 2, tzinfo=UTC)):
            tell_effect(author, row, "no")  # changed later, and still of its year
            figure = effect_figure()
    assert (figure.whole.count, figure.whole.yes, figure.whole.partly) == (7, 3, 1)
    assert [(year, one.count, one.told) for year, one in figure.years] == [
        (2026, 5, True),
        (2025, 2, False),
    ]
    with clock.frozen_at(datetime(2026, 11, 2, tzinfo=UTC)):
        text = client.get("/promises?lang=en").text
    assert "57% of the 7 authors who have answered" in text.replace("\xa0", "")
    assert "40%" in text.replace("\xa0", "")
    assert "under 5" in text


def test_the_page_tells_in_plain_sentences(app: Flask, writing: Unit) -> None:
    client, who = signed_in(app)
    assert "Nothing to tell yet" in client.get(PAGE).text
    with writing():
        tried = routed(who)
        running(ideas=(tried.id,))
        used = answered()
        cast_vote(who, used)
        model(ideas=(used.id,), published=True)
        talked = answered(handling="not_going_forward")
        post_comment(who, talked, CommentDraft(text="Meillä on sama."))
        merged, head = routed(who), routed()
        merge_idea(SYSTEM, merged, head)
        numbers = [one.id for one in (tried, used, talked, head)]
    text = client.get(PAGE).text
    for part in (
        "Your idea is being tried now. Place: Pudasjärvi.",
        "Tekstiviesti tehdystä käynnistä",
        "The idea that you support was taken into use on",
        "Kotikäynnin aikaikkuna",
        "The idea that you commented on does not go ahead.",
        "Your idea was merged with the idea",
        "It has found its place",
        *(f"/ideas/{number}#answer" for number in numbers[:3]),
        f"/ideas/{numbers[3]}",
    ):
        assert part in text, part
    assert "/profile/effect" in client.get("/profile").text


def test_an_idea_stands_once_and_what_others_may_not_read_is_not_told(
    app: Flask, writing: Unit
) -> None:
    client, who = signed_in(app)
    with writing():
        own, other = routed(who), routed()
        for row in (own, other):
            post_comment(who, row, CommentDraft(text="Vielä tästä."))
        cast_vote(who, other)
        merged, head = routed(who), routed()
        merge_idea(SYSTEM, merged, head)
        hide_idea(SYSTEM, head, snapshot().rules[0]["id"], "Ei sovi.")
        numbers = own.id, other.id
        gone = head.id, head.reference
    text = client.get(PAGE).text
    for number in numbers:
        assert text.count(f'href="/ideas/{number}"') == 1
    assert "All authors get the same answer." in text
    assert gone[1] not in text
    assert f"/ideas/{gone[0]}" not in text


def test_a_group_is_paged_and_the_page_costs_the_same_for_many(
    app: Flask, database: Connection, writing: Unit
) -> None:
    client, who = signed_in(app)

    def more(count: int) -> None:
        with writing():
            for _ in range(count):
                own = routed(who)
                running(ideas=(own.id,))
                closed = answered(who)
                model(ideas=(closed.id,), published=True)
                one, two = answered(), answered()
                cast_vote(who, one)
                post_comment(who, two, CommentDraft(text="Meillä on sama."))

    more(2)
    places = (PAGE, f"{PAGE}&group=posted", f"{PAGE}&group=commented")
    few = [questions(database, lambda place=place: client.get(place)) for place in places]  # type: ignore[misc]
    more(15)
    many = [questions(database, lambda place=place: client.get(place)) for place in places]  # type: ignore[misc]
    assert many == few
    first, second = (client.get(f"{PAGE}&group=posted&page={n}").text for n in (1, 2))
    assert "1–20 / 34" in first
    assert "21–34 / 34" in second
    assert "Show all 34" in client.get(PAGE).text
    assert client.get(f"{PAGE}&group=posted&page=99").status_code == 200
    assert client.get(f"{PAGE}&group=nonsense").status_code == 200


def test_the_author_tells_on_the_page_of_the_idea_and_others_see_no_question(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    author, who = signed_in(app)
    with writing():
        number = answered(who).id
    page, question = f"/ideas/{number}?lang=en", "Did taking part have an effect?"
    assert question in author.get(page).text
    assert question not in client.get(page).text
    assert question not in signed_in(app, "moderator")[0].get(page).text
    sent = author.post(f"/ideas/{number}/effect", data={"effect": "partly"})
    assert (sent.status_code, sent.location) == (303, f"/ideas/{number}#effect")
    assert "You answered: Partly." in author.get(page).text
    wrong = author.post(f"/ideas/{number}/effect?lang=en", data={"effect": "x"})
    assert wrong.status_code == 422
    assert "Choose one of the options." in wrong.text
    assert signed_in(app)[0].post(f"/ideas/{number}/effect").status_code == 403
    back = author.post(f"/ideas/{number}/effect", data={"effect": "no", "back": "effect"})
    assert back.location == "/profile/effect#posted"
    assert "You answered: No." in author.get(PAGE).text


def test_a_nameless_author_reads_and_tells_with_the_key(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        key, row = behind_key()
        route_idea(SYSTEM, row, snapshot().sub_project_by_slug["ikaihmiset"].id, [])
        number = row.id
    page = f"/seuraa/{key}?lang=en"
    assert "Your idea has found its place" in client.get(page).text
    assert client.post(f"/seuraa/{key}/effect", data={"effect": "yes"}).status_code == 409
    with writing():
        row = visible_idea(SYSTEM, number)
        give_answer(SYSTEM, row, given(handling="in_use", step="", step_on=None))
    text = client.get(page).text
    assert "Your idea was taken into use on" in text
    assert f"/ideas/{number}#answer" in text
    sent = client.post(f"/seuraa/{key}/effect", data={"effect": "yes"})
    assert (sent.status_code, sent.location) == (303, f"/seuraa/{key}#effect")
    assert "You answered: Yes." in client.get(page).text
    assert client.post("/seuraa/KXR7-4MTP-9H2E/effect", data={"effect": "no"}).status_code == 404
    with writing():
        receipt = db.session.scalars(select(Effect)).one().receipt_id
        own = db.session.scalars(select(Authorship).filter_by(idea_id=number)).one()
        assert receipt == own.receipt_id


def test_ideas_that_are_not_shown_tell_where_they_are(app: Flask, writing: Unit) -> None:
    client, who = signed_in(app)
    with writing():
        idea(who, Visibility.WAITING)
        hidden = routed(who)
        hide_idea(SYSTEM, hidden, snapshot().rules[0]["id"], "Ei sovi.")
    text = client.get(PAGE).text
    assert "Your idea waits for a moderator to read it." in text
    assert "Your idea was hidden." in text
