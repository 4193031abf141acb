"""Looking up who wrote an idea without a name or in a group's: only in need, and written down."""

from dataclasses import dataclass

from sqlalchemy import select

from innovation.accounts.models import Account
from innovation.core import audit
from innovation.core.db import db
from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.ideas.models import Authorship, Idea

PERMISSION = "name:see"
# Why somebody may look: the log keeps the code, and no words that could tell of a person.
REASONS: dict[str, LazyString] = {
    "danger": _("Somebody may be in danger"),
    "threat": _("The text threatens somebody"),
    "crime": _("An authority asks because of a suspected crime"),
    "safety": _("A matter of patient or client safety has to be put right"),
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who wrote the idea: the name of the account and how to reach them."""

    name: str
    email: str


def has_sender(idea: Idea) -> bool:
    """Tell whether somebody with an account wrote the idea."""
    wanted = select(Authorship.id).where(
        Authorship.idea_id == idea.id, Authorship.person_id.is_not(None)
    )
    return db.session.scalar(wanted.limit(1)) is not None


def look_up_senders(actor: Actor, idea: Idea, reason: str) -> list[Sender]:
    """Tell who wrote the idea, and write down who looked and why.

    reason: one of REASONS; raises RuleBrokenError at "reason" for another, and ForbiddenError. An
    author with a tracking key is known to nobody, so there may be none.
    """
    authorize(actor, PERMISSION, idea)
    if reason not in REASONS:
        raise RuleBrokenError(_("Choose why you need to know."), "reason")
    audit.note(actor, PERMISSION, "idea", idea.id, reason=reason)
    rows = db.session.execute(
        select(Account.name, Account.email)
        .join(Authorship, Authorship.person_id == Account.id)
        .where(Authorship.idea_id == idea.id)
        .order_by(Authorship.id)
    )
    return [Sender(*row) for row in rows]
