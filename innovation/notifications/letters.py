"""What mails about decisions say: what was decided, why, where to read more, why it came."""

from flask_babel import force_locale, gettext, ngettext

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.ideas.labels import receiver
from innovation.ideas.lifecycle import FINISHED, STATUS_LABELS, Handling
from innovation.moderation.texts import OUTCOME_LABELS
from innovation.notifications.decisions import Decided
from innovation.notifications.texts import LETTERS, OF_COMMENTS, TO_OTHERS, WHY, Letter
from innovation.programme.queries import snapshot
from innovation.web.locale import day

# What the reason of a decision is called where it is no reason; "" where it is not for the author,
# or is read on the page.
_REASONS: dict[str, LazyString | str] = {
    "ask": _("Question"),
    "urgent": "",
    "answer": "",
    "postpone": "",
}


def letter_to(told: Decided, why: str, language: str, origin: str) -> tuple[str, str]:
    """Give subject and body of the mail about a decision. why: a key of WHY.

    origin: where the service is, such as "https://ideat.example". Of what was written only the
    title of the idea stands in it.
    """
    with force_locale(language):
        letter = _letter(told, why)
        values = {"reference": told.other_reference if why == "target" else told.reference}
        lines = [
            gettext("Hello,"),
            str(letter.text) % values,
            *_facts(told, letter, why, language),
            origin + _page(told, letter),
            str(WHY[why]),
            gettext("Innovation platform"),
        ]
        return str(letter.subject) % values, "\n\n".join(lines) + "\n"


def _letter(told: Decided, why: str) -> Letter:
    return letter_for(told.kind, why, told.newcomers)


def letter_for(kind: str, why: str, newcomers: int = 0) -> Letter:
    """Give how a kind of decision is told to somebody; newcomers as in Decided."""
    if why == "target":
        return _to_target(newcomers)
    own = TO_OTHERS.get(kind, {}).get(why) or LETTERS[kind]
    return OF_COMMENTS.get(kind, own) if why == "commenter" else own


def _to_target(newcomers: int) -> Letter:
    """Give the letter to those whose idea another was merged into, in the language in force."""
    more = ngettext(
        "%(num)d more person has told of the same need as you. Everybody gets the same answer.",
        "%(num)d more people have told of the same need as you. Everybody gets the same answer.",
        newcomers,
    )
    return Letter(_("Another idea was merged into your idea %(reference)s"), more)


def _page(told: Decided, letter: Letter) -> str:
    if told.comment_id is not None and letter.comments_page:
        return f"/comments/{told.comment_id}{letter.comments_page}"
    return f"/ideas/{told.other_idea_id or told.idea_id}{letter.page}"


def urgent_text(link: str, language: str) -> tuple[str, str]:
    """Give subject and body of the mail to moderators about a text that cannot wait."""
    with force_locale(language):
        lines = (
            gettext("Hello,"),
            gettext("a text has come in that may be about somebody in danger. Read it at once:"),
            link,
            str(WHY["moderator"]),
            gettext("Innovation platform"),
        )
        return gettext("Urgent: read this now"), "\n\n".join(lines) + "\n"


def _facts(told: Decided, letter: Letter, why: str, language: str) -> list[str]:
    """Give what is told besides: which idea, where it is, by which rule and why."""
    known = snapshot()
    named = told.other_title if told.kind == "merge" else told.title
    home = known.sub_project_by_id.get(told.sub_project_id or 0)
    rule = known.rule_name(told.rule, language)
    label = _REASONS.get(told.kind, _("Reason"))
    passed_on = told.kind == "pass_on" or told.handling == Handling.PASSED_ON
    receiving = str(receiver(told.passed_to)) if passed_on else ""
    # What only the staff may read now, others have not read either, its authors aside.
    other = why in {"coauthor", "follower"}
    inside = other and not told.public and told.kind != "merge"
    moved_to, asks = day(told.moved_to), told.handling in FINISHED and why != "follower"
    lines = [
        f"”{named}”" if letter.titled and named and not inside else "",
        gettext("Now: %(status)s", status=STATUS_LABELS[told.handling]) if told.handling else "",
        gettext("New date: %(date)s", date=moved_to) if moved_to else "",
        gettext("Sub-project: %(name)s", name=home.name(language)) if home else "",
        gettext("Passed on to: %(name)s", name=receiving) if receiving else "",
        gettext("Rule: %(rule)s.", rule=rule) if rule else "",
        f"{OUTCOME_LABELS[told.outcome]}." if told.outcome else "",
        f"{label}: {told.reason}" if str(label) and told.reason and not other else "",
        gettext("On its page we ask you one thing: did taking part have an effect?")
        if asks
        else "",
    ]
    return [line for line in lines if line]
