"""Authors ask for another look: with an account, with a tracking key, under their own comment."""

from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from innovation.comments.actions import CommentDraft, post_comment
from innovation.core.db import db
from innovation.core.keys import tracking_key
from innovation.core.permissions import Nobody, System
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.queries import visible_idea
from innovation.moderation.actions import hide_idea, return_idea
from innovation.moderation.appeals import CHANGED, UPHELD, decide_appeal
from innovation.moderation.models import Appeal
from innovation.moderation.parts import hide_comment
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, sign_in, signed_in

SYSTEM = System("test")
WHY = "Siinä ei ole kenenkään nimeä."


def text(answer: object) -> str:
    return unescape(answer.get_data(as_text=True))  # type: ignore[attr-defined]


def test_an_author_with_an_account_asks_once_and_reads_the_answer(
    app: Flask, database: Connection, writing: Unit
) -> None:
    with writing():
        author = person()
        number = idea(author, indexable=True)
        hide_idea(person("moderator"), visible_idea(SYSTEM, number), "privacy", "Nimi mainittu.")
    address, client = f"/ideas/{number}/appeal", sign_in(app, app.test_client(), author)
    assert f'href="{address}"' in text(client.get(f"/ideas/{number}"))
    page = text(client.get(f"{address}?lang=en"))
    assert "Nimi mainittu." in page
    assert "Another person's personal data" in page
    assert client.post(address, data={"text": ""}).status_code == 422
    answer = client.post(address, data={"text": "x" * 2500})
    assert answer.status_code == 422
    assert "x" * 2500 in text(answer)
    for _ in range(2):
        assert client.post(address, data={"text": WHY}).status_code == 303
    page = text(client.get(f"{address}?lang=en"))
    assert WHY in page
    assert "Another moderator looks at it again" in page
    assert "<textarea" not in page
    with writing():
        made = db.session.scalars(select(Appeal)).one()
        decide_appeal(person("moderator"), made, UPHELD, "Lempinimi on siinä.")
    assert "Lempinimi on siinä." in text(client.get(address))
    for page in (
        text(client.get(f"/ideas/{number}?lang=en")),
        text(client.get("/profile?lang=en")),
    ):
        assert "the decision stays" in page.casefold()
        assert "Lempinimi on siinä." in page


def test_own_matters_tell_what_became_of_ones_appeals_and_of_nobody_elses(
    app: Flask, database: Connection, writing: Unit
) -> None:
    with writing():
        writer, moderator, other = person(), person("moderator"), person("moderator")
        row = visible_idea(SYSTEM, idea(person(), indexable=True))
        made = post_comment(writer, row, CommentDraft("Niin meilläkin on."))
        hide_comment(moderator, made, "honour", "Loukkaa.")
        number = made.id
    client, stranger = sign_in(app, app.test_client(), writer), signed_in(app)[0]
    assert "My requests for another look" not in text(client.get("/profile?lang=en"))
    client.post(f"/comments/{number}/appeal", data={"text": WHY})
    page = text(client.get("/profile?lang=en"))
    assert "Waits for another moderator" in page
    assert f'href="/comments/{number}/appeal"' in page
    with writing():
        decide_appeal(other, db.session.scalars(select(Appeal)).one(), CHANGED, "Et loukannut.")
    page = text(client.get("/profile?lang=en"))
    assert "The decision was taken back" in page
    assert "Et loukannut." in page
    assert "Niin meilläkin on." in page
    assert "Et loukannut." in text(client.get(f"/comments/{number}/appeal"))
    assert "Et loukannut." not in text(stranger.get("/profile?lang=en"))


def test_a_nameless_author_asks_with_the_key(client: FlaskClient, writing: Unit) -> None:
    with writing():
        key = tracking_key("secret", "seed")
        draft = IdeaDraft(text="Ajanvaraus ei vastaa iltaisin.")
        given = submit_idea(Nobody(), draft, receipt_key=key)
        row = visible_idea(SYSTEM, given.idea_id)
        return_idea(person("moderator"), row, "Kerro lisää.")
    address = f"/seuraa/{key}/appeal"
    assert f'href="{address}"' in text(client.get(f"/seuraa/{key}"))
    answer = client.get(address)
    assert "Kerro lisää." in text(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.post(address, data={"text": "En tiedä enempää."}).status_code == 303
    assert "En tiedä enempää." in text(client.get(address))
    assert client.get("/seuraa/KXR7-4MTP-9H2D/appeal").status_code == 404


def test_the_writer_of_a_comment_asks_and_nobody_else_learns_of_it(
    app: Flask, database: Connection, writing: Unit
) -> None:
    with writing():
        writer = person()
        row = visible_idea(SYSTEM, idea(indexable=True))
        made = post_comment(writer, row, CommentDraft("Niin meilläkin on."))
        hide_comment(person("moderator"), made, "honour", "Loukkaa.")
        comment, row_number = made.id, row.id
    address = f"/comments/{comment}/appeal"
    client, under = sign_in(app, app.test_client(), writer), f"/ideas/{row_number}"
    assert f'href="{address}"' in text(client.get(under))
    assert f'href="{address}"' not in text(app.test_client().get(under))
    assert "Niin meilläkin on." in text(client.get(address))
    assert client.post(address, data={"text": WHY}).status_code == 303
    other = signed_in(app)[0]
    assert other.get(address).status_code == 404
    assert other.post(address, data={"text": WHY}).status_code == 404
    assert app.test_client().get(address).status_code == 303


def test_others_do_not_appeal_and_nothing_is_asked_where_nothing_was_decided(
    app: Flask, database: Connection, writing: Unit
) -> None:
    with writing():
        author = person()
        shown, hidden = idea(author), idea(author, indexable=True)
        hide_idea(person("moderator"), visible_idea(SYSTEM, hidden), "privacy", "Nimi mainittu.")
    other, moderator = signed_in(app)[0], signed_in(app, "moderator")[0]
    assert other.get(f"/ideas/{hidden}/appeal").status_code == 410
    assert other.get(f"/ideas/{shown}/appeal").status_code == 403
    assert moderator.get(f"/ideas/{hidden}/appeal").status_code == 403
    own = sign_in(app, app.test_client(), author)
    assert "no decision here" in text(own.get(f"/ideas/{shown}/appeal?lang=en"))
    assert own.post(f"/ideas/{shown}/appeal", data={"text": WHY}).status_code == 422
