"""Every write to kept searches."""

from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import delete, func, select, update

from innovation.accounts.models import Account
from innovation.alerts.events import AlertMatched
from innovation.alerts.models import Alert
from innovation.alerts.queries import AlertRow
from innovation.core import clock
from innovation.core.db import db, insert
from innovation.core.errors import RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Person, authorize
from innovation.guard.rules import refuse_identity_codes
from innovation.ideas.filters import IdeaFilter

MOST = 20


def keep_search(actor: Person, wanted: IdeaFilter, language: str) -> None:
    """Keep a search. Safe to repeat. Raises RuleBrokenError for an empty one, or one too many."""
    authorize(actor, "profile:edit")
    if not wanted.words and not wanted.narrowed:
        raise RuleBrokenError(_("Type words or choose a filter first."))
    refuse_identity_codes(q=wanted.words)
    query = urlencode(wanted.changed().pairs("sort", "exact", "kind"))
    # Two windows that keep a search at the same moment wait in line.
    db.session.execute(
        select(Account.id).where(Account.id == actor.id).with_for_update(key_share=True)
    )
    counted = select(func.count()).where(Alert.person_id == actor.id, Alert.query != query)
    if (db.session.scalar(counted) or 0) >= MOST:
        raise RuleBrokenError(_("You keep %(count)s searches already. Stop one first.", count=MOST))
    now = clock.now()
    db.session.execute(
        insert(Alert)
        .values(person_id=actor.id, query=query, language=language, created_at=now, checked_at=now)
        .on_conflict_do_nothing(index_elements=["person_id", "query"])
    )


def stop_alert(actor: Person, alert_id: int) -> None:
    """Keep a search no longer. Safe to repeat; nothing happens to those of others."""
    authorize(actor, "profile:edit")
    db.session.execute(delete(Alert).where(Alert.id == alert_id, Alert.person_id == actor.id))


def note_news(found: AlertRow, idea_ids: tuple[int, ...], at: datetime) -> None:
    """Remember that a kept search was looked at, and tell of what is new. Safe to repeat."""
    looked = db.session.execute(
        update(Alert)
        .where(Alert.id == found.id, Alert.checked_at == found.checked_at)
        .values(checked_at=at)
        .returning(Alert.id)
        .execution_options(synchronize_session=False)
    ).first()
    if looked is not None and idea_ids:
        record(AlertMatched(found.id, found.person_id, idea_ids, at.isoformat()))
