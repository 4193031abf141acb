"""Telling of a service break beforehand, and taking it back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.i18n import Texts
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.programme.actions import PERMISSION, touch
from innovation.programme.drafts import LONGEST_LINE, check_texts
from innovation.programme.models import Programme

LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class BreakDraft:
    """A service break. texts: what is said of it, by language; without one a ready sentence."""

    starts: datetime | None
    ends: datetime | None
    texts: Texts


def tell_break(actor: Actor, draft: BreakDraft, version: int) -> None:
    """Tell of a break on every page until it is over; the same again changes nothing.

    version: the programme's, as the page showed it. Raises RuleBrokenError at first, last or
    texts_…, and ConflictError when somebody was faster.
    """
    authorize(actor, PERMISSION)
    starts, ends = _checked(draft)
    check_texts("texts", draft.texts, LONGEST_LINE)
    row = db.session.get_one(Programme, 1, with_for_update=True)
    told = {"starts": starts.isoformat(), "ends": ends.isoformat(), "texts": draft.texts}
    if row.service_break == told:
        return
    if row.version != version:
        raise ConflictError(_("The programme was changed while this page was open."))
    row.service_break = told
    touch()


def take_back_break(actor: Actor) -> None:
    """Tell of no break any more. Safe to repeat."""
    authorize(actor, PERMISSION)
    row = db.session.get_one(Programme, 1, with_for_update=True)
    if row.service_break:
        row.service_break = None
        touch()


def _checked(draft: BreakDraft) -> tuple[datetime, datetime]:
    if draft.starts is None:
        raise RuleBrokenError(_("Write when the break begins."), "first")
    if draft.ends is None:
        raise RuleBrokenError(_("Write when the break ends."), "last")
    if draft.ends <= draft.starts:
        raise RuleBrokenError(_("The break ends before it begins."), "last")
    if draft.ends <= clock.now():
        raise RuleBrokenError(_("This break is over already."), "last")
    if draft.ends - draft.starts > LONGEST:
        raise RuleBrokenError(_("A break can last a week at most."), "last")
    return draft.starts, draft.ends
