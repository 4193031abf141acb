"""A model as one document with stable keys, and the schema that describes it to other systems."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from innovation.core import clock
from innovation.core.i18n import DEFAULT_LANGUAGE, Texts
from innovation.operating_models.lifecycle import State
from innovation.operating_models.models import OperatingModel
from innovation.operating_models.texts import (
    BASICS,
    COVER,
    DESCRIPTION,
    PATH_PARTS,
    Field,
    fields_of,
    lines_of,
)

FORMAT = "operating-model"
FORMAT_VERSION = 1
_PREFIX = "path_"


@dataclass(frozen=True, slots=True)
class UseRow:
    """Where a model is in use. contact: as it was written."""

    id: int
    unit: str
    area: Texts
    since: date
    contact: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """An idea (with its reference) or an experiment that a model grew from."""

    id: int
    kind: str
    title: str
    reference: str = ""
    language: str = DEFAULT_LANGUAGE
    handling: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands around the texts of a model."""

    phase: Texts
    sub_project: Texts
    sub_project_slug: str
    made_by: str
    uses: Sequence[UseRow]
    sources: Sequence[SourceRow]


Address = Callable[[str, int], str]


def contents_of(model: OperatingModel) -> dict[str, str]:
    """Give every written field by its key."""
    return {"name": model.name, "summary": model.summary, **model.texts}


def document(model: OperatingModel, facts: Facts, address: Address) -> dict[str, Any]:
    """Give the model as plain values under stable keys.

    address: gives the whole address of a "model", an "idea", an "experiment" or the "schema".
    """
    contents = contents_of(model)
    return {
        "$schema": address("schema", 0),
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "id": model.id,
        "address": address("model", model.id),
        "version": model.version,
        "state": model.state,
        "language": DEFAULT_LANGUAGE,
        "sub_project": {"id": facts.sub_project_slug, "name": _finnish(facts.sub_project)},
        BASICS: {
            **_part(BASICS, contents),
            "made_by": facts.made_by,
            "created_on": _day(model.created_at),
            "changed_on": _day(model.updated_at),
        },
        DESCRIPTION: _part(DESCRIPTION, contents),
        "cover_image": contents.get("cover_image", ""),
        "phase": _finnish(facts.phase),
        "path": {part: _part(part, contents) for part in PATH_PARTS},
        "in_use": [
            {
                "unit": use.unit,
                "area": _finnish(use.area),
                "since": use.since.isoformat(),
                "contact": use.contact,
            }
            for use in facts.uses
        ],
        "sources": [
            {
                "kind": one.kind,
                "title": one.title,
                "reference": one.reference,
                "address": address(one.kind, one.id),
            }
            for one in facts.sources
        ],
    }


def _part(part: str, contents: Mapping[str, str]) -> dict[str, Any]:
    return {_key(one): _value(one, contents.get(one.key, "")) for one in fields_of(part)}


def _key(field: Field) -> str:
    return field.key.removeprefix(_PREFIX)


def _value(field: Field, text: str) -> Any:
    return lines_of(text) if field.many else text


def _finnish(texts: Texts) -> str:
    return texts.get(DEFAULT_LANGUAGE, "").replace("\u00ad", "")


def _day(moment: datetime) -> str:
    return clock.local_date(moment).isoformat()


def schema(address: str) -> dict[str, Any]:
    """Give the JSON schema (draft 2020-12) of `document`. address: where it is published."""
    day = {"type": "string", "format": "date"}
    basics = _shape(_shapes(BASICS) | {"made_by": _TEXT, "created_on": day, "changed_on": day})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": "Operating model under the headings of Innokylä",
        **_shape(
            {
                "$schema": _TEXT,
                "format": {"const": FORMAT},
                "format_version": {"const": FORMAT_VERSION},
                "id": {"type": "integer", "minimum": 1},
                "address": _TEXT,
                "version": {"type": "integer", "minimum": 1},
                "state": {"enum": [str(one) for one in State]},
                "language": {"type": "string", "pattern": "^[a-z]{2}$"},
                "sub_project": _shape({"id": _TEXT, "name": _TEXT}),
                BASICS: basics,
                DESCRIPTION: _shape(_shapes(DESCRIPTION)),
                "cover_image": _described(fields_of(COVER)[0]),
                "phase": {"type": "string", "title": "Kehittämisen vaihe"},
                "path": _shape({part: _shape(_shapes(part)) for part in PATH_PARTS}),
                "in_use": _list(
                    {"unit": _TEXT, "area": _TEXT, "since": day, "contact": _TEXT},
                ),
                "sources": _list(
                    {
                        "kind": {"enum": ["idea", "experiment"]},
                        "title": _TEXT,
                        "reference": _TEXT,
                        "address": _TEXT,
                    },
                ),
            }
        ),
    }


_TEXT = {"type": "string"}


def _shapes(part: str) -> dict[str, Any]:
    return {_key(one): _described(one) for one in fields_of(part)}


def _described(field: Field) -> dict[str, Any]:
    title = field.names[DEFAULT_LANGUAGE]
    if field.many:
        return {"type": "array", "title": title, "items": _TEXT}
    return {"type": "string", "title": title, "maxLength": field.longest}


def _shape(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _shape(properties)}
