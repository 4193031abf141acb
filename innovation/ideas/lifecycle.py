"""The statuses of an idea: two facts, every allowed move between their values, and their words."""

from enum import StrEnum

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _


class Visibility(StrEnum):
    """Who can see the idea."""

    DRAFT = "draft"
    WAITING = "waiting"
    PUBLIC = "public"
    STAFF_ONLY = "staff_only"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


class Handling(StrEnum):
    """Where the idea is on its way. Hiding and withdrawing keep it."""

    NEW = "new"
    ROUTED = "routed"
    UNDER_EVALUATION = "under_evaluation"
    IN_EXPERIMENT = "in_experiment"
    GOING_FORWARD = "going_forward"
    ON_HOLD = "on_hold"
    NOT_GOING_FORWARD = "not_going_forward"
    MERGED = "merged"
    DONE_ANOTHER_WAY = "done_another_way"
    PASSED_ON = "passed_on"
    IN_USE = "in_use"
    DESCRIBED = "described"


V, H = Visibility, Handling

# Which permission lets an actor move an idea's visibility from one value to another.
VISIBILITY_MOVES: dict[tuple[Visibility, Visibility], str] = {
    (V.DRAFT, V.WAITING): "idea:edit",
    (V.DRAFT, V.PUBLIC): "idea:publish_own",
    (V.DRAFT, V.STAFF_ONLY): "idea:publish_own",
    (V.DRAFT, V.HIDDEN): "idea:moderate",
    (V.DRAFT, V.WITHDRAWN): "idea:withdraw",
    (V.WAITING, V.DRAFT): "idea:moderate",
    (V.WAITING, V.PUBLIC): "idea:moderate",
    (V.WAITING, V.STAFF_ONLY): "idea:moderate",
    (V.WAITING, V.HIDDEN): "idea:moderate",
    (V.WAITING, V.WITHDRAWN): "idea:withdraw",
    (V.PUBLIC, V.DRAFT): "idea:moderate",
    (V.PUBLIC, V.WAITING): "idea:hold",
    (V.PUBLIC, V.STAFF_ONLY): "idea:moderate",
    (V.PUBLIC, V.HIDDEN): "idea:moderate",
    (V.PUBLIC, V.WITHDRAWN): "idea:withdraw",
    (V.STAFF_ONLY, V.DRAFT): "idea:moderate",
    (V.STAFF_ONLY, V.WAITING): "idea:hold",
    (V.STAFF_ONLY, V.PUBLIC): "idea:moderate",
    (V.STAFF_ONLY, V.HIDDEN): "idea:moderate",
    (V.STAFF_ONLY, V.WITHDRAWN): "idea:withdraw",
    (V.HIDDEN, V.WAITING): "idea:moderate",
    (V.HIDDEN, V.PUBLIC): "idea:moderate",
    (V.HIDDEN, V.STAFF_ONLY): "idea:moderate",
}

_OPEN = (H.UNDER_EVALUATION, H.IN_EXPERIMENT, H.GOING_FORWARD, H.ON_HOLD)
_OUTCOMES = (*_OPEN, H.NOT_GOING_FORWARD, H.DONE_ANOTHER_WAY, H.PASSED_ON, H.IN_USE)
_CLOSED = (H.NOT_GOING_FORWARD, H.DONE_ANOTHER_WAY, H.PASSED_ON)

# Which permission lets an actor move an idea's handling from one value to another.
HANDLING_MOVES: dict[tuple[Handling, Handling], str] = {
    (H.NEW, H.ROUTED): "idea:route",
    (H.ROUTED, H.NEW): "idea:route",
    (H.NEW, H.PASSED_ON): "idea:moderate",
    **{(H.ROUTED, target): "idea:decide" for target in _OUTCOMES},
    **{
        (source, target): "idea:decide"
        for source in _OPEN
        for target in _OUTCOMES
        if source is not target
    },
    **{(source, H.UNDER_EVALUATION): "idea:decide" for source in _CLOSED},
    (H.IN_USE, H.DESCRIBED): "idea:decide",
    (H.DESCRIBED, H.IN_USE): "idea:decide",
    **{(source, H.MERGED): "idea:moderate" for source in (H.NEW, H.ROUTED, *_OPEN, *_CLOSED)},
    **{(H.MERGED, target): "idea:moderate" for target in (H.NEW, H.ROUTED, *_OPEN, *_CLOSED)},
}

# The five groups that lists are filtered by.
GROUPS: dict[str, frozenset[Handling]] = {
    "new": frozenset({H.NEW}),
    "in_progress": frozenset({H.ROUTED, H.UNDER_EVALUATION, H.GOING_FORWARD, H.ON_HOLD}),
    "trying": frozenset({H.IN_EXPERIMENT}),
    "done": frozenset({H.IN_USE, H.DESCRIBED, H.DONE_ANOTHER_WAY}),
    "not_going": frozenset({H.NOT_GOING_FORWARD, H.PASSED_ON}),
}

GROUP_LABELS: dict[str, LazyString] = {
    "new": _("New ones"),
    "in_progress": _("Being handled"),
    "trying": _("Being tried out"),
    "done": _("Finished"),
    "not_going": _("Not proceeding"),
}

# What is over: no next step is promised any more.
FINISHED = frozenset({*_CLOSED, H.IN_USE, H.DESCRIBED, H.MERGED})

STATUS_LABELS: dict[str, LazyString] = {
    "draft": _("Draft"),
    "waiting": _("Received, being checked"),
    "asked": _("Waiting for more from the author"),
    "public": _("Published"),
    "staff_only": _("Staff only"),
    "hidden": _("Hidden"),
    "withdrawn": _("Withdrawn"),
    "routed": _("Routed to a sub-project"),
    "under_evaluation": _("Being assessed"),
    "in_experiment": _("Being tried"),
    "going_forward": _("Going ahead"),
    "on_hold": _("On hold"),
    "not_going_forward": _("Not going ahead"),
    "merged": _("Merged with another idea"),
    "done_another_way": _("Done another way"),
    "passed_on": _("Passed on"),
    "in_use": _("In use"),
    "described": _("Described as an operating model"),
}


def status_code(visibility: str, handling: str, asked: bool = False) -> str:
    """Give the one status that is shown for an idea: a key of STATUS_LABELS."""
    if asked and visibility in {V.DRAFT, V.PUBLIC, V.WAITING, V.STAFF_ONLY}:
        return "asked"
    if visibility == V.WAITING and handling == H.PASSED_ON:
        return str(handling)  # it is not shown, and nobody here has to read it any more
    if visibility != V.PUBLIC:
        return str(visibility)
    return "public" if handling == H.NEW else str(handling)


class Capacity(StrEnum):
    """In which capacity somebody writes. It is never a right."""

    RESIDENT = "asukas"
    CLIENT = "asiakas"
    RELATIVE = "laheinen"
    STAFF = "henkilosto"
    ASSOCIATION = "jarjesto"
    ELECTED = "luottamushenkilo"
    ENTREPRENEUR = "yrittaja"
    OTHER = "muu"
    # Only for those to whom a coordinator gave it: the one capacity that is vouched for.
    EXPERT = "kokemusasiantuntija"


CAPACITY_LABELS: dict[str, LazyString] = {
    Capacity.RESIDENT: _("Resident"),
    Capacity.CLIENT: _("Client or patient"),
    Capacity.RELATIVE: _("Relative or friend"),
    Capacity.STAFF: _("Staff"),
    Capacity.ASSOCIATION: _("Association"),
    Capacity.ELECTED: _("Elected representative"),
    Capacity.ENTREPRENEUR: _("Entrepreneur"),
    Capacity.OTHER: _("Other role"),
    Capacity.EXPERT: _("Expert by experience"),
}


def capacities(expert: bool) -> dict[str, LazyString]:
    """Give the capacities that somebody may choose. expert: they hold the right to that one."""
    own = {str(code): label for code, label in CAPACITY_LABELS.items()}
    return own if expert else {code: own[code] for code in own if code != Capacity.EXPERT}
