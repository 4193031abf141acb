"""Pages in which administrators keep the concepts by which search widens what people type."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.errors import NotFoundError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.pagination import Page, page_number
from innovation.core.permissions import holds
from innovation.core.text import clean_line, normal_key
from innovation.search import actions, concepts
from innovation.search.concepts import KnownConcept, Whose
from innovation.search.engine import Way
from innovation.search.forms import ConceptForm
from innovation.vocabulary import LISTS
from innovation.web import navigation
from innovation.web.access import actor, needs, public
from innovation.web.limits import limiter

blueprint = Blueprint("concepts", __name__)
navigation.add(
    "concepts.index", _("Words of search"), 70, menu="admin", permission=actions.PERMISSION
)
navigation.add(
    "concepts.missed",
    _("Searches that found nothing"),
    65,
    menu="account",
    shown=lambda who: holds(who, "figures:see") and not holds(who, actions.PERMISSION),
)

LONGEST_TYPED = 200
MOST_MISSED = 200
PER_PAGE = 50
# More than anybody's searches without a result; a robot's are not counted.
PACE = "20/minute;200/hour"
SUB_PROJECT = "sub-project-"
STATES: dict[str, LazyString] = {
    Whose.SHIPPED: _("From the vocabulary"),
    Whose.PROGRAMME: _("From the programme"),
    Whose.OWN: _("Your own"),
}
# What a word is worth beside the one that was typed, in words, from this weight up.
WORTHS: tuple[tuple[float, LazyString], ...] = (
    (0.5, _("Almost as much as the word itself")),
    (0.3, _("About half as much")),
    (0.0, _("A little")),
)


@dataclass(frozen=True, slots=True)
class Tried:
    """What typed words are widened to: the concept, and its words by what they are worth."""

    typed: str
    known: KnownConcept
    worths: list[tuple[LazyString, list[str]]]


@blueprint.get("/admin/concepts")
@needs("programme:manage")
def index() -> ResponseReturnValue:
    """Show the concepts, find one by a word, and try what a query is widened to."""
    search, tried = _typed("q"), _typed("try")
    page = _found(search, page_number(request.args.get("page")))
    return _page("concepts", page=page, search=search, tried=tried, results=_tried(tried))


@blueprint.get("/admin/concepts/missed")
@needs("figures:see")
def missed() -> ResponseReturnValue:
    """Show the searches that found nothing, so that the concepts grow where people look."""
    return _page("missed", rows=concepts.missed_searches(MOST_MISSED))


@blueprint.get("/admin/concepts/new")
@needs("programme:manage")
def new() -> ResponseReturnValue:
    """Show the form for a concept of one's own."""
    form = ConceptForm()
    form.add("fi", _typed("word"))
    return _page("concepts_edit", form, known=None)


@blueprint.post("/admin/concepts/new")
@needs("programme:manage")
def create() -> ResponseReturnValue:
    """Add a concept of one's own."""
    form = ConceptForm.from_request()
    key = form.attempt(lambda: actions.add_concept(actor(), form.draft()))
    if key is None:
        return _page("concepts_edit", form, known=None)
    return _saved(gettext("The concept is in use."), key)


@blueprint.get("/admin/concepts/<key>")
@needs("programme:manage")
def show(key: str) -> ResponseReturnValue:
    """Show the words of a concept."""
    form = ConceptForm.of(_known(key))
    form.add("everyday", _typed("word"))
    return _page("concepts_edit", form, known=_known(key))


@blueprint.post("/admin/concepts/<key>")
@needs("programme:manage")
def update(key: str) -> ResponseReturnValue:
    """Change the words of a concept."""
    form = ConceptForm.from_request()
    if form.save(lambda: actions.edit_concept(actor(), key, form.draft()), now=lambda: _known(key)):
        return _saved(gettext("Your changes were saved."), key)
    return _page("concepts_edit", form, known=_known(key))


@blueprint.post("/admin/concepts/<key>/switch")
@needs("programme:manage")
def switch(key: str) -> ResponseReturnValue:
    """Take a concept out of use, or into use again."""
    active = request.form.get("active") == "1"
    actions.switch_concept(actor(), key, active)
    told = gettext("The concept is in use.") if active else gettext("The concept is switched off.")
    return _saved(told, key)


@blueprint.post("/admin/concepts/<key>/take-back")
@needs("programme:manage")
def take_back(key: str) -> ResponseReturnValue:
    """Make a concept as it came; remove one's own."""
    actions.take_back_concept(actor(), key)
    if key in concepts.known_concepts():
        return _saved(gettext("The concept is as it came."), key)
    return _saved(gettext("The concept was removed."))


@blueprint.post("/search/missed")
@public
@limiter.limit(PACE)
def missed_found() -> ResponseReturnValue:
    """Take note that somebody's words found nothing; the page's script tells it."""
    actions.note_missed(request.form.get("q", ""))
    return "", 204


def _page(template: str, form: ConceptForm | None = None, **context: Any) -> ResponseReturnValue:
    g.page_is_personal = True
    page = render_template(
        f"search/{template}.html", form=form, word=_typed("word"), states=STATES, **context
    )
    return page, form.status if form is not None else 200


def _saved(told: str, key: str = "") -> ResponseReturnValue:
    flash(told, "good")
    place = url_for("concepts.show", key=key) if key else url_for("concepts.index")
    return redirect(place, 303)


def _typed(name: str) -> str:
    return clean_line(request.args.get(name, ""))[:LONGEST_TYPED]


def _known(key: str) -> KnownConcept:
    known = concepts.known_concepts().get(key)
    if known is None:
        raise NotFoundError(f"concept {key}")
    return known


def _found(search: str, number: int) -> Page[KnownConcept]:
    """Give the concepts that have a word with these letters in it, by name."""
    wanted = normal_key(search)
    found = [
        known
        for known in concepts.known_concepts().values()
        if not wanted
        or any(wanted in normal_key(word) for name in LISTS for word in known.concept.words(name))
    ]
    start = (number - 1) * PER_PAGE
    return Page(found[start : start + PER_PAGE], number, len(found), PER_PAGE)


def _tried(text: str) -> list[Tried]:
    """Give what a query is widened to, concept by concept in the order of its words."""
    concepts.know_programme_words()
    words = concepts.typed_words(text)
    return [
        Tried(
            " ".join(word.surface for word in words[one.first : one.last + 1]),
            _known(one.concept),
            _by_worth(one.ways),
        )
        for one in concepts.expansions(words)
    ]


def _by_worth(ways: tuple[Way, ...]) -> list[tuple[LazyString, list[str]]]:
    groups: list[tuple[LazyString, list[str]]] = [(label, []) for _least, label in WORTHS]
    for way in ways:
        place = next(place for place, (least, _) in enumerate(WORTHS) if way.weight >= least)
        groups[place][1].append(way.label)
    return [(label, words) for label, words in groups if words]
