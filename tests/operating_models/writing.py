"""Models for tests, made by the actions that everybody uses."""

from innovation.core.db import db
from innovation.core.permissions import Actor, System
from innovation.operating_models.actions import Sources, create_model, publish_model
from innovation.operating_models.details import first_contents
from innovation.operating_models.drafts import ModelDraft
from innovation.operating_models.models import OperatingModel

SYSTEM = System("test")


def contents(**changes: str) -> dict[str, str]:
    """Give what a form of a model holds."""
    written = {
        "name": "Kotikäynnin aikaikkuna",
        "summary": "Asiakas saa viestin, kun hoitaja lähtee edellisestä osoitteesta.",
        "solution": "Hoitaja painaa puhelimessa yhtä nappia.",
        "sub_project": "ikaihmiset",
    }
    return {**first_contents(None, None), **written, **changes}


def model(
    who: Actor = SYSTEM, ideas: tuple[int, ...] = (), published: bool = False, **changes: str
) -> OperatingModel:
    """Make a model. Inside `with writing():`."""
    number = create_model(who, ModelDraft(contents(**changes)), Sources(ideas))
    made = db.session.get_one(OperatingModel, number)
    if published:
        publish_model(who, made)
    return made
