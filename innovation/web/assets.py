"""Serves styles, scripts and pictures from memory under addresses that carry their hash."""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request

STYLES = (
    "tokens.css",
    "elements.css",
    "page.css",
    "ui/button.css",
    "ui/field.css",
    "ui/suggest.css",
    "ui/status.css",
    "ui/next-step.css",
    "ui/support.css",
    "ui/idea-row.css",
    "ui/tabs.css",
    "ui/fold.css",
    "ui/pager.css",
    "ui/empty.css",
    "ui/timeline.css",
    "ui/comment.css",
    "ui/notice.css",
    "ui/landscape.css",
    "ui/copy.css",
    "ui/table.css",
    "pages.css",
    "ideas.css",
    "search.css",
    "programme.css",
    "accounts.css",
)
# What only moderators and administrators see does not weigh on everybody else.
DESK_STYLES = ("moderation.css", "queue.css", "redactions.css", "admin.css", "answers.css")
# Only the pages of experiments and operating models link these, and searches that found some.
WORK_STYLES = ("experiments.css", "operating_models.css", "works.css")
# Only pages with charts link these.
FIGURE_STYLES = ("promises.css",)
SITE_STYLE = "css/site.css"
DESK_STYLE = "css/desk.css"
FIGURE_STYLE = "css/figures.css"
WORK_STYLE = "css/work.css"
SHEETS = {
    SITE_STYLE: STYLES,
    DESK_STYLE: DESK_STYLES,
    WORK_STYLE: WORK_STYLES,
    FIGURE_STYLE: FIGURE_STYLES,
}
YEAR = 365 * 24 * 3600

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r"\s*([{};,>])\s*")
_AFTER_COLON = re.compile(r":\s+")
_COMPRESSIBLE = {"text/css", "text/javascript", "image/svg+xml", "application/json"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served: its bytes, the same bytes compressed, and its kind."""

    body: bytes
    compressed: bytes | None
    mimetype: str
    tag: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by their path below the static folder, and one hash for the whole.

    One hash for everything keeps the relative imports between script modules under the same,
    immutable address.
    """

    files: dict[str, Asset]
    version: str


def joined_style(css: Path, names: tuple[str, ...]) -> str:
    """Join these sheets and leave out comments and needless white space.

    Raises `FileNotFoundError` for a missing sheet, and `ValueError` for a sheet that lies in the
    folder but in no list of `SHEETS`, because it would silently have no effect.
    """
    found = {path.relative_to(css).as_posix() for path in css.rglob("*.css")}
    forgotten = found.difference(*SHEETS.values())
    if forgotten:
        raise ValueError(f"Style sheets missing from SHEETS: {', '.join(sorted(forgotten))}")
    text = "".join((css / name).read_text(encoding="utf-8") for name in names)
    text = _SPACE.sub(" ", _COMMENT.sub("", text))
    return _AFTER_COLON.sub(":", _AROUND.sub(r"\1", text)).replace(";}", "}").strip()


def _asset(name: str, body: bytes) -> Asset:
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if name.endswith(".js"):
        mimetype = "text/javascript"
    packed = gzip.compress(body, 9, mtime=0) if mimetype in _COMPRESSIBLE else None
    return Asset(body, packed, mimetype, hashlib.sha256(body).hexdigest()[:16])


def read_assets(folder: Path) -> Assets:
    """Read every file below the folder once; the style sheets become one."""
    bodies = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".css" and not path.name.startswith(".")
    }
    for name, sheets in SHEETS.items():
        bodies[name] = joined_style(folder / "css", sheets).encode()
    files = {name: _asset(name, body) for name, body in bodies.items()}
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name} {files[name].tag}\n".encode())
    return Assets(files, whole.hexdigest()[:12])


def _answer(asset: Asset, immutable: bool) -> Response:
    # Only a dictionary is asked, never the disk, so no address can lead out of the folder.
    accepts = asset.compressed is not None and request.accept_encodings["gzip"] > 0
    body = asset.compressed if accepts and asset.compressed is not None else asset.body
    response = Response(body, mimetype=asset.mimetype)
    response.set_etag(asset.tag + ("-gz" if accepts else ""))
    if asset.compressed is not None:
        response.vary.add("Accept-Encoding")
    if accepts:
        response.content_encoding = "gzip"
    if immutable:
        response.cache_control.public = True
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    """Take over the endpoint `static`; `url_for("static", filename=…)` stays as it is."""
    if app.static_folder is None:
        raise ValueError("The application has no static folder.")
    assets = read_assets(Path(app.static_folder))
    app.extensions["assets"] = assets

    def serve(filename: str) -> Response:
        version, _, name = filename.partition("/")
        if name in assets.files:
            return _answer(assets.files[name], immutable=version == assets.version)
        if filename in assets.files:
            return _answer(assets.files[filename], immutable=False)
        abort(404)

    app.view_functions["static"] = serve

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        name = values.get("filename")
        if endpoint == "static" and name in assets.files:
            values["filename"] = f"{assets.version}/{name}"
