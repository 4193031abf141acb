"""The front page, and pages that belong to no feature."""

from datetime import date, timedelta

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core import clock
from innovation.core.i18n import LANGUAGES, pick
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Nobody
from innovation.ideas.drafts import LONGEST_TEXT
from innovation.ideas.lifecycle import STATUS_LABELS
from innovation.pages import queries, wordings
from innovation.pages.cookies import all_kept
from innovation.pages.keeping import kept_for
from innovation.pages.markup import blocks
from innovation.pages.texts import PAGES
from innovation.programme.queries import snapshot
from innovation.routing.queries import Count, counts_by_area, counts_by_sub_project
from innovation.web import navigation
from innovation.web.access import public
from innovation.web.locale import day, language
from innovation.web.security import own_address
from innovation.web.templating import public_url

blueprint = Blueprint("pages", __name__)

navigation.add("pages.how", _("How this works"), 10, menu="service")
navigation.add("pages.text_check", _("How the text is checked"), 15, menu="service")
navigation.add("pages.rules", _("Rules of discussion"), 20, menu="service")
navigation.add("pages.contact", _("Contact us"), 30, menu="service")
navigation.add("pages.help_page", _("Help"), 5, menu="service")
navigation.add("pages.privacy", _("Privacy notice"), 10, menu="rights")
navigation.add("pages.cookies", _("Cookies"), 20, menu="rights")
navigation.add("pages.accessibility", _("Accessibility statement"), 30, menu="rights")
navigation.add("pages.terms", _("Terms of use"), 40, menu="rights")

# The day from which the texts are that the service brings along.
READY_SINCE = date(2026, 11, 22)
# security.txt is renewed by itself; a copy of it that somebody keeps is no longer good after this.
GOOD_FOR = timedelta(days=180)


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
    return _text("rules")


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Tell what personal data is for, who sees it, how long it is kept, and one's rights."""
    return _text("privacy")


@blueprint.get("/cookies")
@public
def cookies() -> ResponseReturnValue:
    """List what is kept in the browser; all of it is necessary, so nobody is asked."""
    return _text("cookies")


@blueprint.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """Tell how accessible the service is, and how to say that it is not."""
    return _text("accessibility")


@blueprint.get("/terms")
@public
def terms() -> ResponseReturnValue:
    """Tell on what terms the service is used."""
    return _text("terms")


@blueprint.get("/help")
@public
def help_page() -> ResponseReturnValue:
    """Answer what people ask first."""
    return _text("help")


@blueprint.get("/security")
@public
def security() -> ResponseReturnValue:
    """Tell how to report a weakness."""
    return _text("security")


@blueprint.get("/.well-known/security.txt")
@public
def security_txt() -> ResponseReturnValue:
    """Tell machines the same (RFC 9116)."""
    email = str(snapshot().contact.get("email", ""))
    expires = clock.day_begins(clock.today() + GOOD_FOR)
    lines = [
        *([f"Contact: mailto:{email}"] if email else []),
        f"Contact: {public_url('pages.contact')}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(LANGUAGES)}",
        f"Canonical: {public_url('pages.security_txt')}",
        f"Policy: {public_url('pages.security')}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def _text(name: str) -> str:
    """Show a text that administrators may have written, with the parts that the page makes."""
    text, values = wordings.shown(name, language())
    missing = gettext("(will be added before the service opens)")
    places = {place: value or missing for place, value in values.items()}
    places["updated"] = day(text.updated_at if text.own else READY_SINCE)
    return render_template(
        "pages/text.html",
        title=PAGES[name].title,
        blocks=blocks(text.text, places, PAGES[name].parts, own_address("")),
        rules=snapshot().rules,
        kept=all_kept(),
        retention=kept_for(),
    )


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
