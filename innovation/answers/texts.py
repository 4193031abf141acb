"""The words of the desk: its groups, and whether promises were kept."""

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _

GROUP_LABELS: dict[str, LazyString] = {
    "overdue": _("Overdue"),
    "week": _("This week"),
    "new": _("New for you"),
    "waiting": _("Waiting for others"),
    "later": _("Later"),
}
GROUP_SENTENCES: dict[str, LazyString] = {
    "overdue": _("The first answer or the promised step is late. The longest overdue come first."),
    "week": _("A promised day comes this week."),
    "new": _("Routed, and not answered yet."),
    "waiting": _("The author was asked, the idea is on hold, or somebody else has the matter."),
    "later": _("Answered, and the next step is further away."),
}
