"""A first text for a model, made of the idea and of the experiment that it grew from."""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import select

from innovation.core import clock
from innovation.core.db import db
from innovation.core.i18n import lazy_gettext as _
from innovation.core.i18n import ngettext
from innovation.core.text import excerpt
from innovation.experiments.lifecycle import OUTCOME_LABELS
from innovation.experiments.models import DiaryEntry, Experiment, Measure, Reading
from innovation.ideas.lifecycle import CAPACITY_LABELS
from innovation.ideas.models import Idea
from innovation.operating_models.queries import phases
from innovation.operating_models.texts import (
    CHOSEN,
    DEFAULT_FUNDER,
    FIELD_BY_KEY,
    LONGEST_NAME,
)
from innovation.programme.queries import snapshot
from innovation.votes.queries import OTHERS, supporters_by_capacity

# A model is written in Finnish: that is the language of Innokylä's form.
_LANGUAGE = "fi"
_SUMMARY = 300


def first_contents(idea: Idea | None, experiment: Experiment | None) -> dict[str, str]:
    """Give what a form begins with: Innokylä's fields filled from what is known already."""
    first = next((str(one.id) for one in phases() if one.active), "")
    contents = dict.fromkeys((*FIELD_BY_KEY, *CHOSEN), "")
    contents |= {"phase": first, "funders": DEFAULT_FUNDER}
    if idea is not None:
        contents |= _of_idea(idea)
    if experiment is not None:
        contents |= {key: text for key, text in _of_experiment(experiment).items() if text}
    home = idea.primary_sub_project_id if idea else None
    contents |= _belongs(experiment.sub_project_id if experiment else home)
    return {key: _short(key, text) for key, text in contents.items()}


def _short(key: str, text: str) -> str:
    """Cut what is longer than its field: the writer can then save and go on."""
    field = FIELD_BY_KEY.get(key)
    return text[: field.longest].rstrip() if field else text


def _belongs(sub_project_id: int | None) -> dict[str, str]:
    known = snapshot()
    home = known.sub_project_by_id.get(sub_project_id or 0)
    if home is None:
        return {}
    parent = next(one for one in known.parents if one.id == home.parent_id)
    return {"sub_project": home.slug, "whole": _plain(parent.name(_LANGUAGE))}


def _of_idea(idea: Idea) -> dict[str, str]:
    known = snapshot()
    area = known.area_by_id.get(idea.area_id or 0)
    place = known.municipality_by_id.get(idea.municipality_id or 0) if idea.show_place else None
    names = [place.name(_LANGUAGE) if place else "", area.name(_LANGUAGE) if area else ""]
    names.append(known.regions.get(_LANGUAGE, ""))
    return {
        "name": idea.title[:LONGEST_NAME],
        "summary": excerpt(idea.text, _SUMMARY),
        "place": idea.unit if idea.show_place else "",
        "region": ", ".join(dict.fromkeys(_plain(name) for name in names if name)),
        "area": area.slug if area else "",
        "solution": idea.what_helps,
        "environment": idea.text,
        "users": _who(idea),
        "path_needs": idea.text,
    }


def _who(idea: Idea) -> str:
    """Tell who wrote and who supports, and how much it was discussed; small groups not at all."""
    labels = {**CAPACITY_LABELS, OTHERS: _("others")}
    groups = [
        f"{str(labels[name]).lower()} {count}"
        for name, count in supporters_by_capacity(idea.id).items()
        if name in labels
    ]
    support = ngettext("%(num)d supporter", "%(num)d supporters", idea.support_count)
    lines = [
        str(_("In which role the idea was written: %(role)s", role=CAPACITY_LABELS[idea.capacity]))
        if idea.capacity
        else "",
        f"{support} ({', '.join(groups)})" if groups else str(support),
        str(ngettext("%(num)d comment", "%(num)d comments", idea.comment_count)),
    ]
    return "\n".join(line for line in lines if line)


def _of_experiment(experiment: Experiment) -> dict[str, str]:
    area = snapshot().area_by_id.get(experiment.area_id or 0)
    rounds = _rounds(experiment)
    lessons = _lines(one.lesson for one in rounds)
    return {
        "name": experiment.title[:LONGEST_NAME],
        "place": ", ".join(one for one in (experiment.unit, experiment.place) if one),
        "area": area.slug if area else "",
        "conditions": experiment.limits,
        "results": _results(rounds),
        "tips": lessons,
        "path_change": experiment.hypothesis,
        "path_measuring": _lines(_measured(one) for one in _measures(experiment.id)),
        "path_trial": _way(rounds),
    }


def _rounds(experiment: Experiment) -> list[Experiment]:
    """Give the rounds up to this one, the first first."""
    rounds = [experiment]
    while rounds[0].previous_id is not None:
        rounds.insert(0, db.session.get_one(Experiment, rounds[0].previous_id))
    return rounds


def _results(rounds: list[Experiment]) -> str:
    parts = []
    for one in rounds:
        said = [_reached(measure) for measure in _measures(one.id)]
        if one.decision:
            said.append(str(OUTCOME_LABELS[one.decision]))
        parts.append(_lines([_heading(one) if len(rounds) > 1 and any(said) else "", *said]))
    return "\n\n".join(part for part in parts if part)


def _way(rounds: list[Experiment]) -> str:
    """Give the diary of every round, the oldest entry first."""
    parts = []
    for one in rounds:
        entries = db.session.execute(
            select(DiaryEntry.at, DiaryEntry.text)
            .where(DiaryEntry.experiment_id == one.id)
            .order_by(DiaryEntry.at, DiaryEntry.id)
        )
        days = [f"{_day(entry.at)}: {entry.text}" for entry in entries]
        expected = str(_("Expected: %(what)s", what=one.hypothesis))
        parts.append(_lines([_heading(one) if len(rounds) > 1 else "", expected, *days]))
    return "\n\n".join(parts)


def _heading(experiment: Experiment) -> str:
    return str(_("Round %(number)s", number=experiment.round))


def _measures(experiment_id: int) -> list[Measure]:
    wanted = select(Measure).where(Measure.experiment_id == experiment_id)
    return list(db.session.scalars(wanted.order_by(Measure.position, Measure.id)))


def _measured(measure: Measure) -> str:
    parts = [
        str(_("baseline %(value)s", value=_number(measure.baseline)))
        if measure.baseline is not None
        else "",
        str(_("target %(value)s", value=_number(measure.target)))
        if measure.target is not None
        else "",
    ]
    told = ", ".join(part for part in parts if part)
    name = f"{measure.name} ({measure.unit})" if measure.unit else measure.name
    return f"{name}: {told}" if told else name


def _reached(measure: Measure) -> str:
    last = db.session.scalar(
        select(Reading).where(Reading.measure_id == measure.id).order_by(Reading.on.desc()).limit(1)
    )
    if last is None:
        return ""
    now = f"{_finnish_day(last.on)}: {_number(last.value)}"
    told = _measured(measure)
    return f"{told}{', ' if ': ' in told else ': '}{now}"


def _number(value: Decimal) -> str:
    return format(value, "f").replace(".", ",").replace("-", "−")


def _day(moment: object) -> str:
    return _finnish_day(clock.local_date(moment))  # type: ignore[arg-type]


def _finnish_day(day: object) -> str:
    return f"{day:%-d.%-m.%Y}"


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(text for text in texts if text)


def _plain(name: str) -> str:
    return name.replace("\u00ad", "")
