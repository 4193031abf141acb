"""Every write of taking out: words that say who somebody is, or how they are."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, or_, select, update

from innovation.comments.lifecycle import Visibility
from innovation.comments.models import Comment
from innovation.core import audit, clock
from innovation.core.db import Base, db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.core.text import excerpt
from innovation.guard.inspection import identity_codes_in
from innovation.ideas.drafts import LONGEST_TITLE
from innovation.ideas.events import IdeaChanged, IdeaRedacted
from innovation.ideas.inspecting import look
from innovation.ideas.merged import family_of
from innovation.ideas.models import Authorship, Idea, Revision, TimelineEntry
from innovation.ideas.moves import hold
from innovation.ideas.risks import Risk
from innovation.ideas.timeline import Kind, add_entry
from innovation.moderation.actions import take
from innovation.moderation.models import Appeal, Decision, Note
from innovation.moderation.recusals import refuse_recused
from innovation.moderation.undo import restores, undoable
from innovation.redactions.marks import Cut, placeholder, stands_in, taken_out
from innovation.redactions.models import Redaction
from innovation.redactions.queries import (
    Kept,
    Place,
    originals_of,
    sign,
    texts_of_comment,
    texts_of_ideas,
)

KEPT_FOR = timedelta(days=30)
# Of these, undoing does not know by itself which belong to an idea.
_FURTHER: tuple[type[Base], ...] = (Comment, Note, TimelineEntry, Appeal)
_OWN = (Idea, Revision, Authorship)
# What carries a risk, and the texts that it comes of.
_READ: dict[type[Base], tuple[str, ...]] = {
    Idea: ("title", "text", "what_helps", "unit"),
    Revision: ("title", "text", "what_helps"),
    Comment: ("text",),
}

restores(Redaction, "idea_id")


def redact_idea(actor: Actor, idea: Idea, cuts: Sequence[Cut], *, seen: int | None = None) -> None:
    """Take words out of every text of the idea and of what was merged into it.

    Identity codes go for good, whatever the cuts; the rest can be undone. seen: as in
    moderation.actions. Raises RuleBrokenError when there is nothing to take out, ConflictError
    when somebody was faster or the words stand nowhere any more, and ForbiddenError.
    """
    authorize(actor, "idea:moderate", idea)
    family = family_of(idea.id)
    _hold_all(select(Comment).where(Comment.idea_id.in_(family)).order_by(Comment.id))
    _hold_all(select(Idea).where(Idea.id.in_(family)).order_by(Idea.id))
    if not take(actor, idea, seen, (Kind.REDACTED,)):
        return
    places, found = _without_codes(actor, texts_of_ideas(family))
    told = found and add_entry(actor, idea, Kind.REDACTED)
    changes = _changes(places, cuts, nothing=not found)
    others = [number for number in family if number != idea.id]
    with undoable(actor, "redact", idea, others=others, rows=_rows(changes)):
        _take_out(actor, changes)
        if changes and not told:
            add_entry(actor, idea, Kind.REDACTED)
    _tell(family)


def redact_comment(
    actor: Actor, comment: Comment, cuts: Sequence[Cut], *, seen: str | None = None
) -> None:
    """Take words out of a comment, and of what was written about it.

    seen: what `queries.sign` gave when the moderator read it. Raises as `redact_idea` does.
    """
    authorize(actor, "comment:moderate", comment)
    hold(comment)
    idea = db.session.get_one(Idea, comment.idea_id)
    refuse_recused(actor, idea)
    hold(idea)
    gone = comment.visibility in {Visibility.DELETED, Visibility.WITHDRAWN}
    if gone or seen not in (None, sign(comment)):
        raise ConflictError(_("The comment has changed meanwhile. Look at it again."))
    places, found = _without_codes(actor, texts_of_comment(comment))
    facts: dict[str, Any] = {"comment_id": comment.id, "public": False}
    told = found and add_entry(actor, idea, Kind.REDACTED, **facts)
    changes = _changes(places, cuts, nothing=not found)
    rows = {model: ids for model, ids in _rows(changes).items() if model is not Comment}
    with undoable(actor, "redact", idea, comment=comment, rows=rows):
        _take_out(actor, changes)
        if changes and not told:
            add_entry(actor, idea, Kind.REDACTED, **facts)
    _tell([idea.id])


def open_originals(actor: Actor, number: int) -> list[Kept]:
    """Give the texts as they were, as queries.originals_of does, and write down who looked."""
    rows = originals_of(actor, number)
    audit.note(actor, "original:see", "idea", number)
    return rows


def forget_originals() -> None:
    """Forget the texts as they were when the days for an appeal are over."""
    db.session.execute(
        update(Redaction)
        .where(Redaction.until <= clock.now(), Redaction.original.is_not(None))
        .values(original=None)
        .execution_options(synchronize_session=False)
    )


def _hold_all(wanted: Any) -> None:
    db.session.flush()
    db.session.execute(
        wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    ).all()


def _changes(
    places: Sequence[Place], cuts: Sequence[Cut], *, nothing: bool
) -> list[tuple[Place, str]]:
    """Give each text that changes, with what it becomes. nothing: nothing else was taken out."""
    # Real codes have gone already; what only looks like one goes as chosen.
    cuts = [cut for cut in cuts if not any(one.blocks for one in identity_codes_in(cut.words))]
    if not cuts and nothing:
        raise RuleBrokenError(_("Choose or write what is to be taken out."), "words_1")
    for cut in cuts:
        if not any(stands_in(place.text, cut) for place in places):
            raise ConflictError(
                _("These words stand nowhere in the texts. They may have been changed meanwhile.")
            )
    made = ((place, _made(place, cuts)) for place in places)
    return [(place, new) for place, new in made if new != place.text]


def _made(place: Place, cuts: Iterable[Cut]) -> str:
    new = taken_out(place.text, cuts, place.language, title=place.is_title)
    if new != place.text and place.is_title and len(new) > LONGEST_TITLE:
        # The author could not save a longer one; half a bracket is none.
        new = excerpt(new, LONGEST_TITLE)
        new = new if new.count("[") == new.count("]") else new[: new.rindex("[")].rstrip() + "…"
    return new


def _without_codes(actor: Actor, places: list[Place]) -> tuple[list[Place], bool]:
    """Replace identity codes for good, before anything is noted for undoing; tell if there was one.

    Nothing may bring them back, so earlier decisions on these texts can no longer be undone either.
    """
    clean = {place: _no_codes(place.text, place.language) for place in places}
    changes = [(place, new) for place, new in clean.items() if new != place.text]
    if not changes:
        return places, False
    _write(changes)
    _note(actor, [place for place, _new in changes], keep=False)
    ideas = {place.idea_id for place in places}
    for kept in db.session.scalars(
        select(Redaction).where(Redaction.idea_id.in_(ideas), Redaction.original.is_not(None))
    ):
        if identity_codes_in(kept.original or ""):
            kept.original = None
    db.session.execute(
        update(Decision)
        .where(or_(Decision.idea_id.in_(ideas), Decision.other_idea_id.in_(ideas)))
        .values(changes=None)
        .execution_options(synchronize_session="fetch")
    )
    return [replace(place, text=clean[place]) for place in places], True


def _no_codes(text: str, language: str) -> str:
    for found in reversed([one for one in identity_codes_in(text) if one.blocks]):
        text = text[: found.start] + placeholder("code", language) + text[found.end :]
    return text


def _take_out(actor: Actor, changes: list[tuple[Place, str]]) -> None:
    _write(changes)
    _note(actor, [place for place, _new in changes], keep=True)
    for model, row_id in sorted(
        {(place.model, place.row_id) for place, _new in changes}, key=lambda row: row[1]
    ):
        if model in _READ:
            _ease(db.session.get_one(model, row_id), _READ[model])


def _ease(row: Any, fields: tuple[str, ...]) -> None:
    """Let a text wait no higher up than what is left of it; danger is for a moderator to say."""
    if row.risk in (Risk.NONE, Risk.URGENT):
        return
    language = getattr(row, "language", None) or db.session.get_one(Idea, row.idea_id).language
    row.risk = min(row.risk, look({field: getattr(row, field) for field in fields}, language).risk)


def _write(changes: list[tuple[Place, str]]) -> None:
    """Write the texts, and that something was taken out of them."""
    for place, new in changes:
        values = _value(place, new)
        if place.model is Idea and place.field == "text":
            values["excerpt"] = excerpt(new)
        if place.model is Comment:
            values["redacted"] = True
        _put(place.model, [place.row_id], values)
    own = {place.idea_id for place, _new in changes if place.model in _OWN}
    _put(Idea, own, {"redacted": True})
    _put(Idea, {place.idea_id for place, _new in changes}, {"version": Idea.version + 1})
    db.session.expire_all()


def _value(place: Place, new: str) -> dict[str, Any]:
    """Give the column with the text in its place, beside the others that it may hold."""
    column, *way = place.field.split(".")
    if not way:
        return {column: new}
    table = place.model.__table__
    assert isinstance(table, Table)
    whole = db.session.scalars(select(table.c[column]).where(table.c.id == place.row_id)).one()
    name, key = way
    return {column: {**whole, name: {**whole[name], key: new}}}


def _put(model: type[Base], ids: Collection[int], values: dict[str, Any]) -> None:
    table = model.__table__
    assert isinstance(table, Table)
    db.session.execute(update(table).where(table.c.id.in_(ids)).values(values))


def _note(actor: Actor, places: list[Place], *, keep: bool) -> None:
    """Put the texts as they were aside; with an identity code in it a text is not kept."""
    now = clock.now()
    db.session.add_all(
        Redaction(
            idea_id=place.idea_id,
            place=place.table,
            row_id=place.row_id,
            field=place.field,
            original=place.text if keep else None,
            person_id=actor.id if isinstance(actor, Person) else None,
            at=now,
            until=now + KEPT_FOR,
        )
        for place in places
    )
    db.session.flush()


def _rows(changes: list[tuple[Place, str]]) -> dict[type[Base], list[int]]:
    """Give the rows that undoing would not look at by itself."""
    rows: dict[type[Base], list[int]] = {}
    for place, _new in changes:
        if place.model in _FURTHER:
            rows.setdefault(place.model, []).append(place.row_id)
    return rows


def _tell(numbers: Collection[int]) -> None:
    for number in numbers:
        record(IdeaChanged(number))
        record(IdeaRedacted(number))
