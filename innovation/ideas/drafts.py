"""What an author gives, and everything that can be wrong with it; pages and imports share it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import LANGUAGES
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, holds
from innovation.core.text import has_words, title_from
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.authors import authors_of
from innovation.ideas.lifecycle import Capacity
from innovation.ideas.models import Idea
from innovation.ideas.queries import revisions_of
from innovation.language import detect
from innovation.programme.queries import snapshot

# What people write in when it is none of the languages of the pages: the code for "not known".
OTHER_LANGUAGE = "und"
LONGEST_TEXT = 5_000
LONGEST_TITLE = 80
LONGEST_LINE = 120
LIMITS = {
    "text": LONGEST_TEXT,
    "what_helps": LONGEST_TEXT,
    "unit": LONGEST_LINE,
    "name": LONGEST_LINE,
    "title": LONGEST_TITLE,
}


@dataclass(frozen=True, slots=True)
class IdeaDraft:
    """What an author gives. area, municipality: slugs; capacity: a Capacity or "".

    language: "" to have it recognised; the page's own when that is not sure. group_id: in whose
    name the idea is written, None for one's own.
    """

    text: str
    what_helps: str = ""
    title: str = ""
    area: str = ""
    municipality: str = ""
    unit: str = ""
    show_place: bool = False
    capacity: str = ""
    name: str = ""
    language: str = ""
    page_language: str = "fi"
    staff_only: bool = False
    group_id: int | None = None

    @property
    def texts(self) -> dict[str, str]:
        """Everything in it that was written, by field."""
        return {field: getattr(self, field) for field in LIMITS}

    @property
    def shown_title(self) -> str:
        """The author's own title, or one made of the first sentence."""
        return self.title if has_words(self.title) else title_from(self.text)


def language_of(text: str, otherwise: str) -> str:
    """Recognise the language of a text: one of the pages, or OTHER_LANGUAGE.

    otherwise: what is given when nobody can be sure, as with a word or two.
    """
    code = detect(text)
    if code is None:
        return otherwise
    return code if code in LANGUAGES else OTHER_LANGUAGE


def problems_in(draft: IdeaDraft) -> Iterator[RuleBrokenError]:
    """Give every broken rule with its field, in the order of the form; at most one for a field."""
    failed: set[str] = set()
    for problem in (*_wording(draft), *_choices(draft), *_identity_codes(draft)):
        if problem.field is not None and problem.field not in failed:
            failed.add(problem.field)
            yield problem


def check(draft: IdeaDraft) -> None:
    """Raise RuleBrokenError for the first broken rule."""
    for problem in problems_in(draft):
        raise problem


def refuse_borrowed(actor: Actor, capacity: str, group_id: int | None, was: str = "") -> None:
    """Refuse an expert's mark and a group's name to who has no right to it.

    was: the capacity that the text has already; it may stay when the right has ended. Raises
    RuleBrokenError at capacity or group.
    """
    if capacity == Capacity.EXPERT != was and not holds(actor, "expert:write"):
        raise RuleBrokenError(_("Choose one of the options."), "capacity")
    if group_id is not None and not (isinstance(actor, Person) and actor.writes_for(group_id)):
        raise RuleBrokenError(
            _("You cannot write in the name of this group now. Choose whose name to use."), "group"
        )


def _wording(draft: IdeaDraft) -> Iterator[RuleBrokenError]:
    if not has_words(draft.text):
        sentence = _(
            "Write at least one sentence. For example: "
            "The booking does not say which floor to go to."
        )
        yield RuleBrokenError(sentence, "text")
    beyond = len(draft.text) - LONGEST_TEXT
    if beyond > 0:
        sentence = _(
            "The text is %(beyond)s characters too long. "
            "Shorten it or move a part of it to What would help.",
            beyond=beyond,
        )
        yield RuleBrokenError(sentence, "text")
    for field, longest in LIMITS.items():
        yield from _refusals(partial(refuse_long, longest), draft, field)


def _choices(draft: IdeaDraft) -> Iterator[RuleBrokenError]:
    programme = snapshot()
    known = {
        "area": {"", *programme.area_by_slug},
        "municipality": {"", *programme.municipality_by_slug},
        "capacity": {"", *Capacity},
        "language": {"", *LANGUAGES, OTHER_LANGUAGE},
    }
    for field, values in known.items():
        if getattr(draft, field) not in values:
            yield RuleBrokenError(_("Choose one of the options."), field)


def _identity_codes(draft: IdeaDraft) -> Iterator[RuleBrokenError]:
    for field in LIMITS:
        yield from _refusals(refuse_identity_codes, draft, field)


def _refusals(
    refuse: Callable[..., None], draft: IdeaDraft, field: str
) -> Iterator[RuleBrokenError]:
    try:
        refuse(**{field: getattr(draft, field)})
    except RuleBrokenError as problem:
        yield problem


def put_facts(idea: Idea, draft: IdeaDraft) -> bool:
    """Put on the idea what is not its text: place, capacity, language. Tell whether it changed.

    A municipality says its area, whatever else was chosen.
    """
    programme = snapshot()
    municipality = programme.municipality_by_slug.get(draft.municipality)
    area = programme.area_by_slug.get(draft.area)
    facts = {
        "language": draft.language or language_of(draft.text, draft.page_language),
        "capacity": draft.capacity or None,
        "area_id": municipality.area_id if municipality else (area.id if area else None),
        "municipality_id": municipality.id if municipality else None,
        "unit": draft.unit,
        "show_place": draft.show_place,
    }
    changed = any(getattr(idea, name, None) != value for name, value in facts.items())
    for name, value in facts.items():
        setattr(idea, name, value)
    return changed


def draft_of(idea: Idea) -> IdeaDraft:
    """Give the idea as its author last wrote it: the text that waits, else the one shown."""
    programme = snapshot()
    newest = next(iter(revisions_of(idea.id, ("waiting",))), idea)
    area = programme.area_by_id.get(idea.area_id or 0)
    municipality = programme.municipality_by_id.get(idea.municipality_id or 0)
    return IdeaDraft(
        text=newest.text,
        what_helps=newest.what_helps,
        title=newest.title,
        area=area.slug if area else "",
        municipality=municipality.slug if municipality else "",
        unit=idea.unit,
        show_place=idea.show_place,
        capacity=idea.capacity or "",
        name=next((author.name for author in authors_of(idea.id)), ""),
        language=idea.language,
    )
