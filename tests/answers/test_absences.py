"""Absences and deputies: who stands in, from when to when, and nothing beyond that."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from innovation.accounts.absences import AbsenceDraft, add_absence, end_absence
from innovation.accounts.deputies import absences, stand_ins, standing_in
from innovation.accounts.models import Absence, Account
from innovation.accounts.queries import person_by_id, profile_of
from innovation.answers.actions import give_answer
from innovation.answers.bulk import answers_to_undo, undo_answers
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ForbiddenError, NotFoundError, RuleBrokenError
from innovation.core.permissions import Person, holds
from innovation.federation.models import Identity
from innovation.programme.models import Contact
from innovation.routing.queries import Contacts, contacts_for_area
from tests.answers.test_desk import given, home, lead, routed
from tests.conftest import Unit
from tests.real.people import person, signed_in

WHEN = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)


def on(day: int) -> date:
    return date(2026, 11, day)


def away(who: Person, deputy: Person | None, first: int = 10, last: int = 20) -> AbsenceDraft:
    return AbsenceDraft(who.id, deputy.id if deputy else None, on(first), on(last))


def again(who: Person) -> Person:
    """Give the person with the rights of this moment."""
    found = person_by_id(who.id)
    assert found
    return found


def test_a_deputy_answers_on_those_days_and_no_longer(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        who, deputy, row = lead(), person("staff", name="Sijaistaja"), routed()
        add_absence(who, away(who, deputy))
        assert again(deputy).leads(home())
        assert holds(again(deputy), "answer:see")
        give_answer(again(deputy), row, given())
        assert [one.name for one in standing_in(deputy.id)] == [who.name]
        # The last day is a whole day here: it ends at midnight in Finland, not in UTC.
        for moment, leads in (
            (datetime(2026, 11, 9, 21, 59, tzinfo=UTC), False),
            (datetime(2026, 11, 9, 22, 1, tzinfo=UTC), True),
            (datetime(2026, 11, 20, 21, 59, tzinfo=UTC), True),
            (datetime(2026, 11, 20, 22, 1, tzinfo=UTC), False),
        ):
            with clock.frozen_at(moment):
                assert again(deputy).leads(home()) is leads
                assert holds(again(deputy), "answer:see") is leads
        with clock.frozen_at(WHEN + timedelta(days=10)), pytest.raises(ForbiddenError):
            give_answer(again(deputy), row, given())


def test_a_deputy_gets_nothing_else_and_passes_nothing_on(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        who = person("moderator", leads=(home(),))
        first, second, other = lead("hyte"), person("staff"), lead("hoitotakuu")
        add_absence(who, away(who, first))
        assert not holds(again(first), "idea:moderate")
        with pytest.raises(RuleBrokenError):  # the deputy of one who is away is away too
            add_absence(other, away(other, who))
        add_absence(first, away(first, second, 12, 13))
        with clock.frozen_at(WHEN + timedelta(days=1)):
            assert again(second).leads(home("hyte"))
            assert not again(second).leads(home())


def test_an_absence_can_be_ended(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        who, deputy = lead(), person("staff")
        begun = add_absence(who, away(who, deputy))
        coming = add_absence(who, away(who, deputy, 25, 27))
        with pytest.raises(ForbiddenError):
            end_absence(deputy, begun.id)
        for absence in (begun.id, coming.id, begun.id):
            end_absence(who, absence)
        assert absences(who.id) == []
        assert not again(deputy).leads(home())
        assert db.session.get(Absence, coming.id) is None
        with pytest.raises(NotFoundError):
            end_absence(who, coming.id)


def test_wrong_days_and_deputies_are_told_at_their_fields(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        who, deputy, resident, gone = lead(), person("staff"), person(), person("staff")
        db.session.get_one(Account, gone.id).closed_at = clock.now()
        busy = lead("hoitotakuu")
        add_absence(busy, away(busy, deputy, 20, 25))
        add_absence(who, away(who, deputy, 1, 12))
        cases = [
            (away(who, deputy, 12, 14), "first_day"),  # overlaps
            (away(who, deputy, 20, 18), "last_day"),
            (AbsenceDraft(who.id, deputy.id, None, on(20)), "first_day"),
            (AbsenceDraft(who.id, deputy.id, on(20), None), "last_day"),
            (AbsenceDraft(who.id, deputy.id, on(20), on(20).replace(year=2029)), "last_day"),
            (away(who, deputy, 2, 3), "last_day"),  # over
            (away(who, None, 14, 15), "deputy"),
            (away(who, who, 14, 15), "deputy"),
            (away(who, resident, 14, 15), "deputy"),
            (away(who, gone, 14, 15), "deputy"),
            (away(who, busy, 18, 20), "deputy"),
            (AbsenceDraft(who.id, 999_999, on(14), on(15)), "deputy"),
        ]
        for draft, field in cases:
            with pytest.raises(RuleBrokenError) as broken:
                add_absence(who, draft)
            assert (draft, broken.value.field) == (draft, field)
        add_absence(who, away(who, deputy, 13, 14))  # the next day is free


def test_administrators_do_it_for_every_lead_and_nobody_else_does(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        who, deputy, keeper = lead(), person("staff"), person("administrator")
        for stranger in (lead(), person("moderator"), person("coordinator"), deputy):
            with pytest.raises(ForbiddenError):
                add_absence(stranger, away(who, deputy))
        add_absence(keeper, away(who, deputy))
        with pytest.raises(RuleBrokenError) as broken:
            add_absence(keeper, away(deputy, who))
        assert broken.value.field == "person"


def test_moderators_meet_the_deputy_among_the_contacts(writing: Unit) -> None:
    with writing(), clock.frozen_at(WHEN):
        who, deputy = lead("hyte"), person("staff", name="Sijaistaja")
        facts = {"name": "Vastaaja", "email": "vastaaja@posti.example", "phone": "1"}
        db.session.add(Contact(sub_project_id=home("hyte"), person_id=who.id, **facts))
        db.session.flush()
        assert contacts_for_area(None)[home("hyte")].name == "Vastaaja"
        add_absence(who, away(who, deputy))
        shown = contacts_for_area(None)[home("hyte")]
        assert "Sijaistaja" in shown.name
        assert "Vastaaja" in shown.name
        assert (shown.email, shown.phone) == (stand_ins([who.id])[who.id].email, "")
        assert "Sijaistaja" in Contacts().name(home("hyte"), None)
        with clock.frozen_at(WHEN + timedelta(days=10)):
            assert contacts_for_area(None)[home("hyte")].name == "Vastaaja"


def test_pages_for_everybody_do_not_tell_who_is_away(client: FlaskClient, writing: Unit) -> None:
    with writing():
        who, deputy = lead("hyte"), person("staff", name="Sijaistaja")
        db.session.add(Contact(sub_project_id=home("hyte"), person_id=who.id, name="Vastaaja"))
        today = clock.today()
        add_absence(who, AbsenceDraft(who.id, deputy.id, today, today))
        number = routed("hyte").id
    for address in ("/sub-projects/hyte", f"/ideas/{number}"):
        page = client.get(address).text
        assert "Sijaistaja" not in page
        assert "sijais" not in page.lower()


def test_a_lead_says_it_on_a_page_and_the_desk_tells_it(app: Flask, writing: Unit) -> None:
    with writing():
        deputy, here, other = person("staff", name="Sijaistaja"), home(), home("hyte")
        today = clock.today()
    client, who = signed_in(app, leads=(here,))
    assert client.get("/answers/absences").status_code == 200
    sent = {
        "person": "1",  # nobody else's: a lead is away for themselves alone
        "deputy": str(deputy.id),
        "first_day": today.strftime("%d.%m.%Y"),
        "last_day": (today + timedelta(days=3)).strftime("%d.%m.%Y"),
    }
    wrong = client.post("/answers/absences", data={**sent, "last_day": "1.1.2020"})
    assert wrong.status_code == 422
    assert "1.1.2020" in wrong.text
    nonsense = client.post("/answers/absences", data={**sent, "first_day": "huomenna"})
    assert nonsense.status_code == 422
    assert client.post("/answers/absences", data=sent).status_code == 303
    with writing():
        (known,) = absences(who.id)
    assert "Sijaistaja" in client.get("/answers").text
    stranger, _stranger = signed_in(app, leads=(other,))
    assert stranger.post(f"/answers/absences/{known.id}/end").status_code == 403
    assert stranger.post("/answers/absences/999999/end").status_code == 404
    assert client.post(f"/answers/absences/{known.id}/end").status_code == 303
    assert "There are no absences." in client.get("/answers/absences?lang=en").text


def test_deputies_are_chosen_by_name_and_unit_and_no_address_is_shown(
    app: Flask, writing: Unit
) -> None:
    with writing():
        here, other, now = home(), person("staff", name="Sijaistaja"), clock.now()
        facts = {"issuer": "https://tunnus.example", "sid": "", "unit": "Digipalvelut"}
        db.session.add(
            Identity(person_id=other.id, subject="1", created_at=now, last_at=now, **facts)
        )
        email = profile_of(other.id).email
    client, _who = signed_in(app, leads=(here,))
    page = client.get("/answers/absences").text
    assert f"{other.name}, Digipalvelut" in page
    assert email not in page


def test_what_a_deputy_answered_stays_when_their_time_is_over(writing: Unit) -> None:
    with writing():
        who, deputy, row, today = lead(), person("staff"), routed(), clock.today()
        absence = add_absence(who, AbsenceDraft(who.id, deputy.id, today, today))
        give_answer(again(deputy), row, given())
        (one,) = answers_to_undo(deputy)
        end_absence(who, absence.id)
        with pytest.raises(ForbiddenError):
            undo_answers(again(deputy), [one.id])
        other = lead("hyte")  # still an official by another absence, but not of this idea
        add_absence(other, AbsenceDraft(other.id, deputy.id, today, today))
        outcome = undo_answers(again(deputy), [one.id])
        assert [refused.idea_id for refused in outcome.refused] == [row.id]
        assert row.handling == "going_forward"


def test_moderators_read_who_is_away_and_change_nothing(app: Flask, writing: Unit) -> None:
    with writing():
        who, deputy, today = lead(), person("staff"), clock.today()
        number = add_absence(who, AbsenceDraft(who.id, deputy.id, today, today)).id
    client, _who = signed_in(app, "moderator")
    page = client.get("/answers/absences").text
    assert who.name in page
    assert f"/answers/absences/{number}/end" not in page
    assert client.post(f"/answers/absences/{number}/end").status_code == 403


def test_an_administrator_chooses_whose_absence_it_is(app: Flask, writing: Unit) -> None:
    with writing():
        who, deputy, today = lead(), person("staff"), clock.today()
    client, _who = signed_in(app, "administrator")
    day = today.strftime("%Y-%m-%d")
    sent = {"person": str(who.id), "deputy": str(deputy.id), "first_day": day, "last_day": day}
    assert client.post("/answers/absences", data=sent).status_code == 303
    assert who.name in client.get("/answers/absences").text
