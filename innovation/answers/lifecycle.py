"""Where an answer can bring an idea, and the words in which ideas are assessed."""

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.ideas.lifecycle import Handling

H = Handling
# With these something happens next, so that and its date are told too.
GOES_ON = frozenset({H.UNDER_EVALUATION, H.IN_EXPERIMENT, H.GOING_FORWARD, H.ON_HOLD})
# With these it is decided where the idea goes.
DECISIONS = frozenset(
    {H.IN_EXPERIMENT, H.GOING_FORWARD, H.NOT_GOING_FORWARD, H.DONE_ANOTHER_WAY}
    | {H.PASSED_ON, H.IN_USE, H.DESCRIBED}
)
ANSWERS = (
    H.UNDER_EVALUATION,
    H.IN_EXPERIMENT,
    H.GOING_FORWARD,
    H.ON_HOLD,
    H.NOT_GOING_FORWARD,
    H.DONE_ANOTHER_WAY,
    H.PASSED_ON,
    H.IN_USE,
    H.DESCRIBED,
)
# What an idea does by one of the programme's criteria, in a word.
WORDS: dict[str, LazyString] = {
    "much": _("Much"),
    "some": _("Some"),
    "little": _("Little"),
    "none": _("None"),
    "unknown": _("Not known yet"),
}
