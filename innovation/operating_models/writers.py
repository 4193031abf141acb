"""A model as a Word file: Innokylä's headings as real headings, in Innokylä's order."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Word
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, RGBColor

from innovation.operating_models.texts import (
    BASICS,
    CHANGED,
    COVER,
    CREATED,
    DESCRIPTION,
    MAKER,
    PARTS,
    PATH,
    PATH_PARTS,
    PHASE,
    fields_of,
)

# The file is taken to a Finnish form, so its headings are Finnish whoever reads it.
_LANGUAGE = "fi"
_TONGUE = "fi-FI"
_EMPTY = "–"
_IN_USE = "Käytössä"
_SOURCES = "Mistä malli syntyi"
_USE_COLUMNS = ("Missä", "Alue", "Alkaen", "Yhteys")
_HEADINGS = ("Title", "Heading 1", "Heading 2", "Heading 3")
# The blue of python-docx is too pale to read for some.
_INK = RGBColor(0x15, 0x23, 0x2F)


def word_file(made: dict[str, Any]) -> bytes:
    """Give the Word file of a model. made: as `documents.document` gives it."""
    word = Document()
    _prepare(word, made)
    word.add_heading(made[BASICS]["name"], 0)
    _write_basics(word, made)
    word.add_heading(PARTS[DESCRIPTION].names[_LANGUAGE], 1)
    for field in fields_of(DESCRIPTION):
        _write(word, field.names[_LANGUAGE], 2, made[DESCRIPTION][field.key])
    _write(word, PARTS[COVER].names[_LANGUAGE], 1, made["cover_image"])
    _write(word, PHASE[_LANGUAGE], 1, made["phase"])
    _write_path(word, made["path"])
    _write_rest(word, made)
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def _prepare(word: Word, made: dict[str, Any]) -> None:
    """Set title, dates and language: without it a reader would read Finnish as English."""
    facts = word.core_properties
    facts.title, facts.author = made[BASICS]["name"], made[BASICS]["made_by"]
    facts.language, facts.comments = _TONGUE, made["address"]
    facts.created = _moment(made[BASICS]["created_on"])
    facts.modified = _moment(made[BASICS]["changed_on"])
    facts.last_modified_by, facts.revision = "", made["version"]
    page = word.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.5)
    for style in _HEADINGS:
        word.styles[style].font.color.rgb = _INK
    for style in ("Normal", *_HEADINGS):
        properties = word.styles[style].element.get_or_add_rPr()
        tongue = OxmlElement("w:lang")
        tongue.set(qn("w:val"), _TONGUE)
        properties.append(tongue)


def _write_basics(word: Word, made: dict[str, Any]) -> None:
    basics = made[BASICS]
    word.add_heading(PARTS[BASICS].names[_LANGUAGE], 1)
    for field in fields_of(BASICS):
        _write(word, field.names[_LANGUAGE], 2, basics[field.key])
    _write(word, MAKER[_LANGUAGE], 2, basics["made_by"])
    _write(word, CREATED[_LANGUAGE], 2, _finnish(basics["created_on"]))
    _write(word, CHANGED[_LANGUAGE], 2, _finnish(basics["changed_on"]))


def _write_path(word: Word, path: dict[str, Any]) -> None:
    word.add_heading(PATH[_LANGUAGE], 1)
    for number, part in enumerate(PATH_PARTS, 1):
        heading = PARTS[part].names[_LANGUAGE]
        word.add_heading(f"{number}. {heading}", 2)
        for field in fields_of(part):
            name = field.names[_LANGUAGE]
            value = path[part][field.key.removeprefix("path_")]
            # A part with one text of its own has no further heading.
            _write(word, "" if name == heading else name, 3, value)


def _write_rest(word: Word, made: dict[str, Any]) -> None:
    word.add_heading(_IN_USE, 1)
    rows = [
        (one["unit"], one["area"], _finnish(one["since"]), one["contact"]) for one in made["in_use"]
    ]
    _write_table(word, _USE_COLUMNS, rows)
    word.add_heading(_SOURCES, 1)
    for one in made["sources"]:
        told = f"{one['reference']} {one['title']}".strip()
        word.add_paragraph(f"{told}: {one['address']}", style="List Bullet")
    word.add_paragraph(made["address"])


def _write(word: Word, heading: str, level: int, value: str | Sequence[str]) -> None:
    if heading:
        word.add_heading(heading, level)
    if isinstance(value, str):
        for part in value.split("\n\n"):
            word.add_paragraph(part.strip("\n") or _EMPTY)
        return
    for line in value:
        word.add_paragraph(line, style="List Bullet")
    if not value:
        word.add_paragraph(_EMPTY)


def _write_table(word: Word, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        word.add_paragraph(_EMPTY)
        return
    table = word.add_table(rows=1, cols=len(columns), style="Table Grid")
    for cells, texts in [(table.rows[0].cells, columns), *((None, row) for row in rows)]:
        for cell, text in zip(cells or table.add_row().cells, texts, strict=True):
            cell.text = text
    # A table that goes on to the next page tells its columns there too.
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True


def _moment(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)


def _finnish(day: str) -> str:
    known = date.fromisoformat(day)
    return f"{known.day}.{known.month}.{known.year}"
