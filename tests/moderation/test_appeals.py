"""An appeal goes to another moderator, is answered once, and takes back just what was decided."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.comments.actions import CommentDraft, post_comment
from innovation.comments.models import Comment
from innovation.core.db import db
from innovation.core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RuleBrokenError,
)
from innovation.core.permissions import Actor, Nobody, Person, ReceiptHolder, System
from innovation.ideas.actions import IdeaDraft, edit_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea, Revision
from innovation.ideas.queries import timeline_of, visible_idea
from innovation.moderation.actions import hide_idea, restore_idea, return_idea
from innovation.moderation.appeal_cases import standing_of
from innovation.moderation.appeals import CHANGED, UPHELD, appeal, decide_appeal
from innovation.moderation.models import Appeal, Decision
from innovation.moderation.parts import decline_revision, hide_comment
from innovation.moderation.undo import undo_decision
from innovation.notifications.models import Mail
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, sign_in, signed_in

WHY = "Siinä ei ole kenenkään nimeä."
SYSTEM = System("test")


def hidden(author: Actor, decider: Person, visibility: Visibility = Visibility.PUBLIC) -> Decision:
    """Make an idea that the decider has hidden; gives the decision."""
    row = visible_idea(SYSTEM, idea(author, visibility, indexable=True))
    hide_idea(decider, row, "privacy", "Tekstissä on nimi.")
    return last_decision()


def last_decision() -> Decision:
    return db.session.scalars(select(Decision).order_by(Decision.id.desc()).limit(1)).one()


def shown(decision: Decision) -> str:
    return db.session.get_one(Idea, decision.idea_id).visibility


@pytest.mark.parametrize("place", [Visibility.PUBLIC, Visibility.STAFF_ONLY, Visibility.WAITING])
def test_a_hidden_idea_comes_back_to_where_it_was(
    database: Connection, writing: Unit, place: Visibility
) -> None:
    with writing():
        author, first, second = person(), person("moderator"), person("moderator")
        decision = hidden(author, first, place)
        made = appeal(author, decision, WHY)
        decide_appeal(second, made, CHANGED, "Olet oikeassa.")
        assert shown(decision) == place
        assert (made.outcome, made.reason, made.decided_by_id) == (
            CHANGED,
            "Olet oikeassa.",
            second.id,
        )
        undo_decision(second, last_decision())
        assert shown(decision) == Visibility.HIDDEN
        db.session.refresh(made)
        assert (made.outcome, made.reason, made.decided_at) == ("", "", None)


def test_the_decision_stays_with_a_reason_that_the_author_reads(
    database: Connection, writing: Unit
) -> None:
    with writing():
        author, first, second = person(), person("moderator"), person("administrator")
        decision = hidden(author, first)
        made = appeal(author, decision, WHY)
        decide_appeal(second, made, UPHELD, "Lempinimestäkin hänet tunnistaa.")
        row = visible_idea(author, decision.idea_id)
        assert row.visibility == Visibility.HIDDEN
        told = timeline_of(author, row)[0]
        assert (told.kind, told.reason) == ("appeal_upheld", "Lempinimestäkin hänet tunnistaa.")
        decide_appeal(second, made, UPHELD, "Lempinimestäkin hänet tunnistaa.")
        assert len(list(db.session.scalars(select(Decision)))) == 2
        with pytest.raises(ConflictError):
            decide_appeal(person("moderator"), made, CHANGED, "Minusta tämä sopii.")
        standing = standing_of(row)
        assert standing
        assert not standing.open


def test_whoever_decided_or_wrote_it_does_not_answer(database: Connection, writing: Unit) -> None:
    with writing():
        author, first = person("moderator"), person("moderator")
        decision = hidden(author, first)
        made = appeal(author, decision, WHY)
        for partial in (first, author, person(), person("staff"), Nobody()):
            with pytest.raises(ForbiddenError):
                decide_appeal(partial, made, CHANGED, "Minusta tämä sopii.")
        assert made.outcome == ""


def test_only_its_author_appeals_and_only_once(database: Connection, writing: Unit) -> None:
    with writing():
        author, first = person(), person("moderator")
        decision = hidden(author, first)
        for other in (person(), person("moderator"), ReceiptHolder(9, decision.idea_id + 1)):
            with pytest.raises((ForbiddenError, NotFoundError)):
                appeal(other, decision, WHY)
        for text in ("", "!?", "x" * 2001, "Kysy 131052-308T."):
            with pytest.raises(RuleBrokenError):
                appeal(author, decision, text)
        made = appeal(author, decision, WHY)
        assert appeal(author, decision, WHY) is made
        with pytest.raises(RuleBrokenError):
            appeal(author, decision, "Vielä yksi asia.")
        assert len(list(db.session.scalars(select(Appeal)))) == 1


def test_what_was_decided_anew_is_not_appealed(database: Connection, writing: Unit) -> None:
    with writing():
        author, first = person(), person("moderator")
        decision = hidden(author, first)
        restore_idea(first, visible_idea(first, decision.idea_id), "Erehdyin.")
        assert standing_of(visible_idea(author, decision.idea_id)) is None
        with pytest.raises(ConflictError):
            appeal(author, decision, WHY)


def test_undoing_the_decision_answers_the_appeal(database: Connection, writing: Unit) -> None:
    with writing():
        author, first = person(), person("moderator")
        decision = hidden(author, first)
        made = appeal(author, decision, WHY)
        undo_decision(first, decision)
        db.session.refresh(made)
        assert made.outcome == CHANGED
        assert shown(decision) == Visibility.PUBLIC


@pytest.mark.parametrize("place", [Visibility.PUBLIC, Visibility.WAITING])
def test_a_returned_idea_goes_back_to_where_it_was(
    database: Connection, writing: Unit, place: Visibility
) -> None:
    with writing():
        author, first, second = person(), person("moderator"), person("moderator")
        row = visible_idea(SYSTEM, idea(author, place))
        return_idea(first, row, "Kerro lisää.")
        made = appeal(author, last_decision(), "Enempää en tiedä.")
        decide_appeal(second, made, CHANGED, "Tämä riittää.")
        assert (row.visibility, row.asked_at) == (place, None)
        entry = timeline_of(SYSTEM, row)[1]
        assert (entry.kind, entry.actor_role) == ("restored", "moderator")
        assert timeline_of(author, row)[0].kind == "appeal_changed"


def test_a_declined_change_is_shown_unless_a_newer_one_came(
    database: Connection, writing: Unit
) -> None:
    with writing():
        author, first, second = person(), person("moderator"), person("moderator")
        number = idea(author, indexable=True)
        edit_idea(author, visible_idea(author, number), IdeaDraft(text="Parempi teksti jonosta."))
        revision = db.session.scalars(select(Revision).where(Revision.state == "waiting")).one()
        decline_revision(first, visible_idea(first, number), revision, "Eri aihe.")
        decision = last_decision()
        made = appeal(author, decision, "Sama aihe se on.")
        decide_appeal(second, made, CHANGED, "Niin on.")
        assert visible_idea(author, number).text == "Parempi teksti jonosta."
        undo_decision(second, last_decision())
        newer = visible_idea(author, number)
        edit_idea(author, newer, IdeaDraft(text="Vielä parempi teksti jonosta."))
        with pytest.raises(ConflictError):
            decide_appeal(second, made, CHANGED, "Niin on.")


def test_the_writer_of_a_hidden_comment_appeals_unseen_by_the_author_of_the_idea(
    database: Connection, writing: Unit
) -> None:
    with writing():
        author, writer = person(), person()
        first, second = person("moderator"), person("moderator")
        row = visible_idea(SYSTEM, idea(author, indexable=True))
        comment = post_comment(writer, row, CommentDraft("Niin meilläkin."))
        hide_comment(first, comment, "honour", "Tämä loukkaa.")
        decision = last_decision()
        with pytest.raises(ForbiddenError):
            appeal(author, decision, WHY)
        made = appeal(writer, decision, "En loukannut ketään.")
        kinds = {entry.kind for entry in timeline_of(author, row)}
        assert not any("appeal" in kind for kind in kinds)
        decide_appeal(second, made, CHANGED, "Et niin.")
        assert not any("appeal" in entry.kind for entry in timeline_of(author, row))
        inside = [entry.kind for entry in timeline_of(first, row)]
        assert inside[:2] == ["comment_appeal_decided", "comment_appealed"]
        assert db.session.get_one(Comment, comment.id).visibility == "public"
        undo_decision(second, last_decision())
        db.session.refresh(comment)
        assert comment.visibility != "public"


def test_an_appeal_about_a_comment_makes_no_decision_on_the_idea_stale(
    app: Flask, database: Connection, writing: Unit
) -> None:
    with writing():
        writer, first = person(), person("moderator")
        row = visible_idea(SYSTEM, idea(indexable=True))
        comment = post_comment(writer, row, CommentDraft("Niin meilläkin."))
        hide_comment(first, comment, "honour", "Tämä loukkaa.")
        seen = max(entry.id for entry in timeline_of(SYSTEM, row))
        appeal(writer, last_decision(), "En loukannut ketään.")
        hide_idea(first, row, "privacy", "Tekstissä on nimi.", seen=seen)
        assert row.visibility == Visibility.HIDDEN
        number = row.id
    page = signed_in(app, "moderator")[0].get(f"/moderation/ideas/{number}?lang=en")
    assert "the writer of a comment appealed" in page.get_data(as_text=True)


def test_the_card_shows_the_appeal_and_takes_the_answer(
    app: Flask, database: Connection, writing: Unit, client: FlaskClient
) -> None:
    with writing():
        first = person("moderator", name="Päättäjä")
        author = person()
        made = appeal(author, hidden(author, first), WHY)
        address = f"/moderation/appeals/{made.id}"
        number = made.idea_id
    decider = sign_in(app, app.test_client(), first)
    page = decider.get(f"{address}?lang=en").get_data(as_text=True)
    assert "This decision was yours" in page
    assert 'value="upheld"' not in page
    refused = decider.post(f"{address}?lang=en", data={"decision": "changed", "reason": "Sopii."})
    assert refused.status_code == 403
    assert "This decision was yours" in refused.get_data(as_text=True)
    other = signed_in(app, "moderator")[0]
    page = other.get(f"{address}?lang=en").get_data(as_text=True)
    assert WHY in page
    assert "Tekstissä on nimi." in page
    assert "Päättäjä" in page
    answer = other.post(f"{address}?lang=en", data={"decision": "changed", "reason": ""})
    assert answer.status_code == 422
    answer = other.post(address, data={"decision": "changed", "reason": "Olet oikeassa."})
    assert answer.status_code == 303
    assert client.get(f"/ideas/{number}").status_code == 200
    assert "Olet oikeassa." in other.get(address).get_data(as_text=True)
    assert client.get(address).status_code == 303
    assert signed_in(app, "staff")[0].get(address).status_code == 403


def test_a_nameless_author_appeals(database: Connection, writing: Unit) -> None:
    with writing():
        decision = hidden(Nobody(), person("moderator"))
        receipt = db.session.scalars(
            select(Authorship.receipt_id).where(Authorship.idea_id == decision.idea_id)
        ).one()
        made = appeal(ReceiptHolder(receipt, decision.idea_id), decision, WHY)
        assert made.outcome == ""


def test_an_appeal_that_tells_of_danger_reaches_moderators_at_once(
    database: Connection, writing: Unit
) -> None:
    with writing():
        author, first = person(), person("moderator")
        appeal(author, hidden(author, first), "En jaksa enää, haluan kuolla.")
        (mail,) = db.session.scalars(select(Mail).where(Mail.kind == "urgent"))
        assert mail.person_id == first.id
