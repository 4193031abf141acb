"""Times in which nothing is answered, as administrators write them; promised dates know them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.i18n import Texts
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.programme.actions import PERMISSION, touch
from innovation.programme.drafts import LONGEST_NAME, check_texts
from innovation.programme.models import Programme

LONGEST = timedelta(days=366)
MOST = 50


@dataclass(frozen=True, slots=True)
class ClosedDraft:
    """A time in which nothing is answered, both days included, and what it is called."""

    first: date | None
    last: date | None
    names: Texts


def add_closed(actor: Actor, draft: ClosedDraft, version: int) -> None:
    """Add a closed time; the same days again stay one. Dates promised before do not move.

    Raises RuleBrokenError at first, last or names_…, and ConflictError for an old page.
    """
    authorize(actor, PERMISSION)
    first, last = _check_days(draft)
    check_texts("names", draft.names, LONGEST_NAME)
    row = _held()
    known = list(row.closed_periods)
    new: dict[str, Any] = {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "names": draft.names,
    }
    if new in known:
        return
    if row.version != version:
        raise ConflictError(_("The programme was changed while this page was open."))
    for one in known:
        if one["first"] <= new["last"] and new["first"] <= one["last"]:
            raise RuleBrokenError(
                _("These days overlap with another closed time. Remove that one first."), "first"
            )
    if len(known) >= MOST:
        raise RuleBrokenError(_("There are many closed times already. Remove old ones."), "first")
    row.closed_periods = sorted([*known, new], key=lambda one: one["first"])
    touch()


def remove_closed(actor: Actor, first: str, last: str) -> None:
    """Remove the closed time with these days, as ISO dates. Safe to repeat."""
    authorize(actor, PERMISSION)
    row = _held()
    left = [one for one in row.closed_periods if (one["first"], one["last"]) != (first, last)]
    if len(left) < len(row.closed_periods):
        row.closed_periods = left
        touch()


def _held() -> Programme:
    return db.session.get_one(Programme, 1, with_for_update=True)


def _check_days(draft: ClosedDraft) -> tuple[date, date]:
    if draft.first is None:
        raise RuleBrokenError(_("Write the first day, such as 21.12.2026."), "first")
    if draft.last is None:
        raise RuleBrokenError(_("Write the last day. It may be the first one."), "last")
    if draft.last < draft.first:
        raise RuleBrokenError(_("The last day is before the first."), "last")
    if draft.last - draft.first >= LONGEST:
        raise RuleBrokenError(_("A closed time can last a year at most."), "last")
    if draft.last < clock.today():
        raise RuleBrokenError(_("This time is over already, so it would move nothing."), "last")
    return draft.first, draft.last
