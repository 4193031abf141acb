"""Pages of administrators: what is open before opening, people and their rights, mails, jobs."""

from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.accounts import queries as accounts
from innovation.accounts.grants import GrantRow, grants_of
from innovation.accounts.rights import ROLE_LABELS, grant_role, revoke_grant
from innovation.admin import opening, queries
from innovation.admin.forms import GrantForm, RevokeForm
from innovation.admin.labels import work_label
from innovation.core.config import Settings
from innovation.core.errors import NotFoundError
from innovation.core.i18n import DEFAULT_LANGUAGE
from innovation.core.i18n import lazy_gettext as _
from innovation.core.pagination import page_number
from innovation.core.permissions import holds
from innovation.core.text import clean_line
from innovation.notifications.queries import mails as outbox
from innovation.pages.queries import needed_texts
from innovation.programme.queries import snapshot
from innovation.web import navigation
from innovation.web.access import actor, needs
from innovation.web.locale import language
from innovation.web.styleguide import sample_form

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
blueprint.add_app_template_filter(work_label)

navigation.add(
    "admin.index", _("Administration"), 70, menu="account", permission="programme:manage"
)
navigation.add("admin.index", _("Before opening"), 10, menu="admin", permission="programme:manage")
navigation.add("admin.people", _("People"), 20, menu="admin", permission="person:manage")
navigation.add("admin.mails", _("Mails"), 80, menu="admin", permission="mail:see")
navigation.add(
    "admin.jobs", _("Work in the background"), 85, menu="admin", permission="programme:manage"
)
navigation.add(
    "admin.styleguide",
    _("Parts and states"),
    90,
    menu="admin",
    shown=lambda who: holds(who, "programme:manage") and not _settings().public,
)


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


@blueprint.app_template_global("admin_menu")
def admin_menu() -> list[dict[str, Any]]:
    """Give the pages of administrators as tabs; other features add theirs to the menu "admin"."""
    return [
        {"label": item.label, "href": item.href, "current": _is_here(item.href)}
        for item in navigation.items("admin")
    ]


def _is_here(href: str) -> bool:
    index = url_for("admin.index")
    return request.path == href or (href != index and request.path.startswith(f"{href}/"))


@blueprint.get("")
@needs("programme:manage")
def index() -> ResponseReturnValue:
    """Show what is to be done before the public comes."""
    points = queries.checklist(actor(), _settings())
    rows = [
        {"label": one.label, "sentence": one.sentence, "done": one.done, "href": _first(one)}
        for one in points
    ]
    rows += [
        {
            "label": one.label,
            "sentence": one.sentence,
            "done": one.done,
            "href": url_for("page_texts.edit", name=one.name, tongue=DEFAULT_LANGUAGE),
        }
        for one in needed_texts()
    ]
    return render("admin/index.html", points=rows)


def _first(point: queries.Point) -> str:
    known = current_app.view_functions
    return next((url_for(name) for name in point.endpoints if name in known), "")


@blueprint.get("/people")
@needs("person:manage")
def people() -> ResponseReturnValue:
    """Show who has an account, and find somebody."""
    search = clean_line(request.args.get("q", ""))[:100]
    page = accounts.people(search, page_number(request.args.get("page")))
    g.page_is_personal = True
    return render("admin/people.html", page=page, search=search, role_labels=ROLE_LABELS)


@blueprint.get("/people/<int:person_id>")
@needs("person:manage")
def person(person_id: int) -> ResponseReturnValue:
    """Show somebody's rights."""
    return _person_page(person_id, _offered(GrantForm()))


@blueprint.post("/people/<int:person_id>/contact")
@needs("person:manage")
def contact(person_id: int) -> ResponseReturnValue:
    """Show somebody's address, once; who looked is written down."""
    g.page_is_secret = True
    profile = opening.open_contact(actor(), person_id)
    return _person_page(person_id, _offered(GrantForm()), email=profile.email)


@blueprint.post("/people/<int:person_id>")
@needs("person:manage")
def grant(person_id: int) -> ResponseReturnValue:
    """Give somebody a right."""
    form = _offered(GrantForm.from_request())
    if form.validate():
        form.attempt(lambda: grant_role(actor(), person_id, **form.wish()))
    if form.errors:
        return _person_page(person_id, form), 422
    flash(gettext("The right was given."), "good")
    return redirect(url_for("admin.person", person_id=person_id), 303)


def _offered(form: GrantForm) -> GrantForm:
    form.offer(snapshot(), language())
    return form


def _person_page(person_id: int, form: GrantForm, email: str = "") -> str:
    g.page_is_personal = True
    return render(
        "admin/person.html",
        profile=accounts.profile_of(person_id),
        email=email,
        grants=grants_of(person_id),
        in_words=_in_words,
        form=form,
    )


def _in_words(grant: GrantRow) -> str:
    """Say what a right is for: "Lead: Ikäihmiset, Koillismaa"."""
    known, code = snapshot(), language()
    facts = (
        known.sub_project_by_id.get(grant.sub_project_id or 0),
        known.area_by_id.get(grant.area_id or 0),
    )
    scope = ", ".join(fact.name(code) for fact in facts if fact)
    label = str(ROLE_LABELS.get(grant.role, grant.role))
    return f"{label}: {scope}" if scope else label


@blueprint.get("/people/<int:person_id>/grants/<int:grant_id>")
@needs("person:manage")
def revoking(person_id: int, grant_id: int) -> ResponseReturnValue:
    """Ask why a right is taken back."""
    return _revoke_page(person_id, grant_id, RevokeForm())


@blueprint.post("/people/<int:person_id>/grants/<int:grant_id>")
@needs("person:manage")
def revoke(person_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a right back."""
    form = RevokeForm.from_request()
    reason = form.reason.data or ""
    whose = form.attempt(lambda: revoke_grant(actor(), grant_id, reason))
    if whose is None:
        return _revoke_page(person_id, grant_id, form), 422
    flash(gettext("The right was taken back."), "good")
    return redirect(url_for("admin.person", person_id=whose), 303)


def _revoke_page(person_id: int, grant_id: int, form: RevokeForm) -> str:
    grants = {one.id: one for one in grants_of(person_id)}
    if grant_id not in grants or grants[grant_id].revoked_at is not None:
        raise NotFoundError(f"grant {grant_id}")
    return render(
        "admin/revoke.html",
        profile=accounts.profile_of(person_id),
        grant=grants[grant_id],
        in_words=_in_words,
        form=form,
    )


@blueprint.get("/mail")
@needs("mail:see")
def mails() -> ResponseReturnValue:
    """Show the written mails, newest first, without what they say and to whom."""
    g.page_is_secret = True
    state = request.args.get("state", "")
    page = outbox(actor(), page_number(request.args.get("page")), state)
    return render("admin/mails.html", page=page, state=state)


@blueprint.post("/mail/<int:mail_id>")
@needs("mail:see")
def mail(mail_id: int) -> ResponseReturnValue:
    """Show one mail, once; links in it are secret, and who looked is written down."""
    g.page_is_secret = True
    return render("admin/mail.html", mail=opening.open_mail(actor(), mail_id))


@blueprint.get("/jobs")
@needs("programme:manage")
def jobs() -> ResponseReturnValue:
    """Show what the worker has before it and behind it."""
    return render("admin/jobs.html", work=queries.work(actor()))


@blueprint.get("/styleguide")
@needs("programme:manage")
def styleguide() -> ResponseReturnValue:
    """Show every component in its states; only where the product is built and tried."""
    if _settings().public:
        raise NotFoundError("styleguide")
    return render("admin/styleguide.html", form=sample_form())
