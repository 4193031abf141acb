"""One answer to many ideas, each by itself; and taking back what one has just answered."""

from collections.abc import Callable, Collection, Iterable

from sqlalchemy import func, select

from innovation.answers.actions import give_answer, refuse_closed_home
from innovation.answers.drafts import AnswerDraft, possible
from innovation.answers.lifecycle import ANSWERS
from innovation.core.db import db
from innovation.core.errors import (
    ConflictError,
    ForbiddenError,
    MovedError,
    NotFoundError,
    RuleBrokenError,
)
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Person, authorize
from innovation.ideas.lifecycle import STATUS_LABELS
from innovation.ideas.listing import rows_of
from innovation.ideas.models import TimelineEntry
from innovation.ideas.queries import visible_idea
from innovation.moderation.bulk import Chosen, Outcome, Refused
from innovation.moderation.models import Decision
from innovation.moderation.recusals import refuse_undoing
from innovation.moderation.sittings import Undoable, undoable_of
from innovation.moderation.undo import hold_for_undoing, undo_decision

MOST_AT_ONCE = 50
CHOOSE = _("Choose what happens to the ideas.")
# The kinds of decisions that one makes on the desk.
KINDS = frozenset({"answer", "postpone"})


def answer_each(actor: Person, chosen: Iterable[Chosen], draft: AnswerDraft) -> Outcome:
    """Give the same answer to each idea, one after the other; one that is refused stops no other.

    Each is an answer and a decision of its own, undone by itself. Raises RuleBrokenError when
    nothing or too much was marked, or at the field of the draft that is wrong for every idea.
    """
    authorize(actor, "answer:see")
    wanted = {one.idea_id: one.seen for one in chosen}
    if not wanted:
        raise RuleBrokenError(_("Mark the ideas first."), "picked")
    if len(wanted) > MOST_AT_ONCE:
        raise RuleBrokenError(
            _("At most %(num)d ideas at once. Mark fewer.", num=MOST_AT_ONCE), "picked"
        )
    if draft.handling not in ANSWERS:
        raise RuleBrokenError(CHOOSE, "handling")
    draft.check(draft.handling)
    last = db.session.scalar(select(func.max(Decision.id))) or 0

    def give(number: int) -> None:
        idea = visible_idea(actor, number)
        authorize(actor, "idea:decide", idea)
        refuse_closed_home(actor, idea)
        if draft.handling not in possible(idea.handling):
            status = STATUS_LABELS[idea.handling]
            raise RuleBrokenError(
                _(
                    "The status of the idea is “%(status)s”, which cannot be changed to this.",
                    status=status,
                )
            )
        give_answer(actor, idea, draft, seen=wanted[number])

    # In one order, so that no two people wait for each other.
    messages = {number: _tried(give, number) for number in sorted(wanted)}
    made = db.session.scalars(
        select(Decision.id)
        .where(Decision.id > last, Decision.person_id == actor.id)
        .where(Decision.idea_id.in_(list(wanted)))
        .order_by(Decision.id)
    )
    return Outcome(tuple(made), _refused(actor, messages))


def undo_answers(actor: Person, numbers: Collection[int]) -> Outcome:
    """Undo one's own answers, the newest first; one that is refused stops no other."""
    authorize(actor, "answer:see")
    rows = db.session.scalars(
        select(Decision)
        .where(
            Decision.id.in_(list(numbers)[:MOST_AT_ONCE]),
            Decision.person_id == actor.id,
            Decision.kind.in_(sorted(KINDS)),
            Decision.undone_at.is_(None),
        )
        .order_by(Decision.id.desc())
    ).all()
    hold_for_undoing(rows)  # in one order, so that no two wait for each other

    def undo(number: int) -> None:
        decision = db.session.get_one(Decision, number)
        refuse_undoing(actor, decision)
        undo_decision(actor, decision)

    undone, messages = [], {}
    for number, idea_id in [(row.id, row.idea_id) for row in rows]:
        message = _tried(undo, number)
        if message is None:
            undone.append(number)
        else:
            messages[idea_id] = message
    return Outcome(tuple(undone), _refused(actor, messages))


def answers_to_undo(person: Person) -> list[Undoable]:
    """Give the answers that the person can still take back, the newest first."""
    return [one for one in undoable_of(person) if one.kind in KINDS]


def last_entries(numbers: Collection[int]) -> dict[int, int]:
    """Give the last entry of the timeline of each idea, by the idea's number, in order."""
    rows = db.session.execute(
        select(TimelineEntry.idea_id, func.max(TimelineEntry.id))
        .where(TimelineEntry.idea_id.in_(numbers))
        .group_by(TimelineEntry.idea_id)
    )
    known = {row[0]: row[1] for row in rows}
    return {number: known[number] for number in numbers if number in known}


def _tried(act: Callable[[int], None], number: int) -> object:
    """Do it in a savepoint of its own; gives why it was refused, or None."""
    try:
        with db.session.begin_nested():
            act(number)
    except (ConflictError, RuleBrokenError) as error:
        return error.message
    except ForbiddenError:
        return _("This is not yours to answer.")
    except MovedError:
        return _("The idea was merged into another one. Answer that one instead.")
    except NotFoundError:
        return _("The idea is not there any more.")
    return None


def _refused(actor: Person, messages: dict[int, object]) -> tuple[Refused, ...]:
    """Name what was refused; of what the actor may not see, no more than its number."""
    refused = {number: message for number, message in messages.items() if message is not None}
    titles = {row.number: row.title for row in rows_of(actor, list(refused))}
    return tuple(
        Refused(number, titles.get(number, f"{number}"), message)
        for number, message in refused.items()
    )
