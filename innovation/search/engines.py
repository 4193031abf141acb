"""The search engine that serves an installation: it follows the database."""

from functools import cache
from pathlib import Path

from sqlalchemy import URL, make_url

from innovation import language
from innovation.core.config import Settings
from innovation.search.engine import Engine, SearchUnavailableError

# By database, for those who know no settings.
_BESIDE: dict[URL, Engine] = {}


def engine_for(settings: Settings) -> Engine:
    """Give the engine of an installation, one for each process, with the dictionary loaded.

    Called once before the web server forks, so that its processes share the dictionary.
    """
    language.load(settings.finnish)
    _recall(forms_file(settings))
    engine = (
        _in_folder(settings.instance) if settings.embedded else _in_database(settings.database_url)
    )
    _BESIDE[_address(settings.database_url)] = engine
    return engine


def engine_beside(database: URL) -> Engine:
    """Give the engine that this process has made for a database.

    Raises SearchUnavailableError when nobody has asked for it yet.
    """
    if database not in _BESIDE:
        raise SearchUnavailableError("nobody has made the engine yet")
    return _BESIDE[database]


def forms_file(settings: Settings) -> Path:
    """Give the file where `language.keep_forms` leaves words for the next process."""
    return settings.instance / "forms.json"


@cache
def _recall(path: Path) -> None:
    # Once for each process: this is asked for with every request.
    language.recall_forms(path)


@cache
def _address(database: str) -> URL:
    return make_url(database)


@cache
def _in_folder(instance: Path) -> Engine:
    # Imported here: where PostgreSQL serves, the embedded engine need not be loaded.
    from innovation.search.whoosh_engine import WhooshEngine

    return WhooshEngine(instance)


@cache
def _in_database(_url: str) -> Engine:
    from innovation.search.postgres_engine import PostgresEngine

    return PostgresEngine()
