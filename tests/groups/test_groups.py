"""Groups: members write in their name for a time, and what they wrote stays."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select, update

from innovation.accounts import queries as accounts
from innovation.comments.actions import CommentDraft, delete_comment, edit_comment, post_comment
from innovation.comments.queries import discussion_of
from innovation.core import clock
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.errors import ForbiddenError, RuleBrokenError
from innovation.core.permissions import Person, Role, System, may
from innovation.groups.actions import (
    GroupDraft,
    MemberDraft,
    add_group,
    end_membership,
    name_member,
    set_closed,
)
from innovation.groups.queries import all_groups, groups_of, members_of
from innovation.ideas.actions import IdeaDraft, edit_idea, submit_idea
from innovation.ideas.authors import authors_of
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from innovation.votes.actions import cast_vote
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.ideas import idea, ripe_once
from tests.real.people import person, sign_in, signed_in

SYSTEM = System("test")
COUNCIL = "Esimerkkilän vanhusneuvosto"
TEXT = "Kuulokojeen paristot saa vain keskuksesta."


def again(who: Person) -> Person:
    found = accounts.person_by_id(who.id)
    assert found is not None
    return found


def council(*members: Person, name: str = COUNCIL, last_in: int | None = None) -> int:
    """Make a group with these members, who write in its name for so many days."""
    group = add_group(SYSTEM, GroupDraft("elderly-council", name))
    last = clock.today() + timedelta(days=last_in) if last_in is not None else None
    for one in members:
        email = accounts.profile_of(one.id).email
        name_member(SYSTEM, group, MemberDraft(email, None, last, "neuvoston kokous"))
    return group


def rule(publishing: str) -> None:
    db.session.execute(update(Programme).values(publishing=publishing))
    touch()


def test_an_idea_in_a_groups_name_shows_the_group_and_not_the_writer(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    with writing():
        rule("known_authors")
        who = person(name="Oma Nimi")
        group = council(who)
    own = sign_in(app, app.test_client(), who)
    form = own.get("/ideas/new?lang=en").text
    assert f"{COUNCIL} (council for older people)" in form
    told = {"text": TEXT, "group": str(group), "name": "Oma Nimi", "once": ripe_once(app)}
    sent = own.post("/ideas", data=told)
    assert sent.status_code == 303
    with reading():
        made = db.session.scalars(select(Idea).order_by(Idea.id.desc()).limit(1)).one()
        assert made.visibility == "public"
        (author,) = authors_of(made.id)
        assert (author.name, author.group_kind) == (COUNCIL, "elderly-council")
        number = made.id
    page = client.get(f"/ideas/{number}?lang=en").text
    assert f"{COUNCIL} (council for older people)" in page
    assert "Oma Nimi" not in page


@pytest.mark.parametrize(
    ("publishing", "expected"),
    [("everything_first", "waiting"), ("known_authors", "public"), ("clean_at_once", "public")],
)
def test_a_groups_clean_text_is_public_where_known_authors_are(
    writing: Unit, publishing: str, expected: str
) -> None:
    with writing():
        rule(publishing)
        who = person()
        group = council(who)
        made = submit_idea(again(who), IdeaDraft(TEXT, group_id=group))
        assert db.session.get_one(Idea, made.idea_id).visibility == expected
        own = submit_idea(again(who), IdeaDraft(TEXT))
        assert db.session.get_one(Idea, own.idea_id).visibility == "waiting"
        marked = IdeaDraft("Soita numeroon 040 123 4567.", group_id=group)
        seen = submit_idea(again(who), marked)
        assert db.session.get_one(Idea, seen.idea_id).visibility == "waiting"


def test_only_members_of_today_write_in_the_name(writing: Unit) -> None:
    with writing():
        member, stranger = person(), person(Role.MODERATOR)
        group = council(member)
        other = council(name="Toinen neuvosto")
        for who, number in ((stranger, group), (member, other), (member, 0)):
            with pytest.raises(RuleBrokenError) as broken:
                submit_idea(again(who), IdeaDraft(TEXT, group_id=number))
            assert broken.value.field == "group"
        there = visible_idea(member, idea())
        with pytest.raises(RuleBrokenError) as broken:
            post_comment(again(stranger), there, CommentDraft("Samaa mieltä.", group_id=group))
        assert broken.value.field == "writing_as"


@pytest.mark.parametrize("how", ["by date", "by hand", "closed"])
def test_what_was_written_stays_when_a_membership_ends(writing: Unit, how: str) -> None:
    with writing():
        rule("known_authors")
        who, successor = person(), person()
        group = council(who, last_in=3)
        council(successor)
        acting = again(who)
        made = submit_idea(acting, IdeaDraft(TEXT, group_id=group)).idea_id
        there = visible_idea(acting, idea())
        said = post_comment(acting, there, CommentDraft("Tämä on totta.", group_id=group))
        assert said.visibility == "public"
        assert may(acting, "idea:edit", visible_idea(acting, made))
        later = clock.now()
        if how == "by date":
            later += timedelta(days=4)
        elif how == "by hand":
            (one,) = [row for row in members_of(group) if row.person_id == who.id]
            end_membership(SYSTEM, one.id, "kausi päättyi")
        else:
            set_closed(SYSTEM, group, True)
        with clock.frozen_at(later):
            gone = again(who)
            assert groups_of(gone) == []
            with pytest.raises(RuleBrokenError):
                submit_idea(gone, IdeaDraft(TEXT, group_id=group))
            with pytest.raises(ForbiddenError):
                edit_idea(gone, visible_idea(gone, made), IdeaDraft("Uusi teksti."))
            for change in (
                lambda: edit_comment(gone, said, "Ei."),
                lambda: delete_comment(gone, said),
            ):
                with pytest.raises(ForbiddenError):
                    change()
            assert authors_of(made)[0].name == COUNCIL
            assert said.visibility == "public"
            heir = again(successor)
            expected = how != "closed"
            assert may(heir, "idea:edit", visible_idea(heir, made)) is expected


def test_a_members_edit_keeps_the_groups_name_and_members_do_not_support_their_own(
    writing: Unit,
) -> None:
    with writing():
        rule("known_authors")
        who, colleague = person(), person()
        group = council(who, colleague)
        made = submit_idea(again(who), IdeaDraft(TEXT, group_id=group)).idea_id
        acting = again(colleague)
        there = visible_idea(acting, made)
        edit_idea(acting, there, IdeaDraft("Paristot saisi myös kirjastosta.", name="Oma Nimi"))
        assert there.text == "Paristot saisi myös kirjastosta."
        assert authors_of(made)[0].name == COUNCIL
        with pytest.raises(RuleBrokenError):
            cast_vote(acting, there)
        assert cast_vote(person(), there)


def test_a_comment_in_a_groups_name_shows_the_group(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    with writing():
        rule("known_authors")
        who = person(name="Oma Nimi")
        group, number = council(who), idea()
    own = sign_in(app, app.test_client(), who)
    assert f'value="group-{group}"' in own.get(f"/ideas/{number}").text
    said = {"text": "Meillä sama.", "writing_as": f"group-{group}", "once": ripe_once(app)}
    assert own.post(f"/ideas/{number}/comments", data=said).status_code == 303
    page = client.get(f"/ideas/{number}?lang=en").text
    assert COUNCIL in page
    assert "council for older people" in page
    assert "Oma Nimi" not in page
    for wrong in ("group-99999", "group-x", "nonsense", "expert"):
        answer = own.post(f"/ideas/{number}/comments", data={"text": "Hei.", "writing_as": wrong})
        assert answer.status_code == 422
        assert "Hei." in answer.text


def test_most_people_are_asked_for_no_name(app: Flask, client: FlaskClient, writing: Unit) -> None:
    with writing():
        number = idea()
        council(person())
    for who in (client, signed_in(app)[0]):
        assert 'name="group"' not in who.get("/ideas/new").text
        assert 'name="writing_as"' not in who.get(f"/ideas/{number}").text


def test_administrators_make_groups_and_name_members(
    app: Flask, client: FlaskClient, writing: Unit, reading: Unit
) -> None:
    own, _ = signed_in(app, Role.ADMINISTRATOR)
    with writing():
        who = person(email="jasen@posti.example", name="Jäsen")
    draft = {"kind": "youth-council", "name": "Esimerkkilän nuoret", "area": ""}
    for wrong in ({"kind": "kerho"}, {"name": ""}, {"area": "kuu"}, {"name": "x" * 121}):
        assert own.post("/admin/groups", data={**draft, **wrong}).status_code == 422
    for _ in "ab":
        made = own.post("/admin/groups", data=draft)
        assert made.status_code == 303
    page = made.location
    assert "Esimerkkilän nuoret" in own.get("/admin/groups").text
    named = {"email": " Jasen@posti.example ", "first_day": "", "last_day": "", "reason": "valittu"}
    for wrong in (
        {"email": "eiole@posti.example"},
        {"reason": ""},
        {"last_day": "1.1.2020"},
        {"first_day": "huomenna"},
    ):
        assert own.post(f"{page}/members", data={**named, **wrong}).status_code == 422
    for _ in "ab":
        assert own.post(f"{page}/members", data=named).status_code == 303
    with reading():
        (group,) = all_groups()
        assert group.members == 1
        (member,) = members_of(group.id)
        assert again(who).writes_for(group.id)
    end = f"{page}/members/{member.id}"
    assert own.get(end).status_code == 200
    assert own.post(end, data={"reason": ""}).status_code == 422
    for _ in "ab":
        assert own.post(end, data={"reason": "muutti"}).status_code == 303
    assert own.get(end).status_code == 404
    assert "muutti" in own.get(page).text
    changed = {"kind": "association", "name": "Esimerkkilän nuoret ry", "area": "oulu"}
    assert own.post(page, data=changed).status_code == 303
    assert own.post(page, data={**changed, "name": ""}).status_code == 422
    for verdict in ("close", "open"):
        assert own.post(f"{page}/closed", data={"verdict": verdict}).status_code == 303
    with reading():
        assert not again(who).writes_for(group.id)
        noted = db.session.scalars(
            select(AuditRow.action).where(AuditRow.action.like("%r:%")).order_by(AuditRow.id)
        ).all()
        assert noted == ["member:name", "member:prolong", "member:end"]


def test_a_member_s_address_is_read_as_accounts_keep_it(writing: Unit) -> None:
    with writing():
        who = person(email="kuulija@pöllö.example")
        group = council()
        name_member(SYSTEM, group, MemberDraft("Kuulija@PÖLLÖ.example", None, None, "kokous"))
        with pytest.raises(RuleBrokenError) as broken:
            name_member(SYSTEM, group, MemberDraft("kuulija", None, None, "kokous"))
        assert broken.value.field == "email"
        assert [one.person_id for one in members_of(group)] == [who.id]


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.COORDINATOR, Role.STAFF])
def test_others_make_no_groups(app: Flask, client: FlaskClient, role: str) -> None:
    own, who = signed_in(app, role)
    assert own.get("/admin/groups").status_code == 403
    with pytest.raises(ForbiddenError):
        add_group(who, GroupDraft("association", "Oma kerho"))


def test_a_member_sees_the_discussion_with_as_many_questions_for_two_as_for_seventeen(
    database: Connection, writing: Unit, reading: Unit
) -> None:
    with writing():
        rule("known_authors")
        who = person()
        group, number = council(who), idea()
        acting = again(who)
    asked = []
    say: Callable[[int], object] = lambda place: post_comment(  # noqa: E731 - said in two places
        acting, visible_idea(acting, number), CommentDraft(f"Kohta {place}.", group_id=group)
    )
    for places in (range(2), range(2, 17)):
        with writing():
            for place in places:
                say(place)
        with reading():
            asked.append(questions(database, lambda: discussion_of(acting, number)))
    assert asked[0] == asked[1]
