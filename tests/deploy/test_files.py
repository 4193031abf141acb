"""What is shipped for those who run the service: units, image, bill of materials."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from innovation.core.config import Settings
from tests.real import installation

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


@pytest.fixture(scope="module")
def bill() -> ModuleType:
    """The program that writes the bill of materials."""
    place = importlib.util.spec_from_file_location("bill", ROOT / ".ci/bill_of_materials.py")
    assert place
    assert place.loader
    made = importlib.util.module_from_spec(place)
    place.loader.exec_module(made)
    return made


def test_the_bill_names_every_pinned_library_with_its_hashes(bill: ModuleType) -> None:
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    text = bill.written(lock, "1.0", "2026-11-22T12:00:00+00:00")
    assert text == bill.written(lock, "1.0", "2026-11-22T12:00:00+00:00")
    told = json.loads(text)
    pins = re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE)
    assert [(one["name"], one["version"]) for one in told["components"]] == pins
    assert len({one["bom-ref"] for one in told["components"]}) == len(pins)
    assert sum(len(one["hashes"]) for one in told["components"]) == lock.count("--hash=sha256:")
    assert all(one["hashes"] for one in told["components"])
    flask = next(one for one in told["components"] if one["name"] == "flask")
    assert flask["purl"] == f"pkg:pypi/flask@{flask['version']}"
    assert flask["licenses"] == [{"expression": "BSD-3-Clause"}]


def test_every_setting_of_the_example_is_one(tmp_path: Path) -> None:
    text = (DEPLOY / "innovation.env.example").read_text(encoding="utf-8")
    given = dict(re.findall(r"^#?(INNOVATION_[A-Z_]+)=(.*)$", text, re.MULTILINE))
    given |= {
        "INNOVATION_INSTANCE": str(tmp_path),
        "INNOVATION_BACKUP_TO": str(tmp_path),
        "INNOVATION_SECRET_KEY": installation.SECRET_KEY,
    }
    settings = Settings.from_environment(given)
    assert settings.proxies == 1
    assert settings.second_factor == "officials"


def test_units_run_what_there_is_as_a_user_that_may_little() -> None:
    services = sorted((DEPLOY / "systemd").glob("*.service"))
    assert len(services) == 5
    for unit in services:
        text = unit.read_text(encoding="utf-8")
        assert "User=innovation\n" in text, unit.name
        for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n"):
            assert line in text, unit.name
        assert re.search(r"ExecStart=/opt/innovation/current/\.venv/bin/(flask|gunicorn) ", text)


def test_the_image_takes_every_file_it_needs_and_runs_without_root() -> None:
    text = (DEPLOY / "container/Containerfile").read_text(encoding="utf-8")
    copied = {word for line in re.findall(r"^COPY ([^-].*) \./?\S*$", text, re.MULTILINE)
              for word in line.split()}  # fmt: skip
    assert copied >= {"innovation", "templates", "static", "migrations", "wsgi.py"}
    assert all((ROOT / one).exists() for one in copied - {"/tmp/requirements.txt"})
    assert text.index("USER 10001") < text.index('CMD ["flask"')
    assert "HEALTHCHECK" in text
