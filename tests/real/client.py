"""A client that looks at every answer it gets: well-made HTML, and a GET that wrote nothing."""

from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from html5lib.html5parser import ParseError
from werkzeug.test import TestResponse

from tests.real import installation

READING = frozenset({"GET", "HEAD"})
# Where a GET acts because the standards of signing in say so: docs/adr/0021.
ACTING = frozenset({"/federation/return", "/federation/ended"})
UNLABELLED_TYPES = frozenset({"hidden", "submit", "button", "reset", "image"})
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-errormessage")
DATA_TYPES = frozenset({"application/json", "application/ld+json"})


class CheckingClient(FlaskClient):
    """Flask's test client, with the checks that hold for every page."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request as usual; fail when the answer breaks a rule of all answers."""
        installation.written.clear()
        response = super().open(*args, **kwargs)
        acts = response.request.path in ACTING
        if response.request.method in READING and not response.history and not acts:
            assert not installation.written, f"GET wrote: {installation.written}"
        redirect = 300 <= response.status_code < 400
        if response.mimetype == "text/html" and response.data and not redirect:
            check_html(response.get_data(as_text=True), response.request.path)
        return response


def check_html(text: str, where: str) -> None:
    """Fail unless the text is a whole, accessible page or a piece of one."""
    root = _parsed(text, where)
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    problems = [*_ids(elements), *_labels(root, elements), *_inline(elements), *_forms(elements)]
    if _whole(text):
        problems += _page(elements)
    assert not problems, f"{where}: " + "; ".join(problems)


def _whole(text: str) -> bool:
    return "<html" in text[:500].lower()


def _parsed(text: str, where: str) -> Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    try:
        return parser.parse(text) if _whole(text) else parser.parseFragment(text)
    except ParseError as problem:
        line, column = parser.errors[-1][0]
        near = text.splitlines()[line - 1][max(0, column - 80) : column + 20]
        raise AssertionError(f"{where}, line {line}: {problem}, near: {near}") from None


def _ids(elements: list[Element]) -> list[str]:
    ids = [element.attrib["id"] for element in elements if "id" in element.attrib]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    lost = sorted(
        f"{name}={target}"
        for element in elements
        for name in REFERENCES
        for target in element.attrib.get(name, "").split()
        if target not in ids
    )
    return [f"id twice: {one}" for one in twice] + [f"points at nothing: {one}" for one in lost]


def _forms(elements: list[Element]) -> list[str]:
    actions = [one.attrib.get("action", "/") for one in elements if one.tag == "form"]
    return [f"a form leads nowhere: {one}" for one in actions if one[:1] not in {"/", "?", "#"}]


def _labels(root: Element, elements: list[Element]) -> list[str]:
    named = {element.attrib.get("for") for element in elements if element.tag == "label"}
    wrapped = {id(inner) for label in root.iter("label") for inner in label.iter()}
    return [
        f"field without a label: {field.attrib.get('name', field.tag)}"
        for field in elements
        if field.tag in {"input", "select", "textarea"}
        and field.attrib.get("type") not in UNLABELLED_TYPES
        and field.attrib.get("id", "") not in named
        and id(field) not in wrapped
        and not (field.attrib.get("aria-label") or field.attrib.get("aria-labelledby"))
    ]


def _inline(elements: list[Element]) -> list[str]:
    problems = []
    for element in elements:
        kind = element.attrib.get("type", "")
        if element.tag == "script" and "src" not in element.attrib and kind not in DATA_TYPES:
            problems.append("inline script")
        if element.tag == "style" or "style" in element.attrib:
            problems.append(f"inline style at <{element.tag}>")
        handlers = [name for name in element.attrib if name.startswith("on")]
        problems += [f"inline handler {name} at <{element.tag}>" for name in handlers]
    return problems


def _page(elements: list[Element]) -> list[str]:
    problems = []
    titles = [element for element in elements if element.tag == "title"]
    if not any((title.text or "").strip() for title in titles):
        problems.append("no title")
    if (count := sum(element.tag == "h1" for element in elements)) != 1:
        problems.append(f"{count} h1 headings")
    if not any(element.tag == "html" and element.attrib.get("lang") for element in elements):
        problems.append("no language")
    return problems
