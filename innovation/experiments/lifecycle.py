"""The states of an experiment, the allowed moves between them, and what it can end with."""

from enum import StrEnum

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.ideas.lifecycle import Handling


class State(StrEnum):
    """Where an experiment is."""

    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"


class Outcome(StrEnum):
    """What was decided when it ended."""

    SPREAD = "spread"
    CHANGE = "change"
    STOP = "stop"


class Permit(StrEnum):
    """Whether the experiment needs a research permit, and how far that is."""

    NOT_NEEDED = "not_needed"
    APPLIED = "applied"
    GRANTED = "granted"


class Offer(StrEnum):
    """How far somebody's "I can try this" is."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


S = State

# Which permission lets an actor move an experiment from one state to another.
MOVES: dict[tuple[State, State], str] = {
    (S.PLANNED, S.RUNNING): "experiment:lead",
    (S.PLANNED, S.STOPPED): "experiment:lead",
    (S.RUNNING, S.ENDED): "experiment:lead",
    (S.RUNNING, S.STOPPED): "experiment:lead",
}
# What goes on: it can be joined, and its plan can be changed.
OPEN = frozenset({S.PLANNED, S.RUNNING})
# Offers that count as somebody taking part.
JOINED = frozenset({Offer.OFFERED, Offer.ACCEPTED})

# Where each decision leaves the experiment, and its ideas.
ENDS: dict[Outcome, tuple[State, Handling]] = {
    Outcome.SPREAD: (S.ENDED, Handling.GOING_FORWARD),
    Outcome.CHANGE: (S.ENDED, Handling.IN_EXPERIMENT),
    Outcome.STOP: (S.STOPPED, Handling.NOT_GOING_FORWARD),
}

STATE_LABELS: dict[str, LazyString] = {
    S.PLANNED: _("Being planned"),
    S.RUNNING: _("Under way"),
    S.ENDED: _("Has ended"),
    S.STOPPED: _("Was stopped"),
}
OUTCOME_LABELS: dict[str, LazyString] = {
    Outcome.SPREAD: _("It is spread further"),
    Outcome.CHANGE: _("The course is changed"),
    Outcome.STOP: _("It is stopped"),
}
PERMIT_LABELS: dict[str, LazyString] = {
    Permit.NOT_NEEDED: _("Not needed"),
    Permit.APPLIED: _("Applied for"),
    Permit.GRANTED: _("Granted"),
}
OFFER_LABELS: dict[str, LazyString] = {
    Offer.OFFERED: _("Has offered to join"),
    Offer.ACCEPTED: _("Takes part"),
    Offer.DECLINED: _("Not this time"),
    Offer.WITHDRAWN: _("Has withdrawn"),
}
DIRECTION_LABELS: dict[str, LazyString] = {
    "down": _("The lower, the better"),
    "up": _("The higher, the better"),
}
