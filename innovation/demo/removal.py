"""Removing the demo: its ideas with all that hangs on them, and its people."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update

from innovation.accounts.models import Account
from innovation.answers.models import Answer, Effect, Postponement, StatutoryClock
from innovation.comments.actions import recount as recount_comments
from innovation.comments.models import Comment, Report
from innovation.core.db import db
from innovation.core.events import record
from innovation.core.permissions import Actor, authorize
from innovation.demo.actions import MARK
from innovation.demo.neighbours import group_names
from innovation.demo.people import DOMAIN, hide_contact
from innovation.demo.sheets import demo_phases
from innovation.experiments.models import (
    DiaryEntry,
    Experiment,
    ExperimentIdea,
    Joiner,
    Measure,
    Reading,
)
from innovation.groups.models import Group, Membership
from innovation.ideas.counting import recount
from innovation.ideas.events import IdeaChanged
from innovation.ideas.models import (
    Authorship,
    Idea,
    IdempotencyKey,
    Receipt,
    Revision,
    TimelineEntry,
)
from innovation.messages.models import Message
from innovation.moderation.models import Appeal, Claim, Decision, Note, Recusal
from innovation.newsletter.models import Issue, Subscriber
from innovation.notifications.actions import take_back_mails
from innovation.notifications.models import Follow, Mail
from innovation.notifications.recipients import DECISION
from innovation.operating_models.models import (
    AnsweredModel,
    ModelPhase,
    ModelSource,
    ModelVersion,
    OperatingModel,
    Spread,
)
from innovation.programme.actions import touch
from innovation.programme.models import Contact
from innovation.redactions.models import Redaction
from innovation.routing.models import Routing
from innovation.subscriptions.models import Subscription
from innovation.votes.actions import recount as recount_votes
from innovation.votes.models import Vote

# What hangs on an idea, in an order in which nothing is left pointing at what has gone.
_OF_IDEAS: tuple[Any, ...] = (
    *(Answer, Postponement, Effect, StatutoryClock, AnsweredModel, Spread),
    *(ModelSource, ExperimentIdea),
    *(Message, Redaction, Note, Recusal, Follow, Subscription, Vote, Report, Routing),
    TimelineEntry,
)


@dataclass(frozen=True, slots=True)
class DemoSize:
    """What would go with the demo. foreign: comments and supports of others on the demo's ideas."""

    ideas: int
    experiments: int
    models: int
    people: int
    comments: int
    votes: int
    foreign: int


def _ideas() -> Select[int]:
    return select(Idea.id).where(Idea.external_reference.startswith(MARK))


def _people() -> Select[int]:
    return select(Account.id).where(Account.email.endswith(f"@{DOMAIN}"))


def _experiments() -> Select[int]:
    """Select what the demo's people lead, and what grew from ideas of the demo alone."""
    linked = select(ExperimentIdea.experiment_id)
    own = linked.where(ExperimentIdea.idea_id.in_(_ideas()))
    others = linked.where(ExperimentIdea.idea_id.not_in(_ideas()))
    alone = Experiment.id.in_(own) & Experiment.id.not_in(others)
    return select(Experiment.id).where(or_(Experiment.person_id.in_(_people()), alone))


def _models() -> Select[int]:
    """Select what the demo's people wrote first, and what grew from the demo alone."""
    written = select(ModelVersion.model_id).where(
        ModelVersion.number == 1, ModelVersion.person_id.in_(_people())
    )
    own = ModelSource.idea_id.in_(_ideas()) | ModelSource.experiment_id.in_(_experiments())
    other = ModelSource.idea_id.not_in(_ideas()) | ModelSource.experiment_id.not_in(_experiments())
    alone = OperatingModel.id.in_(
        select(ModelSource.model_id).where(own)
    ) & OperatingModel.id.not_in(select(ModelSource.model_id).where(other))
    return select(OperatingModel.id).where(or_(OperatingModel.id.in_(written), alone))


def size_of_demo() -> DemoSize:
    """Count what would go."""

    def count(condition: ColumnElement[bool]) -> int:
        return int(db.session.scalar(select(func.count()).where(condition)) or 0)

    others = Vote.idea_id.in_(_ideas()) & Vote.person_id.not_in(_people())
    strangers = Comment.idea_id.in_(_ideas()) & Comment.person_id.not_in(_people())
    return DemoSize(
        ideas=count(Idea.id.in_(_ideas())),
        experiments=count(Experiment.id.in_(_experiments())),
        models=count(OperatingModel.id.in_(_models())),
        people=count(Account.id.in_(_people())),
        comments=count(Comment.idea_id.in_(_ideas())),
        votes=count(Vote.idea_id.in_(_ideas())),
        foreign=count(others) + count(strangers),
    )


def remove_demo(actor: Actor) -> None:
    """Remove the demo. What its people wrote or supported among real ideas goes too."""
    authorize(actor, "idea:import")
    gone = set(db.session.scalars(_ideas()))
    touched = set(
        db.session.scalars(select(Vote.idea_id).where(Vote.person_id.in_(_people())).distinct())
    ) | set(
        db.session.scalars(
            select(Comment.idea_id).where(Comment.person_id.in_(_people())).distinct()
        )
    )
    receipts = set(
        db.session.scalars(
            select(Authorship.receipt_id).where(
                Authorship.idea_id.in_(_ideas()), Authorship.receipt_id.is_not(None)
            )
        )
    )
    touched |= set(
        db.session.scalars(
            select(ExperimentIdea.idea_id).where(ExperimentIdea.experiment_id.in_(_experiments()))
        )
    )
    _remove_models()
    _remove_experiments()
    _remove_ideas()
    db.session.execute(delete(Receipt).where(Receipt.id.in_(receipts)))
    _remove_readers()
    _remove_people()
    _remove_groups()
    hide_contact()
    recount_votes(touched - gone)
    recount_comments(touched - gone)
    for number in touched | gone:
        record(IdeaChanged(number))
    recount()  # nothing stays of kinds that only the demo had
    touch()


def _remove_models() -> None:
    """Remove models with all that is theirs, and the phases that nothing is in any more."""
    mine = list(db.session.scalars(_models()))
    _remove_keys("operating model", select(OperatingModel.id).where(OperatingModel.id.in_(mine)))
    # Versions, sources, uses and what was said of a model go with it by the tables' own rules.
    db.session.execute(delete(OperatingModel).where(OperatingModel.id.in_(mine)))
    used = select(OperatingModel.phase_id)
    phases = select(ModelPhase.id, ModelPhase.names).where(ModelPhase.id.not_in(used))
    added = [row.id for row in db.session.execute(phases) if row.names in demo_phases()]
    db.session.execute(delete(ModelPhase).where(ModelPhase.id.in_(added)))


def _remove_experiments() -> None:
    mine = list(db.session.scalars(_experiments()))
    _remove_keys("experiment", select(Experiment.id).where(Experiment.id.in_(mine)))
    measures = select(Measure.id).where(Measure.experiment_id.in_(mine))
    db.session.execute(delete(Reading).where(Reading.measure_id.in_(measures)))
    for table in (Measure, DiaryEntry, Joiner, ModelSource, ExperimentIdea):
        db.session.execute(delete(table).where(table.experiment_id.in_(mine)))
    # Rounds point at each other.
    later = or_(Experiment.previous_id.in_(mine), Experiment.first_id.in_(mine))
    db.session.execute(update(Experiment).where(later).values(previous_id=None, first_id=None))
    db.session.execute(delete(Experiment).where(Experiment.id.in_(mine)))


def _remove_ideas() -> None:
    mine = list(db.session.scalars(_ideas()))
    db.session.execute(
        update(Idea).where(Idea.merged_into_id.in_(mine)).values(merged_into_id=None)
    )
    db.session.execute(
        update(TimelineEntry)
        .where(TimelineEntry.other_idea_id.in_(mine))
        .values(other_idea_id=None)
    )
    db.session.execute(delete(Appeal).where(Appeal.idea_id.in_(mine)))
    _remove_decisions(or_(Decision.idea_id.in_(mine), Decision.other_idea_id.in_(mine)))
    db.session.execute(delete(Claim).where(Claim.kind == "idea", Claim.item_id.in_(mine)))
    _remove_keys("report", select(Report.id).where(Report.idea_id.in_(mine)))
    for table in _OF_IDEAS:
        db.session.execute(delete(table).where(table.idea_id.in_(mine)))
    _remove_comments(Comment.idea_id.in_(mine))
    for other in (Revision, Authorship):
        db.session.execute(delete(other).where(other.idea_id.in_(mine)))
    _remove_keys("idea", select(Idea.id).where(Idea.id.in_(mine)))
    db.session.execute(delete(Idea).where(Idea.id.in_(mine)))


def _remove_decisions(condition: ColumnElement[bool]) -> None:
    """Remove decisions, with the mails that wait to tell of them."""
    found = list(db.session.scalars(select(Decision.id).where(condition)))
    for number in found:
        take_back_mails(f"{DECISION} {number}")
    db.session.execute(delete(Decision).where(Decision.id.in_(found)))


def _remove_keys(purpose: str, targets: Select[int]) -> None:
    """Forget the forms that led to these rows."""
    db.session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.purpose == purpose, IdempotencyKey.target_id.in_(targets)
        )
    )


def _remove_people() -> None:
    mine = list(db.session.scalars(_people()))
    _remove_comments(Comment.person_id.in_(mine))
    db.session.execute(
        delete(Contact).where(
            or_(Contact.email.endswith(f"@{DOMAIN}"), Contact.person_id.in_(mine))
        )
    )
    db.session.execute(delete(StatutoryClock).where(StatutoryClock.person_id.in_(mine)))
    # Votes, follows, grants and sessions go with their person by the tables' own rules.
    db.session.execute(delete(Account).where(Account.id.in_(mine)))


def _remove_readers() -> None:
    """Remove addresses without an account, newsletters of the demo's people, and their mails."""
    ours = f"@{DOMAIN}"
    db.session.execute(delete(Issue).where(Issue.created_by.in_(_people())))
    for table in (Subscriber, Subscription):
        db.session.execute(delete(table).where(table.email.endswith(ours)))
    db.session.execute(delete(Mail).where(Mail.recipient.endswith(ours)))


def _remove_groups() -> None:
    """Remove the groups of the demo in whose name nobody else writes or wrote."""
    used = [
        select(table.group_id).where(table.group_id.is_not(None))
        for table in (Membership, Authorship, Comment)
    ]
    theirs = [Group.id.not_in(numbers) for numbers in used]
    db.session.execute(delete(Group).where(Group.name.in_(group_names()), *theirs))


def _remove_comments(condition: ColumnElement[bool]) -> None:
    """Remove comments with the replies to them and the reports about them."""
    found = set(db.session.scalars(select(Comment.id).where(condition)))
    found |= set(db.session.scalars(select(Comment.id).where(Comment.parent_id.in_(found))))
    _remove_keys("report", select(Report.id).where(Report.comment_id.in_(found)))
    for table in (Appeal, Report):
        db.session.execute(delete(table).where(table.comment_id.in_(found)))
    _remove_decisions(Decision.comment_id.in_(found))
    db.session.execute(delete(Comment).where(Comment.id.in_(found), Comment.parent_id.is_not(None)))
    db.session.execute(delete(Comment).where(Comment.id.in_(found)))
