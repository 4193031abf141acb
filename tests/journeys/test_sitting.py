"""A sitting: twenty mixed items by keys alone, a merge and a hide undone exactly, one asked."""

from collections.abc import Sequence
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from innovation.comments.models import Report
from innovation.core import transaction
from innovation.core.config import Settings
from innovation.core.db import Base, db
from innovation.demo.people import DOMAIN, PASSWORD
from innovation.ideas.models import Authorship, Idea, Revision
from innovation.messages.models import Message
from innovation.routing.models import Routing
from innovation.web.application import create_app
from tests.journeys import steps
from tests.journeys.sitting import BY_TEXT, SAME_NEED, Sitting
from tests.journeys.windows import Window, street
from tests.real import installation
from tests.real.server import LiveServer

WIDE = {"width": 1280, "height": 900}
ITEMS = 20
ASKED = "Neuvolan ovella on kolme porrasta eikä kaidetta. Rattaat saa ylös vain kahdestaan."
# The text speaks clearly for a sub-project.
TELLING = "muistisairaus"
ANSWER = "Sivuovella on luiska, mutta se on lukossa."
# What grows with time, and the counters that others move.
LIVELY = {"version", "updated_at", "topical", "support_count", "comment_count"}


def rows(app: Flask) -> dict[str, dict[int, dict[str, Any]]]:
    """Give everything that a decision may change, by table and row."""
    tables: list[type[Base]] = [Idea, Authorship, Revision, Routing, Report, Message]
    with app.app_context(), transaction.reading():
        return {
            model.__tablename__: {
                row["id"]: {name: row[name] for name in row if name not in LIVELY}
                for row in db.session.execute(select(model.__table__)).mappings()
            }
            for model in tables
        }


def test_twenty_mixed_items_are_decided_with_keys_alone(
    demo_server: LiveServer, browser: Browser
) -> None:
    app = create_app(Settings.from_environment(demo_server.variables))
    with street(browser, demo_server.url) as opened:
        author, window = opened.window(), opened.window()
        receipt = steps.tell(author, ASKED)
        steps.sign_in(window, f"moderaattori@{DOMAIN}", PASSWORD)
        steps.choose_case(window, "ideas", TELLING)
        expect(window.page.locator("#suggested .sure-2")).to_be_visible()
        window.look("a case with suggestions")
        window.page.set_viewport_size(WIDE)
        sitting = Sitting(window.page)
        sitting.begin()
        undone = decide_everything(sitting, app)
        assert undone == {"merge", "hide"}
        assert_mixed(sitting)
        answer(author, receipt.key)
        window.go("/moderation?kind=answer")
        expect(window.page.locator(".desk-item", has_text=ASKED[:20])).to_be_visible()
    installation.let_go(app)


def decide_everything(sitting: Sitting, app: Flask) -> set[str]:
    """Decide until enough is decided and everything was met; gives what was taken back once."""
    undone: set[str] = set()
    passed: set[tuple[str, int]] = set()
    while sitting.at not in passed:
        keys = sitting.keys()
        what = "merge" if keys[0] in "ytr" else "hide" if keys[0] == "h" else ""
        if sitting.text == ASKED:
            sitting.decide(["k", "1", "Enter"])
        elif len(sitting.done) >= ITEMS and sitting.kind in {one.kind for one in sitting.done}:
            passed.add(sitting.at)
            sitting.skip()
        else:
            if what and what not in undone and sitting.kind == "ideas":
                undone.add(what)
                take_back(sitting, app, keys)
            sitting.decide(keys)
    return undone


def take_back(sitting: Sitting, app: Flask, keys: Sequence[str]) -> None:
    """Decide, undo at once, and find every row as it was; the item is open again."""
    whole, here = rows(app), sitting.page.url
    sitting.decide(keys)
    sitting.done.pop()
    assert rows(app) != whole
    sitting.undo()
    assert rows(app) == whole
    sitting.page.goto(here)
    expect(sitting.page.locator("body.keys-on")).to_be_attached()


def assert_mixed(sitting: Sitting) -> None:
    """Look that what was decided on was mixed, and that nothing took many presses."""
    decided = [one.text for one in sitting.done]
    assert len(decided) >= ITEMS
    kinds = {one.kind for one in sitting.done}
    assert kinds == {"ideas", "edits", "comments", "reports"}, sitting.done
    assert max(len(one.keys) for one in sitting.done) <= 6
    for begins in (*list(BY_TEXT)[:4], *SAME_NEED, ASKED[:20]):
        assert any(text.startswith(begins) for text in decided), begins


def answer(author: Window, key: str) -> None:
    """Answer the moderator's question behind the tracking key."""
    steps.follow_by_key(author, key)
    author.page.fill("form[data-draft^=answer] textarea", ANSWER)
    author.page.click("form[data-draft^=answer] button.button-main")
    expect(author.page.locator("main")).to_contain_text(ANSWER)
