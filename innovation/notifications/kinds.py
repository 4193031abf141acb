"""What people are told, declared once: the inbox, the choices, the mails and digests follow it."""

from dataclasses import dataclass
from enum import StrEnum

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _


class Way(StrEnum):
    """How something reaches a person by mail; in the service it is read in any case."""

    NOW = "now"
    DIGEST = "digest"
    NEVER = "never"


class Audience(StrEnum):
    """Who gets something of a kind."""

    EVERYBODY = "everybody"
    OFFICIALS = "officials"
    MODERATORS = "moderators"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice. way: by mail, unless the person chose otherwise.

    fixed: cannot be turned off. ways: those that can be chosen. urgent: neither quiet hours nor the
    month's ceiling hold it back. why: why it came, for digests and single mails alike.
    """

    key: str
    label: LazyString
    note: LazyString
    why: LazyString
    way: Way
    audience: Audience = Audience.EVERYBODY
    fixed: bool = False
    urgent: bool = False
    ways: tuple[Way, ...] = (Way.NOW, Way.DIGEST, Way.NEVER)


REQUIRED, OWN, FOLLOWED, COMMENTS = "required", "own", "followed", "comments"
WORK, URGENT, ALERTS = "work", "urgent", "alerts"
# The kind of the weekly digest as a mail. It is no notice: what it holds are notices.
DIGEST = "digest"

_DECLARED = (
    Kind(
        REQUIRED,
        _("What you are asked, and what is taken away"),
        _("A question to you, and decisions such as hiding. These always come at once."),
        _("You get this because it is about something that you wrote."),
        Way.NOW,
        fixed=True,
    ),
    Kind(
        OWN,
        _("What becomes of what you wrote"),
        _("Your idea or comment was published, found its place or was answered."),
        _("You get this because it is about something that you wrote."),
        Way.NOW,
    ),
    Kind(
        FOLLOWED,
        _("Ideas that you follow or support"),
        _("An answer, a moved date, a merge."),
        _("You get this because you follow or support the idea."),
        Way.DIGEST,
    ),
    Kind(
        COMMENTS,
        _("New comments on your ideas, and replies to you"),
        _("Only those that everybody can read."),
        _("You get this because it is about something that you wrote."),
        Way.DIGEST,
    ),
    Kind(
        ALERTS,
        _("New ideas that fit your kept searches"),
        _("You keep searches on the page of results."),
        _("You get this because you keep a search that it fits."),
        Way.DIGEST,
    ),
    Kind(
        WORK,
        _("What waits for you in your work"),
        _("How much waits, what is due and what is late, on working days."),
        _("You get this because you moderate or answer ideas."),
        Way.DIGEST,
        Audience.OFFICIALS,
        ways=(Way.DIGEST, Way.NEVER),
    ),
    Kind(
        URGENT,
        _("Somebody may be in danger"),
        _("Comes at once, at any hour."),
        _("You get this because you are a moderator."),
        Way.NOW,
        Audience.MODERATORS,
        fixed=True,
        urgent=True,
    ),
)
KINDS: dict[str, Kind] = {kind.key: kind for kind in _DECLARED}

PACES: dict[str, LazyString] = {
    "now": _("At once"),
    "weekly": _("Once a week, and at once what becomes of what you wrote"),
    "never": _("No mail"),
}
WAYS: dict[Way, LazyString] = {
    Way.NOW: _("At once"),
    Way.DIGEST: _("In the digest"),
    Way.NEVER: _("Not by mail"),
}
