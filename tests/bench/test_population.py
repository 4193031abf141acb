"""A population to measure with is whole: its counters, its people, and what is asked of it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench import inside, rounds
from bench.jobs import MODERATOR, NAMELESS, SIGNED_IN, Job, jobs_of
from bench.material import material
from bench.measuring import statements
from bench.multiplying import multiply, tidy
from bench.noting import Notes
from bench.plans import plans_of
from bench.population import TALK, Population, populate, scaled
from innovation.comments import queries as comments
from innovation.comments.models import Comment
from innovation.core import transaction
from innovation.core.db import db
from innovation.ideas.models import Idea
from innovation.votes import queries as votes
from innovation.votes.models import Vote
from tests.real import installation

AMOUNTS = scaled(100)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Population]]:
    folder = tmp_path_factory.mktemp("population")
    app = installation.installed(installation.environment(folder, "population"))
    app.testing = False
    yield app, populate(app, material(None), AMOUNTS)
    installation.let_go(app)


@pytest.fixture
def notes(filled: tuple[Flask, Population]) -> Iterator[Notes]:
    app, population = filled
    opened = Notes(app.extensions["settings"].database_url, population)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def jobs(filled: tuple[Flask, Population]) -> dict[tuple[str, str], Job]:
    return {(job.name, job.who): job for job in jobs_of(*filled)}


def count(table: type[Idea] | type[Vote] | type[Comment]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_every_counter_says_what_its_rows_say(filled: tuple[Flask, Population]) -> None:
    app, _ = filled
    with app.app_context(), transaction.reading():
        assert votes.wrong_counters() == []
        assert comments.wrong_counters() == []
        assert count(Idea) == AMOUNTS.ideas + AMOUNTS.waiting
        assert 0.9 * AMOUNTS.supports < count(Vote) <= AMOUNTS.supports
        talk = select(Idea.comment_count).where(Idea.id <= AMOUNTS.talked)
        assert set(db.session.scalars(talk)) == {TALK}


def test_a_commit_makes_a_page_anew_and_without_one_it_is_kept(
    filled: tuple[Flask, Population], notes: Notes, jobs: dict[tuple[str, str], Job]
) -> None:
    app, _ = filled
    page = jobs["list, first page", NAMELESS]
    counted = inside.statements_of(app, [page], notes)
    anew, again = (
        counted[rounds.key_of(page, way)] for way in (rounds.ANEW, rounds.AGAIN)
    )  # fmt: skip
    assert anew > again
    notes.change_lists()
    with statements(app) as noted:
        inside.ask(app, page.make())
    assert len(noted) >= anew


def test_everything_that_is_sent_is_taken_in(
    filled: tuple[Flask, Population], notes: Notes, jobs: dict[tuple[str, str], Job]
) -> None:
    app, _ = filled
    chosen = [jobs["support", SIGNED_IN], jobs["comment", SIGNED_IN]]
    with app.app_context(), transaction.reading():
        before = count(Vote), count(Comment)
    inside.statements_of(app, chosen, notes)
    with app.app_context(), transaction.reading():
        # One to begin with and six that are counted, each after a support beside it.
        assert count(Vote) == before[0] + 7 + 2 * 6
        assert count(Comment) == before[1] + 7
        assert votes.wrong_counters() == []


def test_a_known_resident_s_idea_is_seen_at_once_and_a_nameless_one_waits(
    filled: tuple[Flask, Population], notes: Notes, jobs: dict[tuple[str, str], Job]
) -> None:
    app, _ = filled
    before = notes.public_ideas()
    inside.ask(app, jobs["submit", NAMELESS].make())
    assert notes.public_ideas() == before
    inside.ask(app, jobs["submit", SIGNED_IN].make())
    assert notes.public_ideas() == before + 1


def test_a_profile_tells_where_the_time_goes(
    filled: tuple[Flask, Population], notes: Notes, jobs: dict[tuple[str, str], Job]
) -> None:
    anew, again = inside.trades_of(
        filled[0], [jobs["list, page 50", SIGNED_IN]], notes
    ).values()  # fmt: skip
    for parts in (anew, again):
        assert sum(parts.values()) == pytest.approx(1.0)
    # What was put together for somebody else is there.
    assert anew["putting the page together"] > again["putting the page together"]


@pytest.mark.skipif(installation.on_postgresql(), reason="goes through small tables as a whole")
@pytest.mark.parametrize(
    ("name", "who", "index"),
    [
        # An idea that does not fit is passed by without being read.
        ("combined filters", NAMELESS, "COVERING INDEX ix_ideas_by_supported"),
        ("a sub-project's own page", NAMELESS, "ix_routings_informed"),
        ("moderator's queue", MODERATOR, "ix_ideas_unread"),
        ("moderator's queue", MODERATOR, "ix_ideas_asked_at"),
    ],
)
def test_pages_read_few_of_many_ideas(
    filled: tuple[Flask, Population],
    notes: Notes,
    jobs: dict[tuple[str, str], Job],
    name: str,
    who: str,
    index: str,
) -> None:
    app, _ = filled
    notes.change_lists()
    plans = plans_of(app, lambda: inside.ask(app, jobs[name, who].make()))
    assert index in "\n".join(plans)


# The last one here: the others count what was there before.
def test_a_population_stands_several_times(
    filled: tuple[Flask, Population], jobs: dict[tuple[str, str], Job]
) -> None:
    app, _ = filled
    with app.app_context():
        with transaction.reading():
            before = count(Idea)
        multiply(AMOUNTS, 3, terms=installation.on_postgresql())
        tidy()
        with transaction.reading():
            assert votes.wrong_counters() == []
            assert comments.wrong_counters() == []
            assert count(Idea) == 3 * before
    first = jobs["list, first page", NAMELESS]
    assert any(
        line.startswith("ideas: ") for line in plans_of(app, lambda: inside.ask(app, first.make()))
    )
