"""An experiment as it is shown: its facts, its measures, their readings in order."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.i18n import LazyString, Texts
from innovation.experiments.lifecycle import (
    OPEN,
    OUTCOME_LABELS,
    PERMIT_LABELS,
    STATE_LABELS,
    Outcome,
    State,
)
from innovation.experiments.models import Experiment, Measure, Reading
from innovation.programme.queries import SubProjectFact, snapshot


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """What a measure showed on a day."""

    id: int
    on: date
    value: Decimal
    note: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure with its readings, the oldest first, in whichever order they were written."""

    id: int
    name: str
    unit: str
    baseline: Decimal | None
    target: Decimal | None
    direction: str
    readings: tuple[ReadingRow, ...] = ()

    @property
    def first(self) -> Decimal | None:
        """Where it was before: the baseline, or else the first of several readings."""
        if self.baseline is not None:
            return self.baseline
        return self.readings[0].value if len(self.readings) > 1 else None

    @property
    def last(self) -> Decimal | None:
        """Where it is now, None before the first reading."""
        return self.readings[-1].value if self.readings else None

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None without a target or a reading."""
        if self.target is None or self.last is None:
            return None
        return self.last <= self.target if self.direction == "down" else self.last >= self.target


@dataclass(frozen=True, slots=True)
class ExperimentRow:
    """An experiment as it is shown. owner_name: "" when it is not to be shown."""

    number: int
    title: str
    state: str
    decision: str
    lesson: str
    place: str
    unit: str
    area: Texts
    group: str
    owner_name: str
    owner_task: str
    sub_project: SubProjectFact | None
    starts_on: date | None
    ends_on: date | None
    decide_by: date | None
    decided_at: datetime | None
    hypothesis: str
    limits: str
    permit: str
    permit_text: str
    impact_tags: tuple[Texts, ...]
    round: int
    measures: tuple[MeasureRow, ...]

    @property
    def state_label(self) -> LazyString:
        """The state in words."""
        return STATE_LABELS[self.state]

    @property
    def decision_label(self) -> LazyString:
        """What was decided, in words; only for one that has ended."""
        return OUTCOME_LABELS[self.decision]

    @property
    def permit_label(self) -> LazyString:
        """How far the research permit is."""
        return PERMIT_LABELS[self.permit]

    @property
    def look(self) -> str:
        """Which of the ideas' statuses it looks like: icon and colours of the pill."""
        if self.state == State.ENDED:
            return "going_forward" if self.decision == Outcome.SPREAD else "in_experiment"
        looks = {State.PLANNED: "on_hold", State.RUNNING: "in_experiment"}
        return looks.get(State(self.state), "not_going_forward")

    @property
    def open(self) -> bool:
        """True while it goes on."""
        return self.state in OPEN

    @property
    def late(self) -> int:
        """By how many days the promised decision is late, 0 while the promise holds."""
        if not self.open or self.decide_by is None:
            return 0
        return max(0, (clock.today() - self.decide_by).days)

    @property
    def main(self) -> MeasureRow | None:
        """The measure that stands first."""
        return self.measures[0] if self.measures else None


def rows_of(experiments: Sequence[Experiment]) -> list[ExperimentRow]:
    """Give the rows with their measures and readings: two queries, none without experiments."""
    measures = _measures([one.id for one in experiments])
    known = snapshot()
    return [
        ExperimentRow(
            number=one.id,
            title=one.title,
            state=one.state,
            decision=one.decision,
            lesson=one.lesson,
            place=one.place,
            unit=one.unit,
            area=area.names if (area := known.area_by_id.get(one.area_id or 0)) else {},
            group=one.group,
            owner_name=one.owner_name if one.owner_named else "",
            owner_task=one.owner_task,
            sub_project=known.sub_project_by_id.get(one.sub_project_id),
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            decide_by=one.decide_by,
            decided_at=one.decided_at,
            hypothesis=one.hypothesis,
            limits=one.limits,
            permit=one.permit,
            permit_text=one.permit_text,
            impact_tags=tuple(
                tag["name"] for tag in known.impact_tags if tag["id"] in one.impact_tags
            ),
            round=one.round,
            measures=tuple(measures[one.id]),
        )
        for one in experiments
    ]


def _measures(numbers: Sequence[int]) -> dict[int, list[MeasureRow]]:
    found: dict[int, list[MeasureRow]] = defaultdict(list)
    if not numbers:
        return found
    readings: dict[int, list[ReadingRow]] = defaultdict(list)
    for row in db.session.execute(
        select(Reading.measure_id, Reading.id, Reading.on, Reading.value, Reading.note)
        .join(Measure, Measure.id == Reading.measure_id)
        .where(Measure.experiment_id.in_(numbers))
        .order_by(Reading.on)
    ):
        readings[row[0]].append(ReadingRow(*row[1:]))
    for one in db.session.scalars(
        select(Measure)
        .where(Measure.experiment_id.in_(numbers))
        .order_by(Measure.position, Measure.id)
    ):
        facts = (one.id, one.name, one.unit, one.baseline, one.target, one.direction)
        found[one.experiment_id].append(MeasureRow(*facts, tuple(readings[one.id])))
    return found
