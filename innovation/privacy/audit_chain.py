"""The seals of the audit log: a chain of keyed hashes in which a changed or missing row shows.

The worker seals what was added since the seal before. A seal is a hash over those rows and over
the seal before, keyed with the installation's secret: whoever can write to the database but does
not know the secret cannot make one that fits. After a change of the secret the chain goes on with
the new one and never back; whoever checks it knows the ones before. What comes after the newest
seal is not protected yet, at most a minute; whoever keeps a digest elsewhere can tell later that
nothing was cut off.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import delete, func, select, text, update

from innovation.core import audit, clock
from innovation.core.audit import AuditRow, AuditSeal
from innovation.core.db import db
from innovation.core.keys import Secret, every_key, is_made, keyed_hash
from innovation.core.permissions import Actor, authorize

logger = logging.getLogger(__name__)

FIRST = "0" * 64
_BATCH = 1_000


class Trouble(StrEnum):
    """What is wrong with the log where the check stopped."""

    CHANGED = "changed"
    NO_ANCHOR = "no_anchor"
    FORGED_ANCHOR = "forged_anchor"
    LEFT_BEHIND = "left_behind"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found. digest: of the newest seal. unsealed: rows after it.

    trouble: None when everything is as it was written; then the rest tells between which rows it
    is not: after `after`, up to `up_to`.
    """

    seals: int
    rows: int
    unsealed: int
    digest: str
    trouble: Trouble | None = None
    after: int = 0
    up_to: int = 0


def canonical(row: AuditRow) -> bytes:
    """Write a row in the one way in which it is hashed, the same on every database."""
    values = [
        row.id,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.actor,
        row.actor_id,
        row.action,
        row.subject,
        row.subject_id,
        row.details,
    ]
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def seal(secret: str) -> str:
    """Seal the rows since the newest seal; give its digest, "" when there was nothing new.

    Call inside a writing unit of work. The digest goes into the log of the service too, where
    whoever changes the database cannot reach it.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        # A row with a smaller number may still be on its way: wait for it, but not for long.
        db.session.execute(text("SET LOCAL lock_timeout = '5s'"))
        db.session.execute(text("LOCK TABLE audit_rows IN SHARE MODE"))
    newest = db.session.scalar(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1))
    done = newest.last_row_id if newest else 0
    last = db.session.scalar(select(func.max(AuditRow.id)).where(AuditRow.id > done))
    if last is None:
        return ""
    before = newest.digest if newest else FIRST
    digest = _digest(secret, before, done, last)
    db.session.add(AuditSeal(last_row_id=last, digest=digest, at=clock.now()))
    logger.info("audit log sealed up to row %d: %s", last, digest)
    return digest


def check(secret: str, known_digest: str = "") -> Checked:
    """Go through the whole log and tell whether it is as it was written.

    known_digest: a seal that somebody kept elsewhere; it must be in the chain.
    """
    seals = list(db.session.scalars(select(AuditSeal).order_by(AuditSeal.id)))
    before, done, rows = FIRST, 0, 0
    seen = {one.digest for one in seals}
    start = 0
    anchors = [place for place, one in enumerate(seals) if one.anchor]
    if anchors:
        anchor = seals[anchors[-1]]
        if not is_made(secret, partial(_anchor, anchor), anchor.anchor):
            return _stopped(seals, rows, Trouble.FORGED_ANCHOR, 0, anchor.last_row_id)
        if anchors[-1] > 0 or _count(0, anchor.last_row_id):
            return _stopped(seals, rows, Trouble.LEFT_BEHIND, 0, anchor.last_row_id)
        start, before, done = anchors[-1] + 1, anchor.digest, anchor.last_row_id
    elif seals and not _count(0, seals[0].last_row_id):
        return _stopped(seals, rows, Trouble.NO_ANCHOR, 0, seals[0].last_row_id)
    keys = every_key(secret)[::-1]
    for one in seals[start:]:
        keys = _fitting(keys, one, before, done)
        if not keys:
            return _stopped(seals, rows, Trouble.CHANGED, done, one.last_row_id)
        rows += _count(done, one.last_row_id)
        before, done = one.digest, one.last_row_id
    if known_digest and known_digest not in seen:
        return _stopped(seals, rows, Trouble.CUT_OFF, done, done)
    return _stopped(seals, rows, None, done, done)


def forget_before(actor: Actor, secret: str, moment: datetime) -> int:
    """Delete whole sealed stretches whose rows are all older; give how many rows went.

    The newest seal among them stays as the anchor from which the rest is checked. The last seal of
    all always stays with its rows, so that numbers never begin anew. For retention alone.
    """
    authorize(actor, "audit:forget")
    newest = db.session.scalar(select(func.max(AuditSeal.id))) or 0
    anchor = db.session.scalar(
        select(AuditSeal)
        .where(AuditSeal.at < moment, AuditSeal.id < newest, AuditSeal.anchor == "")
        .order_by(AuditSeal.id.desc())
        .limit(1)
    )
    if anchor is None:
        return 0
    db.session.execute(
        update(AuditSeal)
        .where(AuditSeal.id == anchor.id)
        .values(anchor=_anchor(anchor, secret))
        .execution_options(synchronize_session=False)
    )
    last = anchor.last_row_id
    went = _count(0, last)
    for table, older in (
        (AuditRow, AuditRow.id <= last),
        (AuditSeal, AuditSeal.id < anchor.id),
    ):
        db.session.execute(delete(table).where(older).execution_options(synchronize_session=False))
    db.session.expire_all()
    audit.note(actor, "audit:forget", "audit", last, rows=went)
    return went


def _fitting(keys: list[Secret], one: AuditSeal, before: str, done: int) -> list[Secret]:
    """Give the keys, oldest first, without those that are too old for this seal."""
    for place, key in enumerate(keys):
        if hmac.compare_digest(one.digest, _digest(key, before, done, one.last_row_id)):
            return keys[place:]
    return []


def _stopped(
    seals: list[AuditSeal], rows: int, trouble: Trouble | None, after: int, up_to: int
) -> Checked:
    last = seals[-1].last_row_id if seals else 0
    unsealed = db.session.scalar(select(func.count()).where(AuditRow.id > last)) or 0
    digest = seals[-1].digest if seals else ""
    return Checked(len(seals), rows, unsealed, digest, trouble, after, up_to)


def _count(after: int, up_to: int) -> int:
    stretch = select(func.count()).where(AuditRow.id > after, AuditRow.id <= up_to)
    return db.session.scalar(stretch) or 0


def _rows(after: int, up_to: int) -> Iterator[AuditRow]:
    while True:
        some = list(
            db.session.scalars(
                select(AuditRow)
                .where(AuditRow.id > after, AuditRow.id <= up_to)
                .order_by(AuditRow.id)
                .limit(_BATCH)
                .execution_options(populate_existing=True)
            )
        )
        if not some:
            return
        yield from some
        after = some[-1].id


def _digest(secret: str, before: str, after: int, up_to: int) -> str:
    """Give the keyed hash over the seal before and the rows after `after`, up to `up_to`."""
    rows = hashlib.sha256()
    for row in _rows(after, up_to):
        rows.update(canonical(row) + b"\n")
    words = f"audit seal\n{before}\n{after}\n{up_to}\n{rows.hexdigest()}"
    return keyed_hash(secret, words).hex()


def _anchor(one: AuditSeal, secret: str) -> str:
    return keyed_hash(secret, f"audit anchor\n{one.digest}\n{one.last_row_id}").hex()
