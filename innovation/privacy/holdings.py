"""What is held about somebody: their rows in every table, as the register says."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, or_, select

from innovation.accounts.models import Account
from innovation.core.db import Base, db
from innovation.core.keys import masked
from innovation.core.permissions import ReceiptHolder
from innovation.groups.models import Group, Membership
from innovation.groups.queries import counts_now
from innovation.ideas.models import Authorship
from innovation.privacy.register import Table as Declared
from innovation.privacy.register import tables

# What leads to others, or opens something, is in nobody's own data.
_LEFT_OUT = frozenset({"number", "secret"})


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom something is about: a person or the holder of a receipt, and the ideas they wrote.

    email: the address of the person, "" for the holder of a receipt.
    """

    person: int | None
    receipt: int | None
    email: str
    ideas: tuple[int, ...]


Rows = list[dict[str, Any]]


def subject_of_person(person_id: int) -> Subject:
    """Give a person as a subject; what they wrote for a group they have left is the group's."""
    email = db.session.scalar(select(Account.email).where(Account.id == person_id)) or ""
    return Subject(person_id, None, email, tuple(_still_theirs(person_id)))


def _still_theirs(person_id: int) -> list[int]:
    theirs = (
        select(Membership.group_id)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.person_id == person_id, counts_now())
    )
    wrote = select(Authorship.idea_id).where(
        Authorship.person_id == person_id,
        or_(Authorship.group_id.is_(None), Authorship.group_id.in_(theirs)),
    )
    return list(db.session.scalars(wrote.distinct().order_by(Authorship.idea_id)))


def subject_of_receipt(holder: ReceiptHolder) -> Subject:
    """Give the holder of a receipt as a subject."""
    return Subject(None, holder.receipt_id, "", (holder.idea_id,))


def ideas_of(person_id: int) -> list[int]:
    """Give the numbers of the ideas that a person wrote, the oldest first."""
    return list(
        db.session.scalars(
            select(Authorship.idea_id)
            .where(Authorship.person_id == person_id)
            .distinct()
            .order_by(Authorship.idea_id)
        )
    )


def rows_about(subject: Subject) -> dict[str, Rows]:
    """Give everything held about the subject, by table; tables without a row are left out.

    Nothing in it leads to others: their numbers are left out, and so are hashes of secrets. Keys
    in the texts of mails are masked, since whoever finds the package could come in with them.
    """
    found = {}
    for name, declared in tables().items():
        condition = _about(declared, subject)
        if condition is not None and (rows := _rows(declared, condition)):
            found[name] = rows
    return found


def shown_columns(declared: Declared) -> list[Column[Any]]:
    """Give the columns of a table that stand in own data."""
    return [
        column
        for column in table_named(declared.name).columns
        if column.name == "id"
        or column.name not in declared.personal
        or declared.personal[column.name].kind not in _LEFT_OUT
    ]


def _rows(declared: Declared, condition: ColumnElement[bool]) -> Rows:
    table = table_named(declared.name)
    wanted = select(*shown_columns(declared)).where(condition).order_by(*table.primary_key.columns)
    rows = [dict(row._mapping) for row in db.session.execute(wanted)]
    for row in rows:
        row.update({name: masked(row[name]) for name in declared.with_keys if name in row})
    return rows


def _about(declared: Declared, subject: Subject) -> ColumnElement[bool] | None:
    table = table_named(declared.name)
    ways: list[ColumnElement[bool]] = []
    for kind, column in declared.given.items():
        match kind:
            case "person" if subject.person is not None:
                ways.append(table.c[column] == subject.person)
            case "receipt" if subject.receipt is not None:
                ways.append(table.c[column] == subject.receipt)
            case "email" if subject.email:
                ways.append(table.c[column] == subject.email)
            case "idea" if subject.ideas:
                ways.append(table.c[column].in_(subject.ideas))
    if not ways:
        return None
    condition: ColumnElement[bool] = or_(*ways)
    for column, value in declared.given_if.items():
        own = table.c[column].is_(None) if value is False else table.c[column] == value
        condition = condition & own
    return condition


def table_named(name: str) -> Table:
    """Give a table of the database."""
    return Base.metadata.tables[name]
