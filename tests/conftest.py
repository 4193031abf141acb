"""What every test may ask for: the application, a transaction, a checking client, a browser."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import Connection

from innovation.core import transaction
from tests.real import browser as real_browser
from tests.real import installation, order
from tests.real.client import CheckingClient
from tests.real.server import LiveServer, serving

Unit = Callable[[], AbstractContextManager[object]]


def pytest_configure(config: pytest.Config) -> None:
    """Begin what a whole run shares, before any worker or test asks for it."""
    # Told to stop, the run ends as with Ctrl-C: what was started here is stopped too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not config.option.collectonly:
        installation.prepare()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests into order and mark them, before pytest chooses by markers."""
    real_browser.mark(items)
    order.arrange(items)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> order.Scheduling:
    """Let tests that share something run in one worker."""
    return order.Scheduling(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly when nothing was tried in a browser."""
    real_browser.tell_skipped(terminalreporter)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a migrated database with the programme loaded, one for each worker."""
    folder = tmp_path_factory.mktemp("instance")
    app = installation.installed(installation.environment(folder, "suite"))
    app.test_client_class = CheckingClient
    yield app
    installation.let_go(app)


@pytest.fixture
def database(app: Flask) -> Iterator[Connection]:
    """The test's own transaction; what test and application write is gone after it."""
    with installation.rolled_back(app) as connection:
        yield connection


@pytest.fixture
def client(app: Flask, database: Connection) -> FlaskClient:
    """A visitor who is not signed in; every answer is checked."""
    return app.test_client()


@pytest.fixture
def visitor(app: Flask, database: Connection) -> Callable[[], FlaskClient]:
    """Makes visitors, each with cookies of their own, for tests with several people."""
    return app.test_client


@pytest.fixture
def writing(app: Flask, database: Connection) -> Unit:
    """`with writing():` is a unit of work that writes, for calling actions and making rows."""
    return lambda: _unit(app, transaction.writing)


@pytest.fixture
def reading(app: Flask, database: Connection) -> Unit:
    """`with reading():` is a unit of work that only reads, for calling queries."""
    return lambda: _unit(app, transaction.reading)


@contextmanager
def _unit(app: Flask, kind: Unit) -> Iterator[object]:
    with app.app_context(), kind() as unit:
        yield unit


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The application as it is really served, worker included, with an installation of its own."""
    with serving(tmp_path_factory.mktemp("live"), "live") as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser, started once for all its tests."""
    with real_browser.opened() as opened:
        yield opened


@pytest.fixture
def context(browser: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    """A person's browser window with no history: a phone 390 pixels wide that speaks Finnish."""
    size = {"width": 390, "height": 844}
    context = browser.new_context(base_url=live_server.url, viewport=size, locale="fi-FI")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page in that window."""
    return context.new_page()
