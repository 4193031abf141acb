"""The words of mails about decisions: what each kind of reader is told of each kind of decision."""

from dataclasses import dataclass

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _


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
OF_COMMENTS: dict[str, Letter] = {
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
# The same of an answer, of a moved date, and of what else becomes of an idea in public.
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
_OF_ROUTES: dict[str, Letter] = {
    "follower": Letter(
        _("An idea that you follow was routed to a sub-project"),
        _("the idea %(reference)s was routed to a sub-project, which answers it."),
    ),
    "coauthor": Letter(
        _("The idea that yours belongs to was routed to a sub-project"),
        _(
            "your idea belongs to the idea %(reference)s, which was routed to a sub-project. You "
            "get the same answer."
        ),
    ),
}
_OF_PASSING_ON: dict[str, Letter] = {
    "follower": Letter(
        _("An idea that you follow was passed on"),
        _("the matter belongs to somebody else, so the idea %(reference)s was passed on."),
    ),
    "coauthor": Letter(
        _("The idea that yours belongs to was passed on"),
        _(
            "your idea belongs to the idea %(reference)s. The matter belongs to somebody else, so "
            "it was passed on."
        ),
    ),
}
_OF_RESTORING: dict[str, Letter] = {
    "follower": Letter(
        _("An idea that you follow is back"), _("the idea %(reference)s is shown again.")
    ),
    "coauthor": Letter(
        _("The idea that yours belongs to is back"),
        _("your idea belongs to the idea %(reference)s, which is shown again."),
    ),
}
TO_OTHERS = {
    "merge": _OF_MERGES,
    "answer": _OF_ANSWERS,
    "postpone": _OF_MOVED_DATES,
    "route": _OF_ROUTES,
    "pass_on": _OF_PASSING_ON,
    "restore": _OF_RESTORING,
}
WHY: dict[str, LazyString] = {
    "author": _("You get this because you wrote the idea."),
    "coauthor": _("You get this because you wrote an idea that belongs to it."),
    "target": _("You get this because you wrote the idea."),
    "commenter": _("You get this because you wrote the comment."),
    "follower": _("You get this because you follow or support the idea. You can stop on its page."),
    "moderator": _("You get this because you are a moderator."),
}
