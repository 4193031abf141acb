"""Who leads an experiment, and who may offer to try it."""

from innovation.core.permissions import Actor, Person, holds, rule
from innovation.experiments.models import Experiment


@rule("experiment:lead")
def may_lead(actor: Actor, experiment: Experiment) -> bool:
    """Moderators and coordinators lead every experiment, leads those of their sub-project."""
    return leads_in(actor, experiment.sub_project_id)


def leads_in(actor: Actor, sub_project_id: int) -> bool:
    """Tell whether the actor leads the experiments of this sub-project."""
    if isinstance(actor, Person) and actor.leads(sub_project_id):
        return True
    return holds(actor, "idea:moderate") or holds(actor, "promise:coordinate")


@rule("experiment:join")
def may_join(actor: Actor, _experiment: Experiment) -> bool:
    """Everybody with an account; the action asks for their support."""
    return isinstance(actor, Person)
