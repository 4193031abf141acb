"""Publishing a model, taking it off the shelf, and telling where it is in use."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.permissions import authorize
from innovation.operating_models import actions, parts
from innovation.operating_models.forms import PublishForm, UseForm
from innovation.operating_models.queries import uses_of, visible_model
from innovation.web.access import actor, needs

blueprint = Blueprint("model_states", __name__, url_prefix="/operating-models/<int:model_id>")


def _own(model_id: int) -> Any:
    """Give a model that the actor may change."""
    model = visible_model(actor(), model_id)
    authorize(actor(), "model:edit", model)
    return model


def _back(model_id: int, message: str) -> ResponseReturnValue:
    flash(message, "good")
    return redirect(url_for("operating_models.show", model_id=model_id), 303)


@blueprint.get("/publish")
@needs("answer:see")
def publish(model_id: int) -> ResponseReturnValue:
    """Ask whether it is ready, and what the authors of its ideas are told."""
    model = _own(model_id)
    return _publish_page(model, PublishForm.of(actions.describable(actor(), model)))


@blueprint.post("/publish")
@needs("answer:see")
def confirm(model_id: int) -> ResponseReturnValue:
    """Publish the model and answer the ideas that were chosen."""
    model = _own(model_id)
    form = PublishForm.of(actions.describable(actor(), model), request.form)
    form.attempt(lambda: actions.publish_model(actor(), model, form.told))
    if form.errors:
        return _publish_page(model, form), 422
    return _back(model_id, gettext("The operating model is published. Everybody can read it now."))


def _publish_page(model: Any, form: PublishForm) -> str:
    return render_template("operating_models/publish.html", model=model, form=form)


@blueprint.post("/archive")
@needs("answer:see")
def archive(model_id: int) -> ResponseReturnValue:
    """Take the model off the shelf."""
    actions.archive_model(actor(), _own(model_id))
    done = gettext("The operating model is no longer in the library. Its page stays readable.")
    return _back(model_id, done)


@blueprint.get("/uses")
@needs("answer:see")
def uses(model_id: int) -> ResponseReturnValue:
    """Show where the model is in use, and the form for a further place."""
    return _uses_page(_own(model_id), UseForm())


@blueprint.post("/uses")
@needs("answer:see")
def add_use(model_id: int) -> ResponseReturnValue:
    """Tell of a further place."""
    model, form = _own(model_id), UseForm.from_request()
    if form.validate():
        form.attempt(lambda: parts.add_use(actor(), model, form.draft()))
    if form.errors:
        return _uses_page(model, form), 422
    flash(gettext("The place was added."), "good")
    return redirect(url_for("model_states.uses", model_id=model_id), 303)


@blueprint.post("/uses/<int:use_id>/end")
@needs("answer:see")
def end_use(model_id: int, use_id: int) -> ResponseReturnValue:
    """Say that it is no longer in use there."""
    parts.end_use(actor(), _own(model_id), use_id)
    flash(gettext("The place was taken off the list."), "good")
    return redirect(url_for("model_states.uses", model_id=model_id), 303)


def _uses_page(model: Any, form: UseForm) -> str:
    rows = uses_of([model.id]).get(model.id, [])
    return render_template("operating_models/uses.html", model=model, form=form.offer(), rows=rows)
