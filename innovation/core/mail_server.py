"""The mail server of an installation, as its setting names it."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
EXAMPLE = "smtp://user:password@mail.example:587?starttls=require"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed over. security: "tls" from the first byte, "starttls", or "none"."""

    host: str
    port: int
    security: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def read_mail_server(address: str) -> MailServer:
    """Read an address such as EXAMPLE, or smtps://…; raises ValueError with half a sentence."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"must be like {EXAMPLE}") from None
    wanted = parse_qs(parts.query, keep_blank_values=True)
    starttls = wanted.pop("starttls", ["require"])
    clean = parts.path in {"", "/"} and not parts.fragment and not wanted
    if parts.scheme not in {"smtp", "smtps"} or not host or not clean:
        raise ValueError(f"must be like {EXAMPLE}")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if any(sign < " " for sign in user + password) or bool(user) != bool(password):
        raise ValueError("needs both a user and a password, without control characters, or neither")
    security = _security(parts.scheme, starttls)
    if security == "none" and user and host not in LOCAL:
        raise ValueError("would send its password without TLS; use starttls=require")
    return MailServer(host, port or (465 if security == "tls" else 587), security, user, password)


def _security(scheme: str, starttls: list[str]) -> str:
    if starttls not in (["require"], ["never"]):
        raise ValueError("may end in starttls=require or starttls=never, nothing else")
    if scheme == "smtp":
        return "starttls" if starttls == ["require"] else "none"
    if starttls == ["never"]:
        raise ValueError("is smtps://, which is never without TLS: leave starttls out")
    return "tls"
