"""Undoing: whatever was decided, the rows are again what they were, and nobody else's are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select

from innovation.comments.actions import CommentDraft, post_comment, publish_comment
from innovation.comments.models import Comment, Report
from innovation.comments.reports import report
from innovation.core import clock, jobs
from innovation.core.db import Base, db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.permissions import Person, System
from innovation.ideas.actions import edit_idea
from innovation.ideas.drafts import IdeaDraft, draft_of
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea, Revision
from innovation.ideas.queries import timeline_of, visible_idea
from innovation.messages.models import Message
from innovation.moderation import actions, parts, undo
from innovation.moderation.asking import ask_author, read_answer
from innovation.moderation.brief import write_brief
from innovation.moderation.bulk import undo_each
from innovation.moderation.models import Decision, Recusal
from innovation.moderation.passing import pass_on
from innovation.moderation.recusals import recuse
from innovation.programme.queries import snapshot
from innovation.redactions.actions import redact_idea
from innovation.redactions.marks import Cut
from innovation.redactions.models import Redaction
from innovation.routing.models import Routing
from innovation.votes.actions import cast_vote, withdraw_vote
from innovation.votes.models import Vote
from innovation.votes.queries import supported, wrong_counters
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person

RESTORED = (
    Idea, Authorship, Revision, Routing, Report, Comment, Vote, Message, Recusal, Redaction,
)  # fmt: skip
GROWING = {"version", "updated_at", "topical"}
REASON = "Poista tekstistä nimet."

Decide = Callable[[Person, "Board"], None]


class Board:
    """Four ideas with everything that decisions are made on."""

    def __init__(self, people: list[Person]) -> None:
        self.author, *self.others = people
        numbers = [idea(self.author), idea(), idea(), idea(self.author, Visibility.WAITING)]
        self.ideas = [visible_idea(System("test"), number) for number in numbers]
        for at, supporter in enumerate(self.others):
            for one in self.ideas[1 : at + 2][:2]:
                cast_vote(supporter, one)
        for one in self.ideas[:3]:
            said = post_comment(self.others[0], one, CommentDraft("Sama vika meillä."))
            publish_comment(System("test"), said)
        self.comments = [
            post_comment(self.others[1], self.ideas[1], CommentDraft("Odottaa lukijaa.")),
            db.session.scalars(select(Comment).where(Comment.idea_id == self.ideas[2].id)).one(),
        ]
        report(self.others[2], self.ideas[2], None, "commercial", "", "reader")
        report(self.others[2], self.ideas[2], self.comments[1], "commercial", "", "reader")
        changed = draft_of(self.ideas[0])
        edit_idea(self.author, self.ideas[0], type(changed)(text="Aivan toinen teksti."))
        self.sub_projects = [fact.id for fact in snapshot().sub_projects[:3]]


def rows() -> dict[str, list[dict[str, Any]]]:
    """Give every row that a decision may change, but for what only ever grows."""
    db.session.flush()
    db.session.expire_all()
    tables = [Base.metadata.tables[model.__tablename__] for model in RESTORED]
    return {table.name: _rows(table) for table in tables}


def _rows(table: Table) -> list[dict[str, Any]]:
    found = db.session.execute(select(table).order_by(*table.primary_key))
    return [
        {name: value for name, value in row._mapping.items() if name not in GROWING}
        for row in found
    ]


def merge(source: int, target: int) -> Decide:
    return lambda who, on: actions.merge_idea(who, on.ideas[source], on.ideas[target])


def route(which: int, primary: int | None, informed: tuple[int, ...]) -> Decide:
    return lambda who, on: actions.reroute_idea(
        who,
        on.ideas[which],
        None if primary is None else on.sub_projects[primary],
        [on.sub_projects[number] for number in informed],
        REASON,
    )


ONE_IDEA: dict[str, Callable[[Person, Idea], None]] = {
    "publish": actions.publish_idea,
    "return": lambda who, one: actions.return_idea(who, one, REASON),
    "hide": lambda who, one: actions.hide_idea(who, one, "commercial", REASON),
    "restore": lambda who, one: actions.restore_idea(who, one, REASON),
    "staff only": lambda who, one: actions.make_staff_only(who, one, REASON),
    "dismiss": lambda who, one: parts.dismiss_report(who, one, None, REASON),
    "ask": lambda who, one: ask_author(who, one, "Missä tämä näkyy?"),
    "read": read_answer,
    "pass on": lambda who, one: pass_on(who, one, "Kela", REASON),
    "brief": lambda who, one: write_brief(who, one, "Ajanvaraus ei kerro kerrosta."),
    "recuse": recuse,
    "redact": lambda who, one: redact_idea(who, one, [Cut("ajanvaraus", "name")]),
}
PLACES = st.integers(0, 3)
DECISIONS = st.one_of(
    st.builds(merge, PLACES, PLACES),
    st.builds(route, PLACES, st.none() | st.integers(0, 2), st.tuples(st.integers(0, 2))),
    st.builds(
        lambda name, which: lambda who, on: ONE_IDEA[name](who, on.ideas[which]),
        st.sampled_from(sorted(ONE_IDEA)),
        PLACES,
    ),
    st.builds(
        lambda hides, which: (
            lambda who, on: (
                parts.hide_comment(who, on.comments[which], "commercial", REASON)
                if hides
                else parts.publish_comment(who, on.comments[which])
            )
        ),
        st.booleans(),
        st.integers(0, 1),
    ),
)


@pytest.fixture
def people(writing: Unit) -> list[Person]:
    with writing():
        person("moderator")  # somebody else who could decide
        return [person("moderator"), *(person() for _ in range(4))]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(decisions=st.lists(DECISIONS, min_size=1, max_size=6))
def test_whatever_was_decided_is_undone_row_for_row(
    writing: Unit, people: list[Person], decisions: list[Decide]
) -> None:
    unit: Any
    with writing() as unit:
        who, *residents = people
        board = Board(residents)
        stages = []
        for decide in decisions:
            before = rows()
            known = newest()
            try:
                with db.session.begin_nested():
                    decide(who, board)
            except (ConflictError, ForbiddenError, RuleBrokenError):
                continue  # what is not allowed from here
            if newest() != known:
                stages.append((newest(), before))
        for decision, before in reversed(stages):
            undo.undo_decision(who, db.session.get_one(Decision, decision))
            assert rows() == before
        assert wrong_counters() == []
        unit.give_up()


def newest() -> int:
    return db.session.scalar(select(Decision.id).order_by(Decision.id.desc()).limit(1)) or 0


@pytest.fixture
def moderator(writing: Unit) -> Person:
    with writing():
        return person("moderator")


def last() -> Decision:
    return db.session.get_one(Decision, newest())


def test_the_merged_are_counted_once_and_stay_where_they_are(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        first, second = (visible_idea(moderator, idea()) for _ in range(2))
        both, only = person(), person()
        for one in (first, second):
            cast_vote(both, one)
        cast_vote(only, second)
        actions.merge_idea(moderator, second, first)
        assert (first.support_count, second.support_count) == (2, 2)
        assert supported(only.id, [first.id]) == {first.id}
        cast_vote(only, first)
        assert first.support_count == 2
        assert withdraw_vote(only, first)
        assert first.support_count == 1
        assert wrong_counters() == []


def test_what_others_did_meanwhile_outlives_the_undoing(writing: Unit, moderator: Person) -> None:
    with writing():
        row = visible_idea(moderator, idea())
        actions.hide_idea(moderator, row, "commercial", REASON)
        hidden = last()
        undo.undo_decision(moderator, hidden)
        cast_vote(person(), row)
        actions.hide_idea(moderator, row, "commercial", REASON)
        undo.undo_decision(moderator, last())
        assert (row.visibility, row.support_count) == ("public", 1)


def test_after_ten_minutes_and_under_a_newer_decision_nothing_is_undone(
    app: Flask, writing: Unit, reading: Unit, moderator: Person
) -> None:
    with writing():
        row = visible_idea(moderator, idea())
        actions.hide_idea(moderator, row, "commercial", REASON)
        first = last()
        actions.restore_idea(moderator, row, REASON)
        with pytest.raises(ConflictError):
            undo.undo_decision(moderator, first)
        undo.undo_decision(moderator, last())
        first.until = clock.now() - timedelta(seconds=1)
        with pytest.raises(ConflictError):
            undo.undo_decision(moderator, first)
        number = first.id
    with app.app_context():
        jobs.duties["forget_undone"][1]()
    with reading():
        assert db.session.get_one(Decision, number).changes is None


def test_undoing_is_for_moderators_and_is_done_once(writing: Unit, moderator: Person) -> None:
    with writing():
        author = person()
        row = visible_idea(moderator, idea(author))
        actions.hide_idea(moderator, row, "commercial", REASON)
        with pytest.raises(ForbiddenError):
            undo.undo_decision(author, last())
        undo.undo_decision(moderator, last())
        undo.undo_decision(moderator, last())
        assert row.visibility == "public"
        kinds = [entry.kind for entry in timeline_of(moderator, row)]
        assert kinds.count("undone") == 1
        own = [entry.kind for entry in timeline_of(author, row)]
        assert "hidden" not in own
        assert "undone" not in own


def test_decisions_on_an_idea_and_on_its_comments_are_undone_apart(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        row = visible_idea(moderator, idea())
        said = [post_comment(person(), row, CommentDraft(f"Sama vika, {n}.")) for n in "ab"]
        actions.hide_idea(moderator, row, "commercial", REASON)
        hidden = last()
        parts.publish_comment(moderator, said[0])
        first = last()
        parts.publish_comment(moderator, said[1])
        undo.undo_decision(moderator, first)
        undo.undo_decision(moderator, hidden)
        assert (row.visibility, row.comment_count) == ("public", 1)
        assert [one.visibility for one in said] == ["waiting", "public"]


def test_a_text_does_not_wait_again_beside_a_newer_one(writing: Unit, moderator: Person) -> None:
    with writing():
        author = person()
        row = visible_idea(author, idea(author, indexable=True))
        edit_idea(author, row, IdeaDraft(text="Toinen teksti."))
        revision = db.session.scalars(select(Revision).where(Revision.state == "waiting")).one()
        parts.decline_revision(moderator, row, revision, REASON)
        edit_idea(author, row, IdeaDraft(text="Kolmas teksti."))
        with pytest.raises(ConflictError), db.session.begin_nested():
            undo.undo_decision(moderator, last())
        texts = db.session.scalars(select(Revision.text).where(Revision.state == "waiting"))
        assert texts.all() == ["Kolmas teksti."]


def test_what_undoing_changes_is_held_comments_first_and_by_number(
    writing: Unit, moderator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[tuple[str, int]] = []
    hold = undo.hold
    with writing():
        rows_ = [visible_idea(moderator, idea()) for _ in range(2)]
        said = [post_comment(person(), row, CommentDraft("Sama vika.")) for row in rows_]
        for row, comment in reversed(list(zip(rows_, said, strict=True))):
            actions.reroute_idea(moderator, row, snapshot().sub_projects[0].id, [], "")
            parts.publish_comment(moderator, comment)
        numbers = list(db.session.scalars(select(Decision.id)))
        monkeypatch.setattr(
            undo, "hold", lambda row: (held.append((row.__tablename__, row.id)), hold(row))
        )
        assert len(undo_each(moderator, numbers).decisions) == 4
        wanted = [("comments", one.id) for one in said] + [("ideas", one.id) for one in rows_]
    assert list(dict.fromkeys(one for one in held if one[0] != "decisions")) == wanted
