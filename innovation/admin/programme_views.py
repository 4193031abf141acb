"""Pages in which administrators keep the programme: its facts, sub-projects, places, contacts."""

from functools import partial
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.i18n import lazy_gettext as _
from innovation.programme import actions, closings, details, forms
from innovation.programme.fields import EditForm
from innovation.programme.queries import contacts, snapshot
from innovation.web import navigation
from innovation.web.access import actor, needs

blueprint = Blueprint("programme_admin", __name__, url_prefix="/admin")

for endpoint, label, position in (
    ("edit", _("Programme"), 30),
    ("sub_projects", _("Sub-projects"), 40),
    ("municipalities", _("Municipalities"), 50),
    ("contacts_index", _("Contact persons"), 60),
):
    navigation.add(
        f"programme_admin.{endpoint}", label, position, menu="admin", permission="programme:manage"
    )


def _page(template: str, form: EditForm | None = None, **context: Any) -> tuple[str, int]:
    """Give a page; one with a form tells by its status whether something needs correcting."""
    g.page_is_personal = True
    status = form.status if form is not None else 200
    page = render_template(f"admin/programme/{template}.html", form=form, **context)
    return page, status


def _saved(endpoint: str, **values: Any) -> ResponseReturnValue:
    flash(gettext("Your changes were saved."), "good")
    return redirect(url_for(f"programme_admin.{endpoint}", **values), 303)


@blueprint.get("/programme")
@needs("programme:manage")
def edit() -> ResponseReturnValue:
    """Show what is said of the programme as a whole."""
    return _edit_page(_programme_form())


def _edit_page(form: EditForm, closed: forms.ClosedForm | None = None) -> ResponseReturnValue:
    adding = closed or forms.ClosedForm.fresh({})
    answer = _page("edit", form, closed=adding, periods=details.closed_rows())
    return answer if closed is None else (answer[0], closed.status)


def _programme_form() -> forms.ProgrammeForm:
    return forms.ProgrammeForm.of(details.programme_draft())


@blueprint.post("/programme")
@needs("programme:manage")
def update() -> ResponseReturnValue:
    """Change what is said of the programme as a whole."""
    form = forms.ProgrammeForm.from_request()
    if form.save(lambda: actions.edit_programme(actor(), form.draft(), form.seen), _programme_form):
        return _saved("edit")
    return _edit_page(form)


@blueprint.post("/programme/closed")
@needs("programme:manage")
def add_closed() -> ResponseReturnValue:
    """Add a time in which nothing is answered."""
    form = forms.ClosedForm.from_request()
    if form.save(lambda: closings.add_closed(actor(), form.draft(), form.seen)):
        return _saved("edit", _anchor="closed")
    return _edit_page(_programme_form(), form)


@blueprint.post("/programme/closed/remove")
@needs("programme:manage")
def remove_closed() -> ResponseReturnValue:
    """Remove one of them."""
    first, _and, last = request.form.get("days", "").partition(" ")
    closings.remove_closed(actor(), first, last)
    return _saved("edit", _anchor="closed")


@blueprint.get("/sub-projects")
@needs("programme:manage")
def sub_projects() -> ResponseReturnValue:
    """Show every sub-project, open or closed."""
    known = snapshot()
    rows = details.sub_project_rows()
    groups = [(one, [row for row in rows if row.parent_id == one.id]) for one in known.parents]
    return _page("sub_projects", groups=groups)


@blueprint.get("/sub-projects/new")
@needs("programme:manage")
def new_sub_project() -> ResponseReturnValue:
    """Show the form for a further sub-project."""
    form = forms.SubProjectForm.fresh({"confirmed": True}).offer()
    return _page("sub_project", form, fact=None, contacts=())


@blueprint.post("/sub-projects/new")
@needs("programme:manage")
def create_sub_project() -> ResponseReturnValue:
    """Add a sub-project."""
    form = forms.SubProjectForm.from_request().offer()
    if form.save(lambda: actions.add_sub_project(actor(), form.draft(), form.seen)):
        return _saved("sub_projects")
    return _page("sub_project", form, fact=None, contacts=())


@blueprint.get("/sub-projects/<slug>")
@needs("programme:manage")
def sub_project(slug: str) -> ResponseReturnValue:
    """Show what is said of a sub-project, and its contact persons."""
    return _sub_project_page(slug, _sub_project_form(slug))


def _sub_project_form(slug: str) -> forms.SubProjectForm:
    return forms.SubProjectForm.of(details.sub_project_draft(slug)).offer(slug)


@blueprint.post("/sub-projects/<slug>")
@needs("programme:manage")
def update_sub_project(slug: str) -> ResponseReturnValue:
    """Change a sub-project."""
    now = partial(_sub_project_form, slug)
    now()  # answers 404 before anything is asked of what was sent
    form = forms.SubProjectForm.from_request().offer(slug)
    if form.save(lambda: actions.edit_sub_project(actor(), slug, form.draft(), form.seen), now):
        return _saved("sub_project", slug=slug)
    return _sub_project_page(slug, form)


def _sub_project_page(slug: str, form: forms.SubProjectForm) -> ResponseReturnValue:
    fact = snapshot().sub_project_by_slug[slug]
    people = contacts(sub_project_id=fact.id)
    areas = snapshot().area_by_id
    return _page("sub_project", form, fact=fact, contacts=people, areas=areas)


@blueprint.post("/sub-projects/<slug>/close")
@needs("programme:manage")
def close_sub_project(slug: str) -> ResponseReturnValue:
    """Take a sub-project out of use."""
    actions.close_sub_project(actor(), slug, EditForm.from_request().seen)
    flash(gettext("The sub-project is closed. Its ideas stay with it."), "good")
    return redirect(url_for("programme_admin.sub_project", slug=slug), 303)


@blueprint.post("/sub-projects/<slug>/reopen")
@needs("programme:manage")
def reopen_sub_project(slug: str) -> ResponseReturnValue:
    """Take a closed sub-project into use again."""
    actions.reopen_sub_project(actor(), slug, EditForm.from_request().seen)
    flash(gettext("The sub-project is open again."), "good")
    return redirect(url_for("programme_admin.sub_project", slug=slug), 303)


@blueprint.post("/sub-projects/<slug>/move")
@needs("programme:manage")
def move_sub_project(slug: str) -> ResponseReturnValue:
    """Show a sub-project earlier or later in lists."""
    step = {"earlier": -1, "later": 1}.get(request.form.get("where", ""), 0)
    actions.move_sub_project(actor(), slug, step)
    return redirect(url_for("programme_admin.sub_projects", _anchor=slug), 303)


@blueprint.get("/municipalities")
@needs("programme:manage")
def municipalities() -> ResponseReturnValue:
    """Show every municipality with its area."""
    rows = details.municipality_rows()
    areas = snapshot().areas
    groups = [(area, [row for row in rows if row.area_id == area.id]) for area in areas]
    return _page("municipalities", groups=groups)


@blueprint.get("/municipalities/new")
@needs("programme:manage")
def new_municipality() -> ResponseReturnValue:
    """Show the form for a further municipality."""
    return _page("municipality", forms.MunicipalityForm.fresh({}).offer(), slug="")


@blueprint.post("/municipalities/new")
@needs("programme:manage")
def create_municipality() -> ResponseReturnValue:
    """Add a municipality."""
    form = forms.MunicipalityForm.from_request().offer()
    if form.save(lambda: actions.add_municipality(actor(), form.draft(), form.seen)):
        return _saved("municipalities")
    return _page("municipality", form, slug="")


@blueprint.get("/municipalities/<slug>")
@needs("programme:manage")
def municipality(slug: str) -> ResponseReturnValue:
    """Show what is said of a municipality."""
    return _page("municipality", _municipality_form(slug), slug=slug)


def _municipality_form(slug: str) -> forms.MunicipalityForm:
    return forms.MunicipalityForm.of(details.municipality_draft(slug)).offer()


@blueprint.post("/municipalities/<slug>")
@needs("programme:manage")
def update_municipality(slug: str) -> ResponseReturnValue:
    """Change a municipality."""
    now = partial(_municipality_form, slug)
    now()
    form = forms.MunicipalityForm.from_request().offer()
    if form.save(lambda: actions.edit_municipality(actor(), slug, form.draft(), form.seen), now):
        return _saved("municipalities", _anchor=slug)
    return _page("municipality", form, slug=slug)


@blueprint.get("/contacts")
@needs("programme:manage")
def contacts_index() -> ResponseReturnValue:
    """Show everybody whom the programme names, by sub-project and by area."""
    known, people = snapshot(), contacts()
    named = {one.sub_project_id for one in people}
    return _page(
        "contacts",
        groups=[
            (fact, [one for one in people if one.sub_project_id == fact.id])
            for fact in known.sub_projects
            if fact.id in named
        ],
        for_areas=[one for one in people if one.sub_project_id is None],
        missing=[fact for fact in known.open_sub_projects if fact.id not in named],
        areas=known.area_by_id,
    )


@blueprint.get("/contacts/new")
@needs("programme:manage")
def new_contact() -> ResponseReturnValue:
    """Show the form for a further contact person."""
    chosen = {name: request.args.get(name, "") for name in ("sub_project", "area")}
    return _page("contact", forms.ContactForm.fresh(chosen).offer(), contact_id=0)


@blueprint.post("/contacts/new")
@needs("programme:manage")
def create_contact() -> ResponseReturnValue:
    """Name somebody to turn to."""
    form = forms.ContactForm.from_request().offer()
    if form.save(lambda: actions.add_contact(actor(), form.draft(), form.seen)):
        return _back_to_contacts(form)
    return _page("contact", form, contact_id=0)


@blueprint.get("/contacts/<int:contact_id>")
@needs("programme:manage")
def contact(contact_id: int) -> ResponseReturnValue:
    """Show what is said of a contact person."""
    return _page("contact", _contact_form(contact_id), contact_id=contact_id)


def _contact_form(contact_id: int) -> forms.ContactForm:
    return forms.ContactForm.of(details.contact_draft(contact_id)).offer()


@blueprint.post("/contacts/<int:contact_id>")
@needs("programme:manage")
def update_contact(contact_id: int) -> ResponseReturnValue:
    """Change a contact person."""
    now = partial(_contact_form, contact_id)
    now()
    form = forms.ContactForm.from_request().offer()
    if form.save(lambda: actions.edit_contact(actor(), contact_id, form.draft(), form.seen), now):
        return _back_to_contacts(form)
    return _page("contact", form, contact_id=contact_id)


@blueprint.post("/contacts/<int:contact_id>/remove")
@needs("programme:manage")
def remove_contact(contact_id: int) -> ResponseReturnValue:
    """Remove a contact person."""
    actions.remove_contact(actor(), contact_id)
    flash(gettext("The contact person was removed."), "good")
    return redirect(url_for("programme_admin.contacts_index"), 303)


def _back_to_contacts(form: forms.ContactForm) -> ResponseReturnValue:
    slug = form.typed("sub_project")
    if slug:
        return _saved("sub_project", slug=slug, _anchor="contacts")
    return _saved("contacts_index")
