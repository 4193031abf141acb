"""Pages on which leads say when they are away and who stands in for them."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.accounts import absences, deputies
from innovation.answers.absence_forms import AbsenceForm
from innovation.answers.listing import led_by
from innovation.web.access import needs, person

blueprint = Blueprint("absences", __name__)


@blueprint.get("/answers/absences")
@needs("answer:see")
def index() -> ResponseReturnValue:
    """Show who is away and who stands in, and the form for more."""
    return _page(AbsenceForm.of(person()))


@blueprint.post("/answers/absences")
@needs("answer:see")
def create() -> ResponseReturnValue:
    """Write down an absence."""
    form = AbsenceForm.of(person())
    if form.validate():
        form.attempt(lambda: absences.add_absence(person(), form.draft()))
    if form.errors:
        return _page(form), 422
    flash(gettext("The absence was saved. The deputy can answer on those days."), "good")
    return redirect(url_for("absences.index"), 303)


@blueprint.post("/answers/absences/<int:number>/end")
@needs("answer:see")
def end(number: int) -> ResponseReturnValue:
    """Let an absence end now, or never begin."""
    absences.end_absence(person(), number)
    flash(gettext("The absence is over. The deputy's rights ended with it."), "good")
    return redirect(url_for("absences.index"), 303)


def _page(form: AbsenceForm) -> str:
    g.page_is_personal = True
    who = person()
    everybody = led_by(who) is None
    return render_template(
        "answers/absences.html",
        form=form if AbsenceForm.is_for(who) else None,
        everybody=everybody,
        manages=AbsenceForm.is_for_others(who),
        rows=deputies.absences(None if everybody else who.id),
        standing_in=deputies.standing_in(who.id),
    )
