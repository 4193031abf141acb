"""The earliest open promise is the one that is shown: a step does not hide a late decision."""

from datetime import UTC, date, datetime

import pytest

from innovation.answers.actions import give_answer
from innovation.answers.lateness import late_ideas
from innovation.answers.listing import DeskFilter, desk, overdue_for_lead
from innovation.core import clock
from innovation.ideas.listing import row_of
from innovation.ideas.next_step import NextStep
from tests.answers.test_answers import given, lead, routed
from tests.conftest import Unit

WHEN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("step_on", "today", "shown", "late"),
    [
        (date(2026, 11, 20), date(2026, 11, 10), NextStep("step", date(2026, 11, 20)), []),
        (date(2026, 11, 20), date(2026, 11, 21), NextStep("step", date(2026, 11, 20), 1), [1]),
        (date(2028, 10, 2), date(2027, 1, 15), NextStep("decision", date(2027, 2, 1)), []),
        (date(2028, 10, 2), date(2027, 2, 4), NextStep("decision", date(2027, 2, 1), 3), [3]),
    ],
)
def test_page_desk_and_list_of_late_ideas_agree(
    writing: Unit, step_on: date, today: date, shown: NextStep, late: list[int]
) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            row, who = routed("sote-ict"), lead("sote-ict")
            give_answer(who, row, given(handling="under_evaluation", step_on=step_on))
        with clock.frozen_at(datetime(today.year, today.month, today.day, 9, tzinfo=UTC)):
            assert row_of(row).next_step == shown
            assert [one.days for one in late_ideas(clock.today())] == late
            assert overdue_for_lead(who) == len(late)
            assert desk(who, DeskFilter()).counts["overdue"] == len(late)


def test_what_was_decided_once_is_not_late_when_it_is_taken_up_again(writing: Unit) -> None:
    with writing():
        with clock.frozen_at(WHEN):
            row, who = routed("sote-ict"), lead("sote-ict")
            give_answer(who, row, given(handling="not_going_forward"))
        with clock.frozen_at(datetime(2027, 6, 1, 9, tzinfo=UTC)):
            step_on = date(2027, 7, 1)
            give_answer(who, row, given(handling="under_evaluation", step_on=step_on))
            assert row_of(row).next_step == NextStep("step", step_on)
            assert (late_ideas(clock.today()), overdue_for_lead(who)) == ([], 0)
