"""An installation of its own for tests that break it, with one of its worker's duties done."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from innovation.core import jobs
from innovation.web import worker
from tests.real import installation


@dataclass(frozen=True)
class Own:
    """The application, and the variables it was made with."""

    app: Flask
    variables: dict[str, str]


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    """An installation in which everything is well."""
    folder = tmp_path_factory.mktemp("own")
    folder.chmod(0o700)
    variables = installation.environment(folder, "own")
    app = installation.installed(variables)
    # One duty stands for all: the others take their time.
    _period, heal = jobs.duties["heal_index"]
    assert worker._do_duty(app, "heal_index", heal)
    yield Own(app, variables)
    installation.let_go(app)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in os.environ if one in {"HOST", "WEB_CONCURRENCY"}]:
        monkeypatch.delenv(name)
