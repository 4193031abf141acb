"""Handing a mail over: to a mail server, or to a folder where there is none.

Both go in two steps. `prepare` does all that can be undone by hanging up; only `hand_over` gives
the text away. So whoever asks knows at every problem whether the mail may have been taken.
"""

import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from innovation.core.config import Settings
from innovation.core.mail_server import MailServer, read_mail_server

FOLDER = "mail"
PATIENCE_SECONDS = 20.0
_LINE_BEGINS_WITH_DOT = re.compile(rb"^\.", re.MULTILINE)
_READY, _TAKEN = 354, 250


class PutOffError(Exception):
    """The mail was certainly not taken and may be tried again. asked: about this mail alone."""

    def __init__(self, problem: str, *, asked: bool = False) -> None:
        """Say what went wrong, without addresses and passwords."""
        super().__init__(problem)
        self.asked = asked


class RefusedError(Exception):
    """The server refused the mail for good. address: it refused the address."""

    def __init__(self, problem: str, *, address: bool) -> None:
        """Say with which code."""
        super().__init__(problem)
        self.address = address


class UnclearError(Exception):
    """The connection broke after the whole text was given and before the server's answer."""


class FolderCarrier:
    """Writes each mail as one file: whole or not at all, and again under the same name."""

    forgets = False

    def __init__(self, instance: Path) -> None:
        """Remember where the folder is."""
        self.folder = instance / FOLDER

    def prepare(self, sender: str, recipient: str) -> None:
        """Make the folder."""
        self.folder.mkdir(mode=0o700, exist_ok=True)

    def hand_over(self, name: str, message: bytes) -> None:
        """Write the file."""
        draft = self.folder / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / f"{name}.eml")

    def give_up(self) -> None:
        """Nothing was begun."""


class ServerCarrier:
    """Talks to a mail server over one connection for a batch of mails.

    When the server cannot be reached, the rest of the batch is not tried.
    """

    # What a mail with a secret link says is not kept where others read it later.
    forgets = True

    def __init__(self, server: MailServer, name: str) -> None:
        """Remember the server; name: the host that says hello."""
        self.server = server
        self.name = name
        self.broken = ""
        self._line: smtplib.SMTP | None = None

    def prepare(self, sender: str, recipient: str) -> None:
        """Go as far as the server says that it is ready for the text; raises."""
        if not recipient.isascii():
            raise RefusedError(
                "the address has letters that mail servers do not know", address=True
            )
        line = self._open()
        try:
            _expect(line.mail(sender), "sender")
            _expect(line.rcpt(recipient), "address")
            code, _text = line.docmd("DATA")
            if code != _READY:
                _expect((code, b""), "text")
                raise PutOffError(f"the server answered {code} to the text", asked=True)
        except (PutOffError, RefusedError):
            self._start_anew()
            raise
        except (OSError, smtplib.SMTPException) as problem:
            raise self._lost(problem) from None

    def hand_over(self, name: str, message: bytes) -> None:
        """Give the text away; raises."""
        line = self._line
        if line is None:
            raise PutOffError("the connection was lost")
        body = _LINE_BEGINS_WITH_DOT.sub(b"..", message)
        try:
            line.send(body if body.endswith(b"\r\n") else body + b"\r\n")
        except (OSError, smtplib.SMTPException) as problem:
            raise self._lost(problem) from None
        # From here on the server may have the mail although its answer does not arrive.
        try:
            line.send(b".\r\n")
            answer = line.getreply()
        except (OSError, smtplib.SMTPException) as problem:
            lost = self._lost(problem)
            raise UnclearError(str(lost)) from None
        if answer[0] != _TAKEN:
            _expect(answer, "text")

    def give_up(self) -> None:
        """Leave the mail that was begun; in the middle of a text only hanging up does."""
        self.close()

    def hang_up(self) -> None:
        """Say goodbye and close the connection."""
        if self._line is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._line.quit()
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._line.close()
        self._line = None

    def _start_anew(self) -> None:
        """Make the line ready for the next mail after one that was not wanted."""
        try:
            if self._line is not None and self._line.rset()[0] != _TAKEN:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _open(self) -> smtplib.SMTP:
        if self.broken:
            raise PutOffError(self.broken)
        if self._line is not None:
            return self._line
        try:
            self._line = self._connect()
        except (OSError, smtplib.SMTPException) as problem:
            self.broken = f"the mail server cannot be used: {_named(problem)}"
            raise PutOffError(self.broken) from None
        return self._line

    def _connect(self) -> smtplib.SMTP:
        server, context = self.server, ssl.create_default_context()
        line: smtplib.SMTP
        if server.security == "tls":
            line = smtplib.SMTP_SSL(
                server.host, server.port, self.name, timeout=PATIENCE_SECONDS, context=context
            )
        else:
            line = smtplib.SMTP(server.host, server.port, self.name, timeout=PATIENCE_SECONDS)
        try:
            if server.security == "starttls":
                line.starttls(context=context)
            if server.user:
                line.login(server.user, server.password)
            line.ehlo_or_helo_if_needed()
        except BaseException:
            line.close()
            raise
        return line

    def _lost(self, problem: Exception) -> PutOffError:
        self.close()
        return PutOffError(f"the connection broke: {_named(problem)}")


def _expect(answer: tuple[int, bytes], what: str) -> None:
    """Take the server's answer for a yes, a "later" or a no; its words may hold addresses."""
    code, said = answer
    if 200 <= code < 300:
        return
    more = re.match(rb"[245]\.\d{1,3}\.\d{1,3}\b", said or b"")
    told = f"{code} {more[0].decode()}" if more else str(code)
    if 500 <= code < 600 and what != "sender":
        raise RefusedError(f"refused with {told}", address=what == "address")
    # A refused sender is the installation's matter, not that of whoever should get the mail.
    raise PutOffError(f"{told} to the {what}", asked=what != "sender")


def _named(problem: Exception) -> str:
    """Name a problem without what the server said, which may hold an address."""
    code = getattr(problem, "smtp_code", None)
    return f"{type(problem).__name__} {code}" if code else type(problem).__name__


Carrier = FolderCarrier | ServerCarrier


@contextmanager
def carrier(settings: Settings) -> Iterator[Carrier]:
    """Give whoever takes the mails of this installation, and hang up at the end."""
    if not settings.mail_url:
        yield FolderCarrier(settings.instance)
        return
    name = settings.mail_sender.rpartition("@")[2]
    post = ServerCarrier(read_mail_server(settings.mail_url), name)
    try:
        yield post
    finally:
        post.hang_up()


def forget_files(instance: Path, before: float) -> int:
    """Delete written mails from before a moment (seconds since 1970); tells how many."""
    old = [path for path in (instance / FOLDER).glob("*.eml") if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
