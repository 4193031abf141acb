"""The search engine that serves an installation: it follows the database."""

from functools import cache
from pathlib import Path

from innovation import language
from innovation.core.config import Settings
from innovation.search.engine import Engine


def engine_for(settings: Settings) -> Engine:
    """Give the engine of an installation, one for each process, with the dictionary loaded.

    Called once before the web server forks, so that its processes share the dictionary.
    """
    language.load(settings.finnish)
    _recall(forms_file(settings))
    if settings.embedded:
        return _in_folder(settings.instance)
    return _in_database(settings.database_url)


def forms_file(settings: Settings) -> Path:
    """Give the file where `language.keep_forms` leaves words for the next process."""
    return settings.instance / "forms.json"


@cache
def _recall(path: Path) -> None:
    # Once for each process: this is asked for with every request.
    language.recall_forms(path)


@cache
def _in_folder(instance: Path) -> Engine:
    # Imported here: where PostgreSQL serves, the embedded engine need not be loaded.
    from innovation.search.whoosh_engine import WhooshEngine

    return WhooshEngine(instance)


@cache
def _in_database(_url: str) -> Engine:
    from innovation.search.postgres_engine import PostgresEngine

    return PostgresEngine()
