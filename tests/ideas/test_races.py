"""An author and a moderator at the same moment: nobody's decision rests on what is no longer so."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from innovation.core import transaction
from innovation.core.permissions import Person, Role
from innovation.ideas.actions import Edited, IdeaDraft, edit_idea, withdraw_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import revisions_of, visible_idea
from innovation.moderation.actions import publish_idea
from tests.real import installation
from tests.real.ideas import idea
from tests.real.people import person

NEW = "Odotusaulan numerotaulu ei näy ikkunapaikoille."

pytestmark = pytest.mark.skipif(
    not installation.on_postgresql(), reason="SQLite lets one unit of work write at a time"
)


@pytest.fixture
def racing(tmp_path: Path) -> Iterator[Flask]:
    """An installation whose units of work are really committed."""
    app = installation.installed(installation.environment(tmp_path, "racing"))
    yield app
    installation.let_go(app)


def made(app: Flask) -> tuple[Person, Person, int]:
    with app.app_context(), transaction.writing():
        author, moderator = person(), person(Role.MODERATOR)
        return author, moderator, idea(author, Visibility.WAITING)


def meanwhile(app: Flask, act: Callable[[], object]) -> None:
    """Do it in a unit of work of its own, in another thread, to its end."""

    def unit() -> None:
        with app.app_context(), transaction.writing():
            act()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(unit).result(timeout=20)


def test_a_text_that_nobody_read_is_not_published_with_the_idea(racing: Flask) -> None:
    author, moderator, number = made(racing)
    with racing.app_context(), transaction.writing():
        mine = visible_idea(author, number)
        meanwhile(racing, lambda: publish_idea(moderator, visible_idea(moderator, number)))
        assert edit_idea(author, mine, IdeaDraft(NEW)) is Edited.WAITS
    with racing.app_context(), transaction.reading():
        shown = visible_idea(author, number)
        assert shown.visibility == Visibility.PUBLIC
        assert shown.text != NEW


def test_withdrawing_follows_what_was_decided_just_before(racing: Flask) -> None:
    author, moderator, number = made(racing)
    with racing.app_context(), transaction.writing():
        mine = visible_idea(author, number)
        meanwhile(racing, lambda: publish_idea(moderator, visible_idea(moderator, number)))
        withdraw_idea(author, mine)
        assert mine.visibility == Visibility.WITHDRAWN
        assert mine.published_at is not None


def test_edits_from_two_windows_are_two_revisions(racing: Flask) -> None:
    author, _moderator, number = made(racing)
    with racing.app_context(), transaction.writing():
        mine = visible_idea(author, number)
        other = IdeaDraft(NEW + " Edes ovelta.")
        meanwhile(racing, lambda: edit_idea(author, visible_idea(author, number), other))
        edit_idea(author, mine, IdeaDraft(NEW))
    with racing.app_context(), transaction.reading():
        assert [one.number for one in revisions_of(number)][-1:] == [3]
