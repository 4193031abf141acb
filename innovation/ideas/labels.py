"""Where an idea is, in words that name who has it, or to whom it was passed on."""

from innovation.core.i18n import LazyString, in_the_readers_language
from innovation.core.i18n import lazy_gettext as _
from innovation.ideas.lifecycle import STATUS_LABELS, Handling
from innovation.programme.queries import snapshot

# `ideas.passed_to` holds this and the id of one of the programme's other doors, or a name.
DOOR = "door:"
LONGEST = 120


def status_label(code: str, sub_project_id: int | None = None, passed_to: str = "") -> LazyString:
    """Give a status in words; it names the sub-project that has the idea, or whom it went to."""
    if code == Handling.PASSED_ON and (name := receiver(passed_to)):
        return _("Passed on: %(name)s", name=name)
    home = snapshot().sub_project_by_id.get(sub_project_id or 0)
    if code != Handling.ROUTED or home is None:
        return STATUS_LABELS[code]
    return _("Routed: %(name)s", name=in_the_readers_language(home.short_names))


def receiver(passed_to: str) -> LazyString | str:
    """Give the name of whom `ideas.passed_to` holds; "" for nobody, or a door that is no more."""
    if not passed_to.startswith(DOOR):
        return passed_to
    known = {DOOR + str(door["id"]): door["label"] for door in snapshot().doors}
    label = known.get(passed_to)
    return in_the_readers_language(label) if label else ""
