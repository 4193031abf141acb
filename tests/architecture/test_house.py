"""The rules of the house that no tool knows by itself: names, sizes, the mirror, the settings."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest
from flask import Flask

from innovation.core.config import PREFIX, Settings
from innovation.features import FEATURES

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
BANNED = re.compile(r"^(utils?|helpers?|common|misc|base|managers?|services?|handlers?)\.py$")
LARGEST_FILE = 300
LARGEST_TEMPLATE = 120
LARGEST_TEST_FILE = 400
LARGEST_CONFTEST = 120
LARGEST_README = 150
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def too_long(folder: str, pattern: str, limit: int) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {lines(path)}"
        for path in sorted((ROOT / folder).rglob(pattern))
        if lines(path) > limit
    ]


def test_no_file_name_can_hold_anything() -> None:
    found = [path for path in (ROOT / "innovation").rglob("*.py") if BANNED.match(path.name)]
    assert found == []


def test_files_stay_small() -> None:
    assert too_long("innovation", "*.py", LARGEST_FILE) == []
    assert too_long("bench", "*.py", LARGEST_FILE) == []
    assert too_long("templates", "*.html", LARGEST_TEMPLATE) == []
    assert too_long("tests", "test_*.py", LARGEST_TEST_FILE) == []
    assert lines(ROOT / "tests/conftest.py") <= LARGEST_CONFTEST
    assert lines(ROOT / "README.md") <= LARGEST_README


def test_every_module_begins_with_one_sentence() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "innovation").rglob("*.py"))
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_nothing_is_marked_as_unfinished() -> None:
    marked = [
        str(path.relative_to(ROOT))
        for folder in ("innovation", "templates", "static", "tests")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".html", ".css", ".js"}
        and path != Path(__file__)
        and UNFINISHED.search(path.read_text(encoding="utf-8"))
    ]
    assert marked == []


def test_every_folder_is_a_step_of_the_staircase() -> None:
    below = {"core", "web", "language", "vocabulary", "guard", "translations"}
    folders = {
        path.name
        for path in (ROOT / "innovation").iterdir()
        if path.is_dir() and path.name != "__pycache__"
    }
    assert folders == below | set(FEATURES)


def test_templates_and_tests_mirror_the_features() -> None:
    known = set(FEATURES)
    shared = {"layouts", "ui", "errors"}
    templates = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    assert templates <= known | shared
    own = {"core", "web", "language", "vocabulary", "guard", "architecture", "journeys"}
    own |= {"bench", "deploy", "faults", "nodes", "real", "security"}
    tests = {
        path.name
        for path in (ROOT / "tests").iterdir()
        if path.is_dir() and path.name != "__pycache__"
    }
    assert tests <= known | own


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    missing = [
        field.name for field in fields(Settings) if f"{PREFIX}{field.name.upper()}" not in page
    ]
    assert missing == []


def test_every_template_compiles(app: Flask) -> None:
    for name in app.jinja_env.list_templates(extensions=["html", "txt", "svg"]):
        app.jinja_env.get_template(name)


def test_only_the_transaction_and_the_index_commit() -> None:
    committing = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "innovation").rglob("*.py"))
        if ".commit(" in path.read_text(encoding="utf-8")
    ]
    writers = {"innovation/core/transaction.py", "innovation/search/whoosh_writing.py"}
    assert set(committing) == writers
