"""What mails about decisions say: what was decided, why, where to read more, why it came."""

from dataclasses import dataclass

from flask_babel import force_locale, gettext, ngettext

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.ideas.labels import receiver
from innovation.ideas.lifecycle import FINISHED, STATUS_LABELS, Handling
from innovation.moderation.texts import OUTCOME_LABELS
from innovation.notifications.recipients import Decided
from innovation.programme.queries import snapshot
from innovation.web.locale import day


@dataclass(frozen=True, slots=True)
class Letter:
    """How a kind of decision is told.

    always: those who have stopped following are told too, since something is asked of them or
    taken away. titled: the idea's title stands in the mail; not where the text was the trouble.
    page: where its reader goes on, after the address of the idea; comments_page: instead after that
    of the comment.
    """

    subject: LazyString
    text: LazyString | str
    always: bool = False
    titled: bool = True
    page: str = ""
    comments_page: str = ""


_SHOWN = Letter(
    _("Your idea %(reference)s was published"),
    _("your idea was published. Everybody can read, support and discuss it now."),
)
LETTERS: dict[str, Letter] = {
    "publish": _SHOWN,
    "publish_and_route": _SHOWN,
    "route": Letter(
        _("Your idea %(reference)s has a place"),
        _("your idea was routed to a sub-project, which answers it."),
    ),
    "return": Letter(
        _("Your idea %(reference)s waits for you"),
        _("please complete or correct your idea. It is not shown until then."),
        always=True,
        titled=False,
        page="/edit",
    ),
    "hide": Letter(
        _("Your idea %(reference)s was hidden"),
        _("your idea was hidden. If you disagree, another moderator looks at it when you ask."),
        always=True,
        titled=False,
    ),
    "restore": Letter(
        _("Your idea %(reference)s is back"), _("your idea is back where it was before.")
    ),
    "staff_only": Letter(
        _("Your idea %(reference)s is shown to the staff"),
        _("your idea is shown to the staff only. They can read it and act on it."),
        always=True,
        titled=False,
    ),
    "merge": Letter(
        _("Your idea %(reference)s was merged with another"),
        _(
            "your idea was merged with another one about the same need. Your text stays there, you "
            "are one of its authors, and everybody gets the same answer."
        ),
        always=True,
    ),
    "accept_edit": Letter(
        _("Your change to the idea %(reference)s is shown"),
        _("your new text is shown now."),
    ),
    "decline_edit": Letter(
        _("Your change to the idea %(reference)s was not published"),
        _("your new text was not published. The earlier text stays."),
        always=True,
        titled=False,
    ),
    "publish_comment": Letter(
        _("Your comment on the idea %(reference)s is shown"),
        _("a moderator has read your comment, and it is shown now."),
    ),
    "hide_comment": Letter(
        _("Your comment on the idea %(reference)s was hidden"),
        _("your comment was hidden. If you disagree, another moderator looks at it when you ask."),
        always=True,
    ),
    "ask": Letter(
        _("A question about your idea %(reference)s"),
        _("a moderator asks you something about your idea. Only the moderators read your answer."),
        always=True,
        page="/reply",
    ),
    "pass_on": Letter(
        _("Your idea %(reference)s was passed on"),
        _("the matter belongs to somebody else, so your idea was passed on."),
        always=True,
    ),
    "urgent": Letter(
        _("Your message %(reference)s was read"),
        _(
            "a moderator has read your message and acted on it. It is not published. If you or "
            "somebody else is in danger now, call 112."
        ),
        always=True,
        titled=False,
    ),
    "appeal": Letter(
        _("Your request about the idea %(reference)s was decided"),
        _("another moderator has looked at the decision once more."),
        always=True,
        titled=False,
        page="/appeal",
        comments_page="/appeal",
    ),
    "answer": Letter(
        _("Your idea %(reference)s was answered"),
        _("your idea was answered."),
        page="#answer",
    ),
    "postpone": Letter(
        _("The promised date of your idea %(reference)s was moved"),
        _("we need more time with your idea. Its page tells why."),
        page="#answer",
    ),
    "redact": Letter(
        _("Something was taken out of your idea %(reference)s"),
        _(
            "something was taken out of your text, since somebody could be recognised by it. The "
            "page says that it was done."
        ),
        always=True,
        titled=False,
    ),
}
_OF_COMMENTS: dict[str, Letter] = {
    "redact": Letter(
        _("Something was taken out of your comment on the idea %(reference)s"),
        _("something was taken out of your comment, since somebody could be recognised by it."),
        always=True,
        titled=False,
    ),
}
# A merge as those are told of it who did not write the idea itself.
_OF_MERGES: dict[str, Letter] = {
    "follower": Letter(
        _("An idea that you follow was merged with another"),
        _("the idea %(reference)s was merged with another one about the same need. Read on there."),
    ),
    "coauthor": Letter(
        _("The idea that yours belongs to was merged with another"),
        _(
            "your idea belongs to the idea %(reference)s, which was merged with another one about "
            "the same need. Your text stays there, and everybody gets the same answer."
        ),
        always=True,
    ),
}
# An answer and a moved date as those are told of them who did not write the idea itself.
_OF_ANSWERS: dict[str, Letter] = {
    "follower": Letter(
        _("An idea that you follow was answered"),
        _("the idea %(reference)s was answered."),
        page="#answer",
    ),
    "coauthor": Letter(
        _("The idea that yours belongs to was answered"),
        _("your idea belongs to the idea %(reference)s, which was answered."),
        page="#answer",
    ),
}
_OF_MOVED_DATES: dict[str, Letter] = {
    "follower": Letter(
        _("The promised date of an idea that you follow was moved"),
        _("we need more time with the idea %(reference)s. Its page tells why."),
        page="#answer",
    ),
    "coauthor": Letter(
        _("The promised date of the idea that yours belongs to was moved"),
        _(
            "your idea belongs to the idea %(reference)s, and we need more time with it. Its page "
            "tells why."
        ),
        page="#answer",
    ),
}
_TO_OTHERS = {"merge": _OF_MERGES, "answer": _OF_ANSWERS, "postpone": _OF_MOVED_DATES}
# What the reason of a decision is called where it is no reason; "" where it is not for the author,
# or is read on the page.
_REASONS: dict[str, LazyString | str] = {
    "ask": _("Question"),
    "urgent": "",
    "answer": "",
    "postpone": "",
}
WHY: dict[str, LazyString] = {
    "author": _("You get this because you wrote the idea."),
    "coauthor": _("You get this because you wrote an idea that belongs to it."),
    "target": _("You get this because you wrote the idea."),
    "commenter": _("You get this because you wrote the comment."),
    "follower": _("You get this because you follow or support the idea. You can stop on its page."),
    "moderator": _("You get this because you are a moderator."),
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
    if why == "target":
        return _to_target(told.newcomers)
    own = _TO_OTHERS.get(told.kind, {}).get(why) or LETTERS[told.kind]
    return _OF_COMMENTS.get(told.kind, own) if why == "commenter" else own


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
    inside = not told.public and told.kind != "merge" and why in {"coauthor", "follower"}
    moved_to, asks = day(told.moved_to), told.handling in FINISHED and why != "follower"
    lines = [
        f"”{named}”" if letter.titled and named and not inside else "",
        gettext("Now: %(status)s", status=STATUS_LABELS[told.handling]) if told.handling else "",
        gettext("New date: %(date)s", date=moved_to) if moved_to else "",
        gettext("Sub-project: %(name)s", name=home.name(language)) if home else "",
        gettext("Passed on to: %(name)s", name=receiving) if receiving else "",
        gettext("Rule: %(rule)s.", rule=rule) if rule else "",
        f"{OUTCOME_LABELS[told.outcome]}." if told.outcome else "",
        f"{label}: {told.reason}" if str(label) and told.reason and why != "follower" else "",
        gettext("On its page we ask you one thing: did taking part have an effect?")
        if asks
        else "",
    ]
    return [line for line in lines if line]
