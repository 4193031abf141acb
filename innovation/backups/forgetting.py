"""What people took back, as numbers beside the copies: whoever brings one back erases it again.

A list of what is gone grows whenever the worker looks or a copy is made. It holds kinds, numbers
and moments, nothing of what was said.
"""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select

from innovation.accounts.models import Account
from innovation.backups.errors import CopyError
from innovation.comments.actions import delete_comment
from innovation.comments.lifecycle import Visibility as CommentVisibility
from innovation.comments.models import Comment
from innovation.core import clock, transaction
from innovation.core.audit import AuditRow
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, NotFoundError, RuleBrokenError
from innovation.core.permissions import System
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea
from innovation.notifications.models import WAITING, Mail
from innovation.privacy.actions import forget_name, leave, withdraw_silently

FILE = "erased.json"
ACTOR = System("restore")
_COMMENTS_GONE = (CommentVisibility.DELETED, CommentVisibility.WITHDRAWN)
_REFUSED = (ConflictError, ForbiddenError, NotFoundError, RuleBrokenError)


@dataclass(frozen=True, slots=True)
class Gone:
    """kind: "person", "name", "idea" or "comment". noticed_at: UTC. way: how a person left."""

    kind: str
    id: int
    noticed_at: str
    way: str = ""


def note_erased(folder: Path) -> None:
    """Add to the folder's list what is gone by now."""
    known = {(one.kind, one.id): one for one in read_erased(folder / FILE)}
    with transaction.reading():
        for one in _gone():
            known.setdefault((one.kind, one.id), one)
    gone = sorted(known.values(), key=lambda one: (one.noticed_at, one.kind, one.id))
    _write(folder / FILE, gone)


def read_erased(path: Path) -> list[Gone]:
    """Read a list; none is an empty one. Raises CopyError when it cannot be read."""
    if not path.exists():
        return []
    try:
        return [Gone(**one) for one in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, TypeError):
        raise CopyError(f"{path} is no list of what was erased; put it aside first.") from None


def _gone() -> Iterable[Gone]:
    """Give what is gone, in a reading unit of work."""
    now = clock.now().isoformat()
    left = select(AuditRow.subject_id, AuditRow.at, AuditRow.action, AuditRow.details).where(
        AuditRow.action.in_(("person:leave", "name:forget")), AuditRow.subject == "person"
    )
    for number, at, action, details in db.session.execute(left):
        kind = "person" if action == "person:leave" else "name"
        yield Gone(kind, number, at.isoformat(), details.get("way", ""))
    for number in db.session.scalars(
        select(Idea.id).where(Idea.visibility == Visibility.WITHDRAWN)
    ):
        yield Gone("idea", number, now)
    for number in db.session.scalars(
        select(Comment.id).where(Comment.visibility.in_(_COMMENTS_GONE))
    ):
        yield Gone("comment", number, now)


def _write(path: Path, gone: list[Gone]) -> None:
    passing = path.with_name(path.name + ".new")
    handle = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump([asdict(one) for one in gone], file, indent=0)
        file.flush()
        os.fsync(handle)
    os.replace(passing, path)


def erase_again(gone: Iterable[Gone], made_at: datetime) -> tuple[int, list[Gone]]:
    """Take out of the database in use what was taken back after a copy was made.

    Gives how much that was, and what is left for a person to look at. Nobody is mailed again.
    """
    done, left = 0, []
    for one in gone:
        if datetime.fromisoformat(one.noticed_at) < made_at:
            continue
        try:
            with transaction.writing():
                began = clock.now()
                done += _AGAIN[one.kind](one)
                db.session.execute(
                    delete(Mail).where(
                        Mail.kind == "farewell", Mail.state == WAITING, Mail.created_at >= began
                    )
                )
        except _REFUSED:
            left.append(one)
    return done, left


def _person(one: Gone) -> bool:
    account = db.session.get(Account, one.id)
    if account is None or account.closed_at is not None:
        return False
    leave(ACTOR, one.id, one.way)
    return True


def _name(one: Gone) -> bool:
    account = db.session.get(Account, one.id)
    if account is None:
        return False
    forget_name(ACTOR, one.id)
    return True


def _idea(one: Gone) -> bool:
    idea = db.session.get(Idea, one.id)
    if idea is None or idea.visibility == Visibility.WITHDRAWN:
        return False
    withdraw_silently(ACTOR, one.id)
    return True


def _comment(one: Gone) -> bool:
    comment = db.session.get(Comment, one.id)
    if comment is None or comment.visibility in _COMMENTS_GONE:
        return False
    delete_comment(ACTOR, comment)
    return True


_AGAIN: dict[str, Callable[[Gone], bool]] = {
    "person": _person,
    "name": _name,
    "idea": _idea,
    "comment": _comment,
}
