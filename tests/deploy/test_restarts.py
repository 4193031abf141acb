"""Processes that serve pages are replaced now and then, and no visitor notices."""

import http.client
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.real import installation
from tests.web.test_server import ENDS, served, until

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux"),
]

VISITORS = 4
REQUESTS = 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with a database that the processes share."""
    made = tmp_path_factory.mktemp("restarted")
    installation.let_go(installation.installed({"INNOVATION_INSTANCE": str(made)}))
    return made


def _visit(port: int) -> list[int]:
    """Ask for page after page as a proxy does, each over a connection of its own."""
    told = []
    for number in range(REQUESTS):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=ENDS)
        line.request("GET", "/ideas" if number % 3 else "/healthz", headers={"Connection": "close"})
        answer = line.getresponse()
        answer.read()
        told.append(answer.status)
        line.close()
    return told


def test_processes_are_replaced_and_told_to_end_without_a_failed_request(folder: Path) -> None:
    soon = "--max-requests 20 --max-requests-jitter 10"
    with served(folder, GUNICORN_CMD_ARGS=soon) as one:
        first = one.page_workers()
        with ThreadPoolExecutor(VISITORS) as visitors:
            visits = [visitors.submit(_visit, one.port) for _ in range(VISITORS)]
            os.kill(min(first), signal.SIGTERM)
            answers = [visit.result() for visit in visits]
        assert answers == [[200] * REQUESTS] * VISITORS
        until(lambda: len(one.page_workers()) == 2 and not first & one.page_workers(), ENDS)
