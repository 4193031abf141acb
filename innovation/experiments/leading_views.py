"""Pages of those who lead an experiment: its plan, start and end, readings, diary, offers."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core import clock
from innovation.core.errors import NotFoundError
from innovation.core.permissions import authorize
from innovation.experiments import actions, cases, parts, queries
from innovation.experiments.forms import DiaryForm, EndForm, ExperimentForm, ReadingForm, ToldForm
from innovation.experiments.policy import leads_somewhere
from innovation.experiments.sheets import ExperimentRow, rows_of
from innovation.ideas.led import leads_in
from innovation.ideas.queries import visible_idea
from innovation.programme.queries import snapshot
from innovation.web.access import actor, needs, person
from innovation.web.forms import read_once

blueprint = Blueprint("experiments_lead", __name__, url_prefix="/experiments")


def _led(experiment_id: int) -> Any:
    """Give the experiment to somebody who leads it."""
    experiment = queries.visible_experiment(actor(), experiment_id)
    authorize(actor(), "experiment:lead", experiment)
    return experiment


def _back(experiment_id: int, anchor: str | None = None) -> ResponseReturnValue:
    where = url_for("experiments.show", experiment_id=experiment_id, _anchor=anchor)
    return redirect(where, 303)


@blueprint.get("/new")
@needs("answer:see")
def new() -> ResponseReturnValue:
    """Show the form of a plan, perhaps for one idea."""
    return _plan_page(ExperimentForm.of(**_beginning(request.args.get("idea", ""))))


def _beginning(written: str) -> dict[str, Any]:
    """Give what is known before anything is written: the idea, the sub-project, the lead."""
    who = person()
    data: dict[str, Any] = {"owner_name": who.name}
    led = [one.slug for one in snapshot().open_sub_projects if leads_in(who.led, one.id)]
    data["sub_project"] = led[0] if len(led) == 1 else ""
    if not written.isascii() or not written.isdigit() or len(written) > 9:
        return data
    idea = visible_idea(who, int(written))
    home = snapshot().sub_project_by_id.get(idea.primary_sub_project_id or 0)
    area = snapshot().area_by_id.get(idea.area_id or 0)
    data["ideas"] = idea.reference
    data["area"] = area.slug if area else ""
    data["sub_project"] = home.slug if home and not home.closed else data["sub_project"]
    return data


@blueprint.post("/new")
@needs("answer:see")
def create() -> ResponseReturnValue:
    """Plan an experiment."""
    form, once = ExperimentForm.of(sent=True), read_once()
    made = (
        form.run(lambda: actions.plan_experiment(actor(), form.draft(), once=once.key))
        if form.validate()
        else None
    )
    if made is None:
        form.tell_all()
        return _plan_page(form)
    flash(gettext("The experiment is planned. Everybody can read the plan."), "good")
    return _back(made.id)


@blueprint.get("/<int:experiment_id>/edit")
@needs("answer:see")
def edit(experiment_id: int) -> ResponseReturnValue:
    """Show the plan as it is."""
    experiment = _led(experiment_id)
    return _plan_page(ExperimentForm.of(**_written(experiment)), rows_of([experiment])[0])


@blueprint.post("/<int:experiment_id>/edit")
@needs("answer:see")
def update(experiment_id: int) -> ResponseReturnValue:
    """Change the plan; when somebody was faster, what was written stays on the page."""
    experiment, form = _led(experiment_id), ExperimentForm.of(sent=True)
    row = rows_of([experiment])[0]
    if form.validate():
        form.run(
            lambda: actions.edit_experiment(
                actor(), experiment, form.draft(), version=form.seen_version
            )
        )
    if form.errors:
        form.tell_all()
        form.compare(_written(experiment))
        return _plan_page(form, row)
    flash(gettext("Your changes were saved."), "good")
    return _back(experiment_id)


def _written(experiment: Any) -> dict[str, Any]:
    """Give the plan as its form shows it."""
    known = snapshot()
    names = ("title", "hypothesis", "place", "unit", "group", "limits", "permit", "permit_text")
    owner = ("owner_name", "owner_task", "owner_named", "impact_tags", "version")
    data = {name: getattr(experiment, name) for name in (*names, *owner)}
    for name in ("starts_on", "ends_on", "decide_by"):
        day = getattr(experiment, name)
        data[name] = f"{day.day}.{day.month}.{day.year}" if day else ""
    home = known.sub_project_by_id.get(experiment.sub_project_id)
    area = known.area_by_id.get(experiment.area_id or 0)
    data |= {"sub_project": home.slug if home else "", "area": area.slug if area else ""}
    data["ideas"] = ", ".join(queries.references_of(experiment.id))
    for place, one in enumerate(rows_of([experiment])[0].measures, 1):
        facts = {name: getattr(one, name) for name in ("id", "name", "unit", "direction")}
        for name in ("baseline", "target"):
            value = getattr(one, name)
            facts[name] = "" if value is None else format(value, "f").replace(".", ",")
        data |= {f"measure_{place}_{name}": value for name, value in facts.items()}
    return data


def _plan_page(form: ExperimentForm, row: ExperimentRow | None = None) -> ResponseReturnValue:
    form.offer(lambda number: leads_somewhere(actor(), number))
    return render_template("experiments/edit.html", form=form, row=row), form.status


@blueprint.get("/<int:experiment_id>/start")
@needs("answer:see")
def start(experiment_id: int) -> ResponseReturnValue:
    """Show what happens when the experiment starts, and to which ideas."""
    experiment = _led(experiment_id)
    day = experiment.decide_by or experiment.ends_on
    first = f"{day.day}.{day.month}.{day.year}" if day else ""
    return _told_page("start", experiment, ToldForm(data={"step_on": first}))


@blueprint.post("/<int:experiment_id>/start")
@needs("answer:see")
def begin(experiment_id: int) -> ResponseReturnValue:
    """Start the experiment; authors and followers hear of it with the answer."""
    experiment, form = _led(experiment_id), ToldForm.from_request()
    if form.validate():
        form.run(
            lambda: actions.start_experiment(
                actor(),
                experiment,
                form.told(),
                seen=form.seen_ideas,
                version=form.seen_version,
            )
        )
    if form.errors:
        return _told_page("start", experiment, form)
    flash(gettext("The experiment is under way."), "good")
    return _back(experiment_id)


@blueprint.get("/<int:experiment_id>/end")
@needs("answer:see")
def end(experiment_id: int) -> ResponseReturnValue:
    """Ask for the decision and one lesson."""
    experiment = _led(experiment_id)
    return _told_page("end", experiment, EndForm.of(experiment.state))


@blueprint.post("/<int:experiment_id>/end")
@needs("answer:see")
def finish(experiment_id: int) -> ResponseReturnValue:
    """End the experiment; a changed course leads to the plan of the next round."""
    experiment = _led(experiment_id)
    form = EndForm.of(experiment.state, sent=True)
    following = None
    if form.validate():
        facts: dict[str, Any] = {"seen": form.seen_ideas, "version": form.seen_version}
        following = form.run(
            lambda: actions.end_experiment(actor(), experiment, form.draft(), **facts)
        )
    if form.errors:
        return _told_page("end", experiment, form)
    if following is None:
        flash(gettext("The decision and the lesson are for everybody to read."), "good")
        return _back(experiment_id)
    flash(gettext("Here is the next round. Change what needs changing, and start it."), "good")
    return redirect(url_for("experiments_lead.edit", experiment_id=following.id), 303)


def _told_page(name: str, experiment: Any, form: ToldForm) -> ResponseReturnValue:
    """Show a decision with the ideas that it answers, as they are now."""
    of = cases.cases_of if name == "start" else cases.cases_to_end
    found = of(actor(), experiment)
    form.show_now(experiment.version, [(one.idea.id, one.seen) for one in cases.answered(found)])
    return render_template(
        f"experiments/{name}.html", row=rows_of([experiment])[0], form=form, cases=found
    ), form.status


@blueprint.get("/<int:experiment_id>/readings")
@needs("answer:see")
def readings(experiment_id: int) -> ResponseReturnValue:
    """Show what was measured, and the form for more."""
    row = rows_of([_led(experiment_id)])[0]
    today = clock.today()
    return _readings_page(
        row, ReadingForm.of(row.measures, on=f"{today.day}.{today.month}.{today.year}")
    )


@blueprint.post("/<int:experiment_id>/readings")
@needs("answer:see")
def measure(experiment_id: int) -> ResponseReturnValue:
    """Write down a reading."""
    experiment = _led(experiment_id)
    row = rows_of([experiment])[0]
    form = ReadingForm.of(row.measures, sent=True)
    if form.validate():
        form.run(lambda: parts.add_reading(actor(), experiment, form.draft()))
    if form.errors:
        return _readings_page(row, form)
    flash(gettext("The reading was saved."), "good")
    return redirect(url_for("experiments_lead.readings", experiment_id=experiment_id), 303)


def _readings_page(row: ExperimentRow, form: ReadingForm) -> ResponseReturnValue:
    return render_template("experiments/readings.html", row=row, form=form), form.status


@blueprint.post("/<int:experiment_id>/readings/<int:reading_id>/remove")
@needs("answer:see")
def remove(experiment_id: int, reading_id: int) -> ResponseReturnValue:
    """Take a wrong reading away."""
    parts.remove_reading(actor(), _led(experiment_id), reading_id)
    flash(gettext("The reading was removed."), "good")
    return redirect(url_for("experiments_lead.readings", experiment_id=experiment_id), 303)


@blueprint.get("/<int:experiment_id>/diary")
@needs("answer:see")
def diary(experiment_id: int) -> ResponseReturnValue:
    """Show the form of the diary."""
    row = rows_of([_led(experiment_id)])[0]
    return render_template("experiments/diary.html", row=row, form=DiaryForm())


@blueprint.post("/<int:experiment_id>/diary")
@needs("answer:see")
def write(experiment_id: int) -> ResponseReturnValue:
    """Tell how it goes."""
    experiment, form = _led(experiment_id), DiaryForm.from_request()
    if form.validate():
        form.run(lambda: parts.write_diary(actor(), experiment, form.text.data or ""))
    if form.errors:
        row = rows_of([experiment])[0]
        return render_template("experiments/diary.html", row=row, form=form), form.status
    flash(gettext("It is in the diary now."), "good")
    return _back(experiment_id, "diary")


@blueprint.post("/<int:experiment_id>/offers/<int:offer_id>")
@needs("answer:see")
def decide(experiment_id: int, offer_id: int) -> ResponseReturnValue:
    """Take somebody along who has offered, or thank them this time."""
    chosen = request.form.get("decision", "")
    if chosen not in {"accept", "decline"}:
        raise NotFoundError("such a decision")
    parts.decide_offer(actor(), _led(experiment_id), offer_id, accepted=chosen == "accept")
    return _back(experiment_id, "joining")
