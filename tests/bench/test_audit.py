"""The question for known weaknesses of libraries: it says what it knows, and when it knows nothing.

The script is run as a process; in place of pip-audit a module answers with a prepared file.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci/audit.py"
ANSWERS = """import os, pathlib, sys
assert pathlib.Path(sys.argv[sys.argv.index("-r") + 1]).name == "requirements.txt"
sys.stdout.write(pathlib.Path(os.environ["PREPARED"]).read_text(encoding="utf-8"))
sys.exit(int(os.environ["PREPARED_STATUS"]))
"""
SOUND = {"name": "flask", "version": "3.1.2", "vulns": []}
WEAK = {
    "name": "jinja2",
    "version": "2.4.1",
    "vulns": [
        {"id": "PYSEC-0000-1", "fix_versions": ["2.7.2", "3.0"]},
        {"id": "PYSEC-0000-2", "fix_versions": []},
    ],
}

pytestmark = pytest.mark.once


def asked(folder: Path, answer: str, status: int = 0, required: str = "") -> tuple[int, str]:
    """Run the script where pip-audit answers so; gives its exit status and what it prints."""
    (folder / "pip_audit").mkdir()
    (folder / "pip_audit/__init__.py").touch()
    (folder / "pip_audit/__main__.py").write_text(ANSWERS, encoding="utf-8")
    (folder / "answer").write_text(answer, encoding="utf-8")
    told = {"PREPARED": str(folder / "answer"), "PREPARED_STATUS": str(status)}
    environment = {**os.environ, **told, "PYTHONPATH": str(folder), "REQUIRE_AUDIT": required}
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def listed(*found: dict[str, object]) -> str:
    return json.dumps({"dependencies": found, "fixes": []})


def test_no_weakness_is_said_with_how_many_were_asked_about(tmp_path: Path) -> None:
    status, said = asked(tmp_path, listed(SOUND, SOUND), required="1")
    assert (status, said) == (0, "Libraries: 2 asked about, 0 with known weaknesses.\n")


def test_a_weakness_fails_and_names_what_mends_it(tmp_path: Path) -> None:
    status, said = asked(tmp_path, listed(SOUND, WEAK), 1)
    assert status == 1
    assert "jinja2 2.4.1: PYSEC-0000-1, mended in 2.7.2, 3.0\n" in said
    assert "jinja2 2.4.1: PYSEC-0000-2, mended in no version yet\n" in said
    assert said.endswith("Libraries: 2 asked about, 1 with known weaknesses.\n")


@pytest.mark.parametrize(("required", "expected"), [("", 0), ("0", 0), ("1", 1)])
@pytest.mark.parametrize("answer", ["", "{}"])
def test_without_a_network_nothing_is_known_and_that_is_said(
    tmp_path: Path, answer: str, required: str, expected: int
) -> None:
    status, said = asked(tmp_path, answer, 1, required)
    assert status == expected
    assert said.startswith("Libraries: could not be asked")
