"""What came of everything a person took part in, and the question whether it had an effect."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.answers import effects, outcomes
from innovation.answers.effect_forms import EffectForm
from innovation.core.pagination import PAGE_SIZE, Page, page_number
from innovation.core.permissions import Actor, Person
from innovation.experiments.queries import TrialLink, trials_of
from innovation.ideas.queries import visible_idea
from innovation.operating_models.queries import ModelLink, models_of_ideas
from innovation.tracking.entrance import guarded, keep_secret
from innovation.tracking.queries import idea_behind
from innovation.web.access import actor, person, public, signed_in

blueprint = Blueprint("effect", __name__)


@blueprint.before_request
def hide_keys() -> None:
    """Let no page with a tracking key be stored or found by search engines."""
    if "key" in (request.view_args or {}):
        keep_secret()


@dataclass(frozen=True, slots=True)
class Told:
    """An idea that somebody took part in with what came of it, as one sentence tells it."""

    outcome: outcomes.OutcomeRow
    trial: TrialLink | None
    model: ModelLink | None


@blueprint.app_template_global("effect_question")
def effect_question(idea: Any, key: str = "") -> effects.Question | None:
    """Give what the author of the idea is asked. key: the tracking key of who comes."""
    return effects.question_to(idea_behind(key)[0] if key else actor(), idea)


@blueprint.app_template_global("effect_figure")
def effect_figure() -> effects.EffectFigure:
    """Give what authors say of the effect, for everybody."""
    return effects.effect_figure()


@blueprint.app_template_global("effect_choices")
def effect_choices() -> dict[str, Any]:
    """Give the answers that an author can choose from."""
    return dict(effects.EFFECTS)


@blueprint.app_template_global("outcome_behind")
def outcome_behind(idea: Any, key: str) -> Told | None:
    """Give what came of the idea of a tracking key."""
    holder = idea_behind(key)[0]
    found = outcomes.outcome_of(holder, idea)
    return _told(holder, [found])[0] if found else None


@blueprint.get("/profile/effect")
@signed_in
def index() -> ResponseReturnValue:
    """Tell what came of what one posted, supported and commented; ?group= pages through one."""
    g.page_is_personal = True
    group = request.args.get("group", "")
    one = group in outcomes.GROUPS
    number = page_number(request.args.get("page")) if one else 1
    size = PAGE_SIZE if one else outcomes.BEGINNING
    wanted = (group,) if one else outcomes.GROUPS
    pages = _pages(person(), wanted, number, size)
    return render_template("answers/effect.html", group=group if one else "", pages=pages)


@blueprint.post("/ideas/<int:number>/effect")
@signed_in
def tell(number: int) -> ResponseReturnValue:
    """Take the word of an author with an account."""
    idea = visible_idea(person(), number)
    there = url_for("ideas.show", number=number, _anchor="effect")
    if request.form.get("back") == "effect":
        there = url_for("effect.index", _anchor="posted")
    return _take(person(), idea, there)


@blueprint.post("/seuraa/<key>/effect")
@public
@guarded
def tell_behind(key: str) -> ResponseReturnValue:
    """Take the word of a nameless author."""
    holder, idea = idea_behind(key)
    return _take(holder, idea, url_for("tracking.show", key=key, _anchor="effect"))


def _take(who: Actor, idea: Any, there: str) -> ResponseReturnValue:
    form = EffectForm.from_request()
    form.attempt(lambda: effects.tell_effect(who, idea, form.effect.data or ""))
    if form.errors:
        return render_template("answers/effect_again.html", idea=idea, form=form, there=there), 422
    flash(gettext("Thank you for telling. You can change your answer later."), "good")
    return redirect(there, 303)


def _pages(who: Person, groups: tuple[str, ...], number: int, size: int) -> dict[str, Page[Told]]:
    found = {name: outcomes.outcomes(who, name, number, size) for name in groups}
    rows = {
        name: outcomes.told_of(who, name, page.items, name == "posted")
        for name, page in found.items()
    }
    told = iter(_told(who, [row for some in rows.values() for row in some]))
    return {
        name: Page([next(told) for _row in rows[name]], page.number, page.total, page.size)
        for name, page in found.items()
    }


def _told(who: Actor, rows: list[outcomes.OutcomeRow]) -> list[Told]:
    """Put experiments and models beside the ideas, those of all of them at once."""
    numbers = sorted({row.head.number for row in rows if row.code})
    trials, models = trials_of(who, numbers), models_of_ideas(numbers)
    return [Told(row, trials.get(row.head.number), models.get(row.head.number)) for row in rows]
