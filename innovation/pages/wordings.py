"""Reading the programme's own texts, and what was told about accessibility."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from innovation.accounts.models import Account
from innovation.answers.models import StatutoryClock
from innovation.answers.registers import Matter, matter_of
from innovation.core.db import db
from innovation.core.errors import NotFoundError
from innovation.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, pick
from innovation.core.pagination import PAGE_SIZE, Page
from innovation.core.permissions import Actor, authorize
from innovation.pages.models import AccessibilityFeedback, PageText
from innovation.pages.texts import FACTS, KINDS, ready_text
from innovation.programme.queries import snapshot

KEEPS_CLOCKS = "statutory:keep"
VERSIONS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it is shown. version: 0 before anybody has written one; own: not the ready text."""

    name: str
    language: str
    text: str
    version: int = 0
    updated_at: datetime | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier or the present version. by: who wrote it, "" when that is no longer known."""

    number: int
    text: str
    at: datetime
    by: str


def wording(name: str, language: str) -> Wording:
    """Give a text in one language. Raises NotFoundError for a text that there is not."""
    if name not in KINDS or language not in LANGUAGES:
        raise NotFoundError(f"text {name} {language}")
    return _latest([name], [language]).get((name, language)) or Wording(
        name, language, ready_text(name, language)
    )


def every_wording() -> dict[tuple[str, str], Wording]:
    """Give every text in every language by name and language."""
    known = _latest(list(KINDS), list(LANGUAGES))
    return {
        (name, code): known.get((name, code)) or Wording(name, code, ready_text(name, code))
        for name in KINDS
        for code in LANGUAGES
    }


def shown(name: str, language: str) -> tuple[Wording, dict[str, str]]:
    """Give a text with the values of its places; what is not known has none."""
    known = _latest([name, *FACTS], list(LANGUAGES))
    found = known.get((name, language)) or Wording(name, language, ready_text(name, language))
    return found, {**_of_programme(language), **_facts(known, language)}


def values_for(language: str) -> dict[str, str]:
    """Give the values of places, for trying a text before it is saved."""
    known = _latest(list(FACTS), list(LANGUAGES))
    return {**_of_programme(language), **_facts(known, language)}


def versions(name: str, language: str) -> list[Version]:
    """Give the latest versions of a text, the newest first."""
    rows = db.session.execute(
        select(PageText, Account.name)
        .outerjoin(Account, Account.id == PageText.updated_by_id)
        .where(PageText.page == name, PageText.language == language)
        .order_by(PageText.version.desc())
        .limit(VERSIONS_SHOWN)
    )
    return [Version(row.version, row.text, row.updated_at, who or "") for row, who in rows]


def _latest(names: list[str], languages: list[str]) -> dict[tuple[str, str], Wording]:
    last = (
        select(PageText.page, PageText.language, func.max(PageText.version).label("version"))
        .where(PageText.page.in_(names), PageText.language.in_(languages))
        .group_by(PageText.page, PageText.language)
        .subquery()
    )
    rows = db.session.scalars(
        select(PageText).join(
            last,
            (PageText.page == last.c.page)
            & (PageText.language == last.c.language)
            & (PageText.version == last.c.version),
        )
    )
    return {
        (row.page, row.language): Wording(
            row.page,
            row.language,
            row.text or ready_text(row.page, row.language),
            row.version,
            row.updated_at,
            own=bool(row.text),
        )
        for row in rows
    }


def _facts(known: dict[tuple[str, str], Wording], language: str) -> dict[str, str]:
    """Give the facts in this language, else in Finnish."""
    found = {}
    for name in FACTS:
        rows = (known.get((name, code)) for code in (language, DEFAULT_LANGUAGE))
        found[name] = next((row.text for row in rows if row and row.text), "")
    return found


def _of_programme(language: str) -> dict[str, str]:
    known = snapshot()
    contact = {
        key: pick(value, language) if isinstance(value, dict) else str(value)
        for key, value in known.contact.items()
    }
    return {
        "service": pick(known.names, language),
        "programme": pick(known.short_names, language),
        "region": pick(known.regions, language),
        **{name: contact.get(name, "") for name in ("phone", "email", "address", "hours", "place")},
    }


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody told, as those who answer read it. wants_answer: an address was given.

    matter: its clock; None when that was taken out of the register.
    """

    id: int
    text: str
    page: str
    language: str
    at: datetime
    wants_answer: bool
    matter: Matter | None


def feedback(actor: Actor, number: int) -> Page[Feedback]:
    """Give a page of the feedback, the newest first. Raises ForbiddenError."""
    authorize(actor, KEEPS_CLOCKS)
    total = db.session.scalar(select(func.count(AccessibilityFeedback.id))) or 0
    rows = db.session.execute(
        _feedback()
        .order_by(AccessibilityFeedback.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page([_told(*row) for row in rows], number, total)


def one_feedback(actor: Actor, number: int) -> Feedback:
    """Give one feedback. Raises NotFoundError and ForbiddenError."""
    authorize(actor, KEEPS_CLOCKS)
    row = db.session.execute(_feedback().where(AccessibilityFeedback.id == number)).first()
    if row is None:
        raise NotFoundError(f"feedback {number}")
    return _told(*row)


def _feedback() -> Select[AccessibilityFeedback, StatutoryClock]:
    return select(AccessibilityFeedback, StatutoryClock).outerjoin(
        StatutoryClock, StatutoryClock.id == AccessibilityFeedback.clock_id
    )


def _told(told: AccessibilityFeedback, counted: StatutoryClock | None) -> Feedback:
    return Feedback(
        told.id,
        told.text,
        told.page,
        told.language,
        told.at,
        bool(told.email),
        matter_of(counted) if counted is not None else None,
    )
