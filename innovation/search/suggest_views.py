"""What the search box offers while somebody types."""

from flask import Blueprint, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from innovation.search.engines import engine_for
from innovation.search.suggestions import suggest
from innovation.web.access import actor, public
from innovation.web.limits import limiter
from innovation.web.locale import language

blueprint = Blueprint("suggest", __name__)

# Far more than a roomful of people behind one address can type.
HIGHEST_PACE = "1200/minute"


@blueprint.get("/search/suggest")
@public
@limiter.limit(HIGHEST_PACE)
def index() -> ResponseReturnValue:
    """Offer words and ideas for the text so far, as a piece of a page that nobody keeps."""
    engine = engine_for(current_app.extensions["settings"])
    found = suggest(engine, actor(), request.args.get("q", ""), language())
    answer = make_response(render_template("search/_suggestions.html", found=found))
    answer.headers["Cache-Control"] = "no-store"
    return answer
