"""Writing the timeline: the one place where something that happened to an idea is put down."""

from enum import StrEnum
from typing import Any

from innovation.core import clock
from innovation.core.db import db
from innovation.core.permissions import Actor, Nobody, Person, ReceiptHolder, Role, System
from innovation.ideas.models import Idea, TimelineEntry


class Kind(StrEnum):
    """What can stand in the timeline."""

    SUBMITTED = "submitted"
    PUBLISHED = "published"
    RETURNED = "returned"
    RESUBMITTED = "resubmitted"
    HELD = "held"
    HIDDEN = "hidden"
    RESTORED = "restored"
    WITHDRAWN = "withdrawn"
    ROUTED = "routed"
    REROUTED = "rerouted"
    INFORMED = "informed"
    MERGED = "merged"
    EDITED = "edited"
    EDIT_WAITS = "edit_waits"
    EDIT_DECLINED = "edit_declined"
    HANDLING = "handling"
    COMMENT_HIDDEN = "comment_hidden"
    REPORT_DISMISSED = "report_dismissed"
    ASKED = "asked"
    REPLIED = "replied"
    REDACTED = "redacted"
    PASSED_ON = "passed_on"
    URGENT = "urgent"
    BRIEF = "brief"
    RECUSED = "recused"
    APPEALED = "appealed"
    APPEAL_DECIDED = "appeal_decided"
    ANSWERED = "answered"
    POSTPONED = "postponed"
    NOT_POSTPONED = "not_postponed"
    TRIAL_PLANNED = "trial_planned"
    TRIAL_STARTED = "trial_started"
    TRIAL_CHANGED = "trial_changed"
    TRIAL_ENDED = "trial_ended"
    MODELLED = "modelled"
    APPEAL_UPHELD = "appeal_upheld"
    APPEAL_CHANGED = "appeal_changed"
    COMMENT_APPEALED = "comment_appealed"
    COMMENT_APPEAL_DECIDED = "comment_appeal_decided"
    UNDONE = "undone"


# The role that is shown as the doer: the most telling one that the person holds.
_SHOWN = (Role.ADMINISTRATOR, Role.MODERATOR, Role.COORDINATOR, Role.LEAD, Role.STAFF)


def role_of(actor: Actor, idea_authors: frozenset[int] = frozenset()) -> str:
    """Give the word for the right in which the actor does this."""
    match actor:
        case Person(id=person_id) if person_id in idea_authors:
            return "author"
        case Person(roles=roles):
            return next((str(role) for role in _SHOWN if role in roles), "resident")
        case ReceiptHolder():
            return "author"
        case Nobody():
            return "visitor"
        case System():
            return "system"


def add_entry(actor: Actor, idea: Idea, kind: Kind, **facts: Any) -> TimelineEntry:
    """Put down what happened, as `put_down` does; gives the entry with its id."""
    entry = put_down(actor, idea, kind, **facts)
    db.session.flush()  # the entry's id is needed by what refers to it
    return entry


def put_down(actor: Actor, idea: Idea, kind: Kind, **facts: Any) -> TimelineEntry:
    """Put down what happened now (or at `at`) and make the idea's version grow; nothing is sent.

    facts: columns of TimelineEntry such as reason, rule, sub_project_id, handling_to, public.
    """
    facts.setdefault("at", clock.now())
    facts.setdefault("actor_role", role_of(actor, getattr(idea, "author_ids", frozenset())))
    facts.setdefault("person_id", actor.id if isinstance(actor, Person) else None)
    entry = TimelineEntry(idea_id=idea.id, kind=kind, **facts)
    db.session.add(entry)
    idea.version = idea.version + 1
    idea.updated_at = facts["at"]
    return entry
