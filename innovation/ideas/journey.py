"""The journey of an idea as its author reads it: four steps, what is promised, what happened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from innovation.core.i18n import LazyString, ngettext
from innovation.core.i18n import lazy_gettext as _
from innovation.ideas.lifecycle import FINISHED, STATUS_LABELS, Handling, Visibility
from innovation.ideas.listing import row_of
from innovation.ideas.models import Idea
from innovation.ideas.next_step import NextStep
from innovation.ideas.queries import TimelineRow, status_label
from innovation.ideas.timeline import Kind
from innovation.programme import promises
from innovation.programme.queries import snapshot
from innovation.web.locale import day, moment, weekday

_HAPPENED: dict[str, tuple[LazyString, str]] = {
    Kind.SUBMITTED: (_("Arrived"), "send"),
    Kind.PUBLISHED: (_("Published"), "megaphone"),
    Kind.RETURNED: (_("Returned to you for correction"), "pencil-line"),
    Kind.RESUBMITTED: (_("Corrected and sent again"), "send"),
    Kind.HELD: (_("Back to be checked by a moderator after a report"), "flag"),
    Kind.HIDDEN: (_("Hidden"), "eye-off"),
    Kind.RESTORED: (_("Shown again"), "eye"),
    Kind.WITHDRAWN: (_("Withdrawn by its author"), "undo-2"),
    Kind.ROUTED: (_("Routed to a sub-project"), "signpost"),
    Kind.REROUTED: (_("Routed to another sub-project"), "signpost"),
    Kind.INFORMED: (_("Sub-project informed"), "signpost"),
    Kind.MERGED: (_("Merged with another idea"), "git-merge"),
    Kind.EDITED: (_("You changed the text"), "pencil-line"),
    Kind.EDIT_WAITS: (_("Your change waits for a moderator"), "hourglass"),
    Kind.EDIT_DECLINED: (_("Your change was not published"), "circle-alert"),
    Kind.COMMENT_HIDDEN: (_("A comment was hidden"), "eye-off"),
    Kind.REPORT_DISMISSED: (_("A report was looked at, nothing was changed"), "check"),
    Kind.ASKED: (_("A moderator asked you something"), "message-circle-question-mark"),
    Kind.REPLIED: (_("You answered"), "send"),
    Kind.REDACTED: (_("Something was taken out of the text"), "eye-off"),
    Kind.PASSED_ON: (_("Passed on"), "arrow-right"),
    Kind.URGENT: (_("Read at once and acted on"), "check"),
    Kind.BRIEF: (_("A summary in Finnish was added"), "pencil-line"),
    Kind.POSTPONED: (_("The promised date was moved"), "history"),
    Kind.MODELLED: (_("An operating model was made of this"), "book-open-check"),
    Kind.TRIAL_PLANNED: (_("Taken into an experiment"), "flask-conical"),
    Kind.TRIAL_STARTED: (_("The experiment began"), "flask-conical"),
    Kind.TRIAL_CHANGED: (_("The experiment changed its course"), "flask-conical"),
    Kind.TRIAL_ENDED: (_("The experiment ended"), "flask-conical"),
    Kind.NOT_POSTPONED: (_("The promised date stays"), "history"),
    Kind.APPEALED: (_("You asked for another look"), "send"),
    Kind.APPEAL_DECIDED: (_("Another moderator looked at it"), "scale"),
    Kind.APPEAL_UPHELD: (_("Another moderator looked at it, and the decision stays"), "scale"),
    Kind.APPEAL_CHANGED: (_("Another moderator took the decision back"), "scale"),
    Kind.COMMENT_APPEALED: (_("Another look was asked for at a comment"), "send"),
    Kind.COMMENT_APPEAL_DECIDED: (_("Another moderator looked at a comment"), "scale"),
}
# The same to those who did not write the idea.
_HAPPENED_TO_OTHERS: dict[str, LazyString] = {
    Kind.RETURNED: _("Returned to its author for correction"),
    Kind.EDITED: _("The author changed the text"),
    Kind.EDIT_WAITS: _("A change waits for a moderator"),
    Kind.EDIT_DECLINED: _("A change was not published"),
    Kind.APPEALED: _("The author asked for another look"),
}
# In which right somebody did it; what residents do for themselves needs no name.
_DOERS: dict[str, LazyString] = {
    "staff": _("member of staff"),
    "lead": _("lead of the sub-project"),
    "coordinator": _("coordinator"),
    "moderator": _("moderator"),
    "administrator": _("administrator"),
}
_ANSWERS = (Kind.HANDLING, Kind.ANSWERED)
_PROMISED: dict[str, LazyString] = {
    "looked_at": _("A moderator reads"),
    "first_answer": _("First answer"),
    "trial": _("Result of the trial"),
    "decision": _("Decision"),
    "reopened": _("Looked at again"),
    "step": _("Next step"),
}


@dataclass(frozen=True, slots=True)
class Promised:
    """The days by which an idea that arrives now is read and answered for the first time."""

    read_by: date
    first_answer_by: date


def promised(start: date) -> Promised:
    """Give the promises for an idea that arrived on this day."""
    return Promised(promises.looked_at_by(start), promises.first_answer_by(start))


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four steps that authors see."""

    label: LazyString
    done: bool
    current: bool


def steps_of(idea: Idea) -> list[Step]:
    """Give the four steps; the last one that is done is where the idea is now."""
    done = [
        True,
        idea.visibility in {Visibility.PUBLIC, Visibility.STAFF_ONLY},
        idea.handling != Handling.NEW,
        idea.answered_at is not None or idea.handling in FINISHED,
    ]
    labels = (_("Arrived"), _("Published"), _("Being handled"), _("Answered"))
    here = max(place for place, reached in enumerate(done) if reached)
    return [
        Step(label, reached, place == here)
        for place, (label, reached) in enumerate(zip(labels, done, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the journey, as ui/timeline.html shows it."""

    title: str
    date: str
    icon: str
    text: str = ""
    coming: bool = False


def is_looked_at(rows: Iterable[TimelineRow]) -> bool:
    """Tell whether a moderator has already asked about the idea or returned it."""
    return any(row.kind in (Kind.ASKED, Kind.RETURNED) for row in rows)


def asked_for(idea: Idea, rows: Iterable[TimelineRow]) -> str:
    """Give what the author is asked for, "" for nothing; rows: a timeline, the newest first."""
    if idea.asked_at is None:
        return ""
    kind = Kind.RETURNED if idea.visibility == Visibility.DRAFT else Kind.ASKED
    return next((row.reason for row in rows if row.kind == kind), "")


def journey_of(
    idea: Idea, rows: Iterable[TimelineRow], language: str, own: bool = True
) -> list[Event]:
    """Give what is promised and what has happened, the newest first, in words.

    own: whether the words are for the idea's author.
    """
    coming = row_of(idea).next_step
    told: Sequence[Event] = [_told(row, language, own, idea.passed_to) for row in rows]
    return [*([_coming(coming)] if coming else []), *told]


def _coming(step: NextStep) -> Event:
    late = ngettext("%(num)d day late", "%(num)d days late", step.late) if step.late else ""
    on = str(_("at the latest on %(date)s", date=weekday(step.on)))
    return Event(str(_PROMISED[step.what]), on, "sunrise", late, coming=True)


def _doer(row: TimelineRow) -> str:
    return str(_DOERS.get(row.actor_role, ""))


def _told(row: TimelineRow, language: str, own: bool, passed_to: str) -> Event:
    programme = snapshot()
    if row.kind in _ANSWERS:
        label, icon = STATUS_LABELS.get(row.handling_to or "", _("Answered once more")), "scale"
    else:
        label, icon = _HAPPENED.get(row.kind, (_("Handled"), "check"))
    if not own:
        label = _HAPPENED_TO_OTHERS.get(row.kind, label)
    if row.kind == Kind.PUBLISHED and row.visibility_to == Visibility.STAFF_ONLY:
        label, icon = _("Shown to the staff only"), "lock"
    if row.kind == Kind.MERGED and row.handling_to is None:
        label = _("Another idea was merged into this one")
    if row.kind == Kind.PASSED_ON:
        label = status_label(Handling.PASSED_ON, passed_to=passed_to)
    where = programme.sub_project_by_id.get(row.sub_project_id or 0)
    # Behind an answer the name would be read as what the idea was passed on to.
    named = where if row.kind not in _ANSWERS else None
    title = f"{label}: {named.name(language)}" if named else str(label)
    rule = programme.rule_name(row.rule, language)
    texts = [
        str(_("Rule: %(rule)s.", rule=rule)) if rule else "",
        row.reason,
        _next_date(row),
    ]
    when = ", ".join(part for part in (moment(row.at), _doer(row)) if part)
    return Event(title, when, icon, " ".join(text for text in texts if text))


def _next_date(row: TimelineRow) -> str:
    if row.next_step_on is None:
        return ""
    if row.kind == Kind.POSTPONED:
        return str(_("New date: %(date)s.", date=day(row.next_step_on)))
    return str(_("Next step on %(date)s.", date=day(row.next_step_on)))
