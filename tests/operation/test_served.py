"""A served installation on an ordinary day: its log names nobody, its numbers survive a process."""

import json
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from innovation.core import transaction
from innovation.core.config import Settings
from innovation.core.db import db
from innovation.web.application import create_app
from tests.faults import processes
from tests.faults.visiting import Visitor
from tests.journeys.steps import code_in, newest_mail
from tests.real import installation, people
from tests.real.forms import fields_of
from tests.real.server import LiveServer, serving

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes in /proc"),
]

NAME, EMAIL = "Aino Tavallinen", "aino.tavallinen@posti.example"
MODERATOR = "moderaattori@tyo.example"
IDEA = "Palovaroitin soi öisin Kuvitelmatien palvelutalossa eikä kukaan tule."
COMMENT = "Meilläkin Satakielessä käy näin joka viikko."
SEARCH = "lumikenkäily"
FAR_AWAY, BROWSER = "203.0.113.77", "Erikoisselain/7.7"
WAIT = 20.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    told = {"LOG": "json", "LOG_REQUESTS": "yes", "SLOW_QUERY_MS": "1"}
    settings = {f"INNOVATION_{name}": value for name, value in told.items()}
    with serving(tmp_path_factory.mktemp("watched"), "watched", **settings) as served:
        yield served


@pytest.fixture(scope="module")
def same(server: LiveServer) -> Iterator[Flask]:
    """The same installation from here."""
    app = create_app(Settings.from_environment(server.variables))
    with app.app_context(), transaction.writing():
        people.person("moderator", email=MODERATOR)
        people.person(email=EMAIL, name=NAME)
    yield app
    installation.let_go(app)


def read(server: LiveServer) -> list[dict[str, Any]]:
    lines = (server.folder.parent / "server.log").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def status_of(url: str, body: bytes | None = None, **headers: str) -> int:
    try:
        request = urllib.request.Request(url, body, headers)
        with urllib.request.urlopen(request, timeout=WAIT) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code


def come_in_with_code(visitor: Visitor, server: LiveServer) -> str:
    fields = {**fields_of(visitor.get("/sign-in")[1]), "email": EMAIL, "way": "code"}
    _path, page = visitor.post("/sign-in", fields)
    code = code_in(newest_mail(server.folder, EMAIL))
    visitor.post("/sign-in/code", {**fields_of(page), "code": code})
    assert NAME in visitor.get("/profile")[1]
    return code


def go_wrong(server: LiveServer, same: Flask, visitor: Visitor, address: str) -> None:
    url = server.url
    personal = {"X-Forwarded-For": FAR_AWAY, "User-Agent": BROWSER}
    assert status_of(f"{url}/{EMAIL}?q={EMAIL}", **personal) == 404
    assert status_of(f"{url}/seuraa/KXR7-4MTP-9H2D", **personal) == 404
    wrong = f"email={EMAIL}&password=arvaus+arvaus".encode()
    assert status_of(f"{url}/sign-in", wrong, **personal) == 422
    assert status_of(f"{url}/ideas", b"text=" + IDEA.encode(), Origin="https://paha.example") == 403
    assert status_of(f"{url}/ideas", b"text=" + b"a" * 1_100_000) == 413
    host, _colon, port = url.removeprefix("http://").partition(":")
    for line in (f"GET /{EMAIL} HTTP/9.9\r\n\r\n", f"{NAME}\r\n\r\n", f"G\0T /{EMAIL}\r\n\r\n"):
        with socket.create_connection((host, int(port)), WAIT) as asking:
            asking.sendall(line.encode())
            assert asking.recv(100)
    fields = {**fields_of(visitor.get(address)[1]), "text": COMMENT}
    # Without the first table the page of an error can still be made; without the second it takes
    # the one that needs no database.
    for table, code in (("idempotency_keys", 500), ("comments", 503)):
        rename(same, table, f"kept_{table}")
        try:
            with pytest.raises(urllib.error.HTTPError) as broken:
                visitor.post(f"{address}/comments", fields)
            assert broken.value.code == code
            broken.value.close()
        finally:
            rename(same, f"kept_{table}", table)


def rename(app: Flask, old: str, new: str) -> None:
    with app.app_context(), transaction.writing():
        db.session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


def test_an_ordinary_day_leaves_nobody_s_trace_in_the_log(server: LiveServer, same: Flask) -> None:
    nameless, aino, moderator = (Visitor(server.url) for _ in range(3))
    _address, page = nameless.get("/ideas/new")
    tracking, page = nameless.post("/ideas", {**fields_of(page), "text": IDEA})
    reference = re.findall(r'class="reference">([^<]+)<', page)[0].strip()
    code = come_in_with_code(aino, server)
    moderator.sign_in(MODERATOR)
    address = "/ideas/1"
    _path, page = moderator.get(f"/moderation{address}")
    kept = {"csrf_token": fields_of(page)["csrf_token"]}
    moderator.post("/moderation/claims/idea/1", kept)
    assert moderator.publish(reference) == address
    _path, page = aino.get(address)
    aino.post(f"{address}/comments", {**fields_of(page), "text": COMMENT})
    assert COMMENT in aino.get(address)[1]
    aino.get(f"/search?q={urllib.request.quote(SEARCH)}")  # type: ignore[attr-defined]
    go_wrong(server, same, aino, address)

    entries = read(server)
    assert all(
        {"time", "level", "logger", "request_id", "message"} <= one.keys() for one in entries
    )
    told = {one.get("endpoint") for one in entries if one["message"].startswith("request ")}
    assert {"ideas.create", "comments.create", "codes.use_code", "moderation.publish"} & told
    assert {"ideas.create", "codes.use_code", "search.index", "accounts.enter"} <= told
    assert {one.get("status") for one in entries} >= {200, 303, 403, 404, 413, 422, 500}
    assert any(one["message"].startswith("slow query in ") for one in entries)
    failed = [one for one in entries if "trace" in one]
    assert [one["message"] for one in failed] == [
        "unexpected error in comments.create",
        "unexpected error in comments.create",
    ]
    assert all("OperationalError: no such table: " in one["trace"] for one in failed)
    assert failed[0]["request_id"] != "-"
    written = (server.folder.parent / "server.log").read_text(encoding="utf-8").lower()
    cookies = [one.value for who in (aino, moderator) for one in who._jar if one.value]
    words = (
        "aino", "tavallinen", "posti.example", "moderaattori", "tyo.example", "palovaroitin",
        "kuvitelmatie", "satakieles", "lumikenk", "kxr7", "arvaus", people.PASSWORD, FAR_AWAY,
        "127.0.0.1", "/ideas/1", "erikoisselain", "paha.example", reference.lower(),
        tracking.rpartition("/")[2].lower(), code, code.replace(" ", ""),
        *(one.lower() for one in cookies if len(one) > 8),
    )  # fmt: skip
    for word in words:
        assert word not in written, word


def test_no_number_is_lost_with_a_process(server: LiveServer) -> None:
    def counted() -> float:
        with urllib.request.urlopen(f"{server.url}/metrics", timeout=WAIT) as answer:
            told = answer.read().decode()
        pattern = (
            r'innovation_requests_total\{endpoint="pages.how",method="GET",status="200"\} (.+)'
        )
        found = re.search(pattern, told)
        assert 'innovation_processes{process="worker"} 1.0' in told
        return float(found[1]) if found else 0.0

    before = counted()
    for _turn in range(12):
        assert status_of(f"{server.url}/how") == 200
    assert counted() == before + 12
    killed = processes.answering(server.pid)
    processes.kill(killed)
    end = time.monotonic() + WAIT
    while set(processes.answering(server.pid)) & set(killed) or not is_there(server):
        assert time.monotonic() < end
        time.sleep(0.05)
    # Those that were killed have left their numbers and no files.
    while counted() != before + 12:
        assert time.monotonic() < end
        time.sleep(0.05)
    folder = next(
        path
        for path in Path("/dev/shm").glob("innovation-counts-*")
        if f"-{server.pid}-" in path.name
    )
    assert not [path for pid in killed for path in folder.glob(f"*_{pid}.db")]


def is_there(server: LiveServer) -> bool:
    try:
        return status_of(f"{server.url}/healthz") == 200
    except OSError:
        return False


def test_the_served_service_is_shut_and_opened_without_a_restart(server: LiveServer) -> None:
    server.flask("break", "begin", "--minutes", "5")
    try:
        assert status_of(f"{server.url}/how") == 503
        assert status_of(f"{server.url}/healthz") == 200
    finally:
        server.flask("break", "end")
    assert status_of(f"{server.url}/how") == 200
