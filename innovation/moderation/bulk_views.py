"""The page on which many ideas are decided on at once."""

from typing import Any

from flask import Blueprint, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from innovation.core.i18n import lazy_gettext as _
from innovation.core.text import excerpt
from innovation.moderation import bulk, card, desk, queries
from innovation.moderation.bulk_forms import ManyForm
from innovation.programme.queries import snapshot
from innovation.routing.decisions import whole_text
from innovation.routing.suggestions import is_ready, suggest
from innovation.web.access import needs, person
from innovation.web.locale import language

blueprint = Blueprint("bulk", __name__)
EXCERPT = 240


@blueprint.get("/moderation/many")
@needs("moderation:see")
def many() -> ResponseReturnValue:
    """Show the ideas that wait, with boxes."""
    form = ManyForm()
    form.prepare()
    return _page(form)


@blueprint.post("/moderation/many")
@needs("idea:moderate")
def decide() -> ResponseReturnValue:
    """Decide on what is marked; what could not be done is told by its title."""
    form = ManyForm.from_request()
    form.prepare()
    outcome = form.attempt(lambda: form.decide(person()))
    if outcome is None:
        return _page(form), 422
    g.page_is_personal = True
    kind = None if _kind() == "idea" else _kind()
    back = {"label": _("Many at once"), "href": url_for("bulk.many", kind=kind)}
    return render_template(
        "moderation/pressed.html", outcome=outcome, back_to=back, left=0, next_one=desk.onwards()
    )


def _kind() -> str:
    return queries.UNROUTED if request.args.get("kind") == queries.UNROUTED else "idea"


def _page(form: ManyForm) -> str:
    g.page_is_personal = True
    rows = [_row(one) for one in bulk.candidates(person(), _kind())]
    offered = {row["suggested"]: row["suggested_name"] for row in rows if row["suggested"]}
    wanted = request.args.get("suggested", "")
    if wanted in offered:
        rows = [row for row in rows if row["suggested"] == wanted]
    return render_template(
        "moderation/many.html",
        form=form,
        rows=rows,
        kind=_kind(),
        offered=offered,
        wanted=wanted if wanted in offered else "",
        most=bulk.MOST_LISTED,
    )


def _row(one: bulk.Candidate) -> dict[str, Any]:
    folder = current_app.extensions["settings"].instance
    first = None
    if request.method == "GET" and is_ready(folder):
        text = whole_text(one.item.title, one.text, one.what_helps)
        first = next(iter(suggest(text, one.item.language, folder=folder).items), None)
    fact = snapshot().sub_project_by_slug.get(first.sub_project) if first else None
    return {
        "item": one.item,
        "value": f"{one.item.id}:{one.seen}",
        "excerpt": excerpt(one.text, EXCERPT),
        "lang": "" if one.item.language == language() else one.item.language,
        "marked": one.marked,
        "alone": one.alone,
        "suggested": str(fact.id) if fact else "",
        "suggested_name": fact.name(language()) if fact else "",
        "level": card.level(first.certainty) if first else 0,
        "certainty": card.CERTAINTIES[card.level(first.certainty)][1] if first else "",
    }
