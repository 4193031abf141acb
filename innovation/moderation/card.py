"""The card of an idea on the desk: the page with everything that a decision needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, request
from wtforms import Form

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.text import excerpt
from innovation.ideas.lifecycle import CAPACITY_LABELS, Visibility, status_code
from innovation.ideas.queries import status_label
from innovation.ideas.risks import RISK_LABELS, Risk
from innovation.ideas.timeline import Kind
from innovation.moderation import cases, desk, note_forms, queries
from innovation.moderation.asking_forms import AskForm, PassForm
from innovation.moderation.brief_forms import BriefForm
from innovation.moderation.forms import IdeaForm
from innovation.moderation.piles import is_left
from innovation.moderation.texts import DONE_LABELS, ROLE_LABELS
from innovation.moderation.urgent_forms import UrgentForm
from innovation.programme.queries import snapshot
from innovation.routing.decisions import whole_text
from innovation.routing.suggestions import LIKELY, SURE, is_ready, suggest
from innovation.search import queries as search
from innovation.web.access import actor, person
from innovation.web.locale import language

SHOWN = (Visibility.WAITING, Visibility.PUBLIC, Visibility.STAFF_ONLY)
# How many similar ideas stand on the card, those with others' eyes on them and those that wait too.
MOST_SIMILAR, MOST_WAITING = 3, 2
MERGING_KEYS = "ytr"
# From this on two ideas are so alike that they stand side by side at once, before anything else.
CLOSE = 0.35
# So much of two texts stands side by side; the whole one of this idea is above.
SIDE_LENGTH = 360
CERTAINTIES = ((SURE, _("certain")), (LIKELY, _("likely")), (0.0, _("possible")))


def _deciding(case: cases.IdeaCase) -> IdeaForm:
    primary = case.routing.primary
    form = IdeaForm(
        data={
            "primary": str(primary.id) if primary else "",
            "informed": [str(fact.id) for fact in case.routing.informed],
            "seen": str(case.seen),
        }
    )
    form.prepare(case)
    return form


# The forms on the card by their names in its template; each has a view of its own to be sent to.
FORMS: dict[str, Callable[[cases.IdeaCase], Any]] = {
    "decide": _deciding,
    "ask": AskForm.of,
    "handover": PassForm.of,
    "brief": BriefForm.of,
    "note": note_forms.for_case,
    "urgent": UrgentForm.of,
}


def idea_page(number: int, **sent: Form) -> str:
    """Give the card of an idea. sent: a form that came back with errors, by its name in FORMS."""
    case = cases.idea_case(actor(), number)
    forms: dict[str, Any] = {name: sent.get(name) or make(case) for name, make in FORMS.items()}
    deciding = forms["decide"]
    suggested = _suggested(case, deciding)
    _choose_first(case, deciding, suggested)
    return render_template(
        "moderation/idea.html",
        case=case,
        forms=forms,
        form=deciding,
        suggested=suggested,
        groups=_groups(deciding, case, suggested),
        similar=_similar(case),
        side=excerpt(case.idea.text, SIDE_LENGTH),
        **about(case.idea),
        **desk.frame(("idea", number)),
    )


@dataclass(frozen=True, slots=True)
class Why:
    """A reason why the case is here. hurts: it is one to hurry for."""

    icon: str
    text: LazyString
    hurts: bool = False


_BEFORE: dict[str, Why] = {
    Kind.REPLIED: Why("message-circle", _("Its author has answered")),
    Kind.RESUBMITTED: Why("pencil-line", _("Corrected by its author")),
    Kind.HELD: Why("flag", _("A report took it back to be checked"), hurts=True),
    Kind.APPEALED: Why("scale", _("Its author has appealed")),
}


def why(case: cases.IdeaCase | cases.EditCase | cases.CommentCase) -> list[Why]:
    """Give why a case waits here, and what makes it urgent; nothing when nothing does."""
    if isinstance(case, cases.EditCase):
        edit = Why("pencil-line", _("Its author has changed the text"))
        return [edit, *_risk(case.revision.risk, case.reading.urgent)]
    if isinstance(case, cases.CommentCase):
        waits = case.comment.visibility == "waiting" and not case.reports
        new = [Why("eye", _("New: nobody has read it yet"))] if waits else []
        return [*new, *_risk(case.comment.risk, case.reading.urgent)]
    return _why_idea(case)


def _risk(risk: int, urgent: bool) -> list[Why]:
    """Give the risk in words; urgent: the text itself says so now."""
    if urgent or risk == Risk.URGENT:
        return [Why("siren", RISK_LABELS[Risk.URGENT], hurts=True)]
    hurts = risk >= Risk.SENSITIVE
    return [Why("shield-alert", RISK_LABELS[risk], hurts)] if risk in RISK_LABELS else []


def _why_idea(case: cases.IdeaCase) -> list[Why]:
    idea, found = case.idea, []
    if idea.visibility in (*SHOWN, Visibility.HIDDEN) and case.timeline:
        found += [_BEFORE[row.kind] for row in _newest(case) if row.kind in _BEFORE]
    if idea.visibility == Visibility.WAITING and not found:
        found.append(Why("eye", _("New: nobody has read it yet")))
    elif idea.visibility == Visibility.PUBLIC and not idea.indexable:
        found.append(Why("eye", _("Public at once: nobody has read it yet")))
    if idea.visibility in SHOWN:
        found += _risk(idea.risk, case.reading.urgent and not idea.indexable)
    if case.reports and not case.held:
        found.insert(0, Why("flag", _("Reported"), hurts=True))
    if idea.suspicious and idea.visibility == Visibility.WAITING:
        found.append(Why("bot", _("Perhaps a robot"), hurts=True))
    if idea.asked_at is not None:
        found.append(Why("hourglass", _("Its author has been asked")))
    return [*found, *_home_left(case)]


def _home_left(case: cases.IdeaCase) -> list[Why]:
    """Give why the idea waits for another sub-project."""
    home = case.routing.primary
    if home is None or not is_left(home.id):
        return []
    ended = _("Its sub-project has closed")
    return [Why("signpost", ended if home.closed else _("Its sub-project has a successor"))]


def _newest(case: cases.IdeaCase) -> list[Any]:
    """Give what happened last, however the timeline is sorted."""
    return [max(case.timeline, key=lambda row: row.id)]


def _groups(
    form: IdeaForm, case: cases.IdeaCase, suggested: dict[str, Any]
) -> list[dict[str, Any]]:
    """Give the choices of sub-projects by the larger project, each with its contact.

    Those that are suggested stand above and not here, though they may be informed.
    """
    known = snapshot()
    options = {str(option.data): option for option in form.primary}
    boxes = {str(box.data): box for box in form.informed}
    above = {one["choice"].data for one in suggested["items"]}
    return [
        {
            "name": parent.name(language()),
            "choices": [
                {
                    "primary": None if str(fact.id) in above else options[str(fact.id)],
                    "informed": boxes[str(fact.id)],
                    "contact": case.contacts.get(fact.id),
                }
                for fact in known.sub_projects
                if fact.parent_id == parent.id and str(fact.id) in options
            ],
        }
        for parent in known.parents
    ]


def _choose_first(case: cases.IdeaCase, form: IdeaForm, suggested: dict[str, Any]) -> None:
    """Choose the first suggestion on a new card when it is likely, so that one press is enough."""
    first = next(iter(suggested["items"]), None)
    chosen = form.primary.data or request.method != "GET"
    if first is None or chosen or first["share"] < LIKELY:
        return
    form.primary.data = first["choice"].data
    options = {option.data: option for option in form.primary}
    for one in suggested["items"]:
        one["choice"] = options[one["choice"].data]


def _suggested(case: cases.IdeaCase, form: IdeaForm) -> dict[str, Any]:
    """Give the sub-projects that the text speaks for, how certainly, and by which words.

    state: ready, coming (nobody waits for what takes seconds to make) or missing (a damaged file).
    """
    idea, none = case.idea, {"items": [], "state": "coming"}
    folder = current_app.extensions["settings"].instance
    if idea.visibility not in SHOWN or case.held or not is_ready(folder):
        return none
    text = whole_text(idea.title, idea.text, idea.what_helps)
    told = suggest(text, idea.language, folder=folder)
    known = snapshot().sub_project_by_slug
    choices = {str(option.data): option for option in form.primary}
    return {
        "state": "ready" if told.available else "missing",
        "items": [
            {
                "choice": choices[number],
                "name": fact.name(language()),
                "contact": case.contacts.get(fact.id),
                "share": one.certainty,
                "level": (at := level(one.certainty)),
                "certainty": CERTAINTIES[at][1],
                "words": one.words,
            }
            for one in told.items
            if (fact := known.get(one.sub_project)) and (number := str(fact.id)) in choices
        ],
    }


def level(certainty: float) -> int:
    """Give the place in CERTAINTIES, 0 for the surest."""
    return next(at for at, (least, _label) in enumerate(CERTAINTIES) if certainty >= least)


def _similar(case: cases.IdeaCase) -> list[dict[str, Any]]:
    """Give ideas that tell of the same need, the most similar first.

    Those that others read too are what this one may be merged into; those that wait as well are
    only shown.
    """
    idea = case.idea
    if request.method != "GET" or idea.visibility not in SHOWN or case.held or idea.merged_into_id:
        return []  # a POST holds the database
    readers = {Visibility.PUBLIC} if idea.visibility == Visibility.WAITING else {idea.visibility}
    listed = search.similar_to(actor(), idea, most=2 * MOST_SIMILAR, shared_in=language())
    rows = [row for row in listed if row.visibility in readers][:MOST_SIMILAR]
    if Visibility.PUBLIC in readers:
        others = queries.waiting_texts(person(), idea.id)
        rows += search.similar_among(idea, others, MOST_WAITING, shared_in=language())
    keys = iter(MERGING_KEYS)
    return [
        {
            "row": row,
            "close": row.score >= CLOSE,
            "text": excerpt(row.text, SIDE_LENGTH),
            "lang": "" if row.language == language() else row.language,
            "status": status_label(row.status_code, row.primary_sub_project_id),
            "key": "" if row.visibility == Visibility.WAITING else next(keys),
        }
        for row in sorted(rows, key=lambda row: -row.score)
    ]


def about(idea: Any) -> dict[str, Any]:
    """Give the words that every case says about its idea."""
    known = snapshot()
    area = known.area_by_id.get(idea.area_id or 0)
    municipality = known.municipality_by_id.get(idea.municipality_id or 0)
    places = [fact.name(language()) for fact in (municipality, area) if fact]
    status = status_code(idea.visibility, idea.handling, idea.asked_at is not None)
    return {
        "place": ", ".join([*places, *([idea.unit] if idea.unit else [])]),
        "status": status,
        "status_label": status_label(status, idea.primary_sub_project_id, idea.passed_to),
        "capacity": CAPACITY_LABELS.get(idea.capacity or "", ""),
        "lang": "" if idea.language == language() else idea.language,
        "rule_name": lambda rule: known.rule_name(rule, language()),
        "sub_project_name": lambda number: known.sub_project_by_id[number].name(language()),
        "why_of": why,
        "done_labels": DONE_LABELS,
        "role_labels": ROLE_LABELS,
    }
