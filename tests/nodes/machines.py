"""Two installations on one database, as two machines have them, and nginx in front of both."""

import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.real import installation, pooler, postgresql, redis_server, server, smtp
from tests.real.smtp import MailServer

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
SHIPPED = server.ROOT / "deploy/nginx"
LONGEST_WAIT = 60.0

FRONT = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {machines}
    server {{
        listen 127.0.0.1:{port};
        location / {{ {proxy} }}
    }}
}}
"""


@dataclass
class Machine:
    """One machine: a folder and a port of its own, the database and the key of all."""

    url: str
    folder: Path
    variables: dict[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Begin to serve; it takes some seconds until it does."""
        self.process = server.start(self.variables, self.folder / "server.log")

    def wait(self) -> None:
        """Wait until it serves."""
        assert self.process
        server.wait_until_it_answers(self.url, self.process, self.folder / "server.log")

    def stop(self) -> None:
        """End it as systemd does: what is being answered is answered."""
        if self.process and self.process.poll() is None:
            server.end(self.process)

    def ready(self) -> bool:
        """Tell whether it says that it is ready."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@dataclass
class Place:
    """Both machines, the address of the front, and what they share."""

    a: Machine
    b: Machine
    front: str
    post: MailServer
    pooler: pooler.Pooler | None
    redis: redis_server.RedisServer | None


@contextmanager
def two_machines(folder: Path) -> Iterator[Place]:
    """Serve from two machines, through PgBouncer and with Redis where these are installed."""
    address = postgresql.new_database(f"{installation.worker()}_machines")
    port = server.free_port()
    common = {
        "INNOVATION_SECRET_KEY": installation.SECRET_KEY,
        "INNOVATION_ORIGIN": f"http://127.0.0.1:{port}",
        "INNOVATION_PROXIES": "1",
        "INNOVATION_DATABASE_URL": address,
    }
    with ExitStack() as stack:
        post = stack.enter_context(smtp.running(folder / "box"))
        common["INNOVATION_MAIL_URL"] = post.url
        installation.let_go(
            installation.installed({**common, "INNOVATION_INSTANCE": str(folder / "first")})
        )
        pool = redis = None
        if pooler.PROGRAM:
            pool = stack.enter_context(pooler.running(address))
            common["INNOVATION_DATABASE_URL"] = pool.before(address)
        if redis_server.PROGRAM:
            redis = stack.enter_context(redis_server.running(folder / "redis"))
            common["INNOVATION_REDIS_URL"] = redis.url
        a, b = (_machine(folder / name, common) for name in "ab")
        for one in (a, b):
            stack.callback(one.stop)
            one.start()
        for one in (a, b):
            one.wait()
        yield Place(a, b, f"http://127.0.0.1:{port}", post, pool, redis)


def _machine(folder: Path, common: dict[str, str]) -> Machine:
    folder.mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("INNOVATION_")}
    port = server.free_port()
    own = {"INNOVATION_INSTANCE": str(folder / "instance"), "PORT": str(port)}
    variables = {**kept, **common, **own, "HOST": "127.0.0.1", "WEB_CONCURRENCY": "1"}
    return Machine(f"http://127.0.0.1:{port}", folder, variables)


class Front:
    """nginx with what is shipped for several machines."""

    def __init__(self, folder: Path, place: Place) -> None:
        """Write the configuration and begin to serve."""
        assert NGINX
        folder.mkdir()
        self.folder, self.place = folder, place
        self._write(None)
        self._words = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        tried = subprocess.run([*self._words, "-t"], capture_output=True, text=True, check=False)
        assert tried.returncode == 0, tried.stderr
        self.process = subprocess.Popen(self._words, stderr=subprocess.DEVNULL)
        until(self._answers)

    def leave_out(self, machine: Machine | None) -> None:
        """Give nothing more to this machine; None to use both again."""
        before = self._workers()
        self._write(machine)
        self.process.send_signal(signal.SIGHUP)
        # The former processes end when they have answered what they had in hand.
        until(lambda: self._workers() and not self._workers() & before)

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(20)

    def _workers(self) -> set[str]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return set(path.read_text().split())

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.place.front}/healthz", timeout=5):
                return True
        except OSError:
            return False

    def _write(self, left_out: Machine | None) -> None:
        text = (SHIPPED / "innovation-machines.conf").read_text(encoding="utf-8")
        for shipped, machine in (
            ("10.0.0.11:8000", self.place.a),
            ("10.0.0.12:8000", self.place.b),
        ):
            assert shipped in text
            address = machine.url.removeprefix("http://") + (" down" if machine is left_out else "")
            text = text.replace(shipped, address)
        proxy = (SHIPPED / "innovation-proxy.conf").read_text(encoding="utf-8")
        proxy, found = re.subn(r"^proxy_next_upstream off;$", "", proxy, flags=re.MULTILINE)
        assert found == 1
        user = "user root;" if os.geteuid() == 0 else ""
        port = self.place.front.rpartition(":")[2]
        told = FRONT.format(user=user, folder=self.folder, machines=text, port=port, proxy=proxy)
        (self.folder / "nginx.conf").write_text(told, encoding="utf-8")


def until(true: Callable[[], object]) -> None:
    """Wait for what must come by itself."""
    end = time.monotonic() + LONGEST_WAIT
    while not true():
        assert time.monotonic() < end, "it did not come by itself"
        time.sleep(0.05)
