"""The package of one's own data: everything about somebody as JSON and as a page to read."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from innovation.accounts.rights import ROLE_LABELS
from innovation.core import clock
from innovation.core.i18n import LazyString
from innovation.ideas.lifecycle import CAPACITY_LABELS, STATUS_LABELS
from innovation.privacy.archive import as_json
from innovation.privacy.audit_log import ACTION_LABELS
from innovation.privacy.holdings import Rows, Subject
from innovation.privacy.texts import FIELD_LABELS, INNER, TABLE_LABELS

SCHEMA = "innovation-own-data-1"
_WORDS: dict[str, dict[str, LazyString]] = {
    "capacity": CAPACITY_LABELS,
    "visibility": STATUS_LABELS,
    "visibility_to": STATUS_LABELS,
    "handling": STATUS_LABELS,
    "handling_to": STATUS_LABELS,
    "action": ACTION_LABELS,
    "role": ROLE_LABELS,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A column of a row for reading. value: a text, a moment or a day; True stands for itself."""

    label: LazyString | str
    value: Any


@dataclass(frozen=True, slots=True)
class Part:
    """A table for reading, with its rows."""

    label: LazyString | str
    rows: list[list[Fact]]


def as_document(subject: Subject, rows: dict[str, Rows]) -> str:
    """Give the rows as JSON whose keys stay the same: schema, made_at, about, data by table."""
    told = {
        "schema": SCHEMA,
        "made_at": clock.now().isoformat(),
        "about": {"account": subject.person, "ideas": list(subject.ideas)},
        "data": {name: [as_json(row) for row in found] for name, found in rows.items()},
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def as_parts(rows: dict[str, Rows]) -> list[Part]:
    """Give the rows for reading: what is empty, or inner to the service, is left out."""
    return [
        Part(TABLE_LABELS.get(name, name.replace("_", " ")), [_facts(row) for row in found])
        for name, found in sorted(rows.items(), key=lambda one: _place(one[0]))
    ]


def packed(files: dict[str, str]) -> bytes:
    """Give a zip file of these texts by their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            package.writestr(name, text)
    return buffer.getvalue()


def _place(name: str) -> int:
    order = list(TABLE_LABELS)
    return order.index(name) if name in order else len(order)


def _facts(row: dict[str, Any]) -> list[Fact]:
    return [
        Fact(FIELD_LABELS.get(name, name.replace("_", " ")), _value(name, value))
        for name, value in row.items()
        if name not in INNER and value not in (None, "", False, [], {})
    ]


def _value(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return _WORDS.get(name, {}).get(value, value)
    if isinstance(value, bool | date | datetime):
        return value
    return str(value)
