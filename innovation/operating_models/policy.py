"""Who may do what to an operating model and to a spreading case."""

from innovation.core.permissions import Actor, Person, holds, rule
from innovation.operating_models.lifecycle import State
from innovation.operating_models.models import OperatingModel


def decides_everywhere(actor: Actor) -> bool:
    """Moderators and coordinators write models of every sub-project."""
    return holds(actor, "idea:moderate") or holds(actor, "promise:coordinate")


@rule("model:create")
def may_create(actor: Actor, sub_project_id: int) -> bool:
    """Leads describe what belongs to their sub-project."""
    leads = isinstance(actor, Person) and actor.leads(sub_project_id)
    return leads or decides_everywhere(actor)


@rule("model:edit")
def may_edit(actor: Actor, model: OperatingModel) -> bool:
    """Whoever may describe something for the sub-project changes its models."""
    return may_create(actor, model.sub_project_id)


@rule("model:see")
def may_see(actor: Actor, model: OperatingModel) -> bool:
    """Everybody reads what was published; a draft is read by those who write it."""
    return model.state != State.DRAFT or may_edit(actor, model)
