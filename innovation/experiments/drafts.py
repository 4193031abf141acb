"""What somebody plans, measures and learns, and everything that can be wrong with it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from innovation.core import clock
from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.text import has_words
from innovation.experiments.lifecycle import DIRECTION_LABELS, Outcome, Permit
from innovation.guard.rules import refuse_contacts, refuse_identity_codes, refuse_long
from innovation.programme.queries import snapshot

LONGEST_LINE = 120
LONGEST_TEXT = 2_000
LONGEST_LESSON = 600
MOST_IDEAS = 20
MOST_MEASURES = 3
FARTHEST = timedelta(days=3 * 366)

# 12,5 and 12.5 and −3 and 1 234,5: spaces part thousands, at most three decimals.
_AMOUNT = re.compile(
    r"[-−]?(?:[0-9]{1,9}|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3}){1,2})(?:[.,][0-9]{1,3})?"
)


def read_amount(written: str, at: str) -> Decimal:
    """Give the number that was written, with a decimal comma or point.

    Raises RuleBrokenError at the field `at`.
    """
    text = written.strip()
    if not _AMOUNT.fullmatch(text):
        raise RuleBrokenError(_("Write a number, such as 12 or 12,5."), at)
    plain = re.sub(r"[ \u00a0\u202f]", "", text).replace("−", "-").replace(",", ".")
    return Decimal(plain) + 0  # -0 is 0


@dataclass(frozen=True, slots=True)
class MeasureDraft:
    """What is measured; id: of one that is there already. baseline, target: as written."""

    name: str
    unit: str = ""
    baseline: str = ""
    target: str = ""
    direction: str = "down"
    id: int | None = None

    @property
    def empty(self) -> bool:
        """Tell whether nothing was written."""
        return not (self.name or self.unit or self.baseline or self.target)

    def amounts(self, at: str) -> tuple[Decimal | None, Decimal | None]:
        """Give baseline and target, None where nothing was written; may raise RuleBrokenError."""
        return (
            read_amount(self.baseline, f"{at}_baseline") if self.baseline else None,
            read_amount(self.target, f"{at}_target") if self.target else None,
        )

    def check(self, at: str) -> None:
        """Raise RuleBrokenError at the field that is wrong; their names begin with `at`."""
        if not self.name:
            raise RuleBrokenError(_("Say what is measured."), f"{at}_name")
        texts = {f"{at}_name": self.name, f"{at}_unit": self.unit}
        refuse_long(LONGEST_LINE, **texts)
        refuse_identity_codes(**texts)
        if self.direction not in DIRECTION_LABELS:
            raise RuleBrokenError(_("Choose one of the options."), f"{at}_direction")
        self.amounts(at)


@dataclass(frozen=True, slots=True)
class ExperimentDraft:
    """The plan of an experiment. ideas: numbers. area_id, sub_project_id: rows."""

    title: str
    hypothesis: str
    sub_project_id: int | None
    place: str = ""
    unit: str = ""
    area_id: int | None = None
    group: str = ""
    owner_name: str = ""
    owner_task: str = ""
    owner_named: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    decide_by: date | None = None
    limits: str = ""
    permit: str = Permit.NOT_NEEDED
    permit_text: str = ""
    impact_tags: tuple[str, ...] = ()
    ideas: tuple[int, ...] = ()
    measures: tuple[MeasureDraft, ...] = field(default_factory=tuple)

    def check(self) -> None:
        """Raise RuleBrokenError at the first field that is wrong."""
        for broken in self.problems():
            raise broken

    def problems(self) -> Iterator[RuleBrokenError]:
        """Give everything that is wrong, each at its field, in the order of the page."""
        days = {"starts_on": self.starts_on, "ends_on": self.ends_on, "decide_by": self.decide_by}
        lines = ("title", "place", "unit", "group", "owner_name", "owner_task")
        checks: tuple[Callable[[], None], ...] = (
            self._check_words,
            self._check_hypothesis,
            *(partial(self._check_text, name, LONGEST_LINE) for name in lines),
            *(partial(self._check_text, name, LONGEST_TEXT) for name in ("limits", "permit_text")),
            partial(refuse_contacts, owner_name=self.owner_name),
            self._check_home,
            self._check_choices,
            self._check_ideas,
            *(partial(_check_near, name, day) for name, day in days.items()),
            partial(_check_order, self.starts_on, self.ends_on),
            partial(_check_order, self.starts_on, None, self.decide_by),
            *(
                partial(one.check, f"measure_{place}")
                for place, one in enumerate(self.measures, 1)
                if not one.empty
            ),
        )
        for check in checks:
            try:
                check()
            except RuleBrokenError as broken:
                yield broken

    def _check_words(self) -> None:
        if not has_words(self.title):
            raise RuleBrokenError(_("Give the experiment a name."), "title")

    def _check_hypothesis(self) -> None:
        if not has_words(self.hypothesis):
            raise RuleBrokenError(_("Say what you expect to happen."), "hypothesis")
        self._check_text("hypothesis", LONGEST_TEXT)

    def _check_text(self, name: str, longest: int) -> None:
        text = str(getattr(self, name))
        refuse_long(longest, **{name: text})
        refuse_identity_codes(**{name: text})

    def _check_home(self) -> None:
        if self.sub_project_id not in snapshot().sub_project_by_id:
            raise RuleBrokenError(_("Choose the sub-project that leads this."), "sub_project")

    def _check_choices(self) -> None:
        known = snapshot()
        if self.area_id is not None and self.area_id not in known.area_by_id:
            raise RuleBrokenError(_("Choose one of the options."), "area")
        if self.permit not in list(Permit):
            raise RuleBrokenError(_("Choose one of the options."), "permit")
        if not {str(one["id"]) for one in known.impact_tags}.issuperset(self.impact_tags):
            raise RuleBrokenError(_("Choose one of the options."), "impact_tags")

    def _check_ideas(self) -> None:
        if len(self.ideas) > MOST_IDEAS:
            raise RuleBrokenError(_("Choose at most %(num)s ideas.", num=MOST_IDEAS), "ideas")


def check_days(starts_on: date | None, ends_on: date | None) -> None:
    """Raise RuleBrokenError when a day is too far away, or a time ends before it starts."""
    _check_near("starts_on", starts_on)
    _check_near("ends_on", ends_on)
    _check_order(starts_on, ends_on)


def _check_near(name: str, day: date | None) -> None:
    if day is not None and abs(day - clock.today()) > FARTHEST:
        raise RuleBrokenError(_("Choose a day within three years."), name)


def _check_order(
    starts_on: date | None, ends_on: date | None, decide_by: date | None = None
) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise RuleBrokenError(_("The end is before the start. Correct one of them."), "ends_on")
    if starts_on and decide_by and decide_by < starts_on:
        raise RuleBrokenError(
            _("The decision is before the start. Correct one of them."), "decide_by"
        )


@dataclass(frozen=True, slots=True)
class ToldDraft:
    """What the authors of the ideas are told: why, what happens next and by when.

    named: the person's name may be shown with the answer.
    """

    text: str = ""
    step: str = ""
    step_on: date | None = None
    named: bool = False


@dataclass(frozen=True, slots=True)
class EndDraft:
    """How an experiment ends: the decision (one of Outcome), one lesson, what authors are told.

    told.text may be empty; the lesson is told then.
    """

    decision: str
    lesson: str
    told: ToldDraft = ToldDraft()

    def check(self) -> None:
        """Raise RuleBrokenError at the field that is wrong."""
        if self.decision not in list(Outcome):
            raise RuleBrokenError(_("Choose what was decided."), "decision")
        if not has_words(self.lesson):
            raise RuleBrokenError(
                _("Write one lesson. It is worth having however this went."), "lesson"
            )
        refuse_long(LONGEST_LESSON, lesson=self.lesson)
        refuse_identity_codes(lesson=self.lesson, text=self.told.text, step=self.told.step)


@dataclass(frozen=True, slots=True)
class ReadingDraft:
    """What a measure showed on a day. value: as written."""

    measure_id: int | None
    on: date | None
    value: str
    note: str = ""

    def check(self) -> Decimal:
        """Give the number, or raise RuleBrokenError at the field that is wrong."""
        if self.measure_id is None:
            raise RuleBrokenError(_("Choose what was measured."), "measure")
        if self.on is None:
            raise RuleBrokenError(_("Give the day, such as 15.12.2026."), "on")
        if self.on > clock.today():
            raise RuleBrokenError(
                _("This day is still to come. Choose one that has passed or is today."), "on"
            )
        if self.on < clock.today() - FARTHEST:
            raise RuleBrokenError(_("Choose a day within three years."), "on")
        refuse_long(LONGEST_LINE, note=self.note)
        refuse_identity_codes(note=self.note)
        return read_amount(self.value, "value")


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """Where and when somebody can try this, and what they want to say to the lead."""

    unit: str
    starts_on: date | None = None
    ends_on: date | None = None
    message: str = ""

    def check(self) -> None:
        """Raise RuleBrokenError at the field that is wrong."""
        if not has_words(self.unit):
            raise RuleBrokenError(_("Say where you could try this."), "unit")
        texts: Mapping[str, str] = {"unit": self.unit, "message": self.message}
        refuse_long(LONGEST_LINE, unit=self.unit)
        refuse_long(LONGEST_LESSON, message=self.message)
        refuse_identity_codes(**texts)
        check_days(self.starts_on, self.ends_on)
        if self.ends_on and self.ends_on < clock.today():
            raise RuleBrokenError(_("Choose a day after today."), "ends_on")
