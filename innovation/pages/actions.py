"""Writing the programme's own texts, and taking in what is told about accessibility."""

from dataclasses import dataclass

from sqlalchemy import select

from innovation.accounts.actions import normal_email
from innovation.answers.statutory import MatterDraft, enter
from innovation.core import audit, clock
from innovation.core.db import db, insert
from innovation.core.errors import NotFoundError, RuleBrokenError
from innovation.core.i18n import LANGUAGES
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, System, authorize
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.pages.markup import first_mistake
from innovation.pages.models import AccessibilityFeedback, PageText
from innovation.pages.texts import KINDS, LONGEST_FACT, LONGEST_TEXT, PLACES
from innovation.pages.wordings import KEEPS_CLOCKS

KEEPS_TEXTS = "programme:manage"
LONGEST_FEEDBACK = 4_000
LONGEST_PAGE = 500
LONGEST_EMAIL = 254


@dataclass(frozen=True, slots=True)
class TextDraft:
    """A text in one language. version: the one that the writer saw; text "": the ready text."""

    name: str
    language: str
    text: str
    version: int


@dataclass(frozen=True, slots=True)
class FeedbackDraft:
    """What somebody tells about accessibility; email and page may be empty."""

    text: str
    email: str
    page: str
    language: str


def check_text(actor: Actor, draft: TextDraft) -> None:
    """Raise RuleBrokenError at "text" for what could not be shown, NotFoundError, ForbiddenError"""
    authorize(actor, KEEPS_TEXTS)
    kind = KINDS.get(draft.name)
    if kind is None or draft.language not in LANGUAGES:
        raise NotFoundError(f"text {draft.name} {draft.language}")
    refuse_long(LONGEST_FACT if kind.is_fact else LONGEST_TEXT, text=draft.text)
    refuse_identity_codes(text=draft.text)
    places = frozenset[str]() if kind.is_fact else PLACES
    if mistake := first_mistake(draft.text, places, kind.parts):
        raise RuleBrokenError(mistake, "text")


def save_text(actor: Actor, draft: TextDraft) -> int:
    """Add a version of the text and give its number. The same text again adds nothing.

    Raises RuleBrokenError at "text", also when somebody has saved a newer version meanwhile,
    NotFoundError and ForbiddenError.
    """
    check_text(actor, draft)
    now, text = _last(draft)
    if text == draft.text:
        return now
    made = _added(actor, draft) if draft.version == now else None
    if made is not None:
        audit.note(actor, "text:change", "page_text", made, version=now + 1)
        return now + 1
    now, text = _last(draft)  # of two at the same moment the slower one finds the other's
    if text == draft.text:
        return now
    raise RuleBrokenError(
        _("Somebody saved a newer version meanwhile. Look at it below, and save again."), "text"
    )


def _last(draft: TextDraft) -> tuple[int, str]:
    """Give number and text of the last version; 0 and "" for the ready text."""
    row = db.session.execute(
        select(PageText.version, PageText.text)
        .where(PageText.page == draft.name, PageText.language == draft.language)
        .order_by(PageText.version.desc())
        .limit(1)
    ).first()
    return (row.version, row.text) if row else (0, "")


def _added(actor: Actor, draft: TextDraft) -> int | None:
    """Add the version after the one that the writer saw; None when somebody was faster."""
    return db.session.scalar(
        insert(PageText)
        .values(
            page=draft.name,
            language=draft.language,
            text=draft.text,
            version=draft.version + 1,
            updated_at=clock.now(),
            updated_by_id=actor.id if isinstance(actor, Person) else None,
        )
        .on_conflict_do_nothing(index_elements=["page", "language", "version"])
        .returning(PageText.id)
    )


def tell_accessibility(draft: FeedbackDraft) -> int:
    """Take in feedback from anybody, begin its two weeks, and give its number.

    A second press adds nothing. Raises RuleBrokenError at text, email or page.
    """
    email = _checked(draft)
    known = db.session.scalar(
        select(AccessibilityFeedback.id).where(
            AccessibilityFeedback.text == draft.text,
            AccessibilityFeedback.email == email,
            AccessibilityFeedback.page == draft.page,
            AccessibilityFeedback.at >= clock.day_begins(clock.today()),
        )
    )
    if known is not None:
        return known
    row = AccessibilityFeedback(
        text=draft.text, email=email, page=draft.page, language=draft.language, at=clock.now()
    )
    db.session.add(row)
    db.session.flush()
    # The register is read by more people than the text is: only the number stands there.
    matter = MatterDraft("accessibility", clock.today(), f"#{row.id}", sure=True)
    row.clock_id = enter(System("accessibility feedback"), matter).id
    return row.id


def _checked(draft: FeedbackDraft) -> str:
    if not draft.text:
        raise RuleBrokenError(_("Write what does not work."), "text")
    refuse_long(LONGEST_FEEDBACK, text=draft.text)
    refuse_long(LONGEST_PAGE, page=draft.page)
    refuse_long(LONGEST_EMAIL, email=draft.email)
    refuse_identity_codes(text=draft.text, page=draft.page, email=draft.email)
    return normal_email(draft.email) if draft.email else ""


def open_address(actor: Actor, number: int) -> str:
    """Give the address that an answer goes to; that it was looked at is written down.

    Raises NotFoundError and ForbiddenError.
    """
    authorize(actor, KEEPS_CLOCKS)
    row = db.session.get(AccessibilityFeedback, number)
    if row is None or not row.email:
        raise NotFoundError(f"address of feedback {number}")
    audit.note(actor, "address:see", "accessibility_feedback", number)
    return row.email
