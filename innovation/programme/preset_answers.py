"""Reads what a preset says about answering and taking part: criteria, reasons, groups, levels."""

from datetime import date

from innovation.programme.placeholders import REASON_USES, wrong_placeholder
from innovation.programme.preset_shapes import (
    ID_FORM,
    LEVELS,
    RETAINED,
    ClosedPeriod,
    Criterion,
    GroupKind,
    ImpactTag,
    ReasonPreset,
)
from innovation.programme.preset_source import Table

FEWEST_CRITERIA, MOST_CRITERIA = 3, 6


def ready_reason(table: Table) -> ReasonPreset:
    """Read a ready reason; its placeholders are known ones."""
    use, text = table.choice("use", REASON_USES), table.texts("text")
    for language, written in text.items():
        if wrong := wrong_placeholder(written):
            table.wrong(f"text.{language}", f"“{wrong}” is not a placeholder that is known")
    return ReasonPreset(use, text)


def closed_period(table: Table) -> ClosedPeriod:
    """Read a time in which nothing is answered."""
    first, last = table.day("first"), table.day("last")
    for key, day in (("first", first), ("last", last)):
        if day is None:
            table.wrong(key, "a day is needed, such as 2027-07-01")
    if first and last and first > last:
        table.wrong("last", "this day is before first")
    return ClosedPeriod(first or date.min, last or date.min, table.texts("name"))


def criterion(table: Table) -> Criterion:
    """Read what ideas are assessed by."""
    return Criterion(table.text("id", **ID_FORM), table.texts("name"), table.texts("question"))


def impact_tag(table: Table) -> ImpactTag:
    """Read what an idea would improve."""
    return ImpactTag(table.text("id", **ID_FORM), table.texts("name"))


def group_kind(table: Table) -> GroupKind:
    """Read a kind of group."""
    return GroupKind(table.text("id", **ID_FORM), table.texts("name"))


def levels(table: Table) -> dict[str, str]:
    """Read how well one is known before one may do something; what is not said is left out."""
    said = {deed: table.choice(deed, allowed, required=False) for deed, allowed in LEVELS.items()}
    table.finish()
    return {deed: level for deed, level in said.items() if level}


def retention(table: Table) -> dict[str, int]:
    """Read for how many days classes of data are kept; what is not said is left out."""
    said = [key for key in RETAINED if key in table.values]
    days = {key: table.number(key, 1, 36_525) for key in said}
    table.finish()
    return days


def check_number(root: Table, criteria: int) -> None:
    """Note when there are too few criteria, or too many; none at all is a choice too."""
    if criteria and not FEWEST_CRITERIA <= criteria <= MOST_CRITERIA:
        root.wrong("criteria", f"{criteria} criteria; give {FEWEST_CRITERIA} to {MOST_CRITERIA}")
