"""A mail server in a process of its own, which keeps what it took and can be killed.

What it does with a mail is told by the beginning of its address: "kielto" is refused for good,
"odota" for now, "teksti" is refused when its text has come, "poikki" is taken and then the
connection breaks before the answer.
"""

import asyncio
import email
import email.policy
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).parents[2]
LONGEST_START = 20.0
USER, PASSWORD = "alusta", "pitka/salasana@1"
QUOTED = quote(PASSWORD, safe="")


class Box:
    """What the server answers, and the folder of what it took."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder."""
        self.folder = folder

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse an address."""
        if address.startswith("kielto"):
            return "550 5.1.1 No such user"
        if address.startswith("odota"):
            return "451 4.7.1 Try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the text: it is on the disk before the answer."""
        recipient = envelope.rcpt_tos[0]
        if recipient.startswith("teksti"):
            return "554 5.6.0 Not this text"
        path = self.folder / f"{time.time_ns()}.eml"
        draft = path.with_suffix(".part")
        draft.write_bytes(bytes(envelope.content or b""))
        draft.rename(path)
        if recipient.startswith("poikki"):
            server.transport.abort()
        return "250 OK"


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    known = (USER.encode(), PASSWORD.encode())
    good = isinstance(data, LoginPassword) and (data.login, data.password) == known
    return AuthResult(success=good, handled=False)


async def _serve(port: int, folder: Path, certificate: str) -> None:
    box = Box(folder)

    def made() -> SMTP:
        if not certificate:
            return SMTP(box, hostname="localhost", enable_SMTPUTF8=False)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        return SMTP(
            box, tls_context=context, require_starttls=True, auth_required=True,
            authenticator=_authenticate, hostname="localhost", enable_SMTPUTF8=False,
        )  # fmt: skip

    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", port)
    await server.serve_forever()


class MailServer:
    """The process, from outside."""

    def __init__(self, folder: Path, certificate: str = "") -> None:
        """Choose a free port; nothing runs yet."""
        self.folder = folder
        self.certificate = certificate
        folder.mkdir(exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the server as the setting names it."""
        return f"smtp://127.0.0.1:{self.port}?starttls=never"

    def start(self) -> None:
        """Start it and wait until it answers."""
        words = [sys.executable, "-m", "tests.real.smtp", str(self.port), str(self.folder)]
        self._process = subprocess.Popen(
            [*words, self.certificate], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + LONGEST_START
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise RuntimeError("the mail server did not start")

    def kill(self) -> None:
        """End it without a word."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = None

    def taken(self) -> list[EmailMessage]:
        """Give what it took, the oldest first."""
        policy = email.policy.default
        return [
            email.message_from_bytes(path.read_bytes(), policy=policy)
            for path in sorted(self.folder.glob("*.eml"))
        ]


@contextmanager
def running(folder: Path, certificate: str = "") -> Iterator[MailServer]:
    """Run a mail server for as long as the block lasts."""
    server = MailServer(folder, certificate)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def certificate(folder: Path) -> Path:
    """Make a certificate for localhost with its key, signed by itself; gives the file of both."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "localhost.pem"
    path.write_bytes(text + made.public_bytes(serialization.Encoding.PEM))
    return path


if __name__ == "__main__":
    os.umask(0o077)
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
