"""Where ideas belong: one at a time, with memory, whatever is pressed twice."""

from typing import Any

import pytest
from sqlalchemy import func, select

from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.events import record
from innovation.core.permissions import Person
from innovation.ideas.events import IdeaImported
from innovation.ideas.models import Idea, TimelineEntry
from innovation.programme.actions import touch
from innovation.programme.models import Contact, SubProject
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from innovation.routing.models import Routing
from innovation.routing.queries import contacts_for_area, current_routing
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person


def ids(*slugs: str) -> list[int]:
    return [snapshot().sub_project_by_slug[slug].id for slug in slugs]


def made(number: int) -> Idea:
    return db.session.get_one(Idea, number)


def entries(number: int) -> list[Any]:
    rows = select(TimelineEntry.kind, TimelineEntry.sub_project_id, TimelineEntry.reason)
    return list(
        db.session.execute(
            rows.where(TimelineEntry.idea_id == number).order_by(TimelineEntry.id)
        ).all()
    )


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def test_a_routed_idea_belongs_to_one_and_others_know(writing: Unit, moderator: Person) -> None:
    with writing():
        number = idea()
        old, digital, ict = ids("ikaihmiset", "digipalvelut", "sote-ict")
        route_idea(moderator, made(number), old, [digital, ict, old])
        now = current_routing(number)
        assert now.primary
        assert now.primary.slug == "ikaihmiset"
        assert {fact.slug for fact in now.informed} == {"sote-ict", "digipalvelut"}
        assert made(number).primary_sub_project_id == old
        assert made(number).handling == "routed"
        kinds = [row.kind for row in entries(number)]
        assert kinds[-3:] == ["routed", "informed", "informed"]


def test_the_same_routing_again_changes_nothing(writing: Unit, moderator: Person) -> None:
    with writing():
        number = idea()
        old, digital = ids("ikaihmiset", "digipalvelut")
        route_idea(moderator, made(number), old, [digital])
        version, before = made(number).version, entries(number)
        route_idea(moderator, made(number), old, [digital])
        assert (made(number).version, entries(number)) == (version, before)
        assert db.session.scalar(select(func.count()).select_from(Routing)) == 2


def test_what_was_set_just_before_is_kept(writing: Unit, moderator: Person) -> None:
    with writing():
        number = idea()
        made(number).indexable = True
        route_idea(moderator, made(number), ids("hyte")[0], [])
        assert made(number).indexable


def test_an_idea_moves_with_a_reason_and_its_past_stays(writing: Unit, moderator: Person) -> None:
    with writing():
        number = idea()
        old, digital = ids("ikaihmiset", "digipalvelut")
        route_idea(moderator, made(number), old, [digital])
        with pytest.raises(RuleBrokenError) as refused:
            route_idea(moderator, made(number), digital, [old])
        assert refused.value.field == "routing_reason"
        route_idea(moderator, made(number), digital, [old], "Koskee ajanvarauksen sovellusta.")
        now = current_routing(number)
        assert now.primary
        assert now.primary.slug == "digipalvelut"
        assert [fact.slug for fact in now.informed] == ["ikaihmiset"]
        assert made(number).primary_sub_project_id == digital
        past = db.session.execute(
            select(Routing.sub_project_id, Routing.kind).where(Routing.until.is_not(None))
        )
        assert {tuple(row) for row in past} == {(old, "primary"), (digital, "informed")}
        assert ("rerouted", digital, "Koskee ajanvarauksen sovellusta.") in entries(number)


def test_an_idea_can_lose_its_sub_project_and_is_new_again(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        number = idea()
        route_idea(moderator, made(number), ids("hyte")[0], [])
        route_idea(moderator, made(number), None, [], "Odottaa, kunnes osahanke selviää.")
        assert made(number).handling == "new"
        assert made(number).primary_sub_project_id is None
        assert current_routing(number).primary is None


def test_a_closed_sub_project_is_refused_and_names_its_successor(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        number = idea()
        closed, successor = ids("tietojarjestelmat", "sote-ict")
        row = db.session.get_one(SubProject, closed)
        row.closed_at, row.successor_id = made(number).created_at, successor
        touch()
        with pytest.raises(RuleBrokenError) as refused:
            route_idea(moderator, made(number), closed, [])
        assert refused.value.field == "primary"
        assert "Sote-ICT" in str(refused.value.message)
        with pytest.raises(RuleBrokenError) as refused:
            route_idea(moderator, made(number), successor, [closed])
        assert refused.value.field == "informed"
        with pytest.raises(RuleBrokenError):
            route_idea(moderator, made(number), 987654, [])


def test_an_identity_code_is_not_saved_as_a_reason(writing: Unit, moderator: Person) -> None:
    with writing():
        number = idea()
        first, second = ids("hyte", "sote-ict")
        route_idea(moderator, made(number), first, [])
        with pytest.raises(RuleBrokenError):
            route_idea(moderator, made(number), second, [], "Kysyi 131052-308T puhelimessa.")


def test_only_moderators_route(writing: Unit) -> None:
    with writing():
        number = idea()
        lead = person(leads=(ids("hyte")[0],))
        for who in (person(), person("staff"), lead):
            with pytest.raises(ForbiddenError):
                route_idea(who, made(number), ids("hyte")[0], [])


def test_a_merged_idea_is_not_routed(writing: Unit, moderator: Person) -> None:
    with writing():
        number = idea(merged_into_id=idea())
        with pytest.raises(ConflictError):
            route_idea(moderator, made(number), ids("hyte")[0], [])


def test_an_imported_idea_goes_where_its_row_says(writing: Unit) -> None:
    with writing():
        number = idea()
        record(IdeaImported(number, tuple(ids("hoitotakuu", "hyte"))))
        now = current_routing(number)
        assert now.primary
        assert now.primary.slug == "hoitotakuu"
        assert [fact.slug for fact in now.informed] == ["hyte"]


def test_the_contact_of_the_area_comes_before_the_sub_projects_own(writing: Unit) -> None:
    with writing():
        (hyte,) = ids("hyte")
        area = snapshot().area_by_slug["koillismaa"].id
        assert hyte not in contacts_for_area(area)
        db.session.add(Contact(sub_project_id=hyte, name="Koko alueen yhteyshenkilö"))
        db.session.add(Contact(sub_project_id=hyte, area_id=area, name="Koillismaan yhteyshenkilö"))
        db.session.flush()
        other = snapshot().area_by_slug["oulu"].id
        names = [contacts_for_area(place)[hyte].name for place in (area, None, other)]
        own = "Koko alueen yhteyshenkilö"
        assert names == ["Koillismaan yhteyshenkilö", own, own]
