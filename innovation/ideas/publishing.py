"""Whose texts are public at once, and which are not, whoever wrote them: the rule "Publishing"."""

from datetime import timedelta
from functools import cache

from sqlalchemy import (
    CompoundSelect,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    select,
    union_all,
)

from innovation.accounts.models import Account
from innovation.core import clock
from innovation.core.db import UtcDateTime, db
from innovation.core.permissions import Actor, Person, Role, holds
from innovation.ideas.drafts import IdeaDraft
from innovation.ideas.inspecting import Inspected, look
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Authorship, Idea, TimelineEntry
from innovation.ideas.risks import Risk
from innovation.ideas.timeline import Kind
from innovation.programme.queries import snapshot

# How long an account has been good or bad.
REMEMBERED = timedelta(days=365)
SHOWN = frozenset({Visibility.PUBLIC, Visibility.STAFF_ONLY})
_READERS = frozenset({Role.MODERATOR, Role.ADMINISTRATOR})

# Gives of what a person has written 1 or 0 or nothing: whether something was published, and whether
# something was hidden, as one row.
Standing = Select[int, int]
_standings: list[Standing] = []


def counts_too(standing: Standing) -> None:
    """Let what a feature above keeps of a person's texts count as their ideas do.

    standing: with the parameters PERSON and SINCE.
    """
    _standings.append(standing)


def public_at_once(actor: Actor, group_id: int | None = None) -> bool:
    """Tell whether the actor's clean texts are published without waiting for a moderator.

    Where the programme reads everything first, only moderators'; otherwise employees' and those in
    a group's name (group_id), and under "clean at once" also those of residents who are known.
    """
    if not isinstance(actor, Person):
        return False
    rule = snapshot().publishing
    if rule == "everything_first":
        return not _READERS.isdisjoint(actor.roles)
    if group_id is not None and actor.writes_for(group_id):
        return True
    return holds(actor, "idea:publish_own") or (rule == "clean_at_once" and _is_known(actor))


def edit_waits(actor: Actor, idea: Idea, group_id: int | None = None) -> bool:
    """Tell whether a clean change of what others see now has to wait for a moderator.

    group_id: in whose name it is written.
    """
    if idea.visibility == Visibility.STAFF_ONLY and holds(actor, "idea:see_staff_only"):
        return False
    return idea.visibility in SHOWN and not public_at_once(actor, group_id)


def must_wait(seen: Inspected, idea: Idea) -> bool:
    """Tell whether what was seen in a text keeps it from being read where the idea is shown."""
    return seen.waits_inside if idea.visibility == Visibility.STAFF_ONLY else seen.waits


def seen_in(draft: IdeaDraft) -> Inspected:
    """Look at everything in a draft that others may read."""
    return look(draft.texts, draft.language or draft.page_language)


def put_risk(idea: Idea, risk: Risk) -> bool:
    """Let the idea carry the risk of its text; gives whether it is urgent only from now on.

    Once somebody may be in danger, only a moderator finds that it was nothing.
    """
    known, idea.risk = idea.risk or 0, max(risk, Risk.URGENT if idea.risk == Risk.URGENT else risk)
    return risk == Risk.URGENT and known != Risk.URGENT


def _is_known(person: Person) -> bool:
    """Tell whether the account is confirmed, and its texts of the last year speak for it."""
    asked = {"person": person.id, "since": clock.now() - REMEMBERED}
    rows = db.session.execute(_known(), asked).all()
    return any(good for good, _bad in rows) and not any(bad for _good, bad in rows)


@cache
def _known() -> CompoundSelect[int, int]:
    """Ask for everything together. An account that is not confirmed is as bad as a hidden text."""
    unconfirmed = select(literal(0), literal(1)).where(
        Account.id == PERSON, Account.email_confirmed_at.is_(None)
    )
    return union_all(_STANDING, *_standings, unconfirmed)


# Whose texts are asked for, and since when.
PERSON = bindparam("person", type_=Integer)
SINCE = bindparam("since", type_=UtcDateTime)
_HIDDEN_SINCE = exists().where(
    TimelineEntry.idea_id == Idea.id,
    TimelineEntry.kind == Kind.HIDDEN,
    TimelineEntry.at >= SINCE,
    TimelineEntry.undone_at.is_(None),
)
_GOOD = and_(
    Idea.visibility == Visibility.PUBLIC,
    Idea.indexable,
    Idea.published_at >= SINCE,
)
_BAD = and_(Idea.visibility == Visibility.HIDDEN, _HIDDEN_SINCE)
# No condition but the person, who has few: otherwise SQLite goes through all ideas of a year.
_STANDING = (
    select(
        func.max(case((_GOOD, 1), else_=0)),
        func.max(case((_BAD, 1), else_=0)),
    )
    .select_from(Authorship)
    .join(Idea, Idea.id == Authorship.idea_id)
    .where(Authorship.person_id == PERSON)
)
