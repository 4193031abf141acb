"""Pages of operating models: the library, one model, its path, writing one, its versions."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.errors import ForbiddenError
from innovation.core.i18n import lazy_gettext as _l
from innovation.core.i18n import pick
from innovation.core.permissions import authorize, may
from innovation.experiments.queries import experiments_of, ideas_of, visible_experiment
from innovation.ideas.queries import visible_idea
from innovation.operating_models import actions, cases, details, listing, queries
from innovation.operating_models.documents import contents_of
from innovation.operating_models.drafts import ChangedMeanwhileError
from innovation.operating_models.forms import FitForm, ModelForm, whole_number
from innovation.operating_models.lifecycle import STATE_LABELS, State
from innovation.operating_models.texts import PARTS, PATH, PATH_PARTS, fields_of, lines_of
from innovation.programme.queries import snapshot
from innovation.tracking.queries import idea_behind
from innovation.web import navigation
from innovation.web.access import actor, needs, public
from innovation.web.forms import read_once
from innovation.web.locale import language
from innovation.web.unchanged import known

blueprint = Blueprint("operating_models", __name__, url_prefix="/operating-models")
navigation.add("operating_models.index", _l("Operating models"), 27)


@blueprint.app_template_global("models_of_idea")
def models_of_idea(idea: Any) -> list[queries.ModelCard]:
    """Give the models beside an idea, as whoever asks may read them."""
    return known(lambda: queries.models_of_idea(actor(), idea), "models of idea", idea.id)


@blueprint.app_template_global("models_of_experiment")
def models_of_experiment(experiment_id: int) -> list[queries.ModelCard]:
    """Give the models beside an experiment, as whoever asks may read them."""
    return queries.models_of_experiment(actor(), experiment_id)


@blueprint.app_template_global("fits_told")
def fits_told(idea: Any, key: str = "") -> dict[int, cases.Told | None]:
    """Give what the idea's author is asked, and has said. key: the tracking key of who comes."""
    return cases.told_by(idea_behind(key)[0] if key else actor(), idea)


@blueprint.app_template_global("fit_form")
def fit_form(model_id: int, told: cases.Told | None) -> FitForm:
    """Give the form in which an author says whether a model works where they are."""
    said = {"fit": told.fit, "text": told.text} if told else {}
    return FitForm(prefix=f"model-{model_id}-", data={"model": str(model_id), **said})


@blueprint.get("")
@public
def index() -> ResponseReturnValue:
    """Show the library, narrowed as the address says."""
    wanted = listing.ModelFilter.read(request.args)
    if wanted.state == State.DRAFT:
        _refuse_readers()
    page = listing.list_models(actor(), wanted)
    return render_template(
        "operating_models/index.html",
        wanted=wanted,
        page=page,
        states=_tabs(wanted) if may(actor(), "answer:see") else [],
        choices=_choices(wanted),
    )


def _tabs(wanted: listing.ModelFilter) -> list[dict[str, Any]]:
    """Give the states as tabs, and the list of spreading cases beside them."""
    states = [
        {
            "label": label,
            "href": url_for(".index", **wanted.address(state=state, page=1)),  # type: ignore[arg-type]
            "current": wanted.state == state,
        }
        for state, label in STATE_LABELS.items()
    ]
    spreads = {"label": gettext("Spreading"), "href": url_for("spreading.index"), "current": False}
    return [*states, spreads]


def _choices(wanted: listing.ModelFilter) -> list[tuple[str, str, list[tuple[str, str]], str]]:
    """Give what the library can be narrowed by: (name, label, options, what is chosen)."""
    known, now = snapshot(), language()
    phases = [(str(one.id), pick(one.names, now)) for one in queries.phases()]
    homes = [(one.slug, one.name(now)) for one in known.sub_projects]
    areas = [(one.slug, one.name(now)) for one in known.areas]
    return [
        ("phase", gettext("Phase of development"), phases, wanted.phase),
        ("sub_project", gettext("Sub-project"), homes, wanted.sub_project),
        ("area", gettext("Area"), areas, wanted.area),
    ]


def _refuse_readers() -> None:
    if not may(actor(), "answer:see"):
        raise ForbiddenError("answer:see")


@blueprint.get("/<int:model_id>")
@public
def show(model_id: int) -> ResponseReturnValue:
    """Show one model under the headings of its description."""
    return _model_page("show", model_id, ("basics", "description"))


@blueprint.get("/<int:model_id>/path")
@public
def path(model_id: int) -> ResponseReturnValue:
    """Show how the model was developed, in three parts."""
    return _model_page("path", model_id, PATH_PARTS)


@blueprint.get("/<int:model_id>/print")
@public
def printed(model_id: int) -> ResponseReturnValue:
    """Show everything on one page, to be printed."""
    return _model_page("print", model_id, tuple(PARTS))


def _model_page(template: str, model_id: int, parts: tuple[str, ...]) -> ResponseReturnValue:
    model = queries.visible_model(actor(), model_id)
    return render_template(
        f"operating_models/{template}.html",
        model=model,
        facts=queries.facts_of(actor(), model),
        contents=contents_of(model),
        parts=[(PARTS[key], fields_of(key)) for key in parts],
        path=PATH,
        lines_of=lines_of,
        edits=may(actor(), "model:edit", model),
    )


@blueprint.get("/new")
@needs("answer:see")
def new() -> ResponseReturnValue:
    """Show the form, filled from an idea (?idea=) and an experiment (?experiment=)."""
    numbers = [whole_number(request.args.get(name)) for name in ("idea", "experiment")]
    idea, experiment = _completed(*_grown_from(*numbers))
    contents = details.first_contents(idea, experiment)
    hidden = {"idea": idea.id if idea else "", "experiment": experiment.id if experiment else ""}
    return _form_page(ModelForm(data={**contents, **hidden}), None)


@blueprint.post("")
@needs("answer:see")
def create() -> ResponseReturnValue:
    """Save a new model as a draft."""
    form = ModelForm.from_request()
    numbers = whole_number(form.idea.data), whole_number(form.experiment.data)
    idea, experiment = _grown_from(*numbers)
    ideas = [*([idea] if idea else []), *(_ideas_behind(experiment) if experiment else [])]
    sources = actions.Sources([one.id for one in ideas], [experiment.id] if experiment else [])
    sign = read_once().key
    made = form.attempt(lambda: actions.create_model(actor(), form.draft(), sources, sign))
    if made is None:
        return _form_page(form, None), 422
    flash(
        gettext("The operating model is saved as a draft. Only those who write it see it."), "good"
    )
    return redirect(url_for("operating_models.show", model_id=made), 303)


def _grown_from(idea_number: int, experiment_number: int) -> tuple[Any, Any]:
    """Give the idea and the experiment, None for a number that was not given."""
    idea = visible_idea(actor(), idea_number) if idea_number else None
    if idea is not None:
        authorize(actor(), "idea:decide", idea)
    experiment = visible_experiment(actor(), experiment_number) if experiment_number else None
    if experiment is not None:
        authorize(actor(), "experiment:lead", experiment)
    return idea, experiment


def _completed(idea: Any, experiment: Any) -> tuple[Any, Any]:
    """Find the other one of the two: the trial that the idea went through, the idea behind it."""
    if experiment is None and idea is not None:
        tried = [row.number for row in experiments_of(actor(), idea.id) if not row.open]
        found = visible_experiment(actor(), tried[0]) if tried else None
        experiment = found if found and may(actor(), "experiment:lead", found) else None
    if idea is None and experiment is not None:
        idea = next(iter(_ideas_behind(experiment)), None)
    return idea, experiment


def _ideas_behind(experiment: Any) -> list[Any]:
    """Give the ideas of an experiment that everybody reads and the actor decides on."""
    found = [visible_idea(actor(), one.number) for one in ideas_of(actor(), experiment.id)]
    return [one for one in found if one.visibility == "public" and may(actor(), "idea:decide", one)]


@blueprint.get("/<int:model_id>/edit")
@needs("answer:see")
def edit(model_id: int) -> ResponseReturnValue:
    """Show the form with what is saved."""
    model = queries.visible_model(actor(), model_id)
    authorize(actor(), "model:edit", model)
    saved = queries.everything_of(model)
    return _form_page(ModelForm(data={**saved, "version": str(model.version)}), model)


@blueprint.post("/<int:model_id>/edit")
@needs("answer:see")
def update(model_id: int) -> ResponseReturnValue:
    """Save the next version; when somebody was faster, show both and save nothing."""
    model = queries.visible_model(actor(), model_id)
    form = ModelForm.from_request()
    seen = whole_number(form.version.data)
    try:
        form.attempt(lambda: actions.edit_model(actor(), model, form.draft(), seen))
    except ChangedMeanwhileError as changed:
        form.show_both(changed)
        return _form_page(form, model), 409
    if form.errors:
        return _form_page(form, model), 422
    flash(gettext("Your changes were saved."), "good")
    return redirect(url_for("operating_models.show", model_id=model_id), 303)


def _form_page(form: ModelForm, model: Any) -> str:
    form.offer(actor(), queries.phases())
    return render_template("operating_models/edit.html", form=form, model=model)


@blueprint.get("/<int:model_id>/versions")
@needs("answer:see")
def versions(model_id: int) -> ResponseReturnValue:
    """List the saved versions."""
    model = queries.visible_model(actor(), model_id)
    authorize(actor(), "model:edit", model)
    rows = queries.versions_of(model_id)
    return render_template("operating_models/versions.html", model=model, rows=rows)


@blueprint.get("/<int:model_id>/versions/<int:version>")
@needs("answer:see")
def version(model_id: int, version: int) -> ResponseReturnValue:
    """Show what one version changed."""
    model = queries.visible_model(actor(), model_id)
    authorize(actor(), "model:edit", model)
    saved = queries.saved_version(model_id, version)
    return render_template(
        "operating_models/version.html",
        model=model,
        saved=saved,
        changes=queries.changes_of(model_id, version),
    )
