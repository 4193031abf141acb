"""Taking words out: nothing of them stays, and undoing brings everything back but a code."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from innovation.answers.models import Answer
from innovation.comments.models import Comment
from innovation.core import clock, jobs
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.permissions import Person, System
from innovation.ideas.actions import edit_idea, withdraw_idea
from innovation.ideas.drafts import IdeaDraft, draft_of
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.queries import timeline_of, visible_idea
from innovation.ideas.revising import replace_waiting
from innovation.ideas.risks import Risk
from innovation.moderation.actions import merge_idea
from innovation.moderation.cases import last_entry
from innovation.moderation.models import Decision
from innovation.moderation.recusals import recuse
from innovation.moderation.undo import undo_decision
from innovation.redactions.actions import redact_comment, redact_idea
from innovation.redactions.marks import Cut
from innovation.redactions.models import Redaction
from innovation.redactions.queries import last_cuts, originals_of, sign
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person
from tests.redactions.board import (
    KEPT,
    Board,
    board_with,
    picture,
    places_with,
    put_text,
    texts_now,
)

NAME = "Tuulikki Kataja"
CODE = "131052-308T"
CUT = [Cut(NAME, "name")]


def row_of(board: Board) -> Any:
    return visible_idea(System("test"), board.number)


def last() -> Decision:
    return db.session.scalars(select(Decision).order_by(Decision.id.desc()).limit(1)).one()


WORDS = st.builds(
    lambda first, second: f"{first.capitalize()} {second.capitalize()}",
    st.text("aeiklmnortuväö", min_size=3, max_size=9),
    st.text("aeiklmnortuväö", min_size=4, max_size=9),
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=WORDS, kind=st.sampled_from(["name", "health", "contact", "security"]))
def test_the_words_are_nowhere_and_undoing_restores_every_row(
    writing: Unit, moderator: Person, words: str, kind: str
) -> None:
    unit: Any
    with writing() as unit:
        board = board_with(words)
        before = picture()
        redact_idea(moderator, row_of(board), [Cut(words, kind)])
        assert places_with(words) <= KEPT
        undo_decision(moderator, last())
        after = picture()
        # The lines of what was done and undone stay, for moderators alone.
        new = after["timeline"][len(before["timeline"]) :]
        assert [line["kind"] for line in new] == ["redacted", "undone"]
        assert not any(line["public"] for line in new)
        after["timeline"] = after["timeline"][: len(before["timeline"])]
        assert after == before
        unit.give_up()


def test_the_author_and_readers_are_told_without_the_words(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        board = board_with(NAME)
        redact_idea(moderator, row_of(board), CUT)
        row, said, draft = texts_now(board.number)
        assert row.redacted
        assert said.redacted
        assert "[nimi poistettu]" in row.excerpt
        assert "[nimi poistettu]" in draft.text
        told = [line for line in timeline_of(board.author, row) if line.kind == "redacted"]
        assert [(line.public, line.reason) for line in told] == [(True, "")]


def test_what_was_said_by_a_criterion_is_cleaned_and_kept_for_an_appeal(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        board = board_with("Taimi")
        assert ("answers", "criteria") in places_with("Taimi")
        redact_idea(moderator, row_of(board), [Cut("Taimi", "name")])
        (said,) = db.session.scalars(select(Answer.criteria))
        assert said == {
            "effect": {"word": "much", "sentence": "Auttaisi myös muita kuin [nimi poistettu]."},
            "cost": {"word": "little", "sentence": ""},
        }
        kept = [one for one in originals_of(moderator, board.number) if one.place == "answers"]
        assert [one.original for one in kept] == ["Auttaisi myös muita kuin Taimi."]
        assert last_cuts(board.number) == [Cut("Taimi", "name")]


def test_an_identity_code_is_gone_for_good(writing: Unit, moderator: Person) -> None:
    with writing():
        board = board_with(NAME)
        put_text(board.number, f"{NAME}, tunnus {CODE}, odotti kaksi tuntia.")
        redact_idea(moderator, row_of(board), CUT)
        assert places_with(CODE) == set()
        undo_decision(moderator, last())
        row = row_of(board)
        assert row.text == f"{NAME}, tunnus [henkilötunnus poistettu], odotti kaksi tuntia."
        assert row.redacted
        assert places_with(CODE) == set()
        lines = [line for line in timeline_of(board.author, row) if line.kind == "redacted"]
        assert len(lines) == 1


def test_a_code_alone_needs_no_choice_and_nothing_at_all_is_refused(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        board = board_with(NAME)
        with pytest.raises(RuleBrokenError):
            redact_idea(moderator, row_of(board), [])
        put_text(board.number, f"Tunnus {CODE} näkyi aulan näytöllä.")
        redact_idea(moderator, row_of(board), [Cut(CODE, "name")])
        assert row_of(board).text == "Tunnus [henkilötunnus poistettu] näkyi aulan näytöllä."


def test_decisions_that_could_bring_a_code_back_can_no_longer_be_undone(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        board = board_with(NAME)
        redact_idea(moderator, row_of(board), CUT)
        first = last()
        put_text(board.number, f"Tunnus {CODE} näkyi aulan näytöllä.")
        redact_idea(moderator, row_of(board), [])
        with pytest.raises(ConflictError):
            undo_decision(moderator, first)
        assert places_with(CODE) == set()


def test_what_was_merged_into_an_idea_is_read_and_cleaned_with_it(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        board, head = board_with(NAME), idea()
        replace_waiting(row_of(board))
        merge_idea(moderator, row_of(board), visible_idea(moderator, head))
        with pytest.raises(ConflictError):
            redact_idea(moderator, row_of(board), CUT)
        before = picture()["ideas"]
        redact_idea(moderator, visible_idea(moderator, head), CUT)
        assert places_with(NAME) <= KEPT
        assert row_of(board).redacted
        assert not visible_idea(moderator, head).redacted
        undo_decision(moderator, last())
        assert picture()["ideas"] == before


def test_a_stale_decision_changes_nothing_and_the_same_one_twice_is_one(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        board = board_with(NAME)
        seen = last_entry(board.number)
        edit_idea(board.author, row_of_author(board), IdeaDraft(text=f"Uusi teksti, {NAME}."))
        with pytest.raises(ConflictError):
            redact_idea(moderator, row_of(board), CUT, seen=seen)
        with pytest.raises(ConflictError):
            redact_idea(moderator, row_of(board), [Cut("Eiole Missään", "name")])
        assert db.session.scalars(select(Redaction)).all() == []
        seen = last_entry(board.number)
        redact_idea(moderator, row_of(board), CUT, seen=seen)
        redact_idea(moderator, row_of(board), CUT, seen=seen)
        kinds = [line.kind for line in timeline_of(moderator, row_of(board))]
        assert kinds.count("redacted") == 1
        seen = last_entry(board.number)
        withdraw_idea(board.author, row_of_author(board))
        with pytest.raises(ConflictError):
            redact_idea(moderator, row_of(board), [Cut("Uusi", "name")], seen=seen)


def row_of_author(board: Board) -> Any:
    return visible_idea(board.author, board.number)


def test_one_comment_alone_can_be_cleaned_and_undone(writing: Unit, moderator: Person) -> None:
    with writing():
        board = board_with(NAME)
        _row, said, _draft = texts_now(board.number)
        before = picture()
        seen = sign(said)
        redact_comment(moderator, said, CUT, seen=seen)
        assert said.text == "Minulle kävi samoin, [nimi poistettu] oli siellä."
        assert said.redacted
        assert not row_of(board).redacted
        assert NAME in row_of(board).text
        with pytest.raises(ConflictError):
            redact_comment(moderator, said, CUT, seen=seen)
        undo_decision(moderator, last())
        after = picture()
        after["timeline"] = after["timeline"][: len(before["timeline"])]
        assert after == before


def test_residents_may_neither_take_out_nor_read_what_was(writing: Unit, moderator: Person) -> None:
    with writing():
        board = board_with(NAME)
        _row, said, _draft = texts_now(board.number)
        for nobody in (board.author, person("staff")):
            with pytest.raises(ForbiddenError):
                redact_idea(nobody, row_of(board), CUT)
            with pytest.raises(ForbiddenError):
                redact_comment(nobody, said, CUT)
        redact_idea(moderator, row_of(board), CUT)
        with pytest.raises(ForbiddenError):
            originals_of(board.author, board.number)
        originals = [kept.original or "" for kept in originals_of(moderator, board.number)]
        assert all(NAME in text for text in originals)
        # Three versions of the text with title and what would help, and eight places besides.
        assert len(originals) >= 12


def test_originals_are_forgotten_after_thirty_days(
    app: Flask, writing: Unit, moderator: Person
) -> None:
    with writing():
        board = board_with(NAME)
        redact_idea(moderator, row_of(board), CUT)
        rows = db.session.scalars(select(Redaction).order_by(Redaction.id)).all()
        assert {row.until - row.at for row in rows} == {timedelta(days=30)}
        rows[0].until = clock.now() - timedelta(seconds=1)
        first = rows[0].id
    with app.app_context():
        jobs.duties["forget_redacted"][1]()
    with writing():
        originals = dict(db.session.execute(select(Redaction.id, Redaction.original)).all())
        assert originals.pop(first) is None
        assert None not in originals.values()


def test_the_author_edits_as_usual_afterwards(writing: Unit, moderator: Person) -> None:
    with writing():
        board = board_with(NAME)
        redact_idea(moderator, row_of(board), CUT)
        row = row_of_author(board)
        draft = draft_of(row)
        edit_idea(board.author, row, draft)
        edit_idea(board.author, row, IdeaDraft(text=draft.text + " Lisäys.", name=draft.name))
        assert row_of_author(board).redacted


def test_a_title_stays_short_enough_to_be_saved_again(writing: Unit, moderator: Person) -> None:
    with writing():
        number = idea(
            text="Ai Ai Ai Ai Ai Ai Ai Ai Ai Ai Ai Ai Ai Ai Ai Ai Ai Ai Ai Ai Ai jonossa."
        )
        row = visible_idea(moderator, number)
        redact_idea(moderator, row, [Cut("Ai", "name")])
        redacted = visible_idea(moderator, number)
        assert len(redacted.title) <= 80
        assert redacted.title.count("[") == redacted.title.count("]")


def test_what_is_left_waits_no_higher_up_than_it_must(writing: Unit, moderator: Person) -> None:
    with writing():
        number = idea(
            visibility=Visibility.WAITING,
            text="Soita numeroon 040 123 4567, jono on liian pitkä ja hidas.",
        )
        row = visible_idea(moderator, number)
        assert row.risk == Risk.PERSONAL
        redact_idea(moderator, row, [Cut("040 123 4567", "contact")])
        assert row.risk == Risk.NONE
        undo_decision(moderator, last())
        assert row.risk == Risk.PERSONAL
        row.risk = Risk.URGENT
        redact_idea(moderator, row, [Cut("040 123 4567", "contact")])
        assert row.risk == Risk.URGENT


def test_what_only_looks_like_a_code_goes_when_it_is_chosen(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        row = visible_idea(System("test"), idea(text="Kortissa luki 131052-308X."))
        redact_idea(moderator, row, [Cut("131052-308X", "code")])
        assert "308X" not in row.text


def test_whom_an_idea_concerns_takes_nothing_out_of_its_comments(
    writing: Unit, moderator: Person
) -> None:
    with writing():
        person("moderator")
        board = board_with(NAME)
        recuse(moderator, row_of(board))
        said = db.session.get_one(Comment, board.comment)
        with pytest.raises(RuleBrokenError):
            redact_comment(moderator, said, CUT)
