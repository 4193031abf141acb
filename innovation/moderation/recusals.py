"""Ideas that concern a moderator personally: others decide on them."""

from sqlalchemy import exists, func, select

from innovation.accounts.models import Account, Grant
from innovation.accounts.queries import valid_grant
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import PERMISSIONS, Actor, Person, authorize
from innovation.ideas.models import Idea
from innovation.ideas.moves import hold
from innovation.ideas.timeline import Kind, add_entry
from innovation.moderation.models import Decision, Recusal
from innovation.moderation.undo import undoable


def is_recused(actor: Actor, idea_id: int) -> bool:
    """Tell whether the person has left this idea to others."""
    if not isinstance(actor, Person):
        return False
    return db.session.get(Recusal, (idea_id, actor.id)) is not None


def refuse_recused(actor: Actor, idea: Idea) -> None:
    """Raise RuleBrokenError when the idea concerns the actor: no decision on it is theirs."""
    if is_recused(actor, idea.id):
        raise RuleBrokenError(
            _("You have said that this concerns you, so another moderator decides on it.")
        )


def refuse_undoing(actor: Actor, decision: Decision) -> None:
    """Raise RuleBrokenError when a recused person would undo anything but leaving it to others.

    And when somebody else would undo that: only those whom an idea concerns take it back.
    """
    own = isinstance(actor, Person) and decision.person_id == actor.id
    if decision.kind != "recuse":
        refuse_recused(actor, db.session.get_one(Idea, decision.idea_id))
    elif not own:
        raise RuleBrokenError(_("Only the moderator whom it concerns can take this back."))


def recuse(actor: Person, idea: Idea) -> None:
    """Leave an idea and its comments to the other moderators. Safe to repeat; can be undone.

    Raises RuleBrokenError when there is nobody else to decide, and ForbiddenError.
    """
    authorize(actor, "idea:moderate", idea)
    hold(idea)
    if is_recused(actor, idea.id):
        return
    if not _others(actor, idea.id):
        raise RuleBrokenError(
            _("There is no other moderator for this. Ask the administrator for one first.")
        )
    with undoable(actor, "recuse", idea):
        db.session.add(Recusal(idea_id=idea.id, person_id=actor.id, at=clock.now()))
        add_entry(actor, idea, Kind.RECUSED, public=False)


def _others(actor: Person, idea_id: int) -> int:
    """Count those who may still decide on the idea when the actor does not."""
    gone = exists().where(Recusal.idea_id == idea_id, Recusal.person_id == Account.id)
    others = (
        select(func.count(Account.id.distinct()))
        .join(Grant, Grant.person_id == Account.id)
        .where(
            Grant.role.in_(PERMISSIONS["idea:moderate"]),
            valid_grant(),
            Account.closed_at.is_(None),
            Account.id != actor.id,
            ~gone,
        )
    )
    return db.session.scalar(others) or 0
