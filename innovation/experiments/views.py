"""Pages of experiments for everybody: the list, one experiment, "I can try this"."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Person, may
from innovation.experiments import listing, parts, queries
from innovation.experiments.figures import chart_of
from innovation.experiments.forms import OfferForm
from innovation.experiments.lifecycle import OPEN, STATE_LABELS
from innovation.experiments.sheets import rows_of
from innovation.programme.queries import snapshot
from innovation.web import navigation
from innovation.web.access import actor, person, public, signed_in

blueprint = Blueprint("experiments", __name__)
navigation.add("experiments.index", _("Experiments"), 25)


@blueprint.get("/experiments")
@public
def index() -> ResponseReturnValue:
    """List experiments the way the address asks for."""
    who, path = actor(), url_for("experiments.index")
    wanted = listing.ExperimentFilter.read(request.args.to_dict(flat=False))
    counts = listing.counts_by_state(who, wanted)
    total = counts[wanted.state] if wanted.state else sum(counts.values())
    return render_template(
        "experiments/index.html",
        wanted=wanted,
        tabs=_tabs(wanted, counts, path),
        page=listing.list_experiments(who, wanted, total),
        programme_facts=snapshot(),
    )


def _tabs(
    wanted: listing.ExperimentFilter, counts: dict[str, int], path: str
) -> list[dict[str, Any]]:
    labels = {"": _("All"), **STATE_LABELS}
    return [
        {
            "label": label,
            "href": wanted.address(path, state=str(state)),
            "current": wanted.state == state,
            "count": counts[state] if state else sum(counts.values()),
        }
        for state, label in labels.items()
    ]


@blueprint.get("/experiments/<int:experiment_id>")
@public
def show(experiment_id: int) -> ResponseReturnValue:
    """Show one experiment: the sheet, what was measured, the diary, its rounds."""
    who = actor()
    experiment = queries.visible_experiment(who, experiment_id)
    row = rows_of([experiment])[0]
    joiners = queries.joiners_of(experiment_id)
    return render_template(
        "experiments/show.html",
        row=row,
        leads=may(who, "experiment:lead", experiment),
        charts=[(one, chart_of(one)) for one in row.measures],
        ideas=queries.ideas_of(who, experiment_id),
        diary=queries.diary_of(experiment_id),
        rounds=queries.rounds_of(who, experiment),
        joined=sum(one.takes_part for one in joiners),
        **_joining(who, experiment_id, joiners),
    )


def _joining(who: Any, number: int, joiners: list[queries.JoinerRow]) -> dict[str, Any]:
    """Give the viewer's own offer, and whether they are asked to make one."""
    own = [one for one in joiners if isinstance(who, Person) and one.person_id == who.id]
    return {
        "joiners": joiners,
        "offer": own[0] if own and own[0].takes_part else None,
        "asked_to_join": queries.may_offer(who, number),
    }


@blueprint.get("/experiments/<int:experiment_id>/join")
@signed_in
def join(experiment_id: int) -> ResponseReturnValue:
    """Ask where and when somebody can try this."""
    experiment = queries.visible_experiment(actor(), experiment_id)
    row = rows_of([experiment])[0]
    if experiment.state not in OPEN:
        return redirect(url_for("experiments.show", experiment_id=experiment_id), 303)
    own = [one for one in queries.joiners_of(experiment_id) if one.person_id == person().id]
    form = OfferForm(data=_written(own[0]) if own else {})
    asked = queries.may_offer(actor(), experiment_id)
    return render_template("experiments/join.html", row=row, form=form, asked_to_join=asked)


def _written(offer: queries.JoinerRow) -> dict[str, str]:
    days = {"starts_on": offer.starts_on, "ends_on": offer.ends_on}
    return {
        "unit": offer.unit,
        "message": offer.message,
        **{name: f"{on.day}.{on.month}.{on.year}" if on else "" for name, on in days.items()},
    }


@blueprint.post("/experiments/<int:experiment_id>/join")
@signed_in
def offer(experiment_id: int) -> ResponseReturnValue:
    """Take the offer; the lead sees it."""
    experiment = queries.visible_experiment(actor(), experiment_id)
    form = OfferForm.from_request()
    if form.validate():
        form.run(lambda: parts.offer_to_join(person(), experiment, form.draft()))
    if form.errors:
        asked = queries.may_offer(actor(), experiment_id)
        return render_template(
            "experiments/join.html", row=rows_of([experiment])[0], form=form, asked_to_join=asked
        ), form.status
    flash(gettext("Thank you. The lead of the experiment sees your offer."), "good")
    return redirect(url_for("experiments.show", experiment_id=experiment_id), 303)


@blueprint.post("/experiments/<int:experiment_id>/leave")
@signed_in
def leave(experiment_id: int) -> ResponseReturnValue:
    """Take the offer back."""
    experiment = queries.visible_experiment(actor(), experiment_id)
    parts.withdraw_offer(person(), experiment)
    flash(gettext("Your offer was withdrawn."), "good")
    return redirect(url_for("experiments.show", experiment_id=experiment_id), 303)
