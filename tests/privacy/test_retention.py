"""Retention: each class is forgotten when its time is over, not before, and twice is once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from innovation.accounts.models import Account
from innovation.answers.models import StatutoryClock
from innovation.comments.actions import CommentDraft, post_comment
from innovation.comments.models import Comment
from innovation.core import audit, clock
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.permissions import Role, System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea, TimelineEntry
from innovation.ideas.queries import visible_idea
from innovation.moderation.passing import pass_on
from innovation.notifications.actions import queue_mail
from innovation.notifications.models import Mail
from innovation.pages.actions import FeedbackDraft, tell_accessibility
from innovation.pages.models import AccessibilityFeedback
from innovation.privacy import retention
from innovation.privacy.actions import Way, leave
from innovation.privacy.audit_chain import check, seal
from innovation.privacy.listeners import is_due
from innovation.privacy.models import RetentionRun
from innovation.redactions.models import Redaction
from innovation.subscriptions.models import Subscription
from tests.conftest import Unit
from tests.real.ideas import idea
from tests.real.people import person, signed_in

SYSTEM = System("test")


def test_what_was_returned_and_never_completed_is_emptied(night: Any, writing: Unit) -> None:
    with writing():
        number = idea(visibility=Visibility.PUBLIC)
        row = db.session.get_one(Idea, number)
        row.visibility, row.asked_at = Visibility.DRAFT, clock.now()
    assert night(182) == {}
    assert night(184) == {"unfinished": 1}
    with writing():
        row = db.session.get_one(Idea, number)
        assert (row.visibility, row.text, row.title) == ("withdrawn", "", row.reference)
    assert "unfinished" not in night(184)


def test_a_hidden_text_goes_and_its_decision_stays(night: Any, writing: Unit) -> None:
    with writing():
        number = idea(visibility=Visibility.HIDDEN)
    assert night(182) == {}
    assert night(184) == {"hidden_text": 1}
    with writing():
        assert db.session.get_one(Idea, number).text == ""
        kept = select(TimelineEntry.id).where(TimelineEntry.visibility_to == Visibility.HIDDEN)
        assert db.session.scalar(kept) is not None


def test_a_hidden_comment_goes_too(night: Any, writing: Unit) -> None:
    with writing():
        who = person("staff")
        number = idea()
        comment = post_comment(who, visible_idea(who, number), CommentDraft(text="Pois tämä."))
        comment.visibility, comment.decided_at = "hidden", clock.now()
        comment_id = comment.id
    assert night(184)["hidden_comment"] == 1
    with writing():
        assert db.session.get_one(Comment, comment_id).text == ""


def test_originals_and_sent_mails_go_after_a_month(night: Any, writing: Unit) -> None:
    with writing():
        number, now = idea(), clock.now()
        taken = Redaction(idea_id=number, place="ideas", row_id=number, field="text")
        taken.original, taken.at, taken.until = "nimi", now, now + timedelta(days=90)
        db.session.add(taken)
        queue_mail("t", "left", "a@posti.example", "Aihe", "Teksti", "fi")
        queue_mail("t", "waits", "b@posti.example", "Aihe", "Teksti", "fi")
        db.session.execute(
            update(Mail).where(Mail.unique_key == "left").values(sent_at=now, state="sent")
        )
    assert night(29) == {}
    assert night(31) == {"original": 1, "sent_mail": 1}
    with writing():
        said = select(Mail.body, Mail.recipient).order_by(Mail.unique_key)
        rows = [tuple(row) for row in db.session.execute(said)]
        assert rows == [("", ""), ("Teksti", "b@posti.example")]
        assert db.session.scalar(select(Redaction.original)) is None


def test_what_was_never_shown_goes_when_it_was_withdrawn_or_passed_on(
    night: Any, writing: Unit
) -> None:
    with writing():
        withdrawn = idea(visibility=Visibility.WITHDRAWN)
        elsewhere = idea(visibility=Visibility.WAITING)
        pass_on(SYSTEM, visible_idea(SYSTEM, elsewhere), "Kunta", "Asia on kunnan.")
        waiting = idea(visibility=Visibility.WAITING)
        shown = idea()
        pass_on(SYSTEM, visible_idea(SYSTEM, shown), "Kunta", "Asia on kunnan.")
        once_shown = idea(visibility=Visibility.WITHDRAWN, published_at=clock.now())
    assert night(182) == {}
    assert night(184) == {"withdrawn": 2}
    with writing():
        for number in (withdrawn, elsewhere):
            row = db.session.get_one(Idea, number)
            assert (row.text, row.title) == ("", row.reference)
        assert db.session.get_one(Idea, elsewhere).passed_to == "Kunta"
        assert all(db.session.get_one(Idea, one).text for one in (waiting, shown, once_shown))
    assert night(185) == {}
    # Whatever never was published is archived by the day on which it came.
    assert night(3_660)["published"] == 5


def test_the_address_of_a_receipt_goes_after_its_matter(night: Any, writing: Unit) -> None:
    with writing():
        closed, goes_on = idea(), idea()
        db.session.get_one(Idea, closed).decided_at = clock.now()
        for number in (closed, goes_on):
            row = Subscription(idea_id=number, email="a@posti.example", language="fi")
            row.wrote = row.created_at = clock.now()
            db.session.add(row)
    assert night(29) == {}
    assert night(31) == {"receipt_email": 1}
    with writing():
        assert db.session.scalars(select(Subscription.idea_id)).all() == [goes_on]


def test_the_address_of_feedback_goes_after_it_was_answered(night: Any, writing: Unit) -> None:
    with writing():
        for text in ("Haku ei kerro määrää.", "Painike on pieni."):
            tell_accessibility(FeedbackDraft(text, "a@posti.example", "/search", "fi"))
        first = db.session.scalars(select(StatutoryClock).order_by(StatutoryClock.id)).first()
        assert first is not None
        first.done_on = clock.today()
    assert night(29) == {}
    assert night(31) == {"feedback_email": 1}
    with writing():
        told = select(AccessibilityFeedback.text, AccessibilityFeedback.email)
        rows = {one.text: one.email for one in db.session.execute(told)}
        assert rows == {"Haku ei kerro määrää.": "", "Painike on pieni.": "a@posti.example"}


def test_a_name_that_was_let_stay_goes_after_a_year(night: Any, writing: Unit) -> None:
    with writing():
        who = person()
        number = idea(who)
        db.session.execute(update(Authorship).values(name="Nimimerkki"))
        leave(who, who.id, Way.LATER)
    assert night(364) == {}
    assert night(367) == {"name": 1}
    with writing():
        signed = select(Authorship.name, Authorship.person_id).where(Authorship.idea_id == number)
        assert tuple(db.session.execute(signed).one()) == ("", None)
    assert night(367) == {}


def test_the_audit_log_loses_its_oldest_part(night: Any, writing: Unit) -> None:
    began = clock.now()
    with writing():
        for day in (0, 900, 901):
            with clock.frozen_at(began + timedelta(days=day)):
                audit.note(SYSTEM, "grant:give", "person", day)
                db.session.flush()
                seal("a secret")
        first = select(AuditRow.id).where(AuditRow.subject_id == 0)
        old = db.session.scalar(select(func.count()).where(AuditRow.id <= first.scalar_subquery()))
    assert "audit" not in night(1_825)
    assert night(1_827)["audit"] == old
    with writing():
        left = select(AuditRow.subject_id).where(AuditRow.action == "grant:give")
        assert sorted(db.session.scalars(left)) == [900, 901]
        assert check("a secret").trouble is None


def test_an_unused_account_is_told_and_then_closed(night: Any, writing: Unit) -> None:
    with writing():
        sleeper, awake, chief = person(), person(), person(Role.ADMINISTRATOR)
    assert night(730) == {}
    with writing():
        account = db.session.get_one(Account, awake.id)
        account.seen_on = clock.today() + timedelta(days=700)
    assert night(732) == {"unused_account": 1}
    with writing():
        mail = select(Mail.person_id).where(Mail.kind == "unused")
        assert db.session.scalars(mail).all() == [sleeper.id]
    assert night(740) == {}
    assert night(763)["unused_account_notice"] == 1
    with writing():
        closed = select(Account.id).where(Account.closed_at.is_not(None))
        assert db.session.scalars(closed).all() == [sleeper.id]
        assert db.session.get_one(Account, chief.id).name


def test_who_comes_back_stays_and_is_told_again_another_time(night: Any, writing: Unit) -> None:
    with writing():
        who = person()
    assert night(732) == {"unused_account": 1}
    with writing():
        account = db.session.get_one(Account, who.id)
        account.seen_on = clock.today() + timedelta(days=735)
    assert night(800).get("unused_account_notice") is None
    assert night(1_470)["unused_account"] == 1
    with writing():
        assert db.session.get_one(Account, who.id).closed_at is None


def test_the_dry_run_changes_nothing(app: Flask, writing: Unit) -> None:
    with writing():
        number = idea(visibility=Visibility.HIDDEN)
        db.session.execute(update(TimelineEntry).values(at=clock.now() - timedelta(days=400)))
    result = app.test_cli_runner().invoke(args=["privacy", "retention"])
    assert result.exit_code == 0, result.output
    assert "hidden_text                   1" in result.output
    assert "Nothing was changed" in result.output
    with writing():
        assert db.session.get_one(Idea, number).text
    result = app.test_cli_runner().invoke(args=["privacy", "retention", "--really"])
    assert result.exit_code == 0, result.output
    with writing():
        assert db.session.get_one(Idea, number).text == ""
        assert db.session.scalars(select(RetentionRun)).one().counts["hidden_text"] == 1


def test_days_are_set_by_administrators(app: Flask, client: FlaskClient, reading: Unit) -> None:
    own, _ = signed_in(app, Role.ADMINISTRATOR)
    assert own.get("/admin/retention").status_code == 200
    draft = {key: str(number) for key, number in retention.DEFAULTS.items()}
    assert own.post("/admin/retention", data={**draft, "original": "0"}).status_code == 422
    assert own.post("/admin/retention", data={**draft, "original": "x"}).status_code == 422
    assert own.post("/admin/retention", data={**draft, "original": "14"}).status_code == 303
    with reading():
        assert retention.days()["original"] == 14
        assert retention.days()["published"] == 3_652
    assert signed_in(app, Role.MODERATOR)[0].get("/admin/retention").status_code == 403


def test_the_page_tells_what_went_last_and_what_goes_next(
    app: Flask, client: FlaskClient, writing: Unit
) -> None:
    own, _ = signed_in(app, Role.ADMINISTRATOR)
    page = own.get("/admin/retention?lang=en").text
    assert "Retention has not run yet." in page
    assert numbers(page, "Texts of hidden ideas") == ["–", "0"]
    long_ago = clock.now() - timedelta(days=400)
    for many in (2, 3):
        with writing():
            for _ in range(many):
                number = idea(visibility=Visibility.HIDDEN)
                entries = update(TimelineEntry).where(TimelineEntry.idea_id == number)
                db.session.execute(entries.values(at=long_ago))
            withdrawn = idea(visibility=Visibility.WITHDRAWN)
            entries = update(TimelineEntry).where(TimelineEntry.idea_id == withdrawn)
            db.session.execute(entries.values(at=long_ago))
        if many == 2:
            run = app.test_cli_runner().invoke(args=["privacy", "retention", "--really"])
            assert run.exit_code == 0, run.output
    page = own.get("/admin/retention?lang=en").text
    assert "Last run" in page
    assert numbers(page, "Texts of hidden ideas") == ["2", "3"]
    assert numbers(page, "Ideas that were withdrawn or passed on") == ["1", "1"]
    assert numbers(page, "Addresses in feedback on accessibility") == ["0", "0"]
    told = app.test_cli_runner().invoke(args=["privacy", "retention"]).output
    assert re.search(r"^withdrawn +1  \(183 days\)$", told, re.MULTILINE)
    assert re.search(r"^feedback_email +0  \(30 days\)$", told, re.MULTILINE)


def numbers(page: str, label: str) -> list[str]:
    """Give what the row of a class says of the last and of the next time."""
    row = next(one for one in re.findall(r"<tr.*?</tr>", page, re.DOTALL) if label in one)
    cells = [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<td.*?</td>", row, re.S)]
    return cells[-2:]


def test_it_runs_once_a_night_or_when_one_was_missed(app: Flask) -> None:
    night = clock.day_begins(clock.today()) + timedelta(hours=3)
    with app.app_context():
        assert is_due(None, night)
        assert not is_due(None, night + timedelta(hours=9))
        assert not is_due(night, night + timedelta(hours=1))
        assert is_due(night, night + timedelta(hours=24))
        assert is_due(night, night + timedelta(hours=33))


def test_batches_do_everything(night: Any, writing: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    with writing():
        for _ in range(5):
            idea(visibility=Visibility.HIDDEN)
    assert night(200) == {"hidden_text": 5}
