"""Experiments for tests, planned and started by the actions that everybody uses."""

from dataclasses import replace
from datetime import timedelta

from innovation.core import clock
from innovation.core.permissions import Actor, System
from innovation.experiments.actions import plan_experiment, start_experiment
from innovation.experiments.drafts import EndDraft, ExperimentDraft, MeasureDraft, ToldDraft
from innovation.experiments.models import Experiment
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.programme.queries import snapshot
from innovation.routing.actions import route_idea
from tests.real.ideas import idea

SYSTEM = System("test")
CALLS = MeasureDraft("Puhelut toimistoon", "puhelua viikossa", "64", "30")


def home(slug: str = "ikaihmiset") -> int:
    """Give the row of a sub-project."""
    return snapshot().sub_project_by_slug[slug].id


def routed(slug: str = "ikaihmiset") -> Idea:
    """Give a public idea of this sub-project."""
    row = visible_idea(SYSTEM, idea())
    route_idea(SYSTEM, row, home(slug), [])
    return row


def plan(**changes: object) -> ExperimentDraft:
    """Give a plan that lacks nothing."""
    today = clock.today()
    whole = ExperimentDraft(
        title="Tekstiviesti tehdystä käynnistä",
        hypothesis="Kun läheinen saa viestin, puhelut toimistoon puolittuvat.",
        sub_project_id=home(),
        place="Pudasjärvi",
        group="24 asiakasta",
        starts_on=today,
        ends_on=today + timedelta(days=60),
        decide_by=today + timedelta(days=75),
        measures=(CALLS,),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def told(**changes: object) -> ToldDraft:
    """Give what authors are told, with nothing missing."""
    on = clock.today() + timedelta(days=75)
    whole = ToldDraft("Kokeilemme tätä.", "Kerromme tulokset ja päätöksen.", on)
    return replace(whole, **changes)  # type: ignore[arg-type]


def ending(decision: str = "spread", **changes: object) -> EndDraft:
    """Give an ending that lacks nothing."""
    return replace(EndDraft(decision, "Kellonaika riittää.", told(text="")), **changes)  # type: ignore[arg-type]


def planned(actor: Actor = SYSTEM, **changes: object) -> Experiment:
    """Plan an experiment."""
    return plan_experiment(actor, plan(**changes))


def running(actor: Actor = SYSTEM, **changes: object) -> Experiment:
    """Plan an experiment and start it."""
    row = planned(actor, **changes)
    start_experiment(actor, row, told())
    return row
