"""The states of an operating model and of a spreading case, every allowed move, and their words."""

from enum import StrEnum

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _


class State(StrEnum):
    """Who can see the model: those who write it, everybody, everybody who has its address."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


S = State
# Which permission lets an actor move a model from one state to another.
MOVES: dict[tuple[State, State], str] = {
    (S.DRAFT, S.PUBLISHED): "model:edit",
    (S.PUBLISHED, S.ARCHIVED): "model:edit",
    (S.ARCHIVED, S.PUBLISHED): "model:edit",
}

STATE_LABELS: dict[str, LazyString] = {
    State.DRAFT: _("Draft"),
    State.PUBLISHED: _("Published"),
    State.ARCHIVED: _("No longer recommended"),
}


class Fit(StrEnum):
    """What an author says of a model that exists already: whether it works where they are."""

    YES = "yes"
    NO = "no"
    WANTED = "wanted"


FIT_LABELS: dict[str, LazyString] = {
    Fit.YES: _("Yes, it works here too"),
    Fit.WANTED: _("Not here yet, but we want it"),
    Fit.NO: _("No, it does not work here"),
}


class Spreading(StrEnum):
    """Where a spreading case is. Heard: nothing has to be done."""

    HEARD = "heard"
    OPEN = "open"
    AGREED = "agreed"
    DONE = "done"


P = Spreading
SPREAD_MOVES = frozenset(
    {(P.OPEN, P.AGREED), (P.OPEN, P.DONE), (P.AGREED, P.DONE), (P.AGREED, P.OPEN)}
    | {(P.DONE, P.OPEN)}
)

SPREADING_LABELS: dict[str, LazyString] = {
    Spreading.HEARD: _("Works already"),
    Spreading.OPEN: _("To be agreed"),
    Spreading.AGREED: _("Agreed"),
    Spreading.DONE: _("Done"),
}
