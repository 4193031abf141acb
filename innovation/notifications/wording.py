"""What notices say, in a list, in a mail of their own and in a digest."""

from collections.abc import Sequence

from flask_babel import force_locale, gettext, ngettext

from innovation.answers.listing import DeskFilter, desk
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Person, holds
from innovation.moderation.queries import queue
from innovation.notifications.inbox import NoticeRow
from innovation.notifications.kinds import ALERTS, COMMENTS, KINDS, WORK
from innovation.notifications.letters import letter_for

Text = tuple[str, str]

# Of comments and kept searches: what is told, by models.Notice.what.
_BRIEF: dict[str, tuple[LazyString, LazyString]] = {
    "comment": (
        _("A new comment on your idea %(reference)s"),
        _("somebody has commented on your idea."),
    ),
    "reply": (
        _("A reply to your comment on the idea %(reference)s"),
        _("somebody has replied to your comment."),
    ),
    "alert": (
        _("A new idea fits your kept search"),
        _("a new idea fits a search that you keep."),
    ),
}


def headline(row: NoticeRow) -> str:
    """Give the one line of a notice, in the language in force."""
    line = _BRIEF[row.what][0] if row.what in _BRIEF else letter_for(row.what, row.why).subject
    # Some headlines name no reference; a list has to tell them apart.
    told = str(line) % {"reference": row.reference}
    return told if not row.reference or row.reference in told else f"{told} ({row.reference})"


def brief_headline(what: str, reference: str, language: str) -> str:
    """Give the one line of a notice about a comment or a new idea, in somebody's language."""
    with force_locale(language):
        return str(_BRIEF[what][0]) % {"reference": reference}


def page_of(row: NoticeRow) -> str:
    """Give the path where one reads on."""
    if row.kind == COMMENTS:
        return f"/ideas/{row.idea_id}#comment-{row.comment_id}"
    if row.kind == ALERTS:
        return f"/ideas/{row.idea_id}"
    letter = letter_for(row.what, row.why)
    if row.comment_id is not None and letter.comments_page:
        return f"/comments/{row.comment_id}{letter.comments_page}"
    return f"/ideas/{row.idea_id}{letter.page}"


def brief_text(row: NoticeRow, language: str, origin: str) -> Text:
    """Give subject and body of the mail about a comment or a new idea; of texts only the title."""
    with force_locale(language):
        lines = [
            gettext("Hello,"),
            str(_BRIEF[row.what][1]),
            *([f"”{row.title}”"] if row.title else ()),
            origin + page_of(row),
            str(KINDS[row.kind].why),
            gettext("Innovation platform"),
        ]
        return headline(row), "\n\n".join(lines) + "\n"


def weekly_text(rows: Sequence[NoticeRow], language: str, origin: str) -> Text:
    """Give subject and body of the weekly digest."""
    with force_locale(language):
        lines = [
            gettext("Hello,"),
            gettext("this is new since the last digest:"),
            _list(rows, origin),
            *_ceiling(rows),
            gettext("You get this because you are told once a week what is new."),
            gettext("Innovation platform"),
        ]
        return _subject(rows), "\n\n".join(lines) + "\n"


def work_text(person: Person, rows: Sequence[NoticeRow], language: str, origin: str) -> Text | None:
    """Give subject and body of the digest of somebody who moderates or answers, with what else
    they are told; None when there is nothing to say.
    """
    with force_locale(language):
        tasks = [*_moderation(person, origin), *_desk(person, origin)]
        if not tasks and not rows:
            return None
        news = [gettext("This is new:"), _list(rows, origin), *_ceiling(rows)] if rows else []
        lines = [
            gettext("Hello,"),
            *([gettext("this waits for you today:"), "\n".join(tasks)] if tasks else ()),
            *news,
            str(KINDS[WORK].why),
            gettext("Innovation platform"),
        ]
        subject = gettext("What waits for you today") if tasks else _subject(rows)
        return subject, "\n\n".join(lines) + "\n"


def _subject(rows: Sequence[NoticeRow]) -> str:
    told: str = ngettext(
        "Innovation platform: %(num)d new thing", "Innovation platform: %(num)d new things",
        len(rows),
    )  # fmt: skip
    return told


def _list(rows: Sequence[NoticeRow], origin: str) -> str:
    told = []
    for row in rows:
        title = f": ”{row.title}”" if row.title else ""
        told.append(f"- {headline(row)}{title}\n  {origin}{page_of(row)}")
    return "\n".join(told)


def _ceiling(rows: Sequence[NoticeRow]) -> list[str]:
    over = sum(row.over for row in rows)
    if not over:
        return []
    return [
        ngettext(
            "You have got as many mails this month as you wanted at most, so %(num)d of these "
            "waited for the digest.",
            "You have got as many mails this month as you wanted at most, so %(num)d of these "
            "waited for the digest.",
            over,
        )
    ]


def _moderation(person: Person, origin: str) -> list[str]:
    if not holds(person, "moderation:see"):
        return []
    waits = queue(limit=1, person=person)
    if not waits.total:
        return []
    late = waits.ages["late"]
    lines = [
        ngettext(
            "%(num)d text waits for a moderator", "%(num)d texts wait for a moderator", waits.total
        )
    ]
    if late:
        lines.append(
            ngettext(
                "%(num)d of them longer than promised",
                "%(num)d of them longer than promised",
                late,
            )
        )
    return [f"- {', '.join(lines)}\n  {origin}/moderation"]


def _desk(person: Person, origin: str) -> list[str]:
    if not holds(person, "answer:see") or not person.led:
        return []
    counts = desk(person, DeskFilter()).counts
    late, week, new = counts["overdue"], counts["week"], counts["new"]
    lines = [
        ngettext("%(num)d idea is late", "%(num)d ideas are late", late) if late else "",
        ngettext("%(num)d is due this week", "%(num)d are due this week", week) if week else "",
        ngettext("%(num)d is new", "%(num)d are new", new) if new else "",
    ]
    told = [line for line in lines if line]
    return [f"- {', '.join(told)}\n  {origin}/answers"] if told else []
