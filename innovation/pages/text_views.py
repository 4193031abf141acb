"""Administrators write the programme's own texts: in three languages, with a look beforehand."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core import clock
from innovation.core.i18n import lazy_gettext as _
from innovation.pages import actions, wordings
from innovation.pages.forms import TextForm
from innovation.pages.markup import blocks
from innovation.pages.texts import FACTS, KINDS, PAGES, PLACES
from innovation.pages.wordings import Wording
from innovation.web import navigation
from innovation.web.access import actor, needs
from innovation.web.locale import LANGUAGE_NAMES
from innovation.web.security import own_address

blueprint = Blueprint("page_texts", __name__, url_prefix="/admin/texts")
navigation.add(
    "page_texts.index", _("Texts of pages"), 65, menu="admin", permission="programme:manage"
)
# A statement on accessibility is looked at once a year.
LOOKED_AT_EVERY = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class _Row:
    """A text in the list, with each language."""

    name: str
    title: Any
    tongues: list[tuple[str, Wording]]
    endpoint: str
    old: bool = False


@blueprint.get("")
@needs("programme:manage")
def index() -> ResponseReturnValue:
    """Show every text with who has written it last."""
    known = wordings.every_wording()
    rows = [
        _Row(
            name,
            kind.title,
            [(label, known[name, code]) for code, label in LANGUAGE_NAMES.items()],
            kind.endpoint,
            name == "accessibility" and _is_old(known[name, "fi"]),
        )
        for name, kind in KINDS.items()
    ]
    return render_template("pages/texts.html", rows=rows, facts=FACTS)


@blueprint.get("/<name>/<tongue>")
@needs("programme:manage")
def edit(name: str, tongue: str) -> ResponseReturnValue:
    """Show the text in one language; ?version=3 brings an earlier one into the form."""
    now = wordings.wording(name, tongue)
    earlier = wordings.versions(name, tongue)
    wanted = request.args.get("version", "")
    picked = next((one for one in earlier if str(one.number) == wanted), None)
    text = picked.text if picked else now.text
    return _page(TextForm(data={"text": text, "version": now.version}), now)


@blueprint.post("/<name>/<tongue>")
@needs("programme:manage")
def save(name: str, tongue: str) -> ResponseReturnValue:
    """Save the text as a new version."""
    now, form = wordings.wording(name, tongue), TextForm.from_request()
    if form.attempt(lambda: actions.save_text(actor(), form.draft(now))) is None:
        form.version.data = str(now.version)
        return _page(form, now), 422
    flash(gettext("The text was saved. It is shown at once."), "good")
    return redirect(url_for("page_texts.index", _anchor=name), 303)


@blueprint.post("/<name>/<tongue>/preview")
@needs("programme:manage")
def preview(name: str, tongue: str) -> ResponseReturnValue:
    """Show how the text would look; nothing is saved."""
    now, form = wordings.wording(name, tongue), TextForm.from_request()
    draft = form.draft(now)
    form.attempt(lambda: actions.check_text(actor(), draft))
    if form.errors:
        return _page(form, now), 422
    return _page(form, now, trying=True)


def _page(form: TextForm, now: Wording, *, trying: bool = False) -> str:
    g.page_is_personal = True
    kind = KINDS[now.name]
    values = wordings.values_for(now.language) | {"updated": gettext("today")}
    return render_template(
        "pages/text_edit.html",
        form=form,
        now=now,
        title=kind.title,
        tongue=LANGUAGE_NAMES[now.language],
        is_page=now.name in PAGES,
        versions=wordings.versions(now.name, now.language),
        places=sorted(PLACES) if now.name in PAGES else [],
        parts=sorted(kind.parts),
        tried=blocks(form.text.data or "", values, kind.parts, own_address("")) if trying else [],
    )


def _is_old(text: Wording) -> bool:
    return text.updated_at is None or clock.now() - text.updated_at > LOOKED_AT_EVERY
