"""Settings: what is missing is made or asked for, and what is absurd stops the start."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from innovation.core.config import Settings, SettingsError

pytestmark = pytest.mark.once

GOOD_KEY = "4f9c2b7e8d1a6053c4b2918f7e6d5a4b3c2d1e0f9a8b7c6d"


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
        ("secret_key", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("origin", "ideat.example.fi"),
        ("origin", "https://ideat.example.fi/alasivu"),
        ("origin", "http://["),
        ("origin", "https://ideat.example.fi:99999"),
        ("origin", "https://joku:salainen@ideat.example.fi"),
        ("mail_sender", "not an address"),
        ("mail_sender", "a@b.fi\nBcc: c@d.fi"),
        ("time_zone", "Europe/Oulu"),
        ("database_url", "mysql://somewhere/else"),
        ("database_url", "postgresql://a:b:c"),
        ("finnish", "malaga"),
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
