"""The register of personal data: what every column of every table holds, why, and how it goes.

One file for each feature in the folder `declared`. A table says `what` it holds, for which
`purpose`, how long it is `kept` (both words of purposes.toml), and which columns are `plain`, that
is, not personal. Of personal columns it says "kind, rule" or "kind, rule: why".

given: whose rows they are, for own data: the column with the number of the person, of the receipt
or of an idea of theirs, or with their address. given_if: only rows in which a column has this
value (false: is empty). not_given: why a table with personal data is not in own data. signed_by:
rows of this person stand with a name, which stays for as long as the person lets it;
others_name_if: unless this column says that the name is somebody else's, such as a group's.
with_keys: columns whose texts may hold keys that open something; own data shows these masked.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData

FOLDER = Path(__file__).parent / "declared"

# What a personal column can hold.
KINDS = {
    "number": "numbers that lead to a person",
    "e-mail": "e-mail addresses",
    "name": "names and nicknames",
    "contact": "other contact details",
    "text": "texts that people wrote",
    "fact": "facts such as role, area or device",
    "deed": "what somebody did, and when",
    "secret": "hashes of passwords and keys, sealed secrets, keys in links",
}
# What happens to it when its person leaves.
ROW = "row"  # the row goes: all rows in which this number or address stands, or with such a one
NULL = "null"  # the column is emptied, to NULL
EMPTY = "empty"  # the column is emptied, to ""
BLANK = "blank"  # the column gets a value that is nobody's, since each has to differ
SIGNATURE = "signature"  # emptied, or later, when the person lets the name stay for a time
TEXT = "text"  # emptied when nobody has built on the text, and stays without a name otherwise
HOLDING = "holding"  # the row goes when the address is one of the values in it
KEEP = "keep"  # stays, for the reason that is given
RULES = frozenset({ROW, NULL, EMPTY, BLANK, SIGNATURE, TEXT, HOLDING, KEEP})
SUBJECTS = ("person", "receipt", "idea", "email")


@dataclass(frozen=True, slots=True)
class Column:
    """A personal column. why: the reason for keeping it."""

    name: str
    kind: str
    rule: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What a table holds. given: column by subject, a word of SUBJECTS."""

    name: str
    feature: str
    what: str
    purpose: str
    kept: str
    plain: tuple[str, ...]
    personal: Mapping[str, Column]
    given: Mapping[str, str] = field(default_factory=dict)
    given_if: Mapping[str, Any] = field(default_factory=dict)
    not_given: str = ""
    signed_by: str = ""
    others_name_if: str = ""
    with_keys: tuple[str, ...] = ()

    def numbers(self, *rules: str) -> list[Column]:
        """Give the columns with the number of a person that go by one of these rules."""
        return self._of("number", rules)

    def addresses(self, *rules: str) -> list[Column]:
        """Give the columns with an address that go by one of these rules."""
        return self._of("e-mail", rules)

    def _of(self, kind: str, rules: tuple[str, ...]) -> list[Column]:
        return [one for one in self.personal.values() if one.kind == kind and one.rule in rules]


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why something is kept, by which right, about whom, and who sees it."""

    what: str
    basis: str
    people: str
    seen_by: str


@cache
def tables() -> dict[str, Table]:
    """Give every declared table by its name."""
    found = {}
    for path in sorted(FOLDER.glob("*.toml")):
        if path.stem == "purposes":
            continue
        for name, said in _read(path).items():
            if name in found:
                raise ValueError(f"{path.name}: {name} is declared twice")
            found[name] = _table(name, path.stem, said)
    return found


@cache
def purposes() -> dict[str, Purpose]:
    """Give every purpose by its word."""
    said = _read(FOLDER / "purposes.toml")["purpose"]
    return {name: Purpose(**one) for name, one in said.items()}


@cache
def kept() -> dict[str, str]:
    """Give how long things are kept, in a sentence with {places} for days, by its word."""
    return dict(_read(FOLDER / "purposes.toml")["kept"])


def problems(metadata: MetaData) -> list[str]:
    """Give everything that is wrong with the register, a sentence each; nothing when it is whole.

    Every column of the database is declared once, and nothing is declared that is not there.
    """
    there = {table.name: set(table.columns.keys()) for table in metadata.tables.values()}
    said = tables()
    wrong = [f"{name}: the table is not declared" for name in sorted(there.keys() - said.keys())]
    wrong += [f"{name}: there is no such table" for name in sorted(said.keys() - there.keys())]
    for name in sorted(there.keys() & said.keys()):
        wrong += [f"{name}.{problem}" for problem in _problems_of(said[name], there[name])]
    return wrong


def _problems_of(table: Table, there: set[str]) -> Iterable[str]:
    declared = [*table.plain, *table.personal]
    yield from (f"{one}: not declared" for one in sorted(there - set(declared)))
    yield from (f"{one}: no such column" for one in sorted(set(declared) - there))
    yield from (f"{one}: declared twice" for one in sorted(set(table.plain) & set(table.personal)))
    if table.purpose not in purposes():
        yield f"purpose: {table.purpose} is not one of purposes.toml"
    if table.kept not in kept():
        yield f"kept: {table.kept} is not one of purposes.toml"
    for one in table.personal.values():
        if one.kind not in KINDS or one.rule not in RULES:
            yield f"{one.name}: “{one.kind}, {one.rule}” is not known"
        if one.rule == KEEP and not one.why:
            yield f"{one.name}: say why it is kept"
    if table.personal and not (table.given or table.not_given):
        yield "given: say whose rows they are, or in not_given why they are not in own data"
    used = {
        *table.given.values(),
        *table.given_if,
        *table.with_keys,
        *filter(None, [table.signed_by, table.others_name_if]),
    }
    yield from (f"{one}: named but not declared" for one in sorted(used - set(declared)))
    yield from (f"{one}: is no subject" for one in sorted(set(table.given) - set(SUBJECTS)))


def _table(name: str, feature: str, said: dict[str, Any]) -> Table:
    columns = {one: _column(one, words) for one, words in said.pop("personal", {}).items()}
    plain = tuple(said.pop("plain", ()))
    said["with_keys"] = tuple(said.get("with_keys", ()))
    return Table(name=name, feature=feature, plain=plain, personal=columns, **said)


def _column(name: str, words: str) -> Column:
    kind, _, rest = words.partition(", ")
    rule, _, why = rest.partition(": ")
    return Column(name, kind, rule, why)


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)
