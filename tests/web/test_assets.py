"""Styles and scripts come from memory, under addresses that change with their content."""

import gzip
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from innovation.web import assets

STATIC = Path(__file__).parents[2] / "static"


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__, static_folder=str(STATIC), static_url_path="/static")
    assets.init_app(app)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def _address(app: Flask, name: str) -> str:
    with app.test_request_context():
        return url_for("static", filename=name)


def test_url_for_adds_the_hash_and_the_answer_may_be_kept_for_a_year(
    app: Flask, client: FlaskClient
) -> None:
    address = _address(app, "css/site.css")
    assert address != "/static/css/site.css"
    response = client.get(address)
    assert response.cache_control.max_age == assets.YEAR
    assert response.cache_control.immutable


@pytest.mark.parametrize("address", ["/static/css/site.css", "/static/0123456789ab/css/site.css"])
def test_another_hash_still_gives_the_file_but_not_for_keeping(
    client: FlaskClient, address: str
) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert response.cache_control.no_cache
    assert not response.cache_control.immutable


def test_a_browser_that_reads_gzip_gets_the_compressed_bytes(
    app: Flask, client: FlaskClient
) -> None:
    address = _address(app, "js/main.js")
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert packed.content_encoding == "gzip"
    assert gzip.decompress(packed.data) == plain.data == (STATIC / "js/main.js").read_bytes()
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.vary


def test_an_unchanged_file_is_not_sent_again(app: Flask, client: FlaskClient) -> None:
    address = _address(app, "js/main.js")
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "path", ["../wsgi.py", "x/../../wsgi.py", "%2e%2e/wsgi.py", "css/tokens.css", "js/", "", "x"]
)
def test_nothing_else_can_be_reached(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code == 404


def test_a_forgotten_style_sheet_stops_the_start(tmp_path: Path) -> None:
    for name in (*assets.STYLES, *assets.DESK_STYLES):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "forgotten.css").write_text("a { color: red; }")
    with pytest.raises(ValueError, match=r"forgotten\.css"):
        assets.joined_style(tmp_path, assets.STYLES)


def test_the_first_load_of_styles_and_scripts_is_light() -> None:
    files = assets.read_assets(STATIC).files
    # Fetched when somebody enters a search box, writes an idea, has sent it, sits at the desk, or
    # guards their account.
    later = ("suggest", "guard", "take", "keys", "claim", "redact", "reasons", "passkeys", "shared")
    scripts = sum(
        len(file.compressed or b"")
        for name, file in files.items()
        if name.endswith(".js") and not any(word in name for word in later)
    )
    assert scripts <= 6 * 1024
    assert len(files[assets.SITE_STYLE].compressed or b"") <= 8 * 1024
