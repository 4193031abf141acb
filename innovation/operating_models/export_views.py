"""A model taken along: as a Word file, as JSON, and the schema that describes the JSON."""

import json
from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from innovation.core.permissions import Nobody
from innovation.core.text import slug
from innovation.operating_models.documents import document, schema
from innovation.operating_models.queries import facts_of, visible_model
from innovation.web.access import actor, public
from innovation.web.templating import public_url

blueprint = Blueprint("model_exports", __name__, url_prefix="/operating-models")

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PAGES = {
    "model": ("operating_models.show", "model_id"),
    "idea": ("ideas.show", "number"),
    "experiment": ("experiments.show", "experiment_id"),
}


def _address(kind: str, number: int) -> str:
    if kind == "schema":
        return public_url("model_exports.described")
    endpoint, name = _PAGES[kind]
    return public_url(endpoint, **{name: number})


@blueprint.get("/schema.json")
@public
def described() -> ResponseReturnValue:
    """Give the JSON schema of the export."""
    return _json(schema(_address("schema", 0)), "application/schema+json")


@blueprint.get("/<int:model_id>/export.json")
@public
def as_json(model_id: int) -> ResponseReturnValue:
    """Give the model under stable keys."""
    made, name = _made(model_id)
    return _named(_json(made, "application/json"), f"{name}.json")


@blueprint.get("/<int:model_id>/export.docx")
@public
def as_word(model_id: int) -> ResponseReturnValue:
    """Give the model as a Word file."""
    # Imported here: few ask for one, and what is needed for it would lie in everybody's memory.
    from innovation.operating_models.writers import word_file

    made, name = _made(model_id)
    return _named(Response(word_file(made), mimetype=WORD), f"{name}.docx")


def _made(model_id: int) -> tuple[dict[str, Any], str]:
    model = visible_model(actor(), model_id)
    # A file is handed on, so it names no source that only whoever takes it may see.
    made = document(model, facts_of(Nobody(), model), _address)
    return made, f"toimintamalli-{model.id}-{slug(model.name)}".rstrip("-")


def _json(value: dict[str, Any], mimetype: str) -> Response:
    return Response(json.dumps(value, ensure_ascii=False, indent=2) + "\n", mimetype=mimetype)


def _named(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"  # it may be a draft
    return response
