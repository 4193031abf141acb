"""What happens on the way of an experiment: readings, the diary, and those who want to try it."""

from sqlalchemy import select

from innovation.core import audit, clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, NotFoundError, RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.core.text import has_words
from innovation.experiments.drafts import LONGEST_TEXT, OfferDraft, ReadingDraft
from innovation.experiments.lifecycle import OPEN, Offer
from innovation.experiments.models import DiaryEntry, Experiment, Joiner, Measure, Reading
from innovation.experiments.queries import may_offer
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.moves import hold
from innovation.ideas.timeline import role_of


def add_reading(actor: Actor, experiment: Experiment, draft: ReadingDraft) -> None:
    """Write what a measure showed on a day, in any order. The same once more changes nothing.

    Raises RuleBrokenError at a field, such as for a day that has another reading; ForbiddenError.
    """
    authorize(actor, "experiment:lead", experiment)
    hold(experiment)
    value = draft.check()
    measure = db.session.get(Measure, draft.measure_id)
    if measure is None or measure.experiment_id != experiment.id or draft.on is None:
        raise RuleBrokenError(_("Choose what was measured."), "measure")
    there = db.session.scalar(
        select(Reading).where(Reading.measure_id == measure.id, Reading.on == draft.on)
    )
    if there is not None:
        if (there.value, there.note) == (value, draft.note):
            return
        raise RuleBrokenError(
            _("This day has a reading already. Remove it first, or choose another day."), "on"
        )
    db.session.add(
        Reading(
            measure_id=measure.id,
            on=draft.on,
            value=value,
            note=draft.note,
            person_id=actor.id if isinstance(actor, Person) else None,
            at=clock.now(),
        )
    )
    db.session.flush()


def remove_reading(actor: Actor, experiment: Experiment, number: int) -> None:
    """Take a reading away that was wrong. Safe to repeat."""
    authorize(actor, "experiment:lead", experiment)
    hold(experiment)
    row = db.session.get(Reading, number)
    if row is None:
        return
    if db.session.get_one(Measure, row.measure_id).experiment_id != experiment.id:
        raise NotFoundError(f"reading {number}")
    db.session.delete(row)
    db.session.flush()


def write_diary(actor: Actor, experiment: Experiment, text: str) -> None:
    """Tell everybody how the experiment goes. The same text twice in a row is one entry.

    Raises RuleBrokenError at the field, and ForbiddenError.
    """
    authorize(actor, "experiment:lead", experiment)
    hold(experiment)
    if not has_words(text):
        raise RuleBrokenError(_("Write what has happened."), "text")
    refuse_long(LONGEST_TEXT, text=text)
    refuse_identity_codes(text=text)
    last = db.session.scalar(
        select(DiaryEntry.text)
        .where(DiaryEntry.experiment_id == experiment.id)
        .order_by(DiaryEntry.id.desc())
        .limit(1)
    )
    if last == text:
        return
    db.session.add(
        DiaryEntry(
            experiment_id=experiment.id,
            text=text,
            actor_role=role_of(actor),
            person_id=actor.id if isinstance(actor, Person) else None,
            at=clock.now(),
        )
    )
    db.session.flush()


def offer_to_join(actor: Person, experiment: Experiment, draft: OfferDraft) -> None:
    """Offer to try this; an earlier offer of the same person is written anew.

    Raises RuleBrokenError at a field or for somebody who supports none of its ideas, ConflictError
    when the experiment has ended, and ForbiddenError.
    """
    authorize(actor, "experiment:join", experiment)
    hold(experiment)
    if experiment.state not in OPEN:
        raise ConflictError(_("The experiment has ended, so nobody can join it any more."))
    if not may_offer(actor, experiment.id):
        raise RuleBrokenError(
            _("This is for those who support the idea. Support it first, then come back.")
        )
    draft.check()
    row = _offer_of(actor, experiment)
    if row is None:
        row = Joiner(experiment_id=experiment.id, person_id=actor.id)
        db.session.add(row)
    row.unit, row.message = draft.unit, draft.message
    row.starts_on, row.ends_on = draft.starts_on, draft.ends_on
    row.state, row.at = Offer.OFFERED, clock.now()
    db.session.flush()


def withdraw_offer(actor: Person, experiment: Experiment) -> None:
    """Take one's offer back; what was written in it is forgotten. Safe to repeat."""
    hold(experiment)
    row = _offer_of(actor, experiment)
    if row is not None:
        row.state, row.unit, row.message = Offer.WITHDRAWN, "", ""
        row.starts_on = row.ends_on = None


def decide_offer(actor: Actor, experiment: Experiment, number: int, *, accepted: bool) -> None:
    """Take somebody along, or thank them this time. Safe to repeat.

    Raises ConflictError when they have withdrawn meanwhile, and ForbiddenError.
    """
    authorize(actor, "experiment:lead", experiment)
    hold(experiment)
    row = db.session.get(Joiner, number)
    if row is None or row.experiment_id != experiment.id:
        raise NotFoundError(f"offer {number}")
    if row.state == Offer.WITHDRAWN:
        raise ConflictError(_("They have withdrawn their offer meanwhile."))
    row.state = Offer.ACCEPTED if accepted else Offer.DECLINED
    audit.note(
        actor, "offer:decide", "person", row.person_id, experiment=experiment.id, way=row.state
    )


def _offer_of(actor: Actor, experiment: Experiment) -> Joiner | None:
    """Give the actor's own offer, if there is one."""
    if not isinstance(actor, Person):
        return None
    return db.session.scalar(
        select(Joiner).where(Joiner.experiment_id == experiment.id, Joiner.person_id == actor.id)
    )
