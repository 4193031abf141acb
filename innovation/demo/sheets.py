"""What the demo tells besides ideas, as its files in `content/` hold it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from innovation.demo.content import read_file


@dataclass(frozen=True, slots=True)
class DemoMeasure:
    """What an experiment measures. readings: (days ago, value as written, note)."""

    name: str
    unit: str
    baseline: str = ""
    target: str = ""
    direction: str = "down"
    readings: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DemoOffer:
    """Somebody of the staff who can try the same; accepted is None while nobody has decided."""

    name: str
    unit: str
    days_ago: int
    message: str = ""
    accepted: bool | None = None


@dataclass(frozen=True, slots=True)
class DemoTrial:
    """An experiment. Days count back from the loading, those to come are below zero.

    ideas: keys; the youngest last. It starts and ends with the decision of that idea on that day.
    follows: the round before. decided: when it ended, with `decision` and `lesson`.
    """

    key: str
    title: str
    sub_project: str
    planned: int
    hypothesis: str
    starts: int
    ends: int
    ideas: tuple[str, ...] = ()
    follows: str = ""
    place: str = ""
    unit: str = ""
    area: str = ""
    group: str = ""
    owner_name: str = ""
    owner_task: str = ""
    limits: str = ""
    permit: str = "not_needed"
    permit_text: str = ""
    impact_tags: tuple[str, ...] = ()
    decided: int | None = None
    decision: str = ""
    lesson: str = ""
    measures: tuple[DemoMeasure, ...] = ()
    diary: tuple[tuple[int, str], ...] = ()
    offers: tuple[DemoOffer, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoUse:
    """Where a model is in use. since: days ago. ended: days ago, None while it goes on."""

    unit: str
    area: str
    since: int
    contact: str = ""
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class DemoModel:
    """An operating model: fields by key, as first written.

    phase: the Finnish name. It is published with the decision that its idea is described. changes:
    (days ago, fields that changed). archived: days ago.
    """

    key: str
    sub_project: str
    idea: str
    phase: str
    written: int
    fields: Mapping[str, str]
    area: str = ""
    trial: str = ""
    archived: int | None = None
    changes: tuple[tuple[int, Mapping[str, str]], ...] = ()
    uses: tuple[DemoUse, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoSpread:
    """What the author of an idea says of a model that its answer named, and what was agreed."""

    idea: str
    model: str
    fit: str
    text: str
    days_ago: int
    note: str = ""
    agreed: int | None = None


@dataclass(frozen=True, slots=True)
class DemoEffect:
    """Whether taking part had an effect, as the author of the finished idea says."""

    idea: str
    effect: str
    days_ago: int


@dataclass(frozen=True, slots=True)
class DemoMove:
    """The day of a matter moved so many days ago, to so many days after that."""

    days_ago: int
    by: int
    reason: str


@dataclass(frozen=True, slots=True)
class DemoMatter:
    """A matter whose time the law sets. arrived, done: days ago; done is None while it is open."""

    kind: str
    about: str
    arrived: int
    done: int | None = None
    moved: DemoMove | None = None


@cache
def demo_trials() -> tuple[DemoTrial, ...]:
    """Give the experiments, the earlier round first."""
    return tuple(_trial(row) for row in read_file("experiments.toml")["experiments"])


@cache
def demo_models() -> tuple[DemoModel, ...]:
    """Give the operating models."""
    return tuple(_model(row) for row in read_file("models.toml")["models"])


@cache
def demo_phases() -> tuple[dict[str, str], ...]:
    """Give the names of the phases of development that the demo adds."""
    return tuple(read_file("models.toml")["phases"])


@cache
def demo_spreads() -> tuple[DemoSpread, ...]:
    """Give the spreading cases."""
    return tuple(DemoSpread(**row) for row in read_file("models.toml")["spreads"])


@cache
def demo_effects() -> tuple[DemoEffect, ...]:
    """Give what authors say of the effect."""
    return tuple(DemoEffect(**row) for row in read_file("afterwards.toml")["effects"])


@cache
def demo_matters() -> tuple[DemoMatter, ...]:
    """Give the matters of the law's clocks."""
    return tuple(_matter(row) for row in read_file("afterwards.toml")["matters"])


def _matter(row: dict[str, Any]) -> DemoMatter:
    moved = DemoMove(**row.pop("moved")) if "moved" in row else None
    return DemoMatter(moved=moved, **row)


def _trial(row: dict[str, Any]) -> DemoTrial:
    measures = tuple(
        DemoMeasure(
            **{**one, "readings": tuple((*each, "")[:3] for each in one.get("readings", ()))}
        )
        for one in row.pop("measures", ())
    )
    parts: dict[str, Any] = {name: tuple(row.pop(name, ())) for name in ("ideas", "impact_tags")}
    parts["diary"] = tuple((one["days_ago"], one["text"].strip()) for one in row.pop("diary", ()))
    parts["offers"] = tuple(DemoOffer(**one) for one in row.pop("offers", ()))
    return DemoTrial(measures=measures, **parts, **row)


def _model(row: dict[str, Any]) -> DemoModel:
    parts: dict[str, Any] = {
        "fields": _trimmed(row.pop("fields")),
        "uses": tuple(DemoUse(**one) for one in row.pop("uses", ())),
        "changes": tuple(
            (one["days_ago"], _trimmed(one["fields"])) for one in row.pop("changes", ())
        ),
    }
    return DemoModel(**parts, **row)


def _trimmed(fields: Mapping[str, str]) -> dict[str, str]:
    return {key: text.strip() for key, text in fields.items()}
