"""What somebody leads: sub-projects, areas, or the one in the other, as a condition."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

# A sub-project and an area; None stands for every one.
Led = tuple[int | None, int | None]


def within(led: Iterable[Led], home: Any, area: Any) -> ColumnElement[bool]:
    """Give the condition for rows that are led; home, area: their columns, or "every area".

    What belongs to no sub-project yet is led by nobody.
    """
    ways = [
        and_(
            home.is_not(None) if sub_project is None else home == sub_project,
            *([] if place is None else [area == place]),
        )
        for sub_project, place in led
    ]
    return or_(false(), *ways)


def leads_in(led: Iterable[Led], sub_project_id: int) -> bool:
    """Tell whether something of the sub-project is led, at least in one area."""
    return any(home is None or home == sub_project_id for home, _area in led)
