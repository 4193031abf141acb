"""Every column is declared, and the pages that are made of the declarations are up to date."""

from pathlib import Path

import pytest
from flask import Flask

from innovation.core.db import Base
from innovation.privacy import register
from innovation.privacy.record import assessment, record
from innovation.privacy.register import KEEP, tables
from innovation.privacy.retention import DEFAULTS
from innovation.privacy.texts import SECRECY, TABLE_LABELS
from innovation.programme.preset_shapes import RETAINED
from innovation.programme.presets import PRESETS, read_preset
from innovation.redactions.texts import KIND_LABELS

pytestmark = pytest.mark.once

DOCS = Path(__file__).parents[2] / "docs"
ADDRESSES = ("email", "e_mail", "recipient")


def test_every_column_is_declared_once_and_nothing_else(app: Flask) -> None:
    assert register.problems(Base.metadata) == []


def test_what_leads_to_a_person_never_stays_behind(app: Flask) -> None:
    """A reference to a person goes with them, however its table is declared."""
    left = []
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if any(key.column.table.name == "people" for key in column.foreign_keys):
                declared = tables()[table.name].personal.get(column.name)
                if declared is None or declared.kind != "number" or declared.rule == KEEP:
                    left.append(f"{table.name}.{column.name}")
    assert left == []


def test_addresses_are_declared_as_such(app: Flask) -> None:
    wrong = []
    for table in Base.metadata.tables.values():
        for column in table.columns:
            declared = tables()[table.name].personal.get(column.name)
            if column.name in ADDRESSES and (declared is None or declared.kind != "e-mail"):
                wrong.append(f"{table.name}.{column.name}")
    assert wrong == []


def test_no_column_holds_a_network_address(app: Flask) -> None:
    words = {"ip", "ips", "address_ip", "remote_addr", "network", "user_agent", "ip_address"}
    found = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if words & {column.name, *column.name.split("_")}
    ]
    assert found == []


def test_every_table_in_own_data_has_a_heading() -> None:
    given = {one.name for one in tables().values() if one.given}
    assert given - set(TABLE_LABELS) == set()


def test_every_mark_in_a_document_request_has_its_reason() -> None:
    assert set(KIND_LABELS) <= set(SECRECY)


def test_a_preset_can_name_every_class() -> None:
    assert set(RETAINED) == set(DEFAULTS)
    assert read_preset(PRESETS / "popsote.toml").retention == DEFAULTS


def test_the_record_and_the_assessment_are_up_to_date() -> None:
    """`flask privacy record` writes them anew."""
    for name, make in (("privacy-record.md", record), ("dpia.md", assessment)):
        assert (DOCS / name).read_text(encoding="utf-8") == make(DEFAULTS), name
