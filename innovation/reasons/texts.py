"""What ready reasons are for, what can be filled into them, and filling it in."""

from collections.abc import Mapping

from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.programme.placeholders import filled, placeholders_in, wrong_placeholder

# By the decision that they go with, in the order of the administrators' page.
USE_LABELS: dict[str, LazyString] = {
    "ask": _("Asking the author"),
    "return": _("Returning for correction"),
    "hide": _("Hiding a text"),
    "keep": _("Keeping an idea for staff"),
    "dismiss": _("Leaving a reported text as it is"),
    "decline": _("Declining a change"),
    "pass_on": _("Passing on to somebody else"),
    "merge": _("Merging ideas"),
    "appeal": _("Answering an appeal"),
}

PLACEHOLDER_LABELS: dict[str, LazyString] = {
    "title": _("the title of the idea"),
    "reference": _("the reference of the idea"),
    "sub_project": _("the sub-project that has the idea"),
    "rule": _("the rule that was chosen"),
    "date": _("the day of the decision"),
}

_LACKING: dict[str, LazyString] = {
    "sub_project": _(
        "This ready reason names the sub-project, and the idea has none yet. Choose a sub-project "
        "first or another reason, or write it in your own words."
    ),
    "rule": _("This ready reason names the rule. Choose the rule too, or another reason."),
}
_LACKING_OTHER = _(
    "Something is missing that this ready reason names. Choose another, or use your own words."
)


def check_placeholders(text: str, field: str) -> None:
    """Raise RuleBrokenError at the field when something in braces is unknown or broken."""
    wrong = wrong_placeholder(text)
    if wrong:
        raise RuleBrokenError(
            _("“%(found)s” cannot be filled in. Known are: %(known)s.", found=wrong, known=KNOWN),
            field,
        )


KNOWN = ", ".join(f"{{{name}}}" for name in PLACEHOLDER_LABELS)


def fill(text: str, values: Mapping[str, str], field: str = "reason") -> str:
    """Put the values in their places.

    values: by the names in PLACEHOLDER_LABELS. Raises RuleBrokenError at the field when the text
    names one that has no value.
    """
    for name in placeholders_in(text):
        if not values.get(name):
            raise RuleBrokenError(_LACKING.get(name, _LACKING_OTHER), field)
    return filled(text, values)
