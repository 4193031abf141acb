"""The settings of one installation, read once from the environment and checked at the start."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from innovation.core import transport
from innovation.core.copying import copying
from innovation.core.keys import Secret
from innovation.core.mail_server import read_mail_server
from innovation.core.public_address import LOCAL_ORIGIN, public_address
from innovation.core.secret_key import MAKE, check_strength, kept_key, read_previous
from innovation.core.settings_of_operation import PREFIX as PREFIX
from innovation.core.settings_of_operation import SettingsError as SettingsError
from innovation.core.settings_of_operation import sharing, watching

# One rule of INNOVATION_OIDC_RIGHTS: a claim, its value, the role, and what a lead leads:
# a sub-project, @ and an area, or the one in the other.
RIGHT = re.compile(
    r"\s*([^:=;\s]+):([^=;]+)=(staff|analyst|expert|coordinator|moderator|administrator|lead):?"
    r"((?<=lead:)(?:[a-z0-9-]+|(?=@))(?:@[a-z0-9-]+)?)?\s*"
)


@dataclass(frozen=True)
class Settings:
    """What an installation is told from outside. Each field is read from `INNOVATION_<FIELD>`.

    instance: folder of all embedded state (database, index, written mails, secret key).
    database_url: SQLAlchemy address; without one an SQLite file in the instance folder.
    secret_key: signs time stamps and tokens; with the embedded database one is made and kept.
    secret_key_previous: keys before it, newest first; what was made with them is still read.
    origin: public address of the service: scheme, host and, when it has one, the path it lies
    below. proxies: how many proxies in front are ours and tell the truth about visitors.
    without_tls: connections beyond this machine that may go without TLS (core.transport).
    mail_sender: the address that mails come from.
    mail_url: the mail server, with user and password; without one mails are written to a folder.
    time_zone: IANA name of the zone in which days and dates are counted.
    finnish: `auto` (libvoikko when the system has it) or `pyvoikko`.
    breached_passwords: a file with more passwords that are refused, plain or as SHA-1 hashes.
    second_factor: `officials` must have and show one; "" for nobody must.
    oidc_issuer, oidc_client_id, oidc_client_secret: the employer's sign-in (OpenID Connect).
    oidc_name: what its button says. oidc_rights: which claims give which rights.
    oidc_unit: the claim that names where somebody works. oidc_strong: acr values that are strong.
    metrics_token: what whoever reads /metrics from elsewhere shows; without one nobody else does.
    log: `text` or `json`. log_requests: a line for each request. slow_query_ms: statements that
    take longer are logged, 0 for none.
    backup_to: folder of the copies, backup_at: the hour of the daily one, backup_days: how long
    they are kept, backup_key: the public key that they are sealed for.
    redis_url: what several machines share besides the database; "" for one machine.
    """

    instance: Path
    database_url: str = field(repr=False)
    secret_key: Secret = field(repr=False)
    secret_key_previous: tuple[str, ...] = field(default=(), repr=False)
    origin: str = LOCAL_ORIGIN
    proxies: int = 0
    mail_sender: str = "innovaatioalusta@localhost"
    mail_url: str = field(default="", repr=False)
    time_zone: str = "Europe/Helsinki"
    finnish: str = "auto"
    breached_passwords: Path | None = None
    without_tls: frozenset[str] = frozenset()
    second_factor: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_name: str = ""
    oidc_rights: str = ""
    oidc_unit: str = ""
    oidc_strong: str = ""
    metrics_token: str = field(default="", repr=False)
    log: str = "text"
    log_requests: bool = False
    slow_query_ms: int = 0
    backup_to: str = ""
    backup_at: str = ""
    backup_days: int = 30
    backup_key: str = ""
    redis_url: str = field(default="", repr=False)

    @property
    def embedded(self) -> bool:
        """True when the database is the SQLite file that the installation keeps by itself."""
        return self.database_url.startswith("sqlite")

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days are counted."""
        return ZoneInfo(self.time_zone)

    @property
    def secure(self) -> bool:
        """True when the service is reached over TLS, so that cookies may be sent only there."""
        return self.origin.startswith("https://")

    @property
    def path(self) -> str:
        """The path that every page lies below, such as "/ideat"; "" when the host is our own."""
        return urlsplit(self.origin).path

    @property
    def site(self) -> str:
        """The public address without that path: what browsers call the origin."""
        return self.origin.removesuffix(self.path)

    @property
    def public(self) -> bool:
        """True when the service is reached from beyond this machine."""
        return not transport.is_here(urlsplit(self.origin).hostname or "")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read and check all settings; make the instance folder and its key when they are missing.

        Raises SettingsError with one sentence for the first setting that cannot be used.
        """
        given = os.environ if environment is None else environment
        _refuse_unknown(given)
        instance = Path(given.get(f"{PREFIX}INSTANCE") or "instance").absolute()
        plain = _without_tls(given.get(f"{PREFIX}WITHOUT_TLS", ""))
        url = _database_url(given, instance, plain)
        _make_folder(instance)
        secret_key = _secret_key(given, url, instance)
        return cls(
            instance=instance,
            database_url=url,
            secret_key=secret_key,
            secret_key_previous=secret_key.previous,
            without_tls=plain,
            mail_sender=_mail_sender(given.get(f"{PREFIX}MAIL_SENDER") or cls.mail_sender),
            mail_url=_mail_url(given.get(f"{PREFIX}MAIL_URL", ""), plain),
            time_zone=_time_zone(given.get(f"{PREFIX}TIME_ZONE") or cls.time_zone),
            finnish=_finnish(given.get(f"{PREFIX}FINNISH") or cls.finnish),
            breached_passwords=_breached_passwords(given.get(f"{PREFIX}BREACHED_PASSWORDS", "")),
            second_factor=_second_factor(given.get(f"{PREFIX}SECOND_FACTOR", "")),
            **public_address(given, plain),
            **watching(given),
            **sharing(given, plain),
            **copying(given),
            **_oidc(given),
        )


def _refuse_unknown(given: Mapping[str, str]) -> None:
    known = {f"{PREFIX}{one.name.upper()}" for one in fields(Settings)}
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known and not name.startswith(f"{PREFIX}TEST_"):
            raise SettingsError(
                f"{name} is not a setting of this application; the settings are "
                f"{', '.join(sorted(known))}."
            )


def _make_folder(instance: Path) -> None:
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise SettingsError(
            f"The folder {instance} cannot be made ({problem.strerror}); "
            f"point {PREFIX}INSTANCE at a folder that can be written."
        ) from None


def _without_tls(value: str) -> frozenset[str]:
    try:
        return transport.read_exceptions(value)
    except ValueError as problem:
        raise SettingsError(f"{PREFIX}WITHOUT_TLS {problem}.") from None


def _database_url(given: Mapping[str, str], instance: Path, plain: frozenset[str]) -> str:
    value = given.get(f"{PREFIX}DATABASE_URL", "")
    if not value:
        # Quoted: in an address % and ? would mean something else than in the name of a folder.
        return f"sqlite:///{quote(str(instance / 'innovation.sqlite3'))}"
    try:
        address = make_url(value)
    except (ArgumentError, ValueError):
        raise SettingsError(
            f"{PREFIX}DATABASE_URL must be like postgresql://user:password@host:5432/database."
        ) from None
    if value.startswith("sqlite:///"):
        return value
    if value.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        address = address.set(drivername="postgresql+psycopg")
        try:
            if transport.DATABASE not in plain:
                address = transport.encrypted(address, given.get("PGHOST", ""))
        except ValueError as problem:
            raise SettingsError(
                f"{PREFIX}DATABASE_URL {problem}; end it in sslmode=verify-full or sslmode=require "
                f"(or say {PREFIX}WITHOUT_TLS=database on a closed network)."
            ) from None
        return address.render_as_string(hide_password=False)
    raise SettingsError(
        f"{PREFIX}DATABASE_URL must begin with postgresql:// (or be left out for the embedded "
        "database)."
    )


def _secret_key(given: Mapping[str, str], url: str, instance: Path) -> Secret:
    try:
        previous = read_previous(given.get(f"{PREFIX}SECRET_KEY_PREVIOUS", ""))
        key = given.get(f"{PREFIX}SECRET_KEY", "")
        if key:
            check_strength(f"{PREFIX}SECRET_KEY", key)
        elif not url.startswith("sqlite"):
            raise ValueError(
                f"{PREFIX}SECRET_KEY must be set when the database is not the embedded one; {MAKE}."
            )
        return Secret(key or kept_key(instance), previous)
    except ValueError as problem:
        raise SettingsError(str(problem)) from None


def _mail_sender(value: str) -> str:
    name, at, host = value.rpartition("@")
    if not (name and at and host) or any(sign in value for sign in "\r\n<>,; "):
        raise SettingsError(f"{PREFIX}MAIL_SENDER must be one plain e-mail address.")
    return value


def _mail_url(value: str, plain: frozenset[str]) -> str:
    try:
        server = read_mail_server(value) if value else None
        open_way = server is not None and server.security == "none"
        if server and open_way and not (transport.is_here(server.host) or transport.MAIL in plain):
            raise ValueError(
                "would hand mails over without TLS; use starttls=require or smtps:// "
                f"(or say {PREFIX}WITHOUT_TLS=mail on a closed network)"
            )
    except ValueError as problem:
        # The value itself holds a password, so it is not repeated.
        raise SettingsError(f"{PREFIX}MAIL_URL {problem}.") from None
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(
            f"{PREFIX}TIME_ZONE must be a name such as Europe/Helsinki; {value!r} is not known."
        ) from None
    return value


def _finnish(value: str) -> str:
    if value not in {"auto", "pyvoikko"}:
        raise SettingsError(f"{PREFIX}FINNISH must be auto or pyvoikko.")
    return value


def _breached_passwords(value: str) -> Path | None:
    path = Path(value).absolute() if value else None
    if path and not (path.is_file() and path.stat().st_size and os.access(path, os.R_OK)):
        raise SettingsError(f"{PREFIX}BREACHED_PASSWORDS must be a file that can be read.")
    return path


def _second_factor(value: str) -> str:
    if value not in {"", "officials"}:
        raise SettingsError(f"{PREFIX}SECOND_FACTOR must be officials, or be left out.")
    return value


def _oidc(given: Mapping[str, str]) -> dict[str, Any]:
    """Give the settings of the employer's sign-in: all of it or nothing."""
    names = ("issuer", "client_id", "client_secret", "name", "rights", "unit", "strong")
    found = {f"oidc_{name}": given.get(f"{PREFIX}OIDC_{name.upper()}", "") for name in names}
    issuer, rights = found["oidc_issuer"], found["oidc_rights"]
    if not issuer and any(found.values()):
        raise SettingsError(f"{PREFIX}OIDC_ISSUER must be set for the employer's sign-in to work.")
    if issuer and not (found["oidc_client_id"] and found["oidc_client_secret"]):
        raise SettingsError(
            f"{PREFIX}OIDC_CLIENT_ID and {PREFIX}OIDC_CLIENT_SECRET must be set with the issuer."
        )
    here = issuer.startswith(("http://localhost:", "http://127.0.0.1:"))
    if issuer and not (issuer.startswith("https://") or here):
        raise SettingsError(f"{PREFIX}OIDC_ISSUER must begin with https://.")
    for one in filter(str.strip, rights.split(";")):
        found_right = RIGHT.fullmatch(one)
        if not found_right or (found_right[3] == "lead") != bool(found_right[4]):
            raise SettingsError(
                f"{PREFIX}OIDC_RIGHTS must be like groups:moderators=moderator; "
                f"groups:leads=lead:ikaihmiset; {one.strip()!r} is not."
            )
    return found
