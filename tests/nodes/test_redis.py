"""Two machines count the limits together, and each by itself while Redis is away."""

import json
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask

from innovation.core import shared
from innovation.core.config import Settings
from innovation.core.settings_of_operation import SettingsError
from innovation.web.application import create_app
from innovation.web.limits import beyond, limiter
from tests.real import installation, redis_server
from tests.real.redis_server import RedisServer

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not redis_server.PROGRAM, reason=redis_server.WHY_NOT),
]

KEY = installation.SECRET_KEY
LIMIT = "5/hour"


class Machine:
    """An installation on a machine of its own, as far as limits are concerned."""

    def __init__(self, folder: Path, url: str) -> None:
        """Make its application."""
        folder.mkdir()
        given = {"INNOVATION_INSTANCE": str(folder), "INNOVATION_SECRET_KEY": KEY}
        self.app: Flask = create_app(
            Settings.from_environment({**given, "INNOVATION_REDIS_URL": url})
        )
        self.storage = limiter.storage

    def refuses(self, limit: str = LIMIT, who: str = "matti@posti.example") -> bool:
        """Count somebody once more."""
        # In one process the limiter is that of the application that was made last.
        limiter._storage = self.storage
        with self.app.test_request_context():
            return beyond(limit, "trying", who)


@pytest.fixture
def server(app: Flask, tmp_path: Path) -> Iterator[RedisServer]:
    shared._shared.cache_clear()
    before = limiter._storage, limiter._limiter
    with redis_server.running(tmp_path / "redis") as running:
        yield running
    limiter._storage, limiter._limiter = before


@pytest.fixture
def machines(
    tmp_path: Path, server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Machine, Machine]]:
    monkeypatch.setattr(shared, "PAUSE_SECONDS", 0.2)
    pair = Machine(tmp_path / "a", server.url), Machine(tmp_path / "b", server.url)
    yield pair
    for one in pair:
        installation.let_go(one.app)


def test_the_count_is_one_for_all(machines: tuple[Machine, Machine], server: RedisServer) -> None:
    a, b = machines
    assert [one.refuses() for one in (a, b, a, b, a, b, a)] == [False] * 5 + [True] * 2
    assert not b.refuses(who="maija@posti.example")
    store = redis.Redis(port=server.port, decode_responses=True)
    names = store.keys("*")
    assert len(names) == 2
    for name in names:
        assert re.fullmatch(r"innovation:limit:[0-9a-f]{32}", name)
        assert 3590 <= store.ttl(name) <= 3600
    store.close()


def test_a_window_ends_as_it_does_on_one_machine(machines: tuple[Machine, Machine]) -> None:
    a, b = machines
    began = time.monotonic()
    assert [one.refuses("1/second") for one in (a, b)] == [False, True]
    while b.refuses("1/second"):
        assert time.monotonic() < began + 5
        time.sleep(0.02)
    assert time.monotonic() - began >= 0.99
    a.storage.incr("k", 60)
    assert a.storage.get("k") == b.storage.get("k") == 1
    assert b.storage.get_expiry("k") == pytest.approx(time.time() + 60, abs=2)
    b.storage.clear("k")
    assert a.storage.get("k") == 0


def test_while_it_is_away_each_machine_counts_by_itself(
    machines: tuple[Machine, Machine], server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    a, b = machines
    a.refuses()
    server.stop()
    with caplog.at_level(logging.INFO):
        assert [a.refuses() for _ in range(6)] == [False] * 5 + [True]
        assert not b.refuses()
    # Here both machines are one process, which says it once.
    assert [one.message for one in caplog.records] == [
        "Redis does not answer (ConnectionError): until it does, each machine counts by itself"
    ]
    server.start()
    end = time.monotonic() + 10
    while a.refuses():
        assert time.monotonic() < end
        time.sleep(0.05)
    assert caplog.records[-1].message == "Redis answers again"
    for machine in (b, a, b, a):
        machine.refuses()
    assert b.refuses()


def test_one_that_hangs_costs_a_moment_once(
    machines: tuple[Machine, Machine], server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "PAUSE_SECONDS", 60.0)
    a, _b = machines
    a.refuses()
    server.hold(True)
    began = time.monotonic()
    a.refuses()
    first = time.monotonic() - began
    for _ in range(3):
        a.refuses()
    rest = time.monotonic() - began - first
    server.hold(False)
    assert shared.PATIENCE_SECONDS <= first < 4 * shared.PATIENCE_SECONDS
    assert rest < shared.PATIENCE_SECONDS


def test_doctor_and_readiness_mention_it(tmp_path: Path, server: RedisServer) -> None:
    given = {"INNOVATION_INSTANCE": str(tmp_path / "own"), "INNOVATION_REDIS_URL": server.url}
    own = installation.installed(given)
    own.testing = False
    ready = own.test_client().get("/readyz").text
    assert "redis" not in ready
    assert _doctor(own)["level"] == "ok"
    server.stop()
    gone = own.test_client().get("/readyz").text
    assert "redis: does not answer; each machine counts its limits by itself." in gone
    # It alone makes no machine unready.
    assert gone.splitlines()[0] == ready.splitlines()[0]
    found = _doctor(own)
    assert found["level"] == "warning"
    assert "INNOVATION_REDIS_URL" in found["advice"]
    installation.let_go(own)


def _doctor(app: Flask) -> dict[str, str]:
    told = json.loads(app.test_cli_runner().invoke(args=["doctor", "--json"]).stdout)
    (found,) = [one for one in told["findings"] if one["about"] == "redis"]
    return dict(found)


def test_the_address_is_checked(tmp_path: Path) -> None:
    given = {"INNOVATION_INSTANCE": str(tmp_path)}
    for good, read in (
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
        ("valkey://127.0.0.1", "redis://127.0.0.1"),
        ("valkeys://:salasana@muisti.example:6380/2", "rediss://:salasana@muisti.example:6380/2"),
    ):
        assert Settings.from_environment({**given, "INNOVATION_REDIS_URL": good}).redis_url == read
    closed = {**given, "INNOVATION_WITHOUT_TLS": "redis"}
    far = "redis://muisti.example:6379"
    assert Settings.from_environment({**closed, "INNOVATION_REDIS_URL": far}).redis_url == far
    for bad in (far, "http://localhost", "redis://", "redis://localhost:0", "rediss://a:1/x",
                "rediss://muisti.example:6379/0?ssl_cert_reqs=none"):  # fmt: skip
        with pytest.raises(SettingsError, match="INNOVATION_REDIS_URL"):
            Settings.from_environment({**given, "INNOVATION_REDIS_URL": bad})
    settings = Settings.from_environment(
        {**given, "INNOVATION_REDIS_URL": "redis://:x1y2@localhost"}
    )
    assert "x1y2" not in repr(settings)
