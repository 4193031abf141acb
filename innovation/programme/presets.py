"""Reads a programme's preset file and says line and key of everything that is wrong in it.

A preset holds what makes one programme different from another: names, sub-projects, areas,
municipalities, promises and rules. No number of sub-projects or areas is known to the code.
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from innovation.programme.preset_answers import (
    check_number,
    closed_period,
    criterion,
    group_kind,
    impact_tag,
    levels,
    ready_reason,
    retention,
)
from innovation.programme.preset_shapes import (
    ADDRESS,
    CODE_FORM,
    DOOR_KINDS,
    EMAIL,
    FULL_NAME,
    ID_FORM,
    LEFT_OUT,
    LEMMA,
    PHONE,
    PREFIX,
    PUBLISHING_RULES,
    SCENES,
    WEB_ADDRESS,
    AreaPreset,
    Contact,
    MunicipalityPreset,
    Parent,
    Preset,
    Promises,
    Rule,
    SubProjectPreset,
    WatchPreset,
    WordPreset,
    WrongDoor,
)
from innovation.programme.preset_source import (
    Problem,
    Table,
    check_known,
    check_successions,
    check_unique,
    key_lines,
)

__all__ = ["PRESETS", "Preset", "PresetError", "Problem", "read_preset"]

PRESETS = Path(__file__).parent / "presets"
_LINE = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)")


class PresetError(Exception):
    """The preset cannot be used; `problems` lists all that was found, in the file's order."""

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        """Keep the problems, sorted by line."""
        self.problems = sorted(problems, key=lambda problem: (problem.line, problem.key))
        super().__init__("\n".join(f"{name}, {problem}" for problem in self.problems))


def read_preset(path: Path) -> Preset:
    """Read and check a preset file; raise `PresetError` with all problems if there are any."""
    source = _source(path)
    problems: list[Problem] = []
    root = Table(_parsed(source, path.name), (), key_lines(source), problems)
    preset = _preset(root)
    root.finish()
    if problems:
        raise PresetError(path.name, problems)
    return preset


def _source(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or 'unknown reason'}"
        raise PresetError(path.name, [Problem(1, "", message)]) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise PresetError(path.name, [Problem(line, "", "the file is not UTF-8 text")]) from error


def _parsed(source: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        place = _LINE.search(str(error))
        line = int(place[1]) if place and place[1] else source.count("\n") + 1
        message = "not valid TOML: " + _LINE.sub("", str(error))
        raise PresetError(name, [Problem(line, "", message)]) from error


def _preset(root: Table) -> Preset:
    programme = root.table("programme")
    languages = programme.words("languages") or ("fi",)
    if languages[0] != "fi":
        programme.wrong("languages", "Finnish (fi) comes first: every text is required in it")
        languages = ("fi", *(language for language in languages if language != "fi"))
    root.languages = programme.languages = languages
    publishing, licence, reading = (root.table(key) for key in ("publishing", "licence", "reading"))
    preset = Preset(
        id=programme.text("id", **ID_FORM),
        name=programme.texts("name"),
        short_name=programme.texts("short_name"),
        region=programme.texts("region"),
        reference_prefix=programme.text("reference_prefix", **PREFIX),
        languages=languages,
        contact=_contact(root.table("contact")),
        promises=_promises(root.table("promises")),
        publishing_rule=publishing.choice("rule", PUBLISHING_RULES),
        licence_name=licence.text("name"),
        licence_url=licence.text("url", required=False, **WEB_ADDRESS),
        licence=licence.texts("text"),
        reading_hours=reading.texts("hours"),
        watch=_watch(root.table("guard", required=False)),
        levels=levels(root.table("levels", required=False)),
        retention=retention(root.table("retention", required=False)),
        **_lists(root),
    )
    for table in (programme, publishing, licence, reading):
        table.finish()
    return preset


def _lists(root: Table) -> dict[str, Any]:
    """Read all rows, then check what only shows when they are seen together."""
    readers: dict[str, Callable[[Table], Any]] = {
        "parents": _parent,
        "sub_projects": _sub_project,
        "areas": _area,
        "municipalities": _municipality,
        "wrong_doors": _door,
        "rules": _rule,
        "reasons": ready_reason,
        "words": _word,
        "closed_periods": closed_period,
        "criteria": criterion,
        "impact_tags": impact_tag,
        "group_kinds": group_kind,
    }
    optional = {"reasons", "words", "closed_periods", "criteria", "impact_tags", "group_kinds"}
    tables = {key: root.tables(key, required=key not in optional) for key in readers}
    rows = {key: tuple(map(reader, tables[key])) for key, reader in readers.items()}
    for key in tables:
        if key not in {"reasons", "closed_periods"}:
            check_unique(tables[key], rows[key], "lemma" if key == "words" else "id")
        for table in tables[key]:
            table.finish()
    check_number(root, len(rows["criteria"]))
    # One row may be without a code: the one for everybody who lives elsewhere.
    check_unique(tables["municipalities"], rows["municipalities"], "code")
    check_unique(tables["rules"], rows["rules"], "number")
    check_known(tables["sub_projects"], "parent", tables["parents"])
    check_known(tables["sub_projects"], "successor", tables["sub_projects"])
    check_known(tables["municipalities"], "area", tables["areas"])
    check_successions(tables["sub_projects"])
    return rows


def _contact(table: Table) -> Contact:
    contact = Contact(
        phone=table.text("phone", required=False, **PHONE),
        email=table.text("email", required=False, **EMAIL),
        address=table.text("address", required=False),
        hours=table.texts("hours", required=False),
        place=table.texts("place", required=False),
    )
    table.finish()
    return contact


def _promises(table: Table) -> Promises:
    promises = Promises(
        looked_at_working_days=table.number("looked_at_working_days", 1, 30),
        first_answer_days=table.number("first_answer_days", 1, 365),
        decision_days=table.number("decision_days", 1, 730),
    )
    table.finish()
    return promises


def _parent(table: Table) -> Parent:
    names = table.texts("name"), table.texts("official", required=False)
    return Parent(_id(table), *names, *_days(table))


def _sub_project(table: Table) -> SubProjectPreset:
    valid_from, valid_to = _days(table)
    return SubProjectPreset(
        id=_id(table),
        parent=table.text("parent"),
        name=table.texts("name"),
        short_name=table.texts("short_name"),
        aliases=table.words("aliases"),
        purpose=table.texts("purpose"),
        confirmed=table.flag("confirmed", default=True),
        valid_from=valid_from,
        valid_to=valid_to,
        successor=table.text("successor", required=False),
    )


def _area(table: Table) -> AreaPreset:
    return AreaPreset(
        id=_id(table),
        name=table.texts("name"),
        aliases=table.words("aliases"),
        scene=table.choice("scene", SCENES, required=False),
        regional=table.flag("regional", default=True),
    )


def _municipality(table: Table) -> MunicipalityPreset:
    return MunicipalityPreset(
        id=_id(table),
        code=table.text("code", required=False, **CODE_FORM),
        area=table.text("area"),
        name=table.texts("name"),
        confirmed=table.flag("confirmed", default=True),
        source=table.text("source", required=False),
    )


def _door(table: Table) -> WrongDoor:
    return WrongDoor(
        id=_id(table),
        kind=table.choice("kind", DOOR_KINDS),
        label=table.texts("label"),
        explanation=table.texts("explanation", required=False),
        phone=table.text("phone", required=False, **PHONE),
        href=table.text("href", required=False, **ADDRESS),
    )


def _rule(table: Table) -> Rule:
    return Rule(
        id=_id(table),
        number=table.number("number", 1, 99),
        name=table.texts("name"),
        explanation=table.texts("explanation", required=False),
    )


def _watch(table: Table) -> WatchPreset:
    watch = WatchPreset(
        left_out=table.words("left_out", **LEFT_OUT),
        numbers=table.words("numbers", **PHONE),
        places=table.words("places"),
        office_holders=table.words("office_holders", **FULL_NAME),
    )
    table.finish()
    return watch


def _word(table: Table) -> WordPreset:
    lemma, stems = table.text("lemma", **LEMMA), table.words("stems", **LEMMA)
    return WordPreset(lemma, stems or (lemma,))


def _id(table: Table) -> str:
    return table.text("id", **ID_FORM)


def _days(table: Table) -> tuple[date | None, date | None]:
    first, last = table.day("valid_from"), table.day("valid_to")
    if first and last and first > last:
        table.wrong("valid_to", "this day is before valid_from")
    return first, last
