"""The small chart of a measure: where its readings lie, as numbers that a drawing takes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from innovation.experiments.sheets import MeasureRow

WIDTH, HEIGHT = 640, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 12, 12, 16, 16


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of WIDTH × HEIGHT: points from left to right, and levels from top to bottom.

    baseline, target: their heights, None where there is none. line: the points of a polyline.
    """

    points: tuple[tuple[float, float], ...]
    baseline: float | None
    target: float | None
    lowest: Decimal
    highest: Decimal
    since: date
    until: date

    @property
    def line(self) -> str:
        """The points as SVG writes them."""
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)


def chart_of(measure: MeasureRow) -> Chart | None:
    """Give the chart of a measure with two readings or more, None for fewer: nothing to draw."""
    readings = measure.readings
    if len(readings) < 2:
        return None
    levels = [one.value for one in readings] + [
        one for one in (measure.baseline, measure.target) if one is not None
    ]
    low, high = min(levels), max(levels)
    since, until = readings[0].on, readings[-1].on
    days = (until - since).days

    def height(value: Decimal) -> float:
        part = float((value - low) / (high - low)) if high > low else 0.5
        return round(HEIGHT - _BOTTOM - part * (HEIGHT - _TOP - _BOTTOM), 1)

    return Chart(
        points=tuple(
            (
                round(_LEFT + (one.on - since).days / days * (WIDTH - _LEFT - _RIGHT), 1),
                height(one.value),
            )
            for one in readings
        ),
        baseline=None if measure.baseline is None else height(measure.baseline),
        target=None if measure.target is None else height(measure.target),
        lowest=low,
        highest=high,
        since=since,
        until=until,
    )
