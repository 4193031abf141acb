"""Who said to be under 18 when joining is shown to nobody by name, whatever they write."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from innovation.accounts import queries
from innovation.accounts.actions import Newcomer, ProfileDraft, edit_profile, register
from innovation.accounts.models import Account
from innovation.comments.actions import CommentDraft, post_comment
from innovation.comments.models import Comment
from innovation.core.db import db
from innovation.core.permissions import Nobody, Person, System
from innovation.experiments.drafts import OfferDraft
from innovation.experiments.parts import offer_to_join
from innovation.experiments.queries import joiners_of
from innovation.ideas.actions import IdeaDraft, edit_idea, submit_idea
from innovation.ideas.models import Authorship
from innovation.ideas.queries import visible_idea
from tests.accounts.letters import body_of_newest, code_in
from tests.conftest import Unit
from tests.real.experiments import running
from tests.real.ideas import idea
from tests.real.people import sign_in

NAME = "Veeti Virta"


def minor() -> Person:
    person_id = register(Newcomer("veeti@posti.example", NAME, None, "fi", minor=True))
    made = queries.person_by_id(person_id)
    assert made is not None
    return made


def test_no_name_is_kept(client: FlaskClient, writing: Unit, reading: Unit) -> None:
    with writing():
        who = minor()
    assert who.minor
    assert who.name == ""
    with writing():
        edit_profile(who, ProfileDraft(NAME, "sv"))
    with reading():
        profile = queries.profile_of(who.id)
        assert (profile.name, profile.language) == ("", "sv")


def test_the_box_at_joining_hides_the_name_for_good(
    app: Flask, client: FlaskClient, reading: Unit
) -> None:
    typed = {"email": "veeti@posti.example", "name": NAME, "grown": "y", "minor": "y"}
    client.post("/register", data=typed)
    client.post("/sign-in/code", data={"code": code_in(body_of_newest(app, "code"))})
    assert NAME not in client.get("/profile").text
    assert 'name="name"' not in client.get("/profile/edit").text
    assert 'name="name"' not in client.get("/ideas/new").text
    with reading():
        account = db.session.scalars(select(Account)).one()
        assert (account.minor, account.name) == (True, "")


def test_an_idea_stands_without_the_name_that_was_typed(writing: Unit, reading: Unit) -> None:
    with writing():
        who = minor()
        given = submit_idea(who, IdeaDraft(text="Nuokkarin ovi on kiinni kuudelta.", name=NAME))
    with writing():
        draft = IdeaDraft(text="Nuokkarin ovi on kiinni jo kuudelta.", name=NAME)
        edit_idea(who, visible_idea(who, given.idea_id), draft)
    with reading():
        assert db.session.scalars(select(Authorship.name)).all() == [""]


def test_a_comment_stands_without_a_name(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        who = minor()
        number = idea()
        post_comment(who, visible_idea(who, number), CommentDraft(text="Sama meillä Kiimingissä."))
    with reading():
        assert db.session.scalars(select(Comment.name)).all() == [""]
    page = sign_in(app, client, who).get(f"/ideas/{number}").text
    assert "Sama meillä" in page
    assert "Virta" not in page


def test_whoever_leads_an_experiment_reads_no_name(writing: Unit) -> None:
    with writing():
        who, trial = minor(), running()
        offer_to_join(who, trial, OfferDraft("Nuokkari", message="Tulen mielelläni."))
        assert [one.name for one in joiners_of(trial.id)] == [""]


def test_what_is_claimed_loses_the_name_that_was_typed(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        who = minor()
        draft = IdeaDraft(text="Nuokkarin ovi on kiinni kuudelta.", name=NAME)
        given = submit_idea(Nobody(), draft, receipt_key="KXR7-4MTP-9H2D")
        before = visible_idea(System("test"), given.idea_id).version
    own = sign_in(app, client, who)
    assert own.post("/seuraa/KXR7-4MTP-9H2D/claim").status_code == 303
    assert NAME not in own.get("/seuraa/KXR7-4MTP-9H2D").text
    with reading():
        row = db.session.scalars(select(Authorship)).one()
        assert (row.person_id, row.name) == (who.id, "")
        assert visible_idea(System("test"), given.idea_id).version == before + 1
