"""Reading the audit log: who did what, about whom, on which days, in words of the page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, func, or_, select

from innovation.accounts.models import Account
from innovation.accounts.rights import ROLE_LABELS
from innovation.core import clock
from innovation.core.audit import AuditRow, AuditSeal
from innovation.core.db import db
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.pagination import Page, page_number
from innovation.core.permissions import Actor, authorize
from innovation.core.text import clean_line
from innovation.groups.models import Group
from innovation.ideas.models import Idea
from innovation.privacy.senders import REASONS
from innovation.programme.levels import DEED_LABELS, LEVEL_LABELS

ROWS = 50
LONGEST_TYPED = 100
MOST_PEOPLE = 100

# What was done, each as a heading before a colon and what it was done to.
ACTION_LABELS: dict[str, LazyString] = {
    "absence:add": _("Deputy named"),
    "absence:end": _("Deputy's time ended"),
    "address:back": _("Change of e-mail address taken back"),
    "address:change": _("E-mail address changed"),
    "address:see": _("Contact details of a feedback opened"),
    "audit:forget": _("Old rows of the log deleted"),
    "data:ask": _("Own data or deletion asked for"),
    "data:take": _("Own data taken along"),
    "database:restore": _("A copy brought back"),
    "documents:prepare": _("Documents of an idea prepared"),
    "exposure:tell": _("What was public, mailed or exported looked up"),
    "factor:add": _("Second factor added"),
    "factor:remove": _("Second factor removed"),
    "factor:reset": _("Second factors taken away"),
    "factor:spares": _("Spare codes made"),
    "grant:give": _("Right given"),
    "grant:prolong": _("Last day of a right changed"),
    "grant:take": _("Right taken back"),
    "group:add": _("Group made"),
    "group:close": _("Group closed"),
    "group:edit": _("Group changed"),
    "group:open": _("Group opened again"),
    "identity:join": _("Employer's sign-in joined to an account"),
    "key:leave": _("Tracking key and what was given with it deleted"),
    "mail:again": _("Mail sent again"),
    "mail:see": _("Mail opened"),
    "member:end": _("Membership ended"),
    "member:name": _("Member named"),
    "member:prolong": _("Days of a membership changed"),
    "name:forget": _("Name forgotten"),
    "name:see": _("Looked up who wrote"),
    "offer:decide": _("Offer to join an experiment answered"),
    "original:see": _("Texts before redaction opened"),
    "person:leave": _("Account deleted"),
    "person:see": _("Contact details opened"),
    "programme:levels": _("Identification levels changed"),
    "retention:change": _("Retention times changed"),
    "retention:run": _("Old data deleted"),
    "sessions:all": _("Everybody signed out everywhere"),
    "sessions:end": _("Somebody signed out everywhere"),
    "text:change": _("Text of a page changed"),
}
ACTOR_LABELS: dict[str, LazyString] = {
    "system": _("The service"),
    "receipt": _("Holder of a tracking key"),
    "nobody": _("Visitor"),
}


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What of the log is wanted. who, whom: parts of names or addresses; whom also a reference."""

    who: str = ""
    whom: str = ""
    action: str = ""
    first: date | None = None
    last: date | None = None
    page: int = 1

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """Read an address; what makes no sense there is left out."""
        action = given.get("action", "")
        return cls(
            clean_line(given.get("who", ""))[:LONGEST_TYPED],
            clean_line(given.get("whom", ""))[:LONGEST_TYPED],
            action if action in ACTION_LABELS else "",
            _day(given.get("first", "")),
            _day(given.get("last", "")),
            page_number(given.get("page")),
        )

    def address(self, page: int) -> dict[str, object]:
        """Give the arguments of the address of another page of the same."""
        return {
            "who": self.who or None,
            "whom": self.whom or None,
            "action": self.action or None,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "page": page,
        }


@dataclass(frozen=True, slots=True)
class LogRow:
    """A line of the log in words. sealed: it cannot be changed any more without being noticed."""

    id: int
    at: datetime
    who: str
    what: str
    whom: str
    details: tuple[tuple[str, Any], ...]
    sealed: bool


def log(actor: Actor, wanted: LogFilter) -> Page[LogRow]:
    """Give a page of the log, newest first; only for those who may. A fixed number of queries."""
    authorize(actor, "audit:see")
    conditions = list(_conditions(wanted))
    total = db.session.scalar(select(func.count(AuditRow.id)).where(*conditions)) or 0
    rows = list(
        db.session.scalars(
            select(AuditRow)
            .where(*conditions)
            .order_by(AuditRow.id.desc())
            .limit(ROWS)
            .offset((wanted.page - 1) * ROWS)
        )
    )
    sealed = db.session.scalar(select(func.max(AuditSeal.last_row_id))) or 0
    names = _Names(rows)
    return Page([_in_words(row, names, sealed) for row in rows], wanted.page, total, ROWS)


def newest_seal() -> tuple[str, datetime] | None:
    """Give the digest of the newest seal and when it was made."""
    row = db.session.execute(
        select(AuditSeal.digest, AuditSeal.at).order_by(AuditSeal.id.desc()).limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def _conditions(wanted: LogFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.action:
        yield AuditRow.action == wanted.action
    if wanted.first:
        yield AuditRow.at >= clock.day_begins(wanted.first)
    if wanted.last:
        yield AuditRow.at < clock.day_begins(wanted.last + timedelta(days=1))
    if wanted.who:
        yield (AuditRow.actor == "person") & AuditRow.actor_id.in_(_people(wanted.who))
    if wanted.whom:
        people = (AuditRow.subject == "person") & AuditRow.subject_id.in_(_people(wanted.whom))
        ideas = select(Idea.id).where(Idea.reference == wanted.whom.upper())
        groups = select(Group.id).where(func.lower(Group.name) == wanted.whom.lower())
        yield or_(
            people,
            (AuditRow.subject == "idea") & AuditRow.subject_id.in_(ideas),
            (AuditRow.subject == "group") & AuditRow.subject_id.in_(groups),
        )


def _people(words: str) -> list[int]:
    """Give who has all the words in name or address, closed accounts too."""
    found = select(Account.id).order_by(Account.id.desc()).limit(MOST_PEOPLE)
    for word in words.split():
        # SQLite makes only ASCII letters small, so a capital Ä is asked for as well.
        found = found.where(
            or_(
                func.lower(Account.name).contains(word.lower(), autoescape=True),
                Account.name.contains(word, autoescape=True),
                Account.name.contains(word.capitalize(), autoescape=True),
                Account.email.contains(word.lower(), autoescape=True),
            )
        )
    return list(db.session.scalars(found))


class _Names:
    """The names of everybody and everything that some rows tell of: three queries."""

    def __init__(self, rows: list[AuditRow]) -> None:
        people = {row.actor_id for row in rows if row.actor == "person"}
        people |= {row.subject_id for row in rows if row.subject == "person"}
        people |= {row.details.get("deputy") for row in rows}
        groups = {row.subject_id for row in rows if row.subject == "group"}
        groups |= {row.details.get("group") for row in rows}
        ideas = {row.subject_id for row in rows if row.subject == "idea"}
        self.people = _named(Account.id, Account.name, people)
        self.groups = _named(Group.id, Group.name, groups)
        self.ideas = _named(Idea.id, Idea.reference, ideas)

    def of(self, kind: str, number: int | None) -> str:
        """Give the name; what is no more is named by its number."""
        if number is None:
            return ""
        match kind:
            case "person":
                return self.people.get(number) or str(_("account %(number)s", number=number))
            case "group":
                return self.groups.get(number) or f"{kind} {number}"
            case "idea":
                return self.ideas.get(number) or f"{kind} {number}"
            case "mail":
                return str(_("mail %(number)s", number=number))
            case _:
                return ""


def _named(number: Any, name: Any, wanted: set[Any]) -> dict[int, str]:
    asked = sorted(one for one in wanted if isinstance(one, int))
    rows = db.session.execute(select(number, name).where(number.in_(asked)))
    return {row[0]: row[1] for row in rows}


def _in_words(row: AuditRow, names: _Names, sealed: int) -> LogRow:
    who = names.of("person", row.actor_id) if row.actor == "person" else ""
    return LogRow(
        row.id,
        row.at,
        who or str(ACTOR_LABELS.get(row.actor, row.actor)),
        str(ACTION_LABELS.get(row.action, row.action)),
        names.of(row.subject, row.subject_id),
        tuple(_told(row.subject, row.details, names)),
        row.id <= sealed,
    )


def _told(subject: str, details: Mapping[str, Any], names: _Names) -> Iterable[tuple[str, Any]]:
    """Give the details that say something to a reader, as (kind, value); codes in words."""
    words: dict[str, Callable[[Any], str]] = {
        "role": lambda value: str(ROLE_LABELS.get(value, value)),
        "deputy": lambda value: names.of("person", value),
        "group": lambda value: names.of("group", value),
        "reason": lambda value: str(REASONS.get(value, value)),
    }
    for name, value in sorted(details.items()):
        if name in ("sub_project", "area"):
            yield name, value
        elif name == "kind" and subject == "group":
            yield "group_kind", value
        elif name in words:
            yield "text", words[name](value)
        elif name in DEED_LABELS:
            yield "text", f"{DEED_LABELS[name]}: {LEVEL_LABELS.get(value, value)}"
        elif isinstance(value, int | str):
            yield "text", f"{name} {value}"


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if len(written) == 10 else None
    except ValueError:
        return None
