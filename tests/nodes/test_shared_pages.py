"""Pages that one machine has made are given by the other, exactly while nothing has changed."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from innovation.core import changes
from innovation.core.config import Settings
from innovation.core.shared import Shared
from innovation.web.shared_pages import Parts, SharedPages
from tests.real import installation, redis_server
from tests.real.redis_server import RedisServer

pytestmark = [
    pytest.mark.skipif(
        not installation.on_postgresql(), reason="of the embedded database no page is shared"
    ),
    pytest.mark.skipif(not redis_server.PROGRAM, reason=redis_server.WHY_NOT),
]

Unit = Callable[[], AbstractContextManager[object]]
PAGE: Parts = (b"\x1f\x8b\n a body\n", [("ETag", 'W/"1"'), ("Vary", "Cookie")], 0.0)
KEY = ("/ideas?", "fi", None)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server.running(tmp_path / "redis") as running:
        yield running


def memory(app: Flask, server: RedisServer, **other: str) -> SharedPages:
    """Make what a process on a machine of its own has."""
    settings: Settings = replace(app.extensions["settings"], **other)  # type: ignore[arg-type]
    shared = Shared(server.url, settings.secret_key)
    return SharedPages(10, shared, settings, lambda made: made, lambda parts: parts)


def test_a_page_is_found_by_the_other_machine_and_by_nobody_else(
    app: Flask, client: FlaskClient, reading: Unit, server: RedisServer
) -> None:
    with reading():
        state = changes.state()
        a, b = memory(app, server), memory(app, server)
        assert a.find(state, KEY) is None
        a.keep(state, KEY, PAGE)
        found = b.find(state, KEY)
        assert found[:2] == PAGE[:2]
        assert 0 <= found[2] < 5
        # Another state, page, language, setting or key is another page.
        assert b.find(f"{state}1", KEY) is None
        assert b.find(state, ("/ideas?", "sv", None)) is None
        assert memory(app, server, origin="https://toinen.example").find(state, KEY) is None
        assert memory(app, server, secret_key="x" * 40).find(state, KEY) is None
    store = redis.Redis(port=server.port)
    (name,) = store.keys("*")
    assert b"ideas" not in name
    assert 0 < store.ttl(name) <= 30
    store.close()


def test_a_page_that_was_tampered_with_is_not_shown(
    app: Flask, client: FlaskClient, reading: Unit, server: RedisServer
) -> None:
    with reading():
        state = changes.state()
        a = memory(app, server)
        a.find(state, KEY)
        a.keep(state, KEY, PAGE)
        store = redis.Redis(port=server.port)
        (name,) = store.keys("*")
        told = store.get(name)
        assert isinstance(told, bytes)
        for spoilt in (told.replace(b"a body", b"A body"), b"", told[:40]):
            store.set(name, spoilt)
            assert memory(app, server).find(state, KEY) is None
        store.set(name, told)
        assert memory(app, server).find(state, KEY) is not None
        store.close()


def test_while_redis_is_away_each_has_its_own(
    app: Flask, client: FlaskClient, reading: Unit, server: RedisServer
) -> None:
    with reading():
        state = changes.state()
        a, b = memory(app, server), memory(app, server)
        server.stop()
        for one in (a, b):
            assert one.find(state, KEY) is None
            one.keep(state, KEY, PAGE)
            assert one.find(state, KEY) == PAGE
        began = time.monotonic()
        for number in range(50):
            assert b.find(state, number) is None
        assert time.monotonic() - began < 0.5
