"""Rights for a time, for areas, for reading figures, and the mark of an expert by experience."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from innovation.accounts import queries
from innovation.accounts.absences import AbsenceDraft, add_absence
from innovation.accounts.grants import grants_of, holders
from innovation.accounts.rights import grant_role, revoke_grant
from innovation.answers.listing import DeskFilter, desk, led_by, overdue_for_lead
from innovation.comments.actions import CommentDraft, post_comment
from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.errors import ForbiddenError, RuleBrokenError
from innovation.core.permissions import Person, Role, System, may
from innovation.experiments.models import Experiment
from innovation.experiments.policy import leads_somewhere
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.programme.queries import snapshot
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in


def again(who: Person) -> Person:
    found = queries.person_by_id(who.id)
    assert found is not None
    return found


def lead(sub_project: int | None = None, area: int | None = None) -> Person:
    who = person()
    grant_role(System("test"), who.id, Role.LEAD, "test", sub_project, area_id=area)
    return again(who)


def placed(sub_project: int | None, area: int | None) -> int:
    """Make a public idea that belongs there."""
    number = idea()
    values = {"primary_sub_project_id": sub_project, "area_id": area, "handling": "routed"}
    db.session.execute(update(Idea).where(Idea.id == number).values(**values))
    db.session.expire_all()
    return number


def test_a_lead_decides_in_a_sub_project_an_area_or_the_one_in_the_other(writing: Unit) -> None:
    with writing():
        home, other = (one.id for one in snapshot().sub_projects[:2])
        here, there = (one.id for one in snapshot().areas[:2])
        ideas = {
            (sub_project, area): visible_idea(System("test"), placed(sub_project, area))
            for sub_project in (home, other, None)
            for area in (here, there, None)
        }
        decided = {
            "sub_project": lead(home),
            "area": lead(area=here),
            "both": lead(home, here),
        }
        allowed = {
            name: {place for place, one in ideas.items() if may(who, "idea:decide", one)}
            for name, who in decided.items()
        }
        assert allowed["sub_project"] == {(home, here), (home, there), (home, None)}
        assert allowed["area"] == {(home, here), (other, here)}
        assert allowed["both"] == {(home, here)}
        for name, who in decided.items():
            official = {p for p, one in ideas.items() if may(who, "comment:official", one)}
            assert official == allowed[name]
            listed = desk(who, DeskFilter())
            numbers = {one.row.number for rows in listed.rows.values() for one in rows}
            assert numbers == {ideas[place].id for place in allowed[name]}
            assert listed.total == len(allowed[name])
            assert overdue_for_lead(who) == 0
        assert led_by(decided["both"]) == ((home, here),)


def test_what_an_area_lead_may_do_holds_for_experiments_too(writing: Unit) -> None:
    with writing():
        home, other = (one.id for one in snapshot().sub_projects[:2])
        here, there = (one.id for one in snapshot().areas[:2])
        both = lead(home, here)
        for sub_project, area, expected in (
            (home, here, True),
            (home, there, False),
            (home, None, False),
            (other, here, False),
        ):
            experiment = Experiment(sub_project_id=sub_project, area_id=area)
            assert may(both, "experiment:lead", experiment) is expected
        assert leads_somewhere(both, home)
        assert not leads_somewhere(both, other)


def test_a_deputy_leads_what_the_one_away_leads_and_no_longer(writing: Unit) -> None:
    with writing():
        home, here = snapshot().sub_projects[0].id, snapshot().areas[0].id
        away, deputy = lead(home, here), person(Role.STAFF)
        today = clock.today()
        days = AbsenceDraft(away.id, deputy.id, today, today + timedelta(days=2))
        add_absence(away, days)
        assert again(deputy).leads(home, here)
        assert not again(deputy).leads(home, None)
        with clock.frozen_at(clock.now() + timedelta(days=3)):
            assert not again(deputy).leads(home, here)
        actions = db.session.scalars(select(AuditRow.action).order_by(AuditRow.id)).all()
        assert actions[-1] == "absence:add"


def test_a_right_ends_after_its_last_day_and_the_day_can_be_moved(writing: Unit) -> None:
    with writing():
        administrator, who = person(Role.ADMINISTRATOR), person()
        last = clock.today() + timedelta(days=2)
        for until in (last, last, last + timedelta(days=1)):
            grant_role(administrator, who.id, Role.MODERATOR, "sijaisuus", until=until)
        (grant,) = grants_of(who.id)
        assert grant.valid_until == clock.day_begins(last + timedelta(days=2))
        with clock.frozen_at(clock.day_begins(last + timedelta(days=2)) - timedelta(seconds=1)):
            assert Role.MODERATOR in again(who).roles
        with clock.frozen_at(clock.day_begins(last + timedelta(days=2))):
            assert Role.MODERATOR not in again(who).roles
            assert grants_of(who.id)[0].over
        with pytest.raises(RuleBrokenError) as broken:
            yesterday = clock.today() - timedelta(days=1)
            grant_role(administrator, who.id, Role.STAFF, "syy", until=yesterday)
        assert broken.value.field == "until"
        noted = db.session.scalars(
            select(AuditRow.action).where(AuditRow.actor_id == administrator.id)
        ).all()
        assert noted == ["grant:give", "grant:prolong"]


def test_the_last_administrators_right_gets_no_end(writing: Unit) -> None:
    with writing():
        only = person(Role.ADMINISTRATOR)
        with pytest.raises(RuleBrokenError):
            grant_role(only, only.id, Role.ADMINISTRATOR, "syy", until=date(2999, 1, 1))


def test_a_coordinator_gives_the_experts_mark_and_nothing_else(writing: Unit) -> None:
    with writing():
        coordinator, who, moderator = person(Role.COORDINATOR), person(), person(Role.MODERATOR)
        grant_role(coordinator, who.id, Role.EXPERT, "koulutettu yhdistyksessä")
        assert Role.EXPERT in again(who).roles
        for role in Role:
            if role not in {Role.EXPERT}:
                with pytest.raises(ForbiddenError):
                    grant_role(coordinator, who.id, role, "syy")
        with pytest.raises(ForbiddenError):
            grant_role(moderator, who.id, Role.EXPERT, "syy")
        (taken,) = grants_of(moderator.id)
        with pytest.raises(ForbiddenError):
            revoke_grant(coordinator, taken.id, "syy")
        (mark,) = holders(Role.EXPERT)
        revoke_grant(coordinator, mark.grant_id, "lopetti")
        assert Role.EXPERT not in again(who).roles


def test_coordinators_have_a_page_of_experts_and_see_nobody_else(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        who = person(name="Kokenut", email="kokenut@pöllö.example")
        person(name="Muu väki", email="muu@posti.example")
    own, _ = signed_in(app, Role.COORDINATOR)
    draft = {"email": "Kokenut@PÖLLÖ.example", "until": "", "reason": "järjestön koulutus"}
    for wrong in (
        {"email": "eiole@posti.example"},
        {"email": "x"},
        {"reason": ""},
        {"until": "eilen"},
    ):
        assert own.post("/experts", data={**draft, **wrong}).status_code == 422
    assert own.post("/experts", data=draft).status_code == 303
    page = own.get("/experts")
    assert "Kokenut" in page.text
    assert "Muu väki" not in page.text
    assert own.get("/admin/people").status_code == 403
    with reading():
        (mark,) = holders(Role.EXPERT)
    take = f"/experts/{mark.grant_id}"
    assert own.get(take).status_code == 200
    assert own.post(take, data={"reason": ""}).status_code == 422
    assert own.post(take, data={"reason": "siirtyi muualle"}).status_code == 303
    assert own.get(take).status_code == 404
    with reading():
        assert Role.EXPERT not in again(who).roles
    assert signed_in(app, Role.MODERATOR)[0].get("/experts").status_code == 403


def test_an_expert_marks_a_text_by_choice_and_others_cannot(writing: Unit) -> None:
    with writing():
        number = idea()
        expert, other = person(Role.EXPERT), person()
        mark = "kokemusasiantuntija"
        for capacity in (mark, "asukas"):
            made = submit_idea(expert, IdeaDraft("Palaute ei kulje takaisin.", capacity=capacity))
            assert db.session.get_one(Idea, made.idea_id).capacity == capacity
        with pytest.raises(RuleBrokenError) as broken:
            submit_idea(other, IdeaDraft("Palaute ei kulje takaisin.", capacity=mark))
        assert broken.value.field == "capacity"
        there = visible_idea(expert, number)
        said = post_comment(expert, there, CommentDraft("Näin se meni.", expert=True))
        plain = post_comment(expert, there, CommentDraft("Toisin kotona."))
        assert (said.capacity, plain.capacity) == (mark, None)
        with pytest.raises(RuleBrokenError) as broken:
            post_comment(other, there, CommentDraft("Näin se meni.", expert=True))
        assert broken.value.field == "writing_as"


def test_the_form_offers_the_mark_to_experts_alone(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        number = idea()
    own, who = signed_in(app, Role.EXPERT)
    mark = 'value="kokemusasiantuntija"'
    assert mark in own.get("/ideas/new").text
    assert 'value="expert"' in own.get(f"/ideas/{number}").text
    for others in (signed_in(app)[0], client):
        assert mark not in others.get("/ideas/new").text
        assert 'value="expert"' not in others.get(f"/ideas/{number}").text
    said = own.post(f"/ideas/{number}/comments", data={"text": "Näin.", "writing_as": "expert"})
    assert said.status_code == 303
    with reading():
        comment = db.session.scalars(select(Comment).where(Comment.person_id == who.id)).one()
        assert comment.capacity == "kokemusasiantuntija"


def test_whoever_reads_figures_reads_those_and_nothing_personal(
    app: Flask, client: FlaskClient
) -> None:
    own, _ = signed_in(app, Role.ANALYST)
    for path in ("/admin/concepts/missed", "/routing/figures"):
        assert own.get(path).status_code == 200
    for path in (
        "/admin",
        "/admin/people",
        "/admin/mail",
        "/admin/audit",
        "/moderation",
        "/answers",
    ):
        assert own.get(path).status_code == 403
    assert "/admin/concepts/missed" in own.get("/").text
