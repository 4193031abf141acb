"""Every write of an answer: given, and given again when something new can be told."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from innovation.answers.drafts import AnswerDraft, keep_existing
from innovation.answers.lifecycle import DECISIONS
from innovation.answers.models import Answer
from innovation.answers.queries import closed_home
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.ideas.events import IdeaChanged, IdeaMoved
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea, TimelineEntry
from innovation.ideas.moves import hold, move_handling
from innovation.ideas.timeline import Kind, add_entry
from innovation.moderation.actions import in_time
from innovation.moderation.recusals import refuse_recused
from innovation.moderation.undo import restores, undoable
from innovation.redactions.queries import holds_texts

_SHOWN = frozenset({Visibility.PUBLIC, Visibility.STAFF_ONLY})

restores(Answer, "idea_id")
holds_texts(
    Answer,
    "idea_id",
    (
        *("text", "step", "elsewhere_name", "elsewhere_sentence", "elsewhere_url"),
        "criteria.*.sentence",
    ),
)


def give_answer(
    actor: Actor, idea: Idea, draft: AnswerDraft, *, seen: int | None = None
) -> Answer | None:
    """Answer an idea: where it goes, why, what happens next and by when.

    seen: the last entry of the timeline when the page was made. Gives None when the actor has just
    sent the same. Raises RuleBrokenError at a field of the draft, ConflictError when the idea was
    merged, withdrawn or answered otherwise meanwhile, by whom ever, and ForbiddenError.
    """
    authorize(actor, "idea:decide", idea)
    refuse_recused(actor, idea)
    hold(idea)
    if idea.merged_into_id is not None:
        raise ConflictError(_("The idea was merged into another one. Answer that one instead."))
    if idea.visibility not in _SHOWN:
        raise ConflictError(_("The idea is not shown any more, so it cannot be answered now."))
    draft = draft.settled()
    if not in_time(actor, idea, seen, (Kind.HANDLING, Kind.ANSWERED)):
        _refuse_another(actor, idea, draft)
        return None
    draft.check(idea.handling)
    with undoable(actor, "answer", idea):
        return put_answer(actor, idea, draft)


def put_answer(actor: Actor, idea: Idea, draft: AnswerDraft, **facts: Any) -> Answer:
    """Write an answer that was checked, or that was given elsewhere and is brought along.

    facts: columns of the timeline's entry, such as actor_role. The caller holds the idea.
    """
    draft = draft.settled()
    entry = _enter(actor, idea, draft, facts)
    answer = _answer(actor, idea, draft, entry)
    if draft.existing:
        keep_existing(entry, draft.existing)
    idea.answered_at = idea.answered_at or answer.at
    if draft.handling in DECISIONS:
        idea.decided_at = idea.decided_at or answer.at
    idea.passed_to = draft.passed_to if draft.handling == Handling.PASSED_ON else ""
    # Only now: whoever hears of it may read the answer.
    record(IdeaChanged(idea.id))
    return answer


def _refuse_another(actor: Actor, idea: Idea, draft: AnswerDraft) -> None:
    """Raise ConflictError unless one's newest answer says the same: the form was sent twice."""
    newest = db.session.scalar(
        select(Answer)
        .where(
            Answer.idea_id == idea.id,
            Answer.person_id == (actor.id if isinstance(actor, Person) else None),
        )
        .order_by(Answer.id.desc())
        .limit(1)
    )
    said = (draft.handling, draft.text, draft.step, draft.step_on)
    if newest is None or said != (newest.handling, newest.text, newest.step, newest.step_on):
        raise ConflictError(
            _("You have decided on this idea meanwhile. Copy your text and open the idea again.")
        )


def refuse_closed_home(actor: Actor, idea: Idea) -> None:
    """Raise RuleBrokenError for a lead whose sub-project has closed; trials are still ended."""
    message = closed_home(actor, idea)
    if message is not None:
        raise RuleBrokenError(message, "handling")


def _enter(actor: Actor, idea: Idea, draft: AnswerDraft, facts: dict[str, Any]) -> TimelineEntry:
    facts = {"reason": draft.text, "sub_project_id": idea.primary_sub_project_id, **facts}
    if idea.handling != draft.handling:
        target = Handling(draft.handling)
        return move_handling(actor, idea, target, next_step_on=draft.step_on, **facts)
    idea.next_step_on = draft.step_on
    entry = add_entry(actor, idea, Kind.ANSWERED, next_step_on=draft.step_on, **facts)
    record(IdeaMoved(idea.id, entry.id))
    return entry


def _answer(actor: Actor, idea: Idea, draft: AnswerDraft, entry: TimelineEntry) -> Answer:
    answer = Answer(
        idea_id=idea.id,
        entry_id=entry.id,
        sub_project_id=idea.primary_sub_project_id,
        person_id=actor.id if isinstance(actor, Person) else None,
        named=draft.named,
        actor_role=entry.actor_role,
        handling=draft.handling,
        text=draft.text,
        step=draft.step,
        step_on=draft.step_on,
        criteria={name: asdict(one) for name, one in draft.criteria.items()},
        impact_tags=list(draft.impact_tags),
        elsewhere_name=draft.elsewhere.name,
        elsewhere_url=draft.elsewhere.url,
        elsewhere_sentence=draft.elsewhere.sentence,
        source_id=_known(draft.source_id),
        at=clock.now(),
    )
    db.session.add(answer)
    db.session.flush()  # the rows are read again before the unit of work ends
    return answer


def _known(number: int | None) -> int | None:
    """Give the number of an earlier answer while it is there; it may have been undone since."""
    return number if number and db.session.get(Answer, number) else None
