"""Mails to those who stand in for a lead: when it begins, and when it ends early."""

from datetime import timedelta

from innovation.accounts.absences import AbsenceDraft, add_absence, end_absence
from innovation.core import clock
from innovation.core.permissions import Person
from innovation.notifications.models import Mail
from tests.answers.test_answers import lead
from tests.conftest import Unit
from tests.notifications.test_decisions import mails
from tests.real.people import person


def away(who: Person, deputy: Person) -> AbsenceDraft:
    today = clock.today()
    return AbsenceDraft(who.id, deputy.id, today + timedelta(days=1), today + timedelta(days=9))


def written(day_in: int) -> str:
    on = clock.today() + timedelta(days=day_in)
    return f"{on.day}.{on.month}.{on.year}"


def told(who: Person) -> list[Mail]:
    return mails(person_id=who.id)


def test_a_deputy_is_told_who_is_away_from_when_to_when_and_what_to_do(writing: Unit) -> None:
    with writing():
        who, deputy = lead(), person("staff")
        absence = add_absence(who, away(who, deputy))
        (mail,) = told(deputy)
        assert mail.kind == "deputy"
        assert who.name in mail.subject
        for part in (who.name, written(1), written(9), "/answers\n"):
            assert part in mail.body
        assert told(who) == []
        end_absence(who, absence.id)
        _first, last = told(deputy)
        assert last.kind == "deputy_ended"
        assert who.name in last.body
        # The same days once more are another matter, even if the row has the same number.
        with clock.frozen_at(clock.now() + timedelta(minutes=1)):
            add_absence(who, away(who, deputy))
        assert [mail.kind for mail in told(deputy)] == ["deputy", "deputy_ended", "deputy"]


def test_what_is_ended_twice_is_told_once(writing: Unit) -> None:
    with writing():
        who, deputy = lead(), person("staff")
        absence = add_absence(who, away(who, deputy))
        with clock.frozen_at(clock.now() + timedelta(days=3)):
            end_absence(who, absence.id)
            end_absence(who, absence.id)
        assert [mail.kind for mail in told(deputy)] == ["deputy", "deputy_ended"]


def test_who_chose_themselves_is_not_told(writing: Unit) -> None:
    with writing():
        who, chief = lead(), person("administrator")
        absence = add_absence(chief, away(who, chief))
        end_absence(chief, absence.id)
        assert told(chief) == []
