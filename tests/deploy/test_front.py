"""The nginx that is shipped, in front of the service as it is really served."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.deploy.front import NAME, NGINX, OPENSSL, Front, front
from tests.real.server import LiveServer
from tests.web.test_server import ENDS, free_port, until

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not (NGINX and OPENSSL), reason="nginx or openssl is not installed"),
]

# More than there are threads that serve pages.
MANY = 30


@pytest.fixture(scope="module")
def shipped(live_server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    behind = live_server.url.removeprefix("http://")
    with front(tmp_path_factory.mktemp("front"), behind) as one:
        yield one


def _form(length: int) -> bytes:
    head = (
        f"POST /ideas HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
    )
    return head.encode() + b"text="


def test_pages_come_over_http_2_and_never_without_tls(shipped: Front) -> None:
    with shipped.connect("h2", "http/1.1") as line:
        assert line.selected_alpn_protocol() == "h2"
    status, text = shipped.get("/healthz")
    assert status == 200
    assert text.endswith("ok")
    plain = http.client.HTTPConnection("127.0.0.1", shipped.plain, timeout=ENDS)
    plain.request("GET", "/ideas?q=a", headers={"Host": NAME})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{NAME}/ideas?q=a")
    plain.close()


def test_who_asks_for_another_name_gets_no_answer(shipped: Front) -> None:
    with pytest.raises(ssl.SSLError):
        shipped.connect(name="other.example.fi")


def test_numbers_are_not_for_the_outside(shipped: Front) -> None:
    assert shipped.get("/metrics")[0] == 404


def test_too_much_is_refused_kindly_while_the_service_can_and_at_once_beyond(
    shipped: Front,
) -> None:
    status, text = shipped.ask(_form(1_050_000) + b"x" * 1_049_995)
    assert status == 413
    assert 'lang="fi"' in text
    # Refused by what its header says: nothing of the body is waited for.
    status, text = shipped.ask(_form(30_000_000))
    assert status == 413
    assert "nginx" in text


def test_slow_visitors_keep_nobody_waiting(shipped: Front) -> None:
    with ExitStack() as lines:
        for _ in range(MANY):
            lines.enter_context(shipped.connect()).sendall(b"GET / HTTP/1.1\r\nHost: ide")
            lines.enter_context(shipped.connect()).sendall(_form(5_000))
            reading = lines.enter_context(shipped.connect())
            reading.sendall(f"GET /ideas HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        assert shipped.get("/healthz")[0] == 200
        assert shipped.get("/ideas")[0] == 200


def test_the_log_names_neither_visitors_nor_what_opens_a_page(shipped: Front) -> None:
    shipped.get("/seuraa/KXR7-4MTP-9H2D?word=salaisuus")
    until(lambda: "/seuraa " in shipped.log(), ENDS)
    line = next(one for one in shipped.log().splitlines() if "/seuraa " in one)
    assert line.startswith("127.0.0.0 [")
    for secret in ("127.0.0.1", "KXR7", "salaisuus"):
        assert secret not in shipped.log()


def test_while_the_service_is_away_there_is_a_page_that_says_so(tmp_path: Path) -> None:
    with front(tmp_path, f"127.0.0.1:{free_port()}") as one:
        status, text = one.get("/ideas")
        assert status == 502
        assert "Palvelu on hetken poissa" in text
        assert "Retry-After: 60" in text
        with socket.create_connection(("127.0.0.1", one.tls)):
            assert (tmp_path / "innovation-error.log").read_text() == ""
