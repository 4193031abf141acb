"""Forms of experiments: the plan, its start and end, readings, the diary, an offer to try it."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Self

from flask import request
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput

from innovation.answers.forms import tell_all
from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.i18n import pick
from innovation.experiments.drafts import (
    LONGEST_LESSON,
    LONGEST_TEXT,
    MOST_MEASURES,
    EndDraft,
    ExperimentDraft,
    MeasureDraft,
    OfferDraft,
    ReadingDraft,
    ToldDraft,
)
from innovation.experiments.fields import A_DAY, KeptForm, choices_of
from innovation.experiments.lifecycle import (
    DIRECTION_LABELS,
    OUTCOME_LABELS,
    PERMIT_LABELS,
    Outcome,
    Permit,
    State,
)
from innovation.ideas.queries import number_of_reference
from innovation.programme.fields import DayField
from innovation.programme.queries import snapshot
from innovation.web.forms import LineField, TextField
from innovation.web.locale import language

_SEPARATORS = re.compile(r"[\s,;]+")
_SEEN = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")


class ExperimentForm(KeptForm):
    """The plan of an experiment, with the fields of MOST_MEASURES measures."""

    title = LineField(_("Name of the experiment"))
    hypothesis = TextField(_("What do you expect to happen?"))
    ideas = LineField(_("Ideas it grows from"))
    sub_project = SelectField(_("Sub-project that leads"), validate_choice=False)
    area = SelectField(_("Area"), validate_choice=False)
    place = LineField(_("Place"))
    unit = LineField(_("Unit"))
    group = LineField(_("Who takes part and how many"))
    starts_on = DayField(_("Starts on"), description=A_DAY)
    ends_on = DayField(_("Ends on"), description=A_DAY)
    decide_by = DayField(_("Decision at the latest on"), description=A_DAY)
    limits = TextField(_("Limits"))
    permit = RadioField(_("Research permit"), validate_choice=False, default=Permit.NOT_NEEDED)
    permit_text = TextField(_("About the permit"))
    impact_tags = SelectMultipleField(
        _("What would it improve?"), validate_choice=False, option_widget=CheckboxInput()
    )
    owner_name = LineField(_("Who is responsible for the experiment"))
    owner_task = LineField(_("Task"))
    owner_named = BooleanField(_("Show the name. This person has agreed to it."))
    limit = LONGEST_TEXT

    @classmethod
    def of(cls, *, sent: bool = False, **data: Any) -> Self:
        """Give the form, fresh with `data` or as it was sent."""
        made = type("ExperimentFormWithMeasures", (cls,), _measure_fields())
        form: Self = made(request.form if sent else None, data=data)
        known, tongue = snapshot(), language()
        chosen = str(form.sub_project.data or "")
        homes = {
            one.slug: one.name(tongue)
            for one in known.sub_projects
            if not one.closed or one.slug == chosen
        }
        form.sub_project.choices = choices_of({"": _("Choose"), **homes})
        areas = {one.slug: one.name(tongue) for one in known.areas}
        form.area.choices = choices_of({"": _("No particular area"), **areas})
        form.permit.choices = choices_of(PERMIT_LABELS)
        form.impact_tags.choices = [
            SelectChoice(one["id"], pick(one["name"], tongue)) for one in known.impact_tags
        ]
        return form

    def offer(self, leads: Callable[[int], bool]) -> None:
        """Offer only sub-projects whose experiments this person leads, and the chosen one."""
        known = snapshot().sub_project_by_slug
        offered: Iterable[Any] = self.sub_project.choices or ()
        self.sub_project.choices = [
            one
            for one in offered
            if one.value in ("", self.sub_project.data) or leads(known[one.value].id)
        ]

    @property
    def measures(self) -> list[list[Any]]:
        """The fields of each measure: id, name, unit, baseline, target, direction."""
        return [
            [self[f"measure_{place}_{name}"] for name in _MEASURE]
            for place in range(1, MOST_MEASURES + 1)
        ]

    def tell_all(self) -> None:
        """Tell what else is wrong, so that it is corrected in one go."""
        # A reference that nothing has is told first; the second time it is left out.
        draft = self.attempt(self.draft) or self.draft()
        tell_all(self, draft.problems())

    def draft(self) -> ExperimentDraft:
        """Give what was written, without what is known to be wrong already.

        Raises RuleBrokenError for a reference that nothing has.
        """
        known = snapshot()
        home = known.sub_project_by_slug.get(self.sub_project.data or "")
        area = known.area_by_slug.get(self.area.data or "")
        lines = ("title", "hypothesis", "place", "unit", "group", "limits", "permit_text")
        return ExperimentDraft(
            sub_project_id=home.id if home else None,
            area_id=area.id if area else None,
            owner_name=self.owner_name.data or "",
            owner_task=self.owner_task.data or "",
            owner_named=bool(self.owner_named.data),
            starts_on=None if self.starts_on.errors else self.starts_on.day,
            ends_on=None if self.ends_on.errors else self.ends_on.day,
            decide_by=None if self.decide_by.errors else self.decide_by.day,
            permit=self.permit.data or "",
            impact_tags=tuple(self.impact_tags.data or ()),
            ideas=() if self.ideas.errors else _numbers_in(self.ideas.data or ""),
            measures=tuple(_measure(fields) for fields in self.measures),
            **{name: self[name].data or "" for name in lines},
        )


_MEASURE = ("id", "name", "unit", "baseline", "target", "direction")


def _measure_fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for place in range(1, MOST_MEASURES + 1):
        at = f"measure_{place}_"
        fields[f"{at}id"] = HiddenField()
        fields[f"{at}name"] = LineField(_("What is measured"))
        fields[f"{at}unit"] = LineField(_("Unit of measurement"))
        fields[f"{at}baseline"] = LineField(_("Before the experiment"))
        fields[f"{at}target"] = LineField(_("Target"))
        fields[f"{at}direction"] = SelectField(
            _("Which way is better"),
            choices=choices_of(DIRECTION_LABELS),
            validate_choice=False,
            default="down",
        )
    return fields


def _measure(fields: list[Any]) -> MeasureDraft:
    number, name, unit, baseline, target, direction = (str(one.data or "") for one in fields)
    known = int(number) if re.fullmatch(r"[0-9]{1,9}", number) else None
    return MeasureDraft(name, unit, baseline, target, direction, known)


def _numbers_in(written: str) -> tuple[int, ...]:
    """Give the numbers of the ideas whose references were written."""
    found = []
    for one in filter(None, _SEPARATORS.split(written)):
        number = number_of_reference(one.upper())
        if number is None:
            raise RuleBrokenError(
                _("There is no idea %(reference)s. Check the reference.", reference=one), "ideas"
            )
        found.append(number)
    return tuple(dict.fromkeys(found))


class ToldForm(KeptForm):
    """What the authors of the ideas are told. ideas: which were shown, each with its last entry."""

    text = TextField(_("What do you tell the authors?"))
    step = LineField(_("What happens next"))
    step_on = DayField(_("By when"), description=A_DAY)
    named = BooleanField(_("Show my name with the answer"))
    ideas = HiddenField()
    limit = LONGEST_TEXT

    @property
    def seen_ideas(self) -> dict[int, int]:
        """The last entry of the timeline of each idea that the page told of."""
        found = _SEEN.findall(str(self.ideas.data or ""))
        return {int(number): int(entry) for number, entry in found}

    def show_now(self, version: int, ideas: Iterable[tuple[int, int]]) -> None:
        """Note what the page shows: the experiment's version, ideas with their last entries."""
        self.version.data = str(version)
        self.ideas.data = " ".join(f"{number}:{entry}" for number, entry in ideas)

    def told(self) -> ToldDraft:
        """Give what was written."""
        return ToldDraft(
            self.text.data or "", self.step.data or "", self.step_on.day, bool(self.named.data)
        )


class EndForm(ToldForm):
    """How an experiment ends."""

    decision = RadioField(_("What was decided?"), validate_choice=False)
    lesson = TextField(_("What did you learn?"))
    limit_of_lesson = LONGEST_LESSON

    @classmethod
    def of(cls, state: str, *, sent: bool = False, **data: Any) -> Self:
        """Give the form for an experiment in this state: what has not started can only stop."""
        form = cls(request.form if sent else None, data=data)
        labels = OUTCOME_LABELS
        if state == State.PLANNED:
            labels = {Outcome.STOP: labels[Outcome.STOP]}
        form.decision.choices = choices_of(labels)
        return form

    def draft(self) -> EndDraft:
        """Give what was written."""
        return EndDraft(self.decision.data or "", self.lesson.data or "", self.told())


class ReadingForm(KeptForm):
    """What a measure showed on a day."""

    measure = SelectField(_("What was measured"), validate_choice=False)
    on = DayField(_("Day"), description=A_DAY)
    value = LineField(_("Reading"), description=_("A number, such as 12 or 12,5."))
    note = LineField(_("Note"))

    @classmethod
    def of(cls, measures: Any, *, sent: bool = False, **data: Any) -> Self:
        """Give the form for these measures."""
        form = cls(request.form if sent else None, data=data)
        form.measure.choices = [SelectChoice(str(one.id), one.name) for one in measures]
        return form

    def draft(self) -> ReadingDraft:
        """Give what was written."""
        chosen = str(self.measure.data or "")
        number = int(chosen) if re.fullmatch(r"[0-9]{1,9}", chosen) else None
        return ReadingDraft(number, self.on.day, self.value.data or "", self.note.data or "")


class DiaryForm(KeptForm):
    """How the experiment goes."""

    text = TextField(_("What has happened?"))
    limit = LONGEST_TEXT


class OfferForm(KeptForm):
    """Where and when somebody can try this."""

    unit = LineField(_("Where could you try this?"))
    starts_on = DayField(_("From"), description=A_DAY)
    ends_on = DayField(_("Until"), description=A_DAY)
    message = TextField(_("Message to the lead"))
    limit = LONGEST_LESSON

    def draft(self) -> OfferDraft:
        """Give what was written."""
        return OfferDraft(
            self.unit.data or "", self.starts_on.day, self.ends_on.day, self.message.data or ""
        )
