"""Who may do what to an operating model and to a spreading case."""

from innovation.core.permissions import Actor, Person, holds, rule
from innovation.ideas.led import leads_in
from innovation.operating_models.lifecycle import State
from innovation.operating_models.models import OperatingModel


def decides_everywhere(actor: Actor) -> bool:
    """Moderators and coordinators write models of every sub-project."""
    return holds(actor, "idea:moderate") or holds(actor, "promise:coordinate")


@rule("model:create")
def may_create(actor: Actor, place: tuple[int, int | None]) -> bool:
    """Leads describe what belongs to their sub-project or area. place: the two, by id."""
    leads = isinstance(actor, Person) and actor.leads(*place)
    return leads or decides_everywhere(actor)


def writes_somewhere(actor: Actor, sub_project_id: int) -> bool:
    """Tell whether the actor may describe something of the sub-project in some area at least."""
    led = actor.led if isinstance(actor, Person) else ()
    return leads_in(led, sub_project_id) or decides_everywhere(actor)


@rule("model:edit")
def may_edit(actor: Actor, model: OperatingModel) -> bool:
    """Whoever may describe something for the sub-project there changes its models."""
    return may_create(actor, (model.sub_project_id, model.area_id))


@rule("model:see")
def may_see(actor: Actor, model: OperatingModel) -> bool:
    """Everybody reads what was published; a draft is read by those who write it."""
    return model.state != State.DRAFT or may_edit(actor, model)
