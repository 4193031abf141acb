"""The page that answers: has this been proposed already?"""

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from flask import (
    Blueprint,
    current_app,
    g,
    redirect,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from innovation.answers.queries import texts_of
from innovation.core import clock
from innovation.core.errors import GoneError, MovedError, NotFoundError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor
from innovation.core.text import clean_line, clean_text
from innovation.ideas.facets import facets_of
from innovation.ideas.filters import SORTS, IdeaFilter
from innovation.ideas.listing import IdeaRow
from innovation.ideas.queries import number_of_reference, visible_idea
from innovation.search import queries, suggestions
from innovation.search.engine import FEW, MOST_HITS, SearchUnavailableError
from innovation.search.engines import engine_for
from innovation.search.facets import kinds_of
from innovation.search.queries import Results
from innovation.search.words import reference_in
from innovation.search.work_results import EACH_ALONE, found_works
from innovation.search.works import KINDS
from innovation.votes.queries import supported
from innovation.web.access import actor, public
from innovation.web.locale import language
from innovation.web.unchanged import LONGEST_KEPT, known, own, shared_page

blueprint = Blueprint("search", __name__)

ORDERS: dict[str, LazyString] = {queries.RELEVANCE: _("Best match"), **SORTS}
# What goes along to the form in an address; a longer text is sent as a form, nothing is cut.
LONGEST_IN_ADDRESS = 600
# No reference of an idea brought along from elsewhere is longer.
_LONGEST_REFERENCE = 60
# A sentence of so many words that nobody wrote may still be about what somebody wrote of.
_SENTENCE = 3


@blueprint.get("/search")
@public
def index() -> ResponseReturnValue:
    """Show what was found; a reference number leads straight to its idea."""
    address = _address_of_reference(clean_line(request.args.get("q", "")))
    if address:
        return redirect(address)
    wanted = IdeaFilter.read(
        request.args.to_dict(flat=False), default_sort=queries.RELEVANCE, kinds=EACH_ALONE
    )
    # An index that was made anew is no change in the database.
    lately = (clock.today(), time.monotonic() // LONGEST_KEPT)
    shown = known(lambda: _found(actor(), wanted), "search", wanted, lately)
    supports = own(supported, shown["numbers"])
    carried = {
        "wanted": wanted,
        "carried": clean_text(request.args.get("q", "")),
        "longest_in_address": LONGEST_IN_ADDRESS,
        "most": MOST_HITS,
        "supported": supports,
    }
    return shared_page("search/index.html", lambda: {**shown, **carried}, supports)


def _found(who: Actor, wanted: IdeaFilter) -> dict[str, Any]:
    """Give what is found, the same for all who have the same rights."""
    engine = engine_for(current_app.extensions["settings"])
    # Pages of the other kinds are not pages of ideas.
    of_ideas = wanted.changed() if wanted.kind in KINDS else wanted
    results = queries.search_ideas(engine, who, of_ideas, language(), as_written=wanted.exact)
    if results.limited:
        g.page_is_single = True  # the next one may find more again
    works = found_works(results.looked, wanted)
    close = [] if works.any else _close(who, wanted, results)
    here, page = url_for(".index"), works.alone or results.page
    numbers = [row.number for row in (*results.page.items, *close)]
    return {
        "numbers": numbers,
        "results": results,
        "works": works,
        "kinds": kinds_of(wanted, results, works, here),
        "facets": facets_of(wanted, results.counts, page, here, language(), ORDERS),
        "close": close,
        "instead": _instead(wanted, results),
        "meant": _meant(wanted.words, results.corrected),
        "answers": texts_of(numbers),
    }


def _instead(wanted: IdeaFilter, results: Results) -> str:
    """Give what the reader may rather have meant, "" for nothing."""
    if wanted.exact or results.limited or results.corrected or results.complete >= FEW:
        return ""
    engine = engine_for(current_app.extensions["settings"])
    try:
        return suggestions.alternative(engine, wanted.words, language(), results.looked)
    except SearchUnavailableError:
        return ""


def _meant(words: str, corrected: Mapping[str, str]) -> str:
    """Give what was typed with the corrected words in their places."""
    for typed, word in corrected.items():
        words = re.sub(rf"(?i)(?<!\w){re.escape(typed)}(?!\w)", lambda _found, new=word: new, words)  # type: ignore[misc]
    return words


def _close(who: Actor, wanted: IdeaFilter, results: Results) -> Sequence[IdeaRow]:
    """Give ideas about the same thing where a sentence was typed and nothing has its words."""
    if results.counts.everything or wanted.narrowed or len(wanted.words.split()) < _SENTENCE:
        return []
    engine = engine_for(current_app.extensions["settings"])
    return queries.similar_ideas(engine, who, wanted.words, language())


def _address_of_reference(text: str) -> str:
    """Give the address of the idea whose reference was typed, when it may be known of."""
    reference = reference_in(text)
    # A word or a number alone is looked for in texts, whatever references were brought along.
    foreign = any(map(str.isdigit, text)) and not text.isdigit() and len(text) < _LONGEST_REFERENCE
    if not reference and not foreign:
        return ""
    number = number_of_reference(reference, text if foreign else "")
    try:
        visible_idea(actor(), number or 0)
    except NotFoundError:
        return ""
    except (GoneError, MovedError):
        pass  # the idea's own address tells what became of it
    return url_for("ideas.show", number=number)
