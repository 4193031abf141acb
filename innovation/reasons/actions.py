"""Every write to the ready reasons; each makes all processes read them anew."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from innovation.core.db import db
from innovation.core.errors import ConflictError, NotFoundError, RuleBrokenError
from innovation.core.i18n import Texts
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, authorize
from innovation.programme.actions import touch
from innovation.programme.drafts import check_texts
from innovation.programme.models import Programme
from innovation.programme.preset_shapes import ReasonPreset
from innovation.reasons.models import ReadyReason
from innovation.reasons.texts import USE_LABELS, check_placeholders

PERMISSION = "programme:manage"
LONGEST_REASON = 600


@dataclass(frozen=True, slots=True)
class ReasonDraft:
    """What administrators write: what the reason is for, and its text by language."""

    use: str
    texts: Texts


def add_reason(actor: Actor, draft: ReasonDraft, version: int) -> int:
    """Add a reason after the others of its use and give its id; the same one is added once.

    version: the programme's, as the page showed it; this and `edit_reason` raise ConflictError
    when somebody was faster, and RuleBrokenError at the field that is wrong.
    """
    _check(actor, draft)
    same = select(ReadyReason).where(ReadyReason.use == draft.use)
    known = next((row for row in db.session.scalars(same) if row.texts == draft.texts), None)
    if known is not None:
        return known.id
    _refuse_stale(version)
    row = ReadyReason(use=draft.use, texts=draft.texts, place=_last_place() + 1)
    db.session.add(row)
    touch()
    return row.id


def edit_reason(actor: Actor, number: int, draft: ReasonDraft, version: int) -> None:
    """Change what a reason says or is for. What authors have read stays as they read it."""
    _check(actor, draft)
    row = _row(number)
    if (row.use, row.texts) == (draft.use, draft.texts):
        return
    _refuse_stale(version)
    row.use, row.texts = draft.use, draft.texts
    touch()


def switch_reason(actor: Actor, number: int, active: bool) -> None:
    """Take a reason out of use, or into use again. Safe to repeat."""
    authorize(actor, PERMISSION)
    row = _row(number)
    if row.active != active:
        row.active = active
        touch()


def move_reason(actor: Actor, number: int, step: int) -> None:
    """Show a reason earlier (step -1) or later (1) among those for the same use."""
    authorize(actor, PERMISSION)
    row = _row(number)
    order = list(
        db.session.scalars(select(ReadyReason).order_by(ReadyReason.place, ReadyReason.id))
    )
    alike = [one for one in order if one.use == row.use]
    target = alike.index(row) + step
    if abs(step) != 1 or not 0 <= target < len(alike):
        return
    here, there = order.index(row), order.index(alike[target])
    order[here], order[there] = order[there], order[here]
    for place, one in enumerate(order):
        one.place = place
    touch()


def take_from_preset(actor: Actor, reasons: Iterable[ReasonPreset]) -> None:
    """Add the reasons of a preset for each use that has none yet; what is there stays."""
    authorize(actor, PERMISSION)
    have = set(db.session.scalars(select(ReadyReason.use).distinct()))
    new = [one for one in reasons if one.use not in have]
    first = _last_place() + 1
    for place, one in enumerate(new, first):
        db.session.add(ReadyReason(use=one.use, texts=dict(one.text), place=place))
    if new:
        touch()


def _check(actor: Actor, draft: ReasonDraft) -> None:
    authorize(actor, PERMISSION)
    if draft.use not in USE_LABELS:
        raise RuleBrokenError(_("Choose what the reason is for."), "use")
    check_texts("texts", draft.texts, LONGEST_REASON, required=True)
    for language, text in draft.texts.items():
        check_placeholders(text, f"texts_{language}")


def _refuse_stale(version: int) -> None:
    if db.session.get_one(Programme, 1, with_for_update=True).version != version:
        raise ConflictError(_("The programme was changed while this page was open."))


def _last_place() -> int:
    return db.session.scalar(select(func.max(ReadyReason.place))) or 0


def _row(number: int) -> ReadyReason:
    row = db.session.get(ReadyReason, number)
    if row is None:
        raise NotFoundError(f"reason {number}")
    return row
