"""Retention: how many days each class of data is kept, and the night that forgets what is over."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from innovation.core import audit, clock, transaction
from innovation.core.db import db
from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, System, authorize
from innovation.notifications.carriers import forget_files
from innovation.privacy import archive, forgetting
from innovation.privacy.forgetting import Night
from innovation.privacy.models import RetentionRun
from innovation.programme.actions import touch
from innovation.programme.models import Programme
from innovation.programme.queries import snapshot

logger = logging.getLogger(__name__)

BATCH = 50
LEAST_DAYS, MOST_DAYS = 1, 36_525

Find = Callable[[datetime, int | None], list[int]]
Forget = Callable[[Night, Sequence[int]], None]


@dataclass(frozen=True, slots=True)
class Class:
    """A class of data. days: by default, None when another setting or the person says when.

    told: what happens when its time is over. whole: it is forgotten all at once.
    """

    key: str
    label: LazyString
    told: LazyString
    days: int | None
    find: Find
    forget: Forget
    whole: bool = False


def _archive(night: Night, numbers: Sequence[int]) -> None:
    archive.archive(night.instance, numbers)


def _destroy(night: Night, numbers: Sequence[int]) -> None:
    archive.destroy(night.actor, numbers)


CLASSES: tuple[Class, ...] = (
    Class(
        "receipt_email",
        _("The address of a receipt"),
        _("After the idea was closed the address is forgotten."),
        30,
        forgetting.find_receipt_addresses,
        forgetting.forget_receipt_addresses,
        whole=True,
    ),
    Class(
        "unfinished",
        _("Ideas that were returned and never completed"),
        _("They are withdrawn and their texts are emptied."),
        183,
        forgetting.find_unfinished,
        forgetting.forget_unfinished,
    ),
    Class(
        "withdrawn",
        _("Ideas that were withdrawn or passed on before they were published"),
        _("Their texts are emptied."),
        183,
        forgetting.find_withdrawn,
        forgetting.forget_hidden,
    ),
    Class(
        "hidden_text",
        _("Texts of hidden ideas"),
        _("After the decision or the appeal the text is emptied. The decision stays."),
        183,
        forgetting.find_hidden,
        forgetting.forget_hidden,
    ),
    Class(
        "hidden_comment",
        _("Texts of hidden comments"),
        _("After the decision or the appeal the text is emptied. The decision stays."),
        183,
        forgetting.find_hidden_comments,
        forgetting.forget_hidden_comments,
    ),
    Class(
        "original",
        _("Words that were taken out of a text"),
        _("They are forgotten. That something was taken out stays known."),
        30,
        forgetting.find_originals,
        forgetting.forget_originals,
    ),
    Class(
        "published",
        _("Published ideas, answers and decisions"),
        _("They are written to an archive package, and then the names are removed."),
        3_652,
        archive.find_old,
        _archive,
    ),
    Class(
        "archived",
        _("Archived ideas, after their archive package"),
        _("Their texts, comments and answers are destroyed here. The package stays."),
        MOST_DAYS,
        archive.find_archived,
        _destroy,
    ),
    Class(
        "unused_account",
        _("Accounts that are not used"),
        _("The owner is told by mail."),
        731,
        forgetting.find_unused,
        forgetting.tell_unused,
    ),
    Class(
        "unused_account_notice",
        _("Accounts whose owner was told"),
        _("The account is closed. What others have built on stays without a name."),
        30,
        forgetting.find_abandoned,
        forgetting.close_abandoned,
    ),
    Class(
        "name",
        _("Names of those who left and let their name stay for a year"),
        _("The texts stay without a name."),
        None,
        forgetting.find_names,
        forgetting.forget_names,
    ),
    Class(
        "sent_mail",
        _("What sent mails said, and to whom"),
        _("Text and address are forgotten."),
        30,
        forgetting.find_sent_mails,
        forgetting.forget_sent_mails,
    ),
    Class(
        "feedback_email",
        _("Addresses in feedback on accessibility"),
        _("After the feedback was answered the address is forgotten."),
        30,
        forgetting.find_feedback_addresses,
        forgetting.forget_feedback_addresses,
    ),
    Class(
        "audit",
        _("The audit log"),
        _("Its oldest part is forgotten. What stays can still be checked."),
        1_826,
        forgetting.find_audited,
        forgetting.forget_audited,
        whole=True,
    ),
)
DEFAULTS: dict[str, int] = {one.key: one.days for one in CLASSES if one.days}


def days() -> dict[str, int]:
    """Give for how many days each class is kept in this programme."""
    return {key: int(snapshot().retention.get(key, usual)) for key, usual in DEFAULTS.items()}


def set_days(actor: Actor, chosen: Mapping[str, int | None]) -> None:
    """Change for how many days classes are kept. Raises RuleBrokenError at a class, Forbidden."""
    authorize(actor, "programme:manage")
    for key, number in chosen.items():
        if key not in DEFAULTS:
            raise RuleBrokenError(_("Choose one of the options."))
        if number is None or not LEAST_DAYS <= number <= MOST_DAYS:
            raise RuleBrokenError(_("Write a number of days from 1 to 36525."), key)
    row = db.session.get_one(Programme, 1, with_for_update=True)
    row.retention = {**days(), **chosen}
    audit.note(actor, "retention:change", "programme", 1, days=row.retention)
    touch()


def what_is_over() -> dict[str, int]:
    """Count what the next night would forget, by class. Changes nothing."""
    return {one.key: len(one.find(_before(one), None)) for one in CLASSES}


def run(instance: Path, secret: str) -> dict[str, int]:
    """Forget everything whose time is over, in batches, each in a unit of work of its own.

    Safe to repeat, and to be cut off: what is left is done the next time. Gives how many rows of
    each class it was. What goes wrong with one class keeps no other from being forgotten; it is
    raised at the end.
    """
    actor = System("retention")
    counts, problems = dict.fromkeys((one.key for one in CLASSES), 0), []
    for one in CLASSES:
        try:
            counts[one.key] = _forget(one, actor, instance, secret)
        except Exception as problem:
            logger.exception("retention of %s failed", one.key)
            problems.append(problem)
    with transaction.reading():
        old = clock.now() - timedelta(days=days()["sent_mail"])
    forget_files(instance, old.timestamp())
    with transaction.writing():
        db.session.add(RetentionRun(at=clock.now(), counts=counts))
        done = {key: number for key, number in counts.items() if number}
        if done:
            audit.note(actor, "retention:run", "programme", 1, counts=done)
    if problems:
        raise problems[0]
    return counts


def _forget(one: Class, actor: System, instance: Path, secret: str) -> int:
    batch, total = None if one.whole else BATCH, 0
    while True:
        with transaction.writing():
            night = Night(actor, _before(one), instance, secret)
            numbers = one.find(night.before, batch)
            if numbers:
                one.forget(night, numbers)
        total += len(numbers)
        if batch is None or len(numbers) < batch:
            return total


def _before(one: Class) -> datetime:
    kept = days()[one.key] if one.days else 0
    return clock.now() - timedelta(days=kept)
