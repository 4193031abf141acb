"""The page that answers: has this been proposed already?"""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from markupsafe import Markup

from innovation.core.errors import GoneError, MovedError, NotFoundError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Person
from innovation.core.text import clean_text
from innovation.ideas.facets import facets_of
from innovation.ideas.filters import SORTS, IdeaFilter
from innovation.ideas.queries import visible_idea
from innovation.search import queries
from innovation.search.engine import MOST_HITS, engine_for
from innovation.search.why import Why
from innovation.search.words import reference_in
from innovation.votes.queries import supported
from innovation.web.access import actor, public
from innovation.web.locale import language

blueprint = Blueprint("search", __name__)

ORDERS: dict[str, LazyString] = {queries.RELEVANCE: _("Best match"), **SORTS}
# What goes along to the form in an address; a longer text is sent as a form, nothing is cut.
LONGEST_IN_ADDRESS = 600


@blueprint.get("/search")
@public
def index() -> ResponseReturnValue:
    """Show what was found; a reference number leads straight to its idea."""
    address = _address_of_reference(request.args.get("q", ""))
    if address:
        return redirect(address)
    who = actor()
    wanted = IdeaFilter.read(request.args.to_dict(flat=False), default_sort=queries.RELEVANCE)
    engine = engine_for(current_app.extensions["settings"])
    results = queries.search_ideas(engine, who, wanted, language())
    numbers = [row.number for row in results.page.items]
    return render_template(
        "search/index.html",
        wanted=wanted,
        results=results,
        facets=facets_of(
            wanted, results.counts, results.page, url_for(".index"), language(), ORDERS
        ),
        why={number: _why_line(results.why[number]) for number in numbers},
        supported=supported(who.id, numbers) if isinstance(who, Person) else set(),
        carried=clean_text(request.args.get("q", "")),
        longest_in_address=LONGEST_IN_ADDRESS,
        most=MOST_HITS,
    )


def _address_of_reference(text: str) -> str:
    """Give the address of the idea whose reference was typed, when it may be known of."""
    reference = reference_in(text)
    number = queries.number_of_reference(reference) if reference else None
    if number is None:
        return ""
    try:
        visible_idea(actor(), number)
    except NotFoundError:
        return ""
    except (GoneError, MovedError):
        pass  # the idea's own address tells what became of it
    return url_for("ideas.show", number=number)


def _why_line(why: Why) -> Markup:
    """Say in one line why the idea was found; empty when that cannot be said."""
    if why.words:
        words = Markup(" ").join(Markup("<mark>{}</mark>").format(word) for word in why.words)
        return Markup(  # noqa: S704 - the message is ours and the words are escaped
            ngettext(
                "Matches the word %(words)s", "Matches the words %(words)s", len(why.words),
                words=words,
            )
        )  # fmt: skip
    if why.said:
        return Markup(gettext("In the discussion: “%(said)s”", said=why.said))  # noqa: S704
    return Markup("")
