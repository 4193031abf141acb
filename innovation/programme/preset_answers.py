"""Reads what a preset says about answering: criteria, closed times, ready reasons."""

from datetime import date

from innovation.programme.placeholders import REASON_USES, wrong_placeholder
from innovation.programme.preset_shapes import (
    ID_FORM,
    ClosedPeriod,
    Criterion,
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


def check_number(root: Table, criteria: int) -> None:
    """Note when there are too few criteria, or too many; none at all is a choice too."""
    if criteria and not FEWEST_CRITERIA <= criteria <= MOST_CRITERIA:
        root.wrong("criteria", f"{criteria} criteria; give {FEWEST_CRITERIA} to {MOST_CRITERIA}")
