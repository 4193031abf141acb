"""Who leads an experiment, and who may offer to try it."""

from innovation.core.permissions import Actor, Person, holds, rule
from innovation.experiments.models import Experiment
from innovation.ideas.led import leads_in as leads_in_part


@rule("experiment:lead")
def may_lead(actor: Actor, experiment: Experiment) -> bool:
    """Moderators and coordinators lead every experiment, leads those of their sub-project."""
    return leads_in(actor, experiment.sub_project_id, experiment.area_id)


def leads_in(actor: Actor, sub_project_id: int, area_id: int | None) -> bool:
    """Tell whether the actor leads the experiments of this sub-project in this area."""
    if isinstance(actor, Person) and actor.leads(sub_project_id, area_id):
        return True
    return leads_everywhere(actor)


def leads_somewhere(actor: Actor, sub_project_id: int) -> bool:
    """Tell whether the actor leads experiments of this sub-project in some area at least."""
    led = actor.led if isinstance(actor, Person) else ()
    return leads_in_part(led, sub_project_id) or leads_everywhere(actor)


def leads_everywhere(actor: Actor) -> bool:
    """Tell whether the actor leads every experiment."""
    return holds(actor, "idea:moderate") or holds(actor, "promise:coordinate")


@rule("experiment:join")
def may_join(actor: Actor, _experiment: Experiment) -> bool:
    """Everybody with an account; the action asks for their support."""
    return isinstance(actor, Person)
