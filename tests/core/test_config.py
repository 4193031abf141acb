"""Settings: what is missing is made or asked for, and what is absurd stops the start."""

import secrets
import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from innovation.core.config import Settings, SettingsError

pytestmark = pytest.mark.once

GOOD_KEY = secrets.token_hex(32)


def read(folder: Path, **given: str) -> Settings:
    names = {f"INNOVATION_{name.upper()}": value for name, value in given.items()}
    return Settings.from_environment({"INNOVATION_INSTANCE": str(folder / "instance"), **names})


def test_an_embedded_installation_needs_nothing_and_keeps_its_key(tmp_path: Path) -> None:
    first = read(tmp_path)
    assert first.embedded
    assert first.database_url.startswith("sqlite:///")
    assert read(tmp_path).secret_key == first.secret_key
    assert stat.S_IMODE((tmp_path / "instance/secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secret_key", "secret"),
        ("secret_key", "0123456789abcdefghijklmnopqrstuvwxyz-only-for-tests"),
        ("secret_key", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("origin", "ideat.example.fi"),
        ("origin", "https://ideat.example.fi/alasivu?kieli=fi"),
        ("origin", "http://["),
        ("origin", "https://ideat.example.fi:99999"),
        ("origin", "https://joku:salainen@ideat.example.fi"),
        ("mail_sender", "not an address"),
        ("mail_sender", "a@b.fi\nBcc: c@d.fi"),
        ("time_zone", "Europe/Oulu"),
        ("database_url", "mysql://somewhere/else"),
        ("database_url", "postgresql://a:b:c"),
        ("finnish", "malaga"),
        ("breached_passwords", "/nowhere/passwords.txt"),
    ],
)
def test_an_absurd_value_stops_the_start_and_names_its_setting(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f"INNOVATION_{name.upper()}"):
        read(tmp_path, **{name: value})


@pytest.mark.parametrize("name", ["ä ö", "50%20", "a?b=c", "a#b"])
def test_the_database_lies_in_the_instance_folder_whatever_its_name(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / name
    settings = Settings.from_environment({"INNOVATION_INSTANCE": str(folder)})
    with create_engine(settings.database_url).connect() as connection:
        connection.exec_driver_sql("CREATE TABLE made (id INTEGER)")
    assert (folder / "innovation.sqlite3").exists()


def test_a_spoilt_key_file_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance/secret_key").write_bytes(b"\xe4\xff")
    with pytest.raises(SettingsError, match="does not hold a usable key"):
        read(tmp_path)


def test_a_folder_that_takes_no_files_is_one_clear_sentence() -> None:
    with pytest.raises(SettingsError, match="cannot be written"):
        Settings.from_environment({"INNOVATION_INSTANCE": "/proc/self"})


def test_a_mistyped_setting_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="INNOVATION_ORIGINN is not a setting"):
        read(tmp_path, originn="https://ideat.example.fi")


def test_postgresql_asks_for_the_key_from_outside(tmp_path: Path) -> None:
    address = "postgresql://ideat:salainen@localhost/ideat"
    with pytest.raises(SettingsError, match="INNOVATION_SECRET_KEY must be set"):
        read(tmp_path, database_url=address)
    settings = read(tmp_path, database_url=address, secret_key=GOOD_KEY)
    assert not settings.embedded
    assert settings.database_url.startswith("postgresql+psycopg://")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("a file stands in the way")
    with pytest.raises(SettingsError, match="INNOVATION_INSTANCE"):
        read(tmp_path)


EARLIER = secrets.token_hex(32)


def test_earlier_keys_are_read_and_checked_as_the_present_one(tmp_path: Path) -> None:
    settings = read(tmp_path, secret_key=GOOD_KEY, secret_key_previous=f"{EARLIER}, {GOOD_KEY}x")
    assert settings.secret_key == GOOD_KEY
    assert settings.secret_key.previous == (EARLIER, f"{GOOD_KEY}x")
    assert GOOD_KEY not in repr(settings)
    assert EARLIER not in repr(settings)
    with pytest.raises(SettingsError, match="INNOVATION_SECRET_KEY_PREVIOUS is too weak"):
        read(tmp_path, secret_key=GOOD_KEY, secret_key_previous=f"{EARLIER} changeme")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("origin", "http://ideat.example.fi", "ORIGIN must begin with https://"),
        ("origin", "http://192.0.2.7:8000", "ORIGIN must begin with https://"),
        ("mail_url", "smtp://mail.example:25?starttls=never", "without TLS"),
        ("database_url", "postgresql://a:b@db.example/ideat?sslmode=prefer", "sslmode"),
        ("database_url", "postgresql:///ideat?host=db.example&sslmode=disable", "sslmode"),
        ("without_tls", "everything", "WITHOUT_TLS may name"),
    ],
)
def test_what_leaves_the_machine_goes_over_tls(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    given = {"secret_key": GOOD_KEY, name: value}
    with pytest.raises(SettingsError, match=said):
        read(tmp_path, **given)
    if name != "without_tls":
        assert read(tmp_path, **given, without_tls="origin mail database")


@pytest.mark.parametrize(
    "origin", ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:80", "https://a.example"]
)
def test_this_machine_needs_no_tls(tmp_path: Path, origin: str) -> None:
    here = "smtp://127.0.0.1:2525?starttls=never"
    assert read(tmp_path, origin=origin, mail_url=here).origin == origin


@pytest.mark.parametrize(
    ("address", "mode"),
    [
        ("postgresql://a:b@db.example/ideat", "verify-full"),
        ("postgresql://a:b@db.example/ideat?sslmode=require", "require"),
        ("postgresql://a:b@db.example/ideat?sslmode=verify-full", "verify-full"),
        ("postgresql://a:b%40@localhost/ideat", None),
        ("postgresql:///ideat?host=/var/run/postgresql", None),
        ("postgresql:///ideat?host=localhost,db.example", "verify-full"),
        ("postgresql:///ideat", None),
    ],
)
def test_a_database_elsewhere_is_spoken_to_with_tls(
    tmp_path: Path, address: str, mode: str | None
) -> None:
    settings = read(tmp_path, secret_key=GOOD_KEY, database_url=address)
    assert make_url(settings.database_url).query.get("sslmode") == mode
    assert "b@" not in repr(settings)
