"""The demo: enough believable ideas of every kind, loaded whole and removed without a trace."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from innovation.accounts.models import Account
from innovation.alerts.queries import alerts_of
from innovation.answers.effects import EFFECTS, effect_figure
from innovation.answers.lateness import late_ideas
from innovation.answers.lifecycle import GOES_ON
from innovation.answers.models import Answer, Effect, Postponement
from innovation.answers.registers import KINDS, done_matters, open_matters
from innovation.comments.models import Comment
from innovation.core import clock, transaction
from innovation.core.db import Base, db
from innovation.core.permissions import Person, System
from innovation.demo.actions import load_demo
from innovation.demo.content import DemoComment, DemoDecision, demo_ideas, demo_morning
from innovation.demo.people import ACCOUNTS, hide_contact, show_contact
from innovation.demo.removal import remove_demo, size_of_demo
from innovation.demo.sheets import demo_matters, demo_models, demo_spreads, demo_trials
from innovation.experiments.actions import plan_experiment
from innovation.experiments.drafts import ExperimentDraft
from innovation.experiments.lifecycle import Outcome, State
from innovation.experiments.models import Experiment, ExperimentIdea, Measure, Reading
from innovation.groups.queries import all_groups, members_of
from innovation.guard import Door, Kind, inspect
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Authorship, Idea, TimelineEntry
from innovation.ideas.risks import Risk
from innovation.moderation.actions import merge_idea
from innovation.moderation.models import Decision
from innovation.moderation.parts import hide_comment
from innovation.moderation.queries import queue
from innovation.newsletter.queries import how_many, issues
from innovation.notifications.actions import queue_mail
from innovation.notifications.inbox import inbox
from innovation.notifications.kinds import ALERTS, COMMENTS, FOLLOWED, OWN, REQUIRED
from innovation.notifications.models import Mail
from innovation.notifications.queries import matters_of
from innovation.notifications.recipients import DECISION
from innovation.notifications.wording import headline, page_of
from innovation.operating_models.models import ModelUse, OperatingModel, Spread
from innovation.operating_models.texts import FIELD_BY_KEY
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from innovation.programme.queries import snapshot
from innovation.subscriptions.models import Subscription
from innovation.subscriptions.queries import supporters_by_mail

# The same words in many models: who paid for it, where, as a part of what.
FACTS = frozenset({"funders", "whole", "place", "region"})
SENTENCE = re.compile(r"[^.!?…”\n]+")


def texts() -> Iterator[tuple[str, str]]:
    """Give every piece of prose in the demo with where it stands."""
    for idea in demo_ideas():
        yield idea.key, idea.title
        yield idea.key, idea.text
        yield idea.key, idea.what_helps
        for decision in idea.decisions:
            yield from ((idea.key, text) for text in _told(decision))
        yield from ((idea.key, comment.text) for comment in _flat(idea.comments))
        if idea.exchange:
            yield idea.key, idea.exchange.question
            yield idea.key, idea.exchange.answer
    yield from ((change.key, change.adds) for change in demo_morning().changes)
    yield from ((remark.key, remark.text) for remark in demo_morning().remarks)
    yield from _texts_of_trials()
    for model in demo_models():
        yield from ((model.key, text) for key, text in model.fields.items() if key not in FACTS)
    for spread in demo_spreads():
        yield from ((spread.idea, text) for text in (spread.text, spread.note))
    for matter in demo_matters():
        yield matter.kind, matter.about
        yield matter.kind, matter.moved.reason if matter.moved else ""


def _texts_of_trials() -> Iterator[tuple[str, str]]:
    for trial in demo_trials():
        told = [trial.title, trial.group, trial.hypothesis, trial.limits, trial.lesson]
        told += [text for _days_ago, text in trial.diary]
        told += [offer.message for offer in trial.offers]
        told += [note for one in trial.measures for _days_ago, _value, note in one.readings]
        yield from ((trial.key, text) for text in told)


def _told(decision: DemoDecision) -> Iterator[str]:
    yield decision.reason
    yield decision.step
    yield from (sentence for _word, sentence in decision.criteria.values())
    yield from (decision.elsewhere or ())[2:]


def _flat(comments: tuple[DemoComment, ...]) -> Iterator[DemoComment]:
    for comment in comments:
        yield comment
        yield from comment.replies


@pytest.mark.once
def test_no_two_texts_share_a_sentence() -> None:
    count: Counter[str] = Counter()
    for _key, text in texts():
        sentences = {" ".join(part.split()).lower() for part in SENTENCE.findall(text)}
        count.update(sentence for sentence in sentences if len(sentence.split()) >= 4)
    assert [sentence for sentence, times in count.items() if times > 1] == []


@pytest.mark.once
def test_experiments_and_models_tell_everything() -> None:
    steps = {one.key: one.decisions for one in demo_ideas()}
    for trial in demo_trials():
        assert 1 <= len(trial.measures) <= 3, trial.key
        assert all((trial.place, trial.unit, trial.group, trial.limits, trial.diary)), trial.key
        days = {decision.days_ago for decision in steps[trial.ideas[-1]]} if trial.ideas else set()
        assert trial.starts < 0 or trial.starts in days, trial.key
        assert trial.decided is None or (trial.decided in days and trial.lesson), trial.key
        for measure in trial.measures:
            read = [days_ago for days_ago, _value, _note in measure.readings]
            assert read == sorted(read, reverse=True), trial.key
            assert all((trial.decided or 0) <= one <= trial.starts for one in read), trial.key
    for model in demo_models():
        gaps = {key for key in FIELD_BY_KEY if not model.fields.get(key)}
        # A draft may wait for its pictures.
        assert not gaps or model.key == "aamuaika", model.key


@pytest.mark.once
def test_every_idea_that_goes_on_tells_what_comes_next() -> None:
    last = [one.decisions[-1] for one in demo_ideas() if one.handling in GOES_ON]
    assert all(one.step or one.kind == "postponed" for one in last)


@pytest.mark.once
def test_there_is_enough_of_everything() -> None:
    ideas = demo_ideas()
    assert len(ideas) >= 150
    assert {idea.visibility for idea in ideas} == {str(value) for value in Visibility}
    assert {idea.handling for idea in ideas} == {str(value) for value in Handling}
    assert min(Counter(idea.sub_project for idea in ideas).values()) >= 10
    assert {"fi", "sv", "en"} == {idea.language for idea in ideas}
    assert all(not inspect(text).blocking for _key, text in texts())


def test_loading_and_removing_leaves_nothing_behind(app: Flask, database: object) -> None:
    with app.app_context():
        before, contact = _counts(), snapshot().contact
        with transaction.writing():
            load_demo(System("test"), "no password")
        loaded = _counts()
        again = app.test_cli_runner().invoke(args=["demo", "load"])
        assert (again.exit_code, _counts()) == (1, loaded), again.output
        ideas = {idea.external_reference: idea for idea in db.session.scalars(select(Idea))}
        for demo in demo_ideas():
            idea = ideas[f"demo/{demo.key}"]
            assert (idea.visibility, idea.handling) == (demo.visibility, demo.handling), demo.key
        assert_no_mail_leaves()
        newest = db.session.scalar(select(func.max(TimelineEntry.at)))
        assert newest is not None
        with transaction.reading():
            size = size_of_demo()
            assert snapshot().contact["phone"] == "0400 000 000"
            account = ACCOUNTS[0].email
            resident = db.session.scalars(select(Account).where(Account.email == account)).one()
            matters = matters_of(Person(resident.id, resident.name))
            assert all((matters.own, matters.followed, matters.supported))
            assert_a_mixed_morning_waits()
            assert_experiments_in_every_state()
            assert_models_in_every_state()
            assert_promises_of_every_kind()
            assert_enough_to_count()
            assert_people_take_part(Person(resident.id, resident.name))
        assert size.ideas == len(demo_ideas())
        assert (size.experiments, size.models) == (len(demo_trials()), len(demo_models()))
        assert size.foreign == 0
        with transaction.writing():
            try_the_desk()
        with transaction.writing():
            let_a_mail_wait()
            remove_demo(System("test"))
        after = _counts()
        assert snapshot().contact == contact
        # The first idea of all begins the index of PostgreSQL, which stays; so does the audit log.
        for name in ("search_generations", "audit_rows"):
            del before[name]
        assert {
            name: after[name] - before[name] for name in before if after[name] != before[name]
        } == {"counters": after["counters"] - before["counters"], "jobs": after["jobs"]}
        assert not db.session.scalar(select(func.count()).select_from(Account))


def let_a_mail_wait() -> None:
    """Let somebody who does not belong to the demo wait for the mail about one of its decisions."""
    number = db.session.scalar(select(func.max(Decision.id)))
    key = f"{DECISION} {number} follower address-1"
    queue_mail("by-mail", key, "aino@posti.example", "Hei", "Terve.\n", "fi")


def try_the_desk() -> None:
    """Leave what whoever tries the desk leaves: decisions and plans about what is the demo's."""
    shown = [
        one
        for one in db.session.scalars(select(Idea).order_by(Idea.id))
        if (one.visibility, one.handling) == (Visibility.PUBLIC, Handling.ROUTED)
    ]
    merge_idea(System("test"), shown[0], shown[1])
    said = db.session.scalars(select(Comment).where(Comment.visibility == "public")).all()
    hide_comment(System("test"), said[-1], "commercial", "Mainos.")
    home = shown[0].primary_sub_project_id
    now, address = clock.now(), "muu@posti.example"
    told = {"language": "fi", "follows": now, "created_at": now}
    db.session.add(Subscription(idea_id=shown[0].id, email=address, **told))
    plan = ExperimentDraft("Oma kokeilu", "Onnistuu.", home, ideas=(shown[0].id,))
    plan_experiment(System("test"), plan)


def assert_no_mail_leaves() -> None:
    """Look for letters about decisions of a year that nobody lived."""
    mails = select(func.count()).select_from(Mail).where(Mail.unique_key.startswith(DECISION))
    assert db.session.scalar(mails) == 0


def assert_experiments_in_every_state() -> None:
    """Look for experiments that are planned, under way, ended in each way, and stopped."""
    rows = db.session.scalars(select(Experiment)).all()
    states = Counter((one.state, one.decision) for one in rows)
    assert states == {
        (State.PLANNED, ""): 3,
        (State.RUNNING, ""): 4,
        (State.ENDED, Outcome.SPREAD): 4,
        (State.ENDED, Outcome.CHANGE): 2,
        (State.STOPPED, Outcome.STOP): 2,
    }
    assert {one.state for one in rows if one.round == 2} == {State.RUNNING, State.ENDED}
    counted = select(func.count(Reading.id)).join(Measure).group_by(Measure.id)
    assert len([number for number in db.session.scalars(counted) if number >= 3]) >= 12
    linked = select(func.count(ExperimentIdea.idea_id)).group_by(ExperimentIdea.experiment_id)
    assert max(db.session.scalars(linked)) == 2
    to_come = [one.starts_on for one in rows if one.state == State.PLANNED]
    assert all(day and day > clock.today() for day in to_come)


def assert_models_in_every_state() -> None:
    """Look for models as drafts, published and archived, with versions, uses and cases."""
    models = db.session.scalars(select(OperatingModel)).all()
    assert Counter(one.state for one in models) == {"draft": 1, "published": 7, "archived": 1}
    assert max(one.version for one in models) == 4
    assert len({one.phase_id for one in models}) == 3
    assert {one.ended_on is None for one in db.session.scalars(select(ModelUse))} == {True, False}
    assert set(db.session.scalars(select(Spread.state))) == {"agreed", "open"}


def assert_promises_of_every_kind() -> None:
    """Look for dates that were moved, one that a coordinator decides on, and one that is late."""
    moved = Counter(db.session.scalars(select(Postponement.state)))
    assert moved == {"made": 6, "waiting": 1}
    assert late_ideas(clock.today())
    assert db.session.scalar(select(Answer.id).where(Answer.elsewhere_name != "").limit(1))
    judged = [one for one in db.session.scalars(select(Answer)) if one.criteria]
    assert len(judged) >= 8


def assert_enough_to_count() -> None:
    """Look for a figure of the effect, and for matters of each kind and in each state."""
    assert effect_figure().whole.told
    assert set(db.session.scalars(select(Effect.effect))) == set(EFFECTS)
    waiting = open_matters(System("test"))
    assert {one.kind for one in waiting} == set(KINDS)
    assert {one.late > 0 for one in waiting} == {one.moved for one in waiting} == {True, False}
    assert len(done_matters(System("test"), 1).items) >= 3


def assert_people_take_part(resident: Person) -> None:
    """Look for groups that wrote, newsletters sent and not, kept searches, notices, addresses."""
    groups = {one.id: one for one in all_groups()}
    assert {one.kind for one in groups.values()} >= {"association", "youth-council"}
    written = select(Authorship.group_id).where(Authorship.group_id.is_not(None))
    assert set(db.session.scalars(written)) == groups.keys()
    assert {one.over for number in groups for one in members_of(number)} == {True, False}
    assert [one.sent_at is None for one in issues(System("test"))] == [True, False]
    assert how_many() == 3
    assert len(alerts_of(resident)) == 2
    told = inbox(resident, 1)
    assert {one.unread for one in told.items} == {True, False}
    assert {one.kind for one in told.items} == {REQUIRED, OWN, FOLLOWED, COMMENTS, ALERTS}
    assert all(headline(one) and page_of(one) for one in told.items)
    by_mail = set(db.session.scalars(select(Subscription.idea_id)))
    assert max(supporters_by_mail(number) for number in by_mail) == 2


def assert_a_mixed_morning_waits() -> None:
    """Look for everything that whoever tries the desk should meet."""
    found = queue(limit=100)
    assert 25 <= found.total <= 40
    assert {kind for kind, number in found.counts.items() if number} >= {
        "idea",
        "answer",
        "edit",
        "comment",
        "report",
    }
    assert {item.language for item in found.items} >= {"fi", "sv", "en"}
    assert {item.risk for item in found.items} == set(Risk)
    waiting = [idea.text for idea in demo_ideas() if idea.visibility == Visibility.WAITING]
    doors = {door for text in waiting for door in inspect(text).doors}
    assert doors >= {Door.COMPLAINT, Door.APPEAL, Door.PATIENT_SAFETY, Door.CRISIS}
    marks = {kind for text in waiting for kind in inspect(text).kinds}
    assert marks >= {Kind.PERSON, Kind.PHONE, Kind.CARE_DETAIL}


def test_a_contact_that_somebody_wrote_is_never_touched(app: Flask, database: object) -> None:
    written = {"phone": "08 123 4567", "hours": {"fi": "aina"}}
    with app.app_context(), transaction.writing():
        programme = db.session.get_one(Programme, 1)
        programme.contact = {**programme.contact, **written}
        touch()
        contact = dict(programme.contact)
        show_contact()
        assert programme.contact == contact
        hide_contact()
        assert programme.contact == contact


def _counts() -> dict[str, int]:
    return {
        table.name: int(db.session.scalar(select(func.count()).select_from(table)) or 0)
        for table in Base.metadata.sorted_tables
    }
