"""nginx with the configuration that is shipped, on ports and in folders of a test."""

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.web.test_server import ENDS, ROOT, free_port, until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OPENSSL = shutil.which("openssl")
SHIPPED = ROOT / "deploy/nginx"
NAME = "ideat.example.fi"

MAIN = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/start.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/limits.conf;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Front:
    """The proxy: its ports for TLS and without, and the folder with its log."""

    tls: int
    plain: int
    folder: Path

    def connect(self, *protocols: str, name: str = NAME) -> ssl.SSLSocket:
        """Open a connection as a browser does that believes the test's certificate."""
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        if protocols:
            context.set_alpn_protocols(protocols)
        line = socket.create_connection(("127.0.0.1", self.tls), timeout=ENDS)
        return context.wrap_socket(line, server_hostname=name)

    def ask(self, sent: bytes) -> tuple[int, str]:
        """Send these bytes and give status and whole answer, when the connection is closed."""
        with self.connect() as line:
            line.sendall(sent)
            got = b""
            while piece := line.recv(65536):
                got += piece
        text = got.decode("utf-8", "replace")
        return int(text.split(" ", 2)[1]), text

    def get(self, path: str) -> tuple[int, str]:
        """Ask for a page."""
        return self.ask(
            f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode()
        )

    def log(self) -> str:
        """Give the log of requests so far."""
        return (self.folder / "innovation.log").read_text(encoding="utf-8")


def _site(folder: Path, behind: str, tls: int, plain: int) -> str:
    text = (SHIPPED / "innovation.conf").read_text(encoding="utf-8")
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    for old, new in (
        ("listen 443", f"listen 127.0.0.1:{tls}"),
        ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("server 127.0.0.1:8000", f"server {behind}"),
        ("/var/log/nginx", str(folder)),
        (f"/etc/letsencrypt/live/{NAME}", str(folder)),
        ("snippets/", f"{SHIPPED}/"),
        ("/usr/share/innovation", str(SHIPPED)),
    ):
        assert old in text, old
        text = text.replace(old, new)
    return text


@contextmanager
def front(folder: Path, behind: str) -> Iterator[Front]:
    """Run nginx in front of a service. behind: its host and port."""
    assert NGINX
    assert OPENSSL
    one = Front(free_port(), free_port(), folder)
    certificate = [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
        "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem"),
    ]  # fmt: skip
    subprocess.run([OPENSSL, *certificate], check=True, capture_output=True)
    shutil.copy(SHIPPED / "innovation-limits.conf", folder / "limits.conf")
    (folder / "site.conf").write_text(_site(folder, behind, one.tls, one.plain), encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user), encoding="utf-8")
    words = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    tried = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert "[warn]" not in tried.stderr, tried.stderr
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _listens(one.tls), ENDS)
        yield one
    finally:
        process.terminate()
        process.wait(ENDS)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
