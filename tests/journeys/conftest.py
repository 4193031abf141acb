"""What the journeys may ask for: people's windows with script and without, accounts with rights."""

import json
from collections.abc import Callable, Iterator
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser

from innovation.core import transaction
from innovation.core.config import Settings
from innovation.web.application import create_app
from tests.journeys.windows import Street, street
from tests.real import installation, people
from tests.real.server import LiveServer, serving


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def anywhere(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[Street]:
    """A street where scripts run, and once more where they do not."""
    with street(browser, live_server.url, javascript=request.param) as opened:
        yield opened


@pytest.fixture
def with_script(browser: Browser, live_server: LiveServer) -> Iterator[Street]:
    """A street where scripts run."""
    with street(browser, live_server.url) as opened:
        yield opened


@pytest.fixture(scope="session")
def account(live_server: LiveServer) -> Iterator[Callable[[str], str]]:
    """Makes an account with this role ("" for none); gives its e-mail address."""
    app = create_app(Settings.from_environment(live_server.variables))
    made: dict[str, str] = {}

    def make(role: str) -> str:
        if role not in made:
            made[role] = f"{role or 'asukas'}@tyo.example"
            roles = [role] if role else []
            with app.app_context(), transaction.writing():
                people.person(*roles, email=made[role], name=f"Nimimerkki {len(made)}")
        return made[role]

    yield make
    installation.let_go(app)


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A service with the demo: its lists are as long as they get, and its desk is full."""
    with serving(tmp_path_factory.mktemp("demo"), "demo") as server:
        server.flask("demo", "load")
        yield server


@pytest.fixture
def account_of_resident(account: Callable[[str], str]) -> str:
    """The e-mail address of somebody without any special right."""
    return account("")


@pytest.fixture(scope="session")
def public_idea(live_server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> int:
    """The number of an idea that everybody sees."""
    row = {"text": "Terveysaseman ovi on iltaisin lukossa Raahessa.", "visibility": "public"}
    file = tmp_path_factory.mktemp("import") / "ideas.jsonl"
    file.write_text(json.dumps({**row, "external_reference": "journey-1"}), encoding="utf-8")
    _row, reference, _result = live_server.flask("ideas", "import", str(file)).split("\t")
    # A reference number leads straight to its idea.
    with urlopen(f"{live_server.url}/search?q={reference}", timeout=10) as answer:
        return int(answer.url.rpartition("/")[2])
