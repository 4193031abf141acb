"""The front page, the health check, and pages that belong to no feature."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from innovation.core.i18n import lazy_gettext as _
from innovation.core.i18n import pick
from innovation.core.permissions import Nobody
from innovation.ideas.drafts import LONGEST_TEXT
from innovation.ideas.lifecycle import STATUS_LABELS
from innovation.pages import queries
from innovation.programme.queries import snapshot
from innovation.routing.queries import Count, counts_by_area, counts_by_sub_project
from innovation.web import navigation
from innovation.web.access import public
from innovation.web.locale import language

blueprint = Blueprint("pages", __name__)

navigation.add("pages.how", _("How this works"), 10, menu="service")
navigation.add("pages.text_check", _("How the text is checked"), 15, menu="service")
navigation.add("pages.rules", _("Rules of discussion"), 20, menu="service")
navigation.add("pages.contact", _("Contact us"), 30, menu="service")


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Tell that the process is alive."""
    return "ok", 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


@blueprint.get("/")
@public
def front() -> ResponseReturnValue:
    """Show the question first, then what came of earlier answers to it."""
    return render_template(
        "pages/front.html",
        areas=_areas(),
        figures=queries.figures(),
        answered=queries.recently_answered(),
        status_labels=STATUS_LABELS,
        parents=_parents(),
        programme_facts=snapshot(),
        longest_text=LONGEST_TEXT,
    )


@blueprint.get("/how")
@public
def how() -> ResponseReturnValue:
    """Tell how an idea travels and what is promised."""
    return render_template("pages/how.html", programme_facts=snapshot())


@blueprint.get("/rules")
@public
def rules() -> ResponseReturnValue:
    """List the rules that texts are read by."""
    return render_template("pages/rules.html", rules=snapshot().rules)


@blueprint.get("/tekstin-tarkistus")
@public
def text_check() -> ResponseReturnValue:
    """Tell what the text check looks for, why, and what then happens."""
    return render_template("pages/text_check.html", programme_facts=snapshot())


@blueprint.get("/contact")
@public
def contact() -> ResponseReturnValue:
    """Tell how to reach us, and where to go with what does not belong here."""
    return render_template("pages/contact.html", programme_facts=snapshot())


def _areas() -> list[dict[str, object]]:
    """Give the scenes of the horizon with their counts."""
    counts = counts_by_area(Nobody())
    return [
        {
            "slug": area.slug,
            "scene": area.scene,
            "name": area.name(language()),
            "count": counts.get(area.id, Count()).ideas,
            "href": url_for("programme.area", slug=area.slug),
        }
        for area in snapshot().areas
        if area.regional
    ]


def _parents() -> list[dict[str, object]]:
    """Give the calm index: each larger project with its open sub-projects and their counts."""
    known = snapshot()
    counts = counts_by_sub_project(Nobody())
    return [
        {
            "name": parent.name(language()),
            "sub_projects": [
                {
                    "name": pick(fact.short_names, language()),
                    "href": url_for("programme.sub_project", slug=fact.slug),
                    "count": counts.get(fact.id, Count()).ideas,
                    "answered": counts.get(fact.id, Count()).answered,
                }
                for fact in known.open_sub_projects
                if fact.parent_id == parent.id
            ],
        }
        for parent in known.parents
    ]
