"""A night of retention after some days, for every test that lets time pass."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from innovation.core import clock
from innovation.privacy import retention
from tests.conftest import Unit


@pytest.fixture
def night(app: Flask, writing: Unit, tmp_path: Path) -> Any:
    """`night(days)` lets that many days pass and runs retention; gives what it did."""

    def pass_(days: float) -> dict[str, int]:
        with app.app_context(), clock.frozen_at(clock.now() + timedelta(days=days)):
            planned = retention.what_is_over()
            done = retention.run(tmp_path, "a secret")
        assert planned == done
        return {key: number for key, number in done.items() if number}

    return pass_
