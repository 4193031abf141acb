"""An experiment from plan to decision: every move, its ideas, what is undone, who may."""

import pytest
from sqlalchemy import select

from innovation.answers.models import Answer
from innovation.answers.queries import answers_of
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.experiments.actions import (
    edit_experiment,
    end_experiment,
    plan_experiment,
    start_experiment,
)
from innovation.experiments.cases import cases_of
from innovation.experiments.lifecycle import MOVES, Outcome, State
from innovation.experiments.models import Experiment
from innovation.experiments.queries import idea_numbers, next_round_of, rounds_of
from innovation.experiments.sheets import rows_of
from innovation.ideas.journey import journey_of
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import TimelineEntry
from innovation.ideas.queries import timeline_of
from innovation.moderation.cases import last_entry
from innovation.moderation.models import Decision
from innovation.moderation.undo import undo_decision
from innovation.programme.actions import touch
from innovation.programme.models import SubProject
from innovation.programme.queries import forget
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


def kinds(number: int) -> list[str]:
    wanted = select(TimelineEntry.kind).where(TimelineEntry.idea_id == number)
    return list(db.session.scalars(wanted.order_by(TimelineEntry.id)))


def in_state(state: State) -> Experiment:
    row = planned()
    row.state = state
    db.session.flush()
    return row


def test_only_these_moves_exist() -> None:
    opening = {(State.PLANNED, State.RUNNING), (State.PLANNED, State.STOPPED)}
    assert set(MOVES) == opening | {(State.RUNNING, State.ENDED), (State.RUNNING, State.STOPPED)}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("outcome", Outcome)
def test_every_ending_from_every_state(writing: Unit, state: State, outcome: Outcome) -> None:
    with writing():
        row = in_state(state)
        target = State.STOPPED if outcome == Outcome.STOP else State.ENDED
        if (state, target) in MOVES:
            end_experiment(SYSTEM, row, ending(outcome))
            assert (row.state, row.decision, row.lesson) == (target, outcome, "Kellonaika riittää.")
            return
        with pytest.raises((ConflictError, RuleBrokenError)):
            end_experiment(SYSTEM, row, ending(outcome))
        assert row.state == state


@pytest.mark.parametrize("state", [State.ENDED, State.STOPPED])
def test_what_is_over_neither_starts_nor_changes(writing: Unit, state: State) -> None:
    with writing():
        row = in_state(state)
        with pytest.raises(ConflictError):
            start_experiment(SYSTEM, row, told())
        with pytest.raises(ConflictError):
            edit_experiment(SYSTEM, row, plan())
        assert row.state == state


def test_starting_answers_the_ideas_and_ending_answers_them_again(writing: Unit) -> None:
    with writing():
        who = person(leads=(home(),))
        one, other = routed(), routed()
        row = running(who, ideas=(one.id, other.id))
        for idea in (one, other):
            assert idea.handling == "in_experiment"
            assert kinds(idea.id)[-3:] == ["trial_planned", "handling", "trial_started"]
            assert [answer.text for answer in answers_of(idea.id)] == ["Kokeilemme tätä."]
        titles = [event.title for event in journey_of(one, timeline_of(who, one), "fi", own=False)]
        assert len(titles) == len(set(titles))
        end_experiment(who, row, ending("stop"))
        assert row.state == State.STOPPED
        for idea in (one, other):
            assert idea.handling == "not_going_forward"
            assert answers_of(idea.id)[0].text == "Kellonaika riittää."
            assert kinds(idea.id)[-1] == "trial_ended"
        end_experiment(who, row, ending("stop"))  # the button, twice
        assert len(answers_of(one.id)) == 2


def test_a_changed_course_opens_the_next_round_with_its_history(writing: Unit) -> None:
    with writing():
        idea = routed()
        first = running(ideas=(idea.id,))
        second = end_experiment(SYSTEM, first, ending("change"))
        assert second is not None
        assert end_experiment(SYSTEM, first, ending("change")) is second
        assert (second.round, second.state, second.starts_on) == (2, State.PLANNED, None)
        assert (first.state, idea.handling) == (State.ENDED, "in_experiment")
        assert idea_numbers(second.id) == [idea.id]
        assert next_round_of(first.id) == second.id
        assert [one.name for one in rows_of([second])[0].measures] == [CALLS.name]
        with pytest.raises(RuleBrokenError) as broken:
            start_experiment(SYSTEM, second, told())
        assert broken.value.field == "starts_on"
        edit_experiment(SYSTEM, second, plan(ideas=(idea.id,), measures=()), version=1)
        start_experiment(SYSTEM, second, told(text="Toinen kierros alkoi."))
        third = end_experiment(SYSTEM, second, ending("change", lesson="Uusi opetus."))
        assert third is not None
        assert [one.round for one in rounds_of(SYSTEM, first)] == [3, 2]
        assert idea.handling == "in_experiment"


def test_an_answer_that_is_undone_brings_the_experiment_back(writing: Unit) -> None:
    with writing():
        who = person(leads=(home(),))
        idea = routed()
        row = running(who, ideas=(idea.id,))
        decision = db.session.scalars(select(Decision).where(Decision.kind == "answer")).one()
        undo_decision(who, decision)
        db.session.refresh(row)
        db.session.refresh(idea)
        assert (row.state, row.started_at, idea.handling) == (State.PLANNED, None, "routed")
        assert db.session.scalar(select(Answer.id)) is None
        start_experiment(who, row, told())
        assert row.state == State.RUNNING


def test_undoing_the_answer_of_a_changed_course_leaves_both_rounds(writing: Unit) -> None:
    with writing():
        who = person(leads=(home(),))
        row = running(SYSTEM, ideas=(routed().id,))
        following = end_experiment(who, row, ending("change"))
        newest = select(Decision).where(Decision.kind == "answer").order_by(Decision.id.desc())
        undo_decision(who, db.session.scalars(newest.limit(1)).one())
        db.session.refresh(row)
        assert following is not None
        assert (row.state, next_round_of(row.id)) == (State.ENDED, following.id)


def test_ideas_that_cannot_be_answered_are_left_and_told_of(writing: Unit) -> None:
    with writing():
        who = person(leads=(home(),))
        here, merged, gone, moved = routed(), routed(), routed(), routed()
        target = routed()
        row = planned(who, ideas=(here.id, merged.id, gone.id, moved.id))
        merged.merged_into_id = target.id
        gone.visibility = Visibility.WITHDRAWN
        moved.primary_sub_project_id = home("hoitotakuu")
        fates = {one.idea.id: one.fate for one in cases_of(who, row)}
        expected = {here.id: "answered", gone.id: "not_shown", moved.id: "elsewhere"}
        assert fates == expected | {target.id: "answered"}
        start_experiment(who, row, told())
        assert [one.handling for one in (here, target)] == ["in_experiment"] * 2
        assert [one.handling for one in (merged, gone, moved)] == ["routed"] * 3


def test_what_has_changed_since_the_page_was_made_stops_the_decision(writing: Unit) -> None:
    with writing():
        who = person(leads=(home(),))
        idea, target = routed(), routed()
        row = planned(who, ideas=(idea.id,))
        seen = {idea.id: last_entry(idea.id)}
        for stale in ({}, {target.id: last_entry(target.id)}, {idea.id: seen[idea.id] - 1}):
            with pytest.raises(ConflictError):
                start_experiment(who, row, told(), seen=stale)
        with pytest.raises(ConflictError):
            start_experiment(who, row, told(), seen=seen, version=row.version - 1)
        idea.merged_into_id = target.id
        with pytest.raises(ConflictError):
            start_experiment(who, row, told(), seen=seen, version=row.version)
        assert (row.state, target.handling) == (State.PLANNED, "routed")


def test_a_refusal_half_way_leaves_nothing_behind(writing: Unit) -> None:
    with writing():
        who = person(leads=(home(),))
        one, other = routed(), routed()
        row = planned(who, ideas=(one.id, other.id))
        seen = {one.id: last_entry(one.id), other.id: 1}
        with pytest.raises(ConflictError):
            start_experiment(who, row, told(), seen=seen)
        assert (row.state, one.handling) == (State.PLANNED, "routed")
        assert not answers_of(one.id)


def test_two_people_editing_one_plan(writing: Unit) -> None:
    with writing():
        row = planned()
        seen = row.version
        edit_experiment(SYSTEM, row, plan(title="Uusi nimi"), version=seen)
        with pytest.raises(ConflictError):
            edit_experiment(SYSTEM, row, plan(title="Toinen nimi"), version=seen)
        assert row.title == "Uusi nimi"


def test_only_those_who_lead_it(writing: Unit) -> None:
    with writing():
        row = planned()
        for stranger in (person(), person("staff"), person(leads=(home("hoitotakuu"),))):
            with pytest.raises(ForbiddenError):
                plan_experiment(stranger, plan())
            with pytest.raises(ForbiddenError):
                edit_experiment(stranger, row, plan())
            with pytest.raises(ForbiddenError):
                start_experiment(stranger, row, told())
            with pytest.raises(ForbiddenError):
                end_experiment(stranger, row, ending())
        for leader in (person("coordinator"), person("moderator"), person(leads=(home(),))):
            edit_experiment(leader, row, plan())


def test_ideas_of_others_and_unknown_ones_are_not_taken(writing: Unit) -> None:
    with writing():
        who = person(leads=(home(),))
        gone = routed()
        gone.visibility = Visibility.WITHDRAWN
        for number in (routed("hoitotakuu").id, gone.id, 999_999):
            with pytest.raises(RuleBrokenError) as broken:
                plan_experiment(who, plan(ideas=(number,)))
            assert broken.value.field == "ideas"
        head, part = routed(), routed()
        part.merged_into_id = head.id
        row = plan_experiment(who, plan(ideas=(part.id,)))
        assert idea_numbers(row.id) == [head.id]


def test_a_closed_sub_project_starts_nothing_new(writing: Unit) -> None:
    with writing():
        who = person(leads=(home(),))
        row, under_way = planned(who), running(who)
        db.session.get_one(SubProject, home()).closed_at = row.created_at
        touch()
        forget()
        with pytest.raises(RuleBrokenError) as broken:
            plan_experiment(who, plan())
        assert broken.value.field == "sub_project"
        with pytest.raises(RuleBrokenError) as broken:
            start_experiment(who, row, told())
        assert broken.value.field == "sub_project"
        end_experiment(who, under_way, ending("spread"))  # what goes on is brought to its end
        with pytest.raises(ForbiddenError):
            edit_experiment(who, row, plan(sub_project_id=home("hoitotakuu")))
        edit_experiment(SYSTEM, row, plan(sub_project_id=home("hoitotakuu")))
        start_experiment(SYSTEM, row, told())


def test_a_permit_that_is_only_applied_for_holds_the_start(writing: Unit) -> None:
    with writing():
        row = planned(permit="applied")
        with pytest.raises(RuleBrokenError):
            start_experiment(SYSTEM, row, told())
        edit_experiment(SYSTEM, row, plan(permit="granted"))
        start_experiment(SYSTEM, row, told())


def test_a_form_sent_twice_plans_once(writing: Unit) -> None:
    with writing():
        who = person(leads=(home(),))
        made = {plan_experiment(who, plan(), once="avain").id for _ in range(2)}
        assert len(made) == 1
