"""How templates are read: strictly, compiled once, with white space that nobody needs left out."""

from flask import Flask
from jinja2 import StrictUndefined


def init_app(app: Flask) -> None:
    """Make a forgotten variable an error instead of an empty place."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
