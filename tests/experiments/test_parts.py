"""What happens on the way: numbers, days, the diary, those who can try it; every bad input."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from innovation.core import clock
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.experiments.actions import edit_experiment, end_experiment, start_experiment
from innovation.experiments.drafts import (
    EndDraft,
    MeasureDraft,
    OfferDraft,
    ReadingDraft,
    read_amount,
)
from innovation.experiments.figures import HEIGHT, WIDTH, Chart, chart_of
from innovation.experiments.models import Experiment
from innovation.experiments.parts import (
    add_reading,
    decide_offer,
    offer_to_join,
    remove_reading,
    withdraw_offer,
    write_diary,
)
from innovation.experiments.queries import diary_of, joiners_of
from innovation.experiments.sheets import MeasureRow, ReadingRow, rows_of
from innovation.votes.actions import cast_vote
from tests.conftest import Unit
from tests.real.experiments import (
    CALLS,
    SYSTEM,
    ending,
    home,
    plan,
    planned,
    routed,
    running,
    told,
)
from tests.real.people import person


def measure(row: Experiment) -> MeasureRow:
    return rows_of([row])[0].measures[0]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", "12"),
        ("12,5", "12.5"),
        ("12.50", "12.50"),
        (" 0,125 ", "0.125"),
        ("-3", "-3"),
        ("−3,5", "-3.5"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234\u00a0567", "1234567"),
        ("-0", "0"),
    ],
)
def test_numbers_are_read_as_people_write_them(written: str, number: str) -> None:
    assert read_amount(written, "value") == Decimal(number)


@pytest.mark.parametrize(
    "written", ["", "noin 12", "12,,5", "1,2345", "1 23", "12%", "1e5", "NaN", "٣", "1" * 12]
)
def test_what_is_no_number_is_said_at_its_field(written: str) -> None:
    with pytest.raises(RuleBrokenError) as broken:
        read_amount(written, "value")
    assert broken.value.field == "value"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " . "}, "title"),
        ({"title": "a" * 121}, "title"),
        ({"hypothesis": ""}, "hypothesis"),
        ({"hypothesis": "Hetu 131052-308T"}, "hypothesis"),
        ({"sub_project_id": None}, "sub_project"),
        ({"area_id": 999}, "area"),
        ({"permit": "maybe"}, "permit"),
        ({"impact_tags": ("nothing",)}, "impact_tags"),
        ({"owner_name": "Soita 040 123 4567"}, "owner_name"),
        ({"ends_on": clock.today() - timedelta(days=1)}, "ends_on"),
        ({"decide_by": clock.today() - timedelta(days=1)}, "decide_by"),
        ({"starts_on": clock.today() - timedelta(days=3000)}, "starts_on"),
        ({"measures": (CALLS, MeasureDraft("", "kpl"))}, "measure_2_name"),
        ({"measures": (MeasureDraft("Puhelut", baseline="paljon"),)}, "measure_1_baseline"),
        ({"measures": (MeasureDraft("Puhelut", target="alle 30"),)}, "measure_1_target"),
        ({"measures": (MeasureDraft("Puhelut", direction="left"),)}, "measure_1_direction"),
    ],
)
def test_what_is_wrong_in_a_plan_is_said_at_its_field(
    writing: Unit, changes: dict[str, object], field: str
) -> None:
    with writing(), pytest.raises(RuleBrokenError) as broken:
        planned(**changes)
    assert broken.value.field == field


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (EndDraft("", "Opimme."), "decision"),
        (EndDraft("sideways", "Opimme."), "decision"),
        (EndDraft("stop", ""), "lesson"),
        (EndDraft("stop", "Hetu 131052-308T"), "lesson"),
        (EndDraft("spread", "Opimme."), "step"),
    ],
)
def test_a_decision_needs_its_lesson_and_a_next_step(
    writing: Unit, draft: EndDraft, field: str
) -> None:
    with writing():
        row = running(ideas=(routed().id,))
        with pytest.raises(RuleBrokenError) as broken:
            end_experiment(SYSTEM, row, draft)
        assert broken.value.field == field
        assert row.state == "running"


def test_a_start_tells_the_authors_what_next(writing: Unit) -> None:
    with writing():
        row = planned(ideas=(routed().id,))
        for changes, field in (({"text": ""}, "text"), ({"step_on": None}, "step_on")):
            with pytest.raises(RuleBrokenError) as broken:
                start_experiment(SYSTEM, row, told(**changes))
            assert broken.value.field == field


def test_readings_in_any_order_stand_in_order(writing: Unit) -> None:
    with writing():
        row = running()
        number, today = measure(row).id, clock.today()
        for days, value in ((1, "27"), (9, "41,5"), (5, "33")):
            add_reading(SYSTEM, row, ReadingDraft(number, today - timedelta(days=days), value))
        shown = measure(row)
        assert [one.value for one in shown.readings] == [Decimal("41.5"), 33, 27]
        assert (shown.first, shown.last, shown.reached) == (64, 27, True)
        chart = chart_of(shown)
        assert chart is not None
        across = [x for x, _ in chart.points]
        assert across == sorted(across)
        assert (chart.highest, chart.lowest) == (64, 27)
        remove_reading(SYSTEM, row, shown.readings[-1].id)
        remove_reading(SYSTEM, row, shown.readings[-1].id)
        assert (measure(row).last, measure(row).reached) == (33, False)


def test_a_day_has_one_reading_and_nothing_is_written_over(writing: Unit) -> None:
    with writing():
        row = running()
        first = ReadingDraft(measure(row).id, clock.today(), "27")
        add_reading(SYSTEM, row, first)
        add_reading(SYSTEM, row, first)  # the button, twice
        with pytest.raises(RuleBrokenError) as broken:
            add_reading(SYSTEM, row, ReadingDraft(measure(row).id, clock.today(), "28"))
        assert broken.value.field == "on"
        assert [one.value for one in measure(row).readings] == [27]
        with pytest.raises(RuleBrokenError) as broken:
            edit_experiment(
                SYSTEM, row, plan(measures=(MeasureDraft("", id=measure(row).id, direction=""),))
            )
        assert broken.value.field == "measure_1_name"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"measure_id": None}, "measure"),
        ({"measure_id": 999_999}, "measure"),
        ({"on": None}, "on"),
        ({"on": clock.today() + timedelta(days=2)}, "on"),
        ({"value": "kymmenen"}, "value"),
        ({"note": "Hetu 131052-308T"}, "note"),
    ],
)
def test_what_is_wrong_in_a_reading_is_said_at_its_field(
    writing: Unit, changes: dict[str, object], field: str
) -> None:
    with writing():
        row = running()
        facts = {"measure_id": measure(row).id, "on": clock.today(), "value": "1", **changes}
        with pytest.raises(RuleBrokenError) as broken:
            add_reading(SYSTEM, row, ReadingDraft(**facts))  # type: ignore[arg-type]
        assert broken.value.field == field


def test_a_chart_needs_two_readings_and_bears_what_does_not_change() -> None:
    def drawn(*values: int) -> Chart | None:
        readings = tuple(
            ReadingRow(place, date(2026, 10, 20 + place), Decimal(value), "")
            for place, value in enumerate(values)
        )
        return chart_of(MeasureRow(1, "Puhelut", "", None, None, "up", readings))

    assert drawn() is drawn(5) is None
    level = drawn(5, 5, 5)
    assert level
    assert {y for _x, y in level.points} == {HEIGHT / 2}
    rising = drawn(5, 9)
    assert rising
    (left, low), (right, high) = rising.points
    assert 0 < left < right < WIDTH
    assert 0 < high < low < HEIGHT


def test_the_diary_is_read_newest_first(writing: Unit) -> None:
    with writing():
        row, who = running(), person(leads=(home(),))
        for text in ("Ensimmäinen viikko.", "Toinen viikko.", "Toinen viikko."):
            write_diary(who, row, text)
        entries = diary_of(row.id)
        assert [one.text for one in entries] == ["Toinen viikko.", "Ensimmäinen viikko."]
        assert entries[0].actor_role == "lead"
        for text in ("", "Hetu 131052-308T"):
            with pytest.raises(RuleBrokenError):
                write_diary(who, row, text)
        with pytest.raises(ForbiddenError):
            write_diary(person("staff"), row, "Minäkin.")


def test_supporters_and_staff_can_try_it(writing: Unit) -> None:
    with writing():
        idea = routed()
        row, other = running(ideas=(idea.id,)), running()
        stranger, supporter, staff = person(), person(), person("staff")
        offer = OfferDraft("Kotihoidon tiimi 3")
        with pytest.raises(RuleBrokenError):
            offer_to_join(stranger, row, offer)
        cast_vote(supporter, idea)
        for who in (supporter, staff):
            offer_to_join(who, row, offer)
        offer_to_join(staff, row, OfferDraft("Osasto 5", message="Ke käy."))
        offer_to_join(stranger, other, offer)  # it grew from no idea: everybody is asked
        first, second = joiners_of(row.id)
        assert (second.unit, second.message) == ("Osasto 5", "Ke käy.")
        lead = person(leads=(home(),))
        decide_offer(lead, row, first.id, accepted=True)
        with pytest.raises(ForbiddenError):
            decide_offer(staff, row, first.id, accepted=False)
        withdraw_offer(staff, row)
        withdraw_offer(staff, row)
        with pytest.raises(ConflictError):
            decide_offer(lead, row, second.id, accepted=True)
        assert [one.takes_part for one in joiners_of(row.id)] == [True, False]
        assert joiners_of(row.id)[1].unit == ""
        end_experiment(SYSTEM, row, ending("stop"))
        with pytest.raises(ConflictError):
            offer_to_join(staff, row, offer)


def test_an_offer_says_where_and_a_time_that_is_possible(writing: Unit) -> None:
    with writing():
        row, staff, today = running(), person("staff"), clock.today()
        wrong = (
            (OfferDraft(""), "unit"),
            (OfferDraft("Osasto", today, today - timedelta(days=1)), "ends_on"),
            (OfferDraft("Osasto", None, today - timedelta(days=1)), "ends_on"),
            (OfferDraft("Osasto", message="Hetu 131052-308T"), "message"),
        )
        for draft, field in wrong:
            with pytest.raises(RuleBrokenError) as broken:
                offer_to_join(staff, row, draft)
            assert broken.value.field == field
