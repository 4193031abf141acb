"""The import rules hold, and each of them fails when it is broken on purpose."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]

# file, line put in, words of the contract that must then be broken
BREAKS = {
    "upwards": ("innovation/ideas/queries.py", "import innovation.votes.models", "Staircase"),
    "word order": ("innovation/votes/queries.py", "import innovation.votes.actions", "Word order"),
    "further words too": (
        "innovation/ideas/timeline.py",
        "import innovation.ideas.listing",
        "Word order",
    ),
    "domain knows http": ("innovation/votes/actions.py", "import flask", "HTTP"),
    "rights know http": ("innovation/accounts/rights.py", "import innovation.web.forms", "HTTP"),
    "pieces touch tables": ("innovation/ideas/sending.py", "import sqlalchemy", "iews"),
    "views touch tables": ("innovation/votes/views.py", "import innovation.ideas.models", "iews"),
    "search alone": ("innovation/ideas/listing.py", "import whoosh", "search"),
    "language alone": ("innovation/search/queries.py", "import pyvoikko", "language"),
    "nobody imports views": (
        "innovation/tracking/forms.py",
        "import innovation.ideas.views",
        "views",
    ),
}


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command as lint; lint()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-logo", "--no-cache"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("house")
    shutil.copytree(
        ROOT / "innovation",
        target / "innovation",
        ignore=shutil.ignore_patterns("__pycache__", "content", "*.po"),
    )
    shutil.copy(ROOT / "pyproject.toml", target)
    return target


def test_all_contracts_are_kept(copy: Path) -> None:
    done = contracts(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("case", BREAKS)
def test_a_broken_rule_fails(copy: Path, case: str) -> None:
    name, line, words = BREAKS[case]
    path = copy / name
    kept = path.read_text(encoding="utf-8")
    path.write_text(f"{kept}\n{line}\n", encoding="utf-8")
    try:
        done = contracts(copy)
    finally:
        path.write_text(kept, encoding="utf-8")
    assert done.returncode != 0
    broken = [row for row in done.stdout.splitlines() if " BROKEN" in row]
    assert any(words in row for row in broken), done.stdout


def test_a_new_module_has_to_take_its_place(copy: Path) -> None:
    path = copy / "innovation/votes/novelty.py"
    path.touch()
    try:
        done = contracts(copy)
    finally:
        path.unlink()
    assert done.returncode != 0
    assert "novelty" in done.stdout
