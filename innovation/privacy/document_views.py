"""The page where a request for documents is prepared, for a person to finish."""

from flask import Blueprint, Response, current_app, g, render_template
from flask.typing import ResponseReturnValue

from innovation.core import transaction
from innovation.core.i18n import lazy_gettext as _
from innovation.privacy.documents import Request, note_prepared, prepare
from innovation.privacy.forms import DocumentForm
from innovation.privacy.package import packed
from innovation.privacy.queries import idea_named
from innovation.privacy.texts import SECRECY
from innovation.web import navigation
from innovation.web.access import actor, needs
from innovation.web.limits import limiter

blueprint = Blueprint("documents", __name__, url_prefix="/documents")

navigation.add("documents.index", _("Documents"), 65, menu="admin", permission="idea:moderate")


@blueprint.get("")
@needs("idea:moderate")
def index() -> ResponseReturnValue:
    """Ask for the reference."""
    return _page(DocumentForm())


@blueprint.post("")
@needs("idea:moderate")
@limiter.limit("60/hour")
def create() -> ResponseReturnValue:
    """Give the documents of the idea as a package."""
    form = DocumentForm.from_request()
    with transaction.glancing():
        number = idea_named(form.reference.data or "")
        package = _packed(prepare(actor(), number)) if number is not None else None
    if number is None or package is None:
        form.reference.errors = [_("There is no idea with this reference number.")]
        return _page(form, 422)
    note_prepared(actor(), number)
    return package


def _page(form: DocumentForm, status: int = 200) -> ResponseReturnValue:
    g.page_is_personal = True
    return render_template("privacy/documents.html", form=form), status


def _packed(request: Request) -> Response:
    g.page_is_secret = True
    page = render_template("privacy/document_request.html", told=request, words=SECRECY)
    response: Response = current_app.response_class(
        packed({f"{request.reference}.html": page}), mimetype="application/zip"
    )
    name = f"documents-{request.reference}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
