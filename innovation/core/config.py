"""The settings of one installation, read once from the environment and checked at the start."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "INNOVATION_"
KNOWN_WEAK_KEYS = frozenset({"changeme", "change-me", "secret", "dev", "development", "password"})
MINIMUM_KEY_LENGTH = 32
MINIMUM_KEY_VARIETY = 12


class SettingsError(Exception):
    """A setting is missing or absurd; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Settings:
    """What an installation is told from outside. Each field is read from `INNOVATION_<FIELD>`.

    instance: folder of all embedded state (database, index, written mails, secret key).
    database_url: SQLAlchemy address; without one an SQLite file in the instance folder.
    secret_key: signs time stamps and tokens; with the embedded database one is made and kept.
    origin: public address of the service, scheme and host without a path.
    mail_sender: the address that mails come from.
    time_zone: IANA name of the zone in which days and dates are counted.
    finnish: `auto` (libvoikko when the system has it) or `pyvoikko`.
    """

    instance: Path
    database_url: str
    secret_key: str
    origin: str = "http://localhost:8000"
    mail_sender: str = "innovaatioalusta@localhost"
    time_zone: str = "Europe/Helsinki"
    finnish: str = "auto"

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

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read and check all settings; make the instance folder and its key when they are missing.

        Raises SettingsError with one sentence for the first setting that cannot be used.
        """
        given = os.environ if environment is None else environment
        _refuse_unknown(given)
        instance = Path(given.get(f"{PREFIX}INSTANCE") or "instance").absolute()
        url = _database_url(given.get(f"{PREFIX}DATABASE_URL", ""), instance)
        _make_folder(instance)
        return cls(
            instance=instance,
            database_url=url,
            secret_key=_secret_key(given.get(f"{PREFIX}SECRET_KEY", ""), url, instance),
            origin=_origin(given.get(f"{PREFIX}ORIGIN") or cls.origin),
            mail_sender=_mail_sender(given.get(f"{PREFIX}MAIL_SENDER") or cls.mail_sender),
            time_zone=_time_zone(given.get(f"{PREFIX}TIME_ZONE") or cls.time_zone),
            finnish=_finnish(given.get(f"{PREFIX}FINNISH") or cls.finnish),
        )


def _refuse_unknown(given: Mapping[str, str]) -> None:
    known = {f"{PREFIX}{field.name.upper()}" for field in fields(Settings)}
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


def _database_url(value: str, instance: Path) -> str:
    if not value:
        # Quoted: in an address % and ? would mean something else than in the name of a folder.
        return f"sqlite:///{quote(str(instance / 'innovation.sqlite3'))}"
    try:
        make_url(value)
    except (ArgumentError, ValueError):
        raise SettingsError(
            f"{PREFIX}DATABASE_URL must be like postgresql://user:password@host:5432/database."
        ) from None
    if value.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + value.split("://", 1)[1]
    if value.startswith(("postgresql+psycopg://", "sqlite:///")):
        return value
    raise SettingsError(
        f"{PREFIX}DATABASE_URL must begin with postgresql:// (or be left out for the embedded "
        "database)."
    )


def _secret_key(value: str, url: str, instance: Path) -> str:
    if value:
        weak = (
            len(value) < MINIMUM_KEY_LENGTH
            or len(set(value)) < MINIMUM_KEY_VARIETY
            or value.lower() in KNOWN_WEAK_KEYS
        )
        if weak:
            raise SettingsError(
                f"{PREFIX}SECRET_KEY is too weak; make one with "
                "python3 -c 'import secrets; print(secrets.token_hex(32))'."
            )
        return value
    if not url.startswith("sqlite"):
        raise SettingsError(
            f"{PREFIX}SECRET_KEY must be set when the database is not the embedded one; make one "
            "with python3 -c 'import secrets; print(secrets.token_hex(32))'."
        )
    return _kept_key(instance / "secret_key")


def _kept_key(path: Path) -> str:
    """Give the key of the embedded installation, made once and readable by its owner alone."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        try:
            key = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            key = ""
        if len(key) < MINIMUM_KEY_LENGTH:
            raise SettingsError(
                f"The file {path} cannot be read or does not hold a usable key; "
                "let this user read it, or remove it and start again "
                "(everybody is then signed out)."
            ) from None
        return key
    except OSError as problem:
        raise SettingsError(
            f"The folder {path.parent} cannot be written ({problem.strerror}); "
            f"point {PREFIX}INSTANCE at a folder that can be."
        ) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key


def _origin(value: str) -> str:
    try:
        parts = urlsplit(value)
        whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole, parts = False, urlsplit("")
    extra = parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in {"http", "https"} or not whole or extra:
        raise SettingsError(
            f"{PREFIX}ORIGIN must be the public address without a path, such as "
            "https://ideat.example.fi."
        )
    return f"{parts.scheme}://{parts.netloc}"


def _mail_sender(value: str) -> str:
    name, at, host = value.rpartition("@")
    if not (name and at and host) or any(sign in value for sign in "\r\n<>,; "):
        raise SettingsError(f"{PREFIX}MAIL_SENDER must be one plain e-mail address.")
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
