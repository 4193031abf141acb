"""What the programme adds to every page, and the pages of sub-projects and areas."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from innovation.answers.listing import strip
from innovation.core import clock
from innovation.core.errors import NotFoundError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.i18n import pick
from innovation.ideas.facets import facets_of
from innovation.ideas.listing import IdeaFilter, counts, list_ideas
from innovation.programme.queries import AreaFact, SubProjectFact, contacts, snapshot
from innovation.routing.queries import Count, counts_by_area, counts_by_sub_project, informed_of
from innovation.votes.queries import supported
from innovation.web import navigation
from innovation.web.access import actor, public
from innovation.web.locale import language
from innovation.web.unchanged import known, own, shared_page

blueprint = Blueprint("programme", __name__)
navigation.add("programme.sub_projects", _("Sub-projects"), 20)


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """The programme in the language of the page."""

    name: str
    tagline: str
    region: str
    contact: dict[str, Any]


@blueprint.app_context_processor
def _programme() -> dict[str, Any]:
    """Give every page the programme's name and contact."""
    try:
        known = snapshot()
    except NotFoundError:
        return {}
    code = language()
    contact = {
        key: pick(value, code) if isinstance(value, dict) else value
        for key, value in known.contact.items()
    }
    region = pick(known.regions, code)
    tagline = f"{pick(known.short_names, code)}, {region}"
    return {"programme": ProgrammeView(pick(known.names, code), tagline, region, contact)}


@blueprint.get("/sub-projects")
@public
def sub_projects() -> ResponseReturnValue:
    """Show every sub-project in the groups of the larger projects, with what they have."""
    known = snapshot()
    return render_template(
        "programme/sub_projects.html",
        facts=known,
        counts=counts_by_sub_project(actor()),
        nothing=Count(),
        areas=_scenes(),
    )


@blueprint.get("/sub-projects/<slug>")
@public
def sub_project(slug: str) -> ResponseReturnValue:
    """Show one sub-project: what it is for, whom to turn to, its ideas."""
    fact = snapshot().sub_project_by_slug.get(slug)
    if fact is None:
        raise NotFoundError(f"sub-project {slug}")
    return _page_of("programme/sub_project.html", fact, lambda: _about(fact))


def _about(fact: SubProjectFact) -> dict[str, Any]:
    programme = snapshot()
    return {
        "parent": next(one for one in programme.parents if one.id == fact.parent_id),
        "successor": programme.sub_project_by_id.get(fact.successor_id or 0),
        "area_names": {area.id: area.name(language()) for area in programme.areas},
        "people": contacts(sub_project_id=fact.id),
        "informed": informed_of(actor(), fact.id),
        "desk": strip(actor(), fact.id),
    }


@blueprint.get("/areas")
@public
def areas() -> ResponseReturnValue:
    """Lead to the index, where the areas stand below the sub-projects."""
    return redirect(url_for("programme.sub_projects", _anchor="areas"), 303)


@blueprint.get("/areas/<slug>")
@public
def area(slug: str) -> ResponseReturnValue:
    """Show one area: its municipalities, whom to turn to, its ideas."""
    fact = snapshot().area_by_slug.get(slug)
    if fact is None:
        raise NotFoundError(f"area {slug}")
    return _page_of("programme/area.html", fact, lambda: _about_area(fact))


def _about_area(fact: AreaFact) -> dict[str, Any]:
    programme = snapshot()
    return {
        "municipalities": [one for one in programme.municipalities if one.area_id == fact.id],
        "sub_project_names": {one.id: one.name(language()) for one in programme.sub_projects},
        "people": contacts(area_id=fact.id),
    }


def _scenes() -> list[dict[str, Any]]:
    """Give the areas of the region for the horizon, and "somewhere else" for the line below."""
    found = counts_by_area(actor())
    return [
        {
            "slug": one.slug,
            "scene": one.scene,
            "regional": one.regional,
            "name": one.name(language()),
            "count": found.get(one.id, Count()).ideas,
            "href": url_for("programme.area", slug=one.slug),
        }
        for one in snapshot().areas
    ]


def _page_of(
    template: str, fact: SubProjectFact | AreaFact, about: Callable[[], dict[str, Any]]
) -> str:
    """Show the ideas of a sub-project or an area, to be narrowed further by the address."""
    arguments = request.args.to_dict(flat=False)
    if isinstance(fact, AreaFact):
        wanted = IdeaFilter.read(arguments, area=(fact.slug,))
        path = url_for("programme.area", slug=fact.slug)
    else:
        wanted = IdeaFilter.read(arguments, sub_project=(fact.slug,))
        path = url_for("programme.sub_project", slug=fact.slug)
    shown = known(lambda: {**about(), **_list(wanted, path)}, path, wanted, clock.today())
    supports = own(supported, [row.number for row in shown["page"].items])
    whole = {"fact": fact, "wanted": wanted, "path": path, "supported": supports, **shown}
    return shared_page(template, lambda: whole, supports)


def _list(wanted: IdeaFilter, path: str) -> dict[str, Any]:
    found = counts(actor(), wanted)
    page = list_ideas(actor(), wanted, found.total)
    return {"page": page, "facets": facets_of(wanted, found, page, path, language())}
