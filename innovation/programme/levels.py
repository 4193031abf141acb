"""How well somebody has to be known before they may tell, comment or support: each a setting."""

from collections.abc import Mapping
from dataclasses import dataclass

from innovation.core import audit
from innovation.core.db import db
from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, ReceiptHolder, System, authorize
from innovation.programme.actions import PERMISSION, touch
from innovation.programme.models import Programme
from innovation.programme.preset_shapes import ANONYMOUS, LEVELS, STRONG, USUAL_LEVELS
from innovation.programme.queries import snapshot

LEVEL_LABELS: dict[str, LazyString] = {
    "anonymous": _("Nothing is needed"),
    "registered": _("An account"),
    "strong": _("An account and strong identification"),
}
DEED_LABELS: dict[str, LazyString] = {
    "submit": _("To tell an idea"),
    "comment": _("To comment"),
    "support": _("To support"),
}
# What to do first, by what one is about to do and what is asked for it.
SENTENCES: dict[tuple[str, str], LazyString] = {
    ("submit", "registered"): _("Sign in to send an idea. The text you have written is kept."),
    ("submit", "strong"): _(
        "Sign in with strong identification to send an idea. The text you have written is kept."
    ),
    ("comment", "registered"): _("Sign in to comment."),
    ("comment", "strong"): _("Sign in with strong identification to comment."),
    ("support", "registered"): _("Sign in to support an idea."),
    ("support", "strong"): _("Sign in with strong identification to support an idea."),
}


@dataclass(frozen=True, slots=True)
class LevelsDraft:
    """The level asked for each deed: "submit", "comment", "support"."""

    levels: Mapping[str, str]


def level_of(deed: str) -> str:
    """Give how well one has to be known for it."""
    return snapshot().levels.get(deed) or USUAL_LEVELS[deed]


def is_known_enough(actor: Actor, deed: str) -> bool:
    """Tell whether the actor is known well enough; an author with a key was when it began."""
    asked = level_of(deed)
    match actor:
        case System() | ReceiptHolder():
            return True
        case Person(strong=strong):
            return strong or asked != STRONG
        case _:
            return asked == ANONYMOUS


def what_first(actor: Actor, deed: str) -> LazyString | None:
    """Give what the actor has to do before it, as a sentence; None when nothing."""
    return None if is_known_enough(actor, deed) else SENTENCES[deed, level_of(deed)]


def refuse_unknown(actor: Actor, deed: str, field: str | None = None) -> None:
    """Raise RuleBrokenError, at the field, when the actor is not known well enough for it."""
    sentence = what_first(actor, deed)
    if sentence is not None:
        raise RuleBrokenError(sentence, field)


def edit_levels(actor: Actor, draft: LevelsDraft, version: int) -> None:
    """Set how well one has to be known.

    version: the programme's, as the page showed it; raises ConflictError when somebody was faster
    and the edit would change something, and RuleBrokenError at the field of a deed.
    """
    authorize(actor, PERMISSION)
    for deed, allowed in LEVELS.items():
        if draft.levels.get(deed) not in allowed:
            raise RuleBrokenError(_("Choose one of the options."), f"{deed}_level")
    wanted = {deed: draft.levels[deed] for deed in LEVELS}
    programme = db.session.get_one(Programme, 1, with_for_update=True)
    if programme.levels == wanted:
        return
    if programme.version != version:
        raise ConflictError(_("The programme was changed while this page was open."))
    programme.levels = wanted
    touch()
    audit.note(actor, "programme:levels", "programme", 1, **wanted)
