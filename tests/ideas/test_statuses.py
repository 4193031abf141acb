"""The table of statuses: every one can be reached, and each move is somebody's task."""

import pytest

from innovation.ideas.lifecycle import (
    FINISHED,
    GROUPS,
    HANDLING_MOVES,
    STATUS_LABELS,
    VISIBILITY_MOVES,
    Handling,
    Visibility,
    status_code,
)

pytestmark = pytest.mark.once
# Whose task a move is: moderators route, merge and pass on, the lead of the sub-project decides.
TASKS = {"idea:route", "idea:moderate", "idea:decide"}
DECIDED = {
    *(Handling.UNDER_EVALUATION, Handling.IN_EXPERIMENT, Handling.GOING_FORWARD, Handling.ON_HOLD),
    *(Handling.NOT_GOING_FORWARD, Handling.DONE_ANOTHER_WAY, Handling.PASSED_ON, Handling.IN_USE),
}


def test_every_status_can_be_reached_from_a_new_idea() -> None:
    reached = {Handling.NEW}
    while more := {to for here, to in HANDLING_MOVES if here in reached} - reached:
        reached |= more
    assert reached == set(Handling)
    assert set(HANDLING_MOVES.values()) == TASKS


def test_the_lead_brings_a_routed_idea_to_every_answer_and_then_further() -> None:
    lead = {move for move, task in HANDLING_MOVES.items() if task == "idea:decide"}
    assert {to for here, to in lead if here == Handling.ROUTED} == DECIDED
    for here in DECIDED - FINISHED:
        assert {to for one, to in lead if one == here} == DECIDED - {here}
    assert (Handling.IN_USE, Handling.DESCRIBED) in lead
    # Only an idea in use is described, and no lead decides before an idea was routed to them.
    assert {here for here, to in lead if to == Handling.DESCRIBED} == {Handling.IN_USE}
    assert not [here for here, _to in lead if here == Handling.NEW]


def test_what_was_closed_can_be_taken_up_again() -> None:
    for here in (Handling.NOT_GOING_FORWARD, Handling.DONE_ANOTHER_WAY, Handling.PASSED_ON):
        assert HANDLING_MOVES[here, Handling.UNDER_EVALUATION] == "idea:decide"


def test_hiding_and_withdrawing_are_moves_of_their_own_and_every_status_has_its_words() -> None:
    assert VISIBILITY_MOVES[Visibility.PUBLIC, Visibility.HIDDEN] == "idea:moderate"
    assert VISIBILITY_MOVES[Visibility.PUBLIC, Visibility.WITHDRAWN] == "idea:withdraw"
    shown = {
        status_code(visibility, handling, asked)
        for visibility in Visibility
        for handling in Handling
        for asked in (False, True)
    }
    assert shown == set(STATUS_LABELS)
    assert set().union(*GROUPS.values()) == set(Handling) - {Handling.MERGED}
