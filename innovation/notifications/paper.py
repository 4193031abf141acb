"""A mail as it travels: plain text and the same as simple HTML, why it came and how to stop it."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from flask_babel import force_locale, gettext
from markupsafe import Markup, escape

from innovation.core.config import Settings
from innovation.notifications.kinds import DIGEST, KINDS
from innovation.notifications.queries import MailRow
from innovation.notifications.stopping import stop_key

_ADDRESS = re.compile(r"https?://[^\s<>\"”]+")
# Nothing comes from elsewhere, so nobody learns that the mail was opened.
_STYLE = Markup(
    ":root{color-scheme:light dark}body{font:1rem/1.5 sans-serif;max-width:36rem;"
    "margin:1.5rem auto;padding:0 1rem;color:#1b2733;background:#fff;overflow-wrap:anywhere}"
    "a{color:#0b5394}ul{padding-left:1.2rem}li{margin-bottom:.5rem}"
    ".go{display:inline-block;padding:.6rem 1.1rem;border-radius:.4rem;background:#0b5394;"
    "color:#fff;text-decoration:none}"
    "footer{border-top:1px solid #8a949e;margin-top:2rem;font-size:.9rem}"
    "@media(prefers-color-scheme:dark){body{color:#e6ebf0;background:#18222c}a{color:#9cc9f5}"
    ".go{background:#9cc9f5;color:#18222c}}"
)
# A line such as "Stop these mails: https://…".
_LABELLED = re.compile(r"(?P<label>\S.*?):\s+(?P<address>https?://\S+)")


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands below a mail: lines, and the address that stops such mails, "" for none."""

    lines: tuple[str, ...]
    stop: str


def foot_of(mail: MailRow, kind: str, settings: Settings) -> Foot:
    """Give why the mail came and how it is stopped. kind: a key of kinds.KINDS or "" for a mail
    that belongs to the use of the service.
    """
    with force_locale(mail.language):
        if mail.stop_path:
            stop = settings.origin + mail.stop_path
            return Foot((gettext("Stop these mails: %(address)s", address=stop),), stop)
        known = KINDS.get(kind)
        if mail.person_id is None or (known is None and kind != DIGEST):
            return Foot((gettext("This mail belongs to the use of the service."),), "")
        choose = gettext(
            "Choose what you are mailed: %(address)s", address=f"{settings.origin}/profile/notices"
        )
        if known is not None and known.fixed:
            always = gettext("Mails of this kind always come, since they need you.")
            return Foot((always, choose), "")
        key = stop_key(settings.secret_key, mail.person_id, kind, mail.recipient)
        # The page speaks as the mail does, also to whoever is not signed in.
        stop = f"{settings.origin}/unsubscribe/{key}?lang={mail.language}"
        return Foot((choose, gettext("Stop these mails: %(address)s", address=stop)), stop)


def name_of(mail: MailRow) -> str:
    """Give the mail's name, the same each time it is sent: in its Message-ID and of its file."""
    return f"{mail.created_at:%Y%m%dT%H%M%S%f}-{mail.id}"


def as_message(mail: MailRow, kind: str, settings: Settings) -> bytes:
    """Give the mail as an RFC 5322 message; the same row always gives the same bytes.

    The headers are structured, so nothing in an address or a subject can begin another header.
    """
    foot = foot_of(mail, kind, settings)
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{name_of(mail)}@{settings.mail_sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    plain = "\n\n".join((mail.body.rstrip(), "-- ", "\n".join(foot.lines))) + "\n"
    message.set_content(plain.replace("-- \n\n", "-- \n"), cte="quoted-printable")
    message.add_alternative(
        _html(mail, foot, settings.origin), subtype="html", cte="quoted-printable"
    )
    # Only now: the library takes such headers for those of the first part.
    message["Content-Language"] = mail.language
    message.set_boundary(f"=_{name_of(mail)}")
    return _stop_headers(foot.stop) + message.as_bytes()


def _stop_headers(address: str) -> bytes:
    """Give the headers of RFC 8058, by which a mail program stops such mails with one press.

    The library would write an address as long as ours in an encoding that these headers lack.
    """
    if not address:
        return b""
    if not address.isascii() or any(sign <= " " or sign in "<>" for sign in address):
        raise ValueError("an address for a header")
    return (
        f"List-Unsubscribe: <{address}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    ).encode("ascii")


def _html(mail: MailRow, foot: Foot, origin: str) -> str:
    parts = [part for part in mail.body.strip().split("\n\n") if part.strip()]
    with force_locale(mail.language):
        blocks = [_block(part, origin) for part in parts]
    below = Markup("").join(
        Markup("<p>{}</p>\n").format(_linked(line, origin)) for line in foot.lines
    )
    return str(
        Markup(
            '<!DOCTYPE html>\n<html lang="{}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n'
            "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n{}</main>\n"
            "<footer>\n{}</footer>\n</body>\n</html>\n"
        ).format(mail.language, mail.subject, _STYLE, Markup("").join(blocks), below)
    )


def _block(text: str, origin: str) -> Markup:
    """Give a paragraph; one whose lines begin with "- " becomes a list, and an address of this
    service that stands alone a link in words.
    """
    if _is_ours(text.strip(), origin):
        go = Markup('<p><a class="go" href="{}">{}</a></p>\n')
        return go.format(text.strip(), gettext("Open in the service"))
    if not text.startswith("- "):
        return Markup("<p>{}</p>\n").format(_lines(text, origin))
    items = [part for part in re.split(r"(?m)^- ", text) if part.strip()]
    rows = [Markup("<li>{}</li>\n").format(_item(item, origin)) for item in items]
    return Markup("<ul>\n{}</ul>\n").format(Markup("").join(rows))


def _item(text: str, origin: str) -> Markup:
    """Give what stands in a list; a line with an address of this service below becomes its link."""
    line, _break, address = text.strip().partition("\n")
    if _is_ours(address.strip(), origin):
        return Markup('<a href="{}">{}</a>').format(address.strip(), line.strip())
    return _lines(text, origin)


def _is_ours(text: str, origin: str) -> bool:
    """Tell whether a text is an address of this service and nothing else."""
    alone = _ADDRESS.fullmatch(text) is not None
    return alone and (text == origin or text.startswith(f"{origin}/"))


def _lines(text: str, origin: str) -> Markup:
    return Markup("<br>\n").join(_linked(line.strip(), origin) for line in text.strip().split("\n"))


def _linked(line: str, origin: str) -> Markup:
    """Escape a line; only addresses of this service become links, whatever people wrote."""
    named = _LABELLED.fullmatch(line)
    if named is not None and _is_ours(named["address"], origin):
        return Markup('<a href="{}">{}</a>').format(named["address"], named["label"])
    done, at = Markup(""), 0
    for found in _ADDRESS.finditer(line):
        done += escape(line[at : found.start()])
        address = found[0]
        link = Markup('<a href="{0}">{0}</a>').format(address)
        done += link if _is_ours(address, origin) else escape(address)
        at = found.end()
    return done + escape(line[at:])
