"""Floors to compare with: bare Flask for a constant, for a page, for a page with one query.

Served with two processes of four threads, as the platform is. The database is a file of 10,000
rows; the environment names it.
"""

import os
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import Column, Index, Integer, MetaData, String, Table, create_engine, select
from sqlalchemy.engine import Engine

DATABASE = "FLOORS_DATABASE"
# What each is called in figures, and its address.
FLOORS = {"a": "/constant", "b": "/page", "c": "/query"}
ROWS, CARDS = 10_000, 20
_CONSTANT = "<!doctype html><title>Constant</title><p>" + "x" * 20_000

_rows = Table(
    "rows",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("state", String),
    Column("score", Integer),
    Column("title", String),
    Column("excerpt", String),
    Column("area", String),
    Column("supports", Integer),
    Column("comments", Integer),
    Index("ix_rows_score", "state", "score", "id"),
)
_FIRST = select(_rows).where(_rows.c.state == "public").order_by(
    _rows.c.score.desc(), _rows.c.id.desc()
).limit(CARDS)  # fmt: skip

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<header><nav><a href="/">Home</a> <a href="/ideas">Ideas</a> <a href="/how">How</a></nav></header>
<main><h1>{{ title }}</h1><ol>
{% for row in rows %}
<li class="card" id="idea-{{ row.id }}">
<h2><a href="/ideas/{{ row.id }}">{{ row.title }}</a></h2>
<p class="meta"><span>{{ row.area }}</span> <span>{{ row.state }}</span></p>
<p>{{ row.excerpt }}</p>
{% if row.comments %}<p><a href="/ideas/{{ row.id }}#comments">{{ row.comments }} comments</a></p>
{% else %}<p>Nobody has commented yet.</p>{% endif %}
<form method="post" action="/ideas/{{ row.id }}/vote">
<button>Support {{ row.supports }}</button></form>
</li>
{% endfor %}
</ol></main><footer>{{ filling }}</footer></body></html>
"""
_FILLING = "Bare bones. " * 800


def prepare(path: Path) -> None:
    """Make the file that the third floor asks."""
    engine = create_engine(f"sqlite:///{path}")
    _rows.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(_rows.insert(), [_row(number) for number in range(1, ROWS + 1)])
    engine.dispose()


def _row(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "state": "public" if number % 10 else "waiting",
        "score": number * 7919 % ROWS,
        "title": f"Idea number {number} & what would help",
        "excerpt": "Nobody tells which floor to come to, and the doors look alike. " * 3,
        "area": f"Area {number % 7}",
        "supports": number % 90,
        "comments": number % 5,
    }


def make(path: str) -> Flask:
    """Make the application of the three floors."""
    app = Flask("floors")
    app.jinja_loader = DictLoader({"page.html": _PAGE})
    engine: Engine = create_engine(f"sqlite:///{path}")
    kept = [_row(number) for number in range(1, CARDS + 1)]
    shown = {"title": "Ideas", "filling": _FILLING}

    @app.get(FLOORS["a"])
    def constant() -> str:
        return _CONSTANT

    @app.get(FLOORS["b"])
    def page() -> str:
        return render_template("page.html", rows=kept, **shown)

    @app.get(FLOORS["c"])
    def query() -> str:
        with engine.connect() as connection:
            rows = connection.execute(_FIRST).all()
        return render_template("page.html", rows=rows, **shown)

    return app


def served() -> Flask:
    """Make the file that the environment names, and the application for it.

    Here, in a process that knows nothing of the platform, SQLite is spoken to plainly.
    """
    path = Path(os.environ[DATABASE])
    if not path.exists():
        prepare(path)
    return make(str(path))
