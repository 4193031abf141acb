"""Following an idea over HTTP."""

from flask import Flask
from flask.testing import FlaskClient

from innovation.ideas.lifecycle import Visibility
from innovation.notifications.queries import following
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in

TEXT = "Omaolossa lomake hukkuu, kun istunto vanhenee kesken täyttämisen maanantaina."


def test_following_and_stopping_take_one_press_each(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        number = idea(text=TEXT)
    own, who = signed_in(app)
    for _ in "ab":
        answer = own.post(f"/ideas/{number}/follow")
        assert answer.status_code == 303
        assert answer.location == f"/ideas/{number}"
    with reading():
        assert following(who.id, [number]) == {number}
    assert "Omaolossa lomake" in own.get("/profile").text
    part = own.post(f"/ideas/{number}/unfollow", headers={"X-Partial": "1"})
    assert part.status_code == 200
    assert f'action="/ideas/{number}/follow"' in part.text
    assert own.post(f"/ideas/{number}/unfollow", data={"back": "profile"}).location == "/profile"
    with reading():
        assert following(who.id, [number]) == set()


def test_an_idea_that_waits_cannot_be_followed_by_others(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        number = idea(person(), Visibility.WAITING)
    own, _ = signed_in(app)
    assert own.post(f"/ideas/{number}/follow").status_code == 404


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert client.post("/ideas/1/follow").status_code == 401
