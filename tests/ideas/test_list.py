"""The list of ideas: what is asked for is shown, counted and kept in the address."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from innovation.core import clock
from innovation.core.permissions import Nobody
from innovation.ideas.filters import IdeaFilter
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.listing import counts, list_ideas, rows_of
from innovation.programme.queries import snapshot
from tests.conftest import Unit
from tests.real.counting import questions
from tests.real.ideas import idea
from tests.real.people import person, sign_in, signed_in

NOBODY = Nobody()


def area(slug: str) -> int:
    return snapshot().area_by_slug[slug].id


def sub_project(slug: str) -> int:
    return snapshot().sub_project_by_slug[slug].id


def test_an_empty_platform_invites_the_first_idea(client: FlaskClient) -> None:
    page = client.get("/ideas?lang=en").get_data(as_text=True)
    assert "Nobody has written about this yet" in page
    assert 'href="/ideas/new"' in page


def test_rows_show_what_a_reader_needs(client: FlaskClient, writing: Unit) -> None:
    with writing():
        idea(title="Kerros näkyviin", area_id=area("lakeus"), capacity="laheinen", support_count=7)
    page = client.get("/ideas?lang=en").get_data(as_text=True)
    for words in ("Kerros näkyviin", "Published", "Lakeus", "First answer by", "PS-", "<h1>Ideas"):
        assert words in page
    assert "<span data-count>7</span>" in page


def test_a_routed_idea_names_its_sub_project(app: Flask, writing: Unit) -> None:
    with writing():
        author = person()
        home = snapshot().sub_project_by_slug["ikaihmiset"]
        number = idea(author, handling=Handling.ROUTED, primary_sub_project_id=home.id)
    own = sign_in(app, app.test_client(), author)
    for address in ("/ideas", f"/ideas/{number}", "/profile"):
        assert f"<span>Routed: {home.name('en')}</span>" in own.get(f"{address}?lang=en").text


def test_filters_narrow_together_and_the_heading_says_so(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        idea(title="Haettu idea", area_id=area("lakeus"), handling=Handling.IN_EXPERIMENT)
        idea(title="Toinen vaihe", area_id=area("lakeus"))
        idea(title="Toinen alue", area_id=area("oulu"), handling=Handling.IN_EXPERIMENT)
    page = client.get("/ideas?area=lakeus&group=trying&lang=en").get_data(as_text=True)
    assert "Haettu idea" in page
    assert "Toinen vaihe" not in page
    assert "Toinen alue" not in page
    assert "Ideas: Being tried out, Lakeus</h1>" in page


def test_each_count_says_what_its_choice_would_show(reading: Unit, writing: Unit) -> None:
    with writing():
        for slug, handling in (
            ("lakeus", Handling.NEW),
            ("lakeus", Handling.IN_EXPERIMENT),
            ("oulu", Handling.IN_EXPERIMENT),
        ):
            idea(area_id=area(slug), handling=handling, capacity="asukas")
    with reading():
        wanted = IdeaFilter.read({"area": ["lakeus"], "group": ["trying"]})
        found = counts(NOBODY, wanted)
        assert found.total == list_ideas(NOBODY, wanted).total == 1
        assert (found.everything, found.groups["new"], found.groups["trying"]) == (2, 1, 1)
        assert (found.area["lakeus"], found.area["oulu"], found.area["rannikko"]) == (1, 1, 0)
        assert found.capacity["asukas"] == 1
        every = IdeaFilter.read({"area": ["oulu", "lakeus"]})
        assert counts(NOBODY, every).total == 3


def test_answered_ones_and_years_narrow_and_are_counted(
    client: FlaskClient, reading: Unit, writing: Unit
) -> None:
    year = clock.today().year
    last = clock.day_begins(clock.today().replace(year - 1, 12, 31))
    with writing():
        answered = idea(answered_at=clock.now(), published_at=last, area_id=area("oulu"))
        waiting = idea(area_id=area("oulu"))
        idea(area_id=area("lakeus"))
    for asked, numbers in (
        ({"answered": ["yes"]}, {answered}),
        ({"year": [str(year - 1)]}, {answered}),
        ({"year": [str(year)], "area": ["oulu"]}, {waiting}),
        ({"answered": ["yes", "no"], "area": ["oulu"]}, {answered, waiting}),
        ({"year": [str(year), str(year - 1)], "area": ["oulu"]}, {answered, waiting}),
        ({"year": ["2001"]}, set()),
    ):
        with reading():
            wanted = IdeaFilter.read(asked)
            found = counts(NOBODY, wanted)
            assert {row.number for row in list_ideas(NOBODY, wanted).items} == numbers
            assert found.total == list_ideas(NOBODY, wanted).total == len(numbers)
    with reading():
        found = counts(NOBODY, IdeaFilter.read({"area": ["oulu"], "answered": ["yes"]}))
        assert (found.answered["yes"], found.answered["no"]) == (1, 1)
        assert found.year == {str(year): 0, str(year - 1): 1}
        assert found.area["lakeus"] == 0
    page = client.get("/ideas?answered=no&year=1999&year=soon&lang=en").text
    assert "Ideas: Not answered yet</h1>" in page
    assert "left out: 1999, soon" in page
    assert 'href="/ideas?answered=no&amp;answered=yes"' in page


def test_counts_are_fresh_after_every_change(reading: Unit, writing: Unit) -> None:
    totals = []
    for _ in range(3):
        with writing():
            idea()
        with reading():
            totals.append(counts(NOBODY, IdeaFilter.read({})).total)
    assert totals == [1, 2, 3]


def test_sub_projects_and_capacities_narrow_too(reading: Unit, writing: Unit) -> None:
    with writing():
        mine = idea(primary_sub_project_id=sub_project("hyte"), capacity="jarjesto")
        idea(primary_sub_project_id=sub_project("ikaihmiset"))
        idea()
    with reading():
        for asked in ({"sub_project": ["hyte"]}, {"capacity": ["jarjesto"]}):
            page = list_ideas(NOBODY, IdeaFilter.read(asked))
            assert [row.number for row in page.items] == [mine]


@pytest.mark.parametrize(
    ("sort", "column", "values"),
    [
        ("supported", "support_count", (1, 9, 4)),
        ("discussed", "comment_count", (1, 9, 4)),
        ("topical", "topical", (1.0, 9.0, 4.0)),
    ],
)
def test_orders_put_the_most_first(
    reading: Unit, writing: Unit, sort: str, column: str, values: tuple[float, ...]
) -> None:
    with writing():
        numbers = [idea(**{column: value}) for value in values]
    with reading():
        rows = list_ideas(NOBODY, IdeaFilter.read({"sort": [sort]})).items
    assert [row.number for row in rows] == [numbers[1], numbers[2], numbers[0]]


def test_pages_follow_each_other_without_gaps_or_repeats(
    client: FlaskClient, reading: Unit, writing: Unit
) -> None:
    with writing():
        made = {idea(topical=1.0) for _ in range(45)}
    seen: list[int] = []
    with reading():
        for number in (1, 2, 3):
            page = list_ideas(NOBODY, IdeaFilter.read({"page": [str(number)]}))
            seen += [row.number for row in page.items]
    assert len(seen) == 45
    assert set(seen) == made
    middle = client.get("/ideas?page=2").get_data(as_text=True)
    assert '<link rel="prev" href="/ideas">' in middle
    assert '<link rel="next" href="/ideas?page=3">' in middle


def test_a_page_beyond_the_end_leads_back(client: FlaskClient, writing: Unit) -> None:
    with writing():
        for _ in range(21):
            idea()
    page = client.get("/ideas?page=99999999999&lang=en").get_data(as_text=True)
    assert "The list ends before this page" in page
    assert 'href="/ideas?page=2"' in page


@pytest.mark.parametrize(
    "query",
    [
        "group=zzz&area=oulu&area=atlantis&sort=best&capacity=kuningas&page=-3",
        "group=%00%ff&area[]=oulu&page=٣",
        "sub_project=" + "x" * 3000,
        "area=<script>alert(1)</script>",
    ],
)
def test_nonsense_in_the_address_is_told_and_passed_over(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/ideas?lang=en&{query}")
    assert answer.status_code == 200
    assert "We did not understand this part of the address" in answer.get_data(as_text=True)


def test_the_state_is_in_the_address_in_one_order(reading: Unit) -> None:
    with reading():
        asked = {"sort": ["newest"], "area": ["oulu", "lakeus"], "group": ["new"], "page": ["3"]}
        wanted = IdeaFilter.read(asked)
        assert (
            wanted.address("/ideas") == "/ideas?group=new&area=oulu&area=lakeus&sort=newest&page=3"
        )
        assert wanted.toggled("area", "oulu").address("/ideas") == (
            "/ideas?group=new&area=lakeus&sort=newest"
        )
        assert wanted.cleared().address("/ideas") == "/ideas?sort=newest"
        fixed = IdeaFilter.read(asked, area=("lakeus",))
        assert fixed.address("/areas/lakeus") == "/areas/lakeus?group=new&sort=newest&page=3"
        assert fixed.cleared().area == ("lakeus",)


def test_what_one_supports_is_marked(app: Flask, writing: Unit) -> None:
    client, _who = signed_in(app)
    with writing():
        number = idea()
    client.post(f"/ideas/{number}/vote", data={"support": "1"})
    page = client.get("/ideas").get_data(as_text=True)
    assert f'action="/ideas/{number}/unvote"' in page
    assert 'aria-pressed="true"' in page


def test_only_newcomers_without_readers_are_said_to_be_lifted(
    client: FlaskClient, writing: Unit
) -> None:
    with writing():
        number = idea(comment_count=1)
    assert "needs readers" not in client.get("/ideas?lang=en").get_data(as_text=True)
    with writing():
        idea()
    assert "needs readers" in client.get("/ideas?lang=en").get_data(as_text=True)
    newest = client.get("/ideas?sort=newest&lang=en").get_data(as_text=True)
    assert "needs readers" not in newest
    assert f"/ideas/{number}" in newest


def test_the_promise_is_told_also_when_it_was_broken(client: FlaskClient, writing: Unit) -> None:
    with writing():
        idea(
            handling=Handling.UNDER_EVALUATION,
            next_step_on=clock.today() - timedelta(days=3),
        )
        idea(handling=Handling.NOT_GOING_FORWARD, answered_at=clock.now())
        idea(handling=Handling.IN_EXPERIMENT, next_step_on=clock.today() + timedelta(days=9))
    page = client.get("/ideas?lang=en").get_data(as_text=True)
    for words in ("3 days late", "Answered on", "Results of the trial by"):
        assert words in page


def test_the_number_of_queries_does_not_grow_with_the_rows(
    client: FlaskClient, writing: Unit, database: Connection
) -> None:
    lengths = []
    for more in (2, 15):
        with writing():
            for _ in range(more):
                idea(area_id=area("oulu"))
        lengths.append(questions(database, lambda: client.get("/ideas?area=oulu")))
    assert lengths[0] == lengths[1] <= 8


def test_a_search_gets_its_rows_in_the_order_it_found_them(reading: Unit, writing: Unit) -> None:
    with writing():
        first, second = idea(), idea()
        hidden = idea(visibility=Visibility.WAITING)
    with reading():
        found = rows_of(NOBODY, [second, hidden, first])
        assert [row.number for row in found] == [second, first]


@pytest.mark.parametrize("path", ["/ideas", "/areas/lakeus", "/sub-projects/ikaihmiset"])
def test_a_list_with_an_idea_that_nobody_has_read_stays_out_of_search_engines(
    client: FlaskClient, writing: Unit, path: str
) -> None:
    with writing():
        place = {"area_id": area("lakeus"), "primary_sub_project_id": sub_project("ikaihmiset")}
        idea(indexable=True, **place)
    rule = '<meta name="robots" content="noindex, follow">'
    assert rule not in client.get(path).text
    with writing():
        idea(indexable=False, **place)
    assert rule in client.get(path).text
