"""Checks that ask another machine of the installation's own: the mail server, the public address.

Nobody else is asked anything.
"""

import smtplib
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parsedate_to_datetime

import requests

from innovation.core.config import Settings
from innovation.core.mail_server import MailServer, read_mail_server
from innovation.core.shared import shared_by
from innovation.operation.data_checks import clock_finding
from innovation.operation.findings import Finding, broken, doubtful, well

PATIENCE_SECONDS = 10.0


def mail(settings: Settings, recipient: str = "") -> Iterator[Finding]:
    """Go as far as the mail server lets a sender in; a mail is sent only to a recipient given."""
    if not settings.mail_url:
        yield doubtful(
            "mail",
            f"no server is set: mails are written to {settings.instance / 'mail'}",
            "Set INNOVATION_MAIL_URL when people are to get them.",
        )
        return
    server = read_mail_server(settings.mail_url)
    try:
        line = _let_in(server, settings)
    except (OSError, smtplib.SMTPException) as problem:
        yield broken("mail", f"{server.host}:{server.port} {_named(problem)}", _advice(problem))
        return
    with line:
        yield well("mail", f"{server.host}:{server.port} lets us in ({server.security})")
        if recipient:
            yield _sent(line, settings, recipient)


def redis(settings: Settings) -> Iterator[Finding]:
    """Ask what several machines share, where one was set."""
    shared = shared_by(settings)
    if shared is None:
        return
    if shared.answers():
        yield well("redis", "answers; limits are counted for all machines together")
    else:
        yield doubtful(
            "redis",
            "does not answer; each machine counts its limits by itself",
            "Look whether it runs, whether INNOVATION_REDIS_URL names it with the right password, "
            "and whether a firewall lets us out.",
        )


def _let_in(server: MailServer, settings: Settings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    name = settings.mail_sender.rpartition("@")[2]
    line: smtplib.SMTP
    if server.security == "tls":
        line = smtplib.SMTP_SSL(
            server.host, server.port, name, timeout=PATIENCE_SECONDS, context=context
        )
    else:
        line = smtplib.SMTP(server.host, server.port, name, timeout=PATIENCE_SECONDS)
    try:
        if server.security == "starttls":
            line.starttls(context=context)
        if server.user:
            line.login(server.user, server.password)
        line.noop()
    except BaseException:
        line.close()
        raise
    return line


def _sent(line: smtplib.SMTP, settings: Settings, recipient: str) -> Finding:
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_sender, recipient
    message["Subject"] = "Innovation platform: a mail to try with"
    message["Date"], message["Message-ID"] = formatdate(), make_msgid()
    message.set_content("This mail was sent to see whether mails arrive. Nothing is to be done.\n")
    try:
        line.send_message(message)
    except (OSError, smtplib.SMTPException) as problem:
        return broken("mail to try with", f"was not taken: {_named(problem)}", _advice(problem))
    return well("mail to try with", "was taken by the server; look whether it arrives")


def _named(problem: Exception) -> str:
    """Name a problem without what the server said."""
    code = getattr(problem, "smtp_code", None)
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"has a certificate that is not trusted ({problem.verify_message})"
    if isinstance(problem, OSError) and problem.strerror:
        return f"cannot be reached ({problem.strerror})"
    return f"refused: {type(problem).__name__}" + (f" {code}" if code else "")


def _advice(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        return "Look at user and password in INNOVATION_MAIL_URL."
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return "The server knows no STARTTLS or no login on this port; ask its keepers which does."
    if isinstance(problem, ssl.SSLError):
        return "Use the name that stands in the certificate, and let this machine know its issuer."
    return "Look at host and port in INNOVATION_MAIL_URL, and whether a firewall lets us out."


def public_address(settings: Settings) -> Iterator[Finding]:
    """Ask the service at its own public address, the way visitors come."""
    if not settings.secure:
        return
    try:
        answer = requests.get(f"{settings.origin}/healthz", timeout=PATIENCE_SECONDS)
    except requests.RequestException as problem:
        yield doubtful(
            "public address",
            f"{settings.origin} does not answer from here ({type(problem).__name__})",
            "Look at name service, certificate and proxy. Some networks do not let a machine "
            "reach its own public address: then ask from elsewhere.",
        )
        return
    if answer.status_code == 200 and answer.text.strip() == "ok":
        yield well("public address", f"{settings.origin} answers with a trusted certificate")
    else:
        yield broken(
            "public address",
            f"{settings.origin}/healthz answers {answer.status_code}, and not as this service does",
            "Look where the proxy leads to, and whether the service runs.",
        )
    yield from _their_clock(answer.headers.get("Date", ""), "the proxy")


def _their_clock(told: str, other: str) -> Iterator[Finding]:
    try:
        theirs = parsedate_to_datetime(told)
    except ValueError:
        return
    apart = (datetime.now(UTC) - theirs).total_seconds()
    yield clock_finding("clock of the proxy", other, apart)
