"""The words of taking out: what is taken out, and where it stood."""

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.guard import Kind

# What a moderator chooses from; an identity code is always taken out.
KIND_LABELS: dict[str, LazyString] = {
    "name": _("Name"),
    "health": _("Health detail"),
    "contact": _("Contact detail"),
    "security": _("Security detail"),
    "code": _("Personal identity code"),
}
# The same for what the guard marks.
KIND_OF: dict[Kind, str] = {
    Kind.HETU_LIKE: "code",
    Kind.PHONE: "contact",
    Kind.EMAIL: "contact",
    Kind.IBAN: "contact",
    Kind.ADDRESS: "contact",
    Kind.PERSON: "name",
    Kind.CARE_DETAIL: "health",
    Kind.SECURITY: "security",
}
# Where a text stands, by table.
PLACE_LABELS: dict[str, LazyString] = {
    "ideas": _("The idea"),
    "revisions": _("A version of the text"),
    "authorships": _("The author"),
    "messages": _("A message"),
    "notes": _("A note"),
    "reports": _("A report"),
    "appeals": _("An appeal"),
    "timeline": _("A reason"),
    "comments": _("A comment"),
    "answers": _("An answer"),
    "postponements": _("Why a date was moved"),
    "spreads": _("What was said of an operating model"),
}
# What it is there, by column, unless the place says enough.
FIELD_LABELS: dict[str, LazyString] = {
    "title": _("Title"),
    "text": _("Text"),
    "what_helps": _("What would help?"),
    "unit": _("Unit or place"),
    "in_brief": _("In brief"),
    "passed_to": _("Passed on"),
    "name": _("Name or nickname"),
    "on_behalf_of": _("On behalf of"),
}
