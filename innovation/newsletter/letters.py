"""What the mails of the newsletter say."""

from collections.abc import Sequence

from flask_babel import force_locale, gettext

from innovation.newsletter.queries import IssueRow, ToldIdea


def confirming(language: str, link: str) -> tuple[str, str]:
    """Give subject and body of the mail that asks for confirmation."""
    with force_locale(language):
        lines = (
            gettext("Hello,"),
            gettext("you asked for our newsletter. Open the link and confirm, and it comes:"),
            link,
            gettext("If you did not ask for it, do nothing. The address is forgotten in two days."),
            gettext("Innovation platform"),
        )
        return gettext("Confirm that you want the newsletter"), "\n\n".join(lines) + "\n"


def knowing(language: str, link: str) -> tuple[str, str]:
    """Give subject and body of the mail to a reader whose address was typed once more."""
    with force_locale(language):
        lines = (
            gettext("Hello,"),
            gettext(
                "somebody asked for our newsletter with your address. It comes to you already, and "
                "nothing was changed. Here you can change or stop it:"
            ),
            link,
            gettext("Innovation platform"),
        )
        return gettext("The newsletter comes to you already"), "\n\n".join(lines) + "\n"


def letter(
    issue: IssueRow, told: Sequence[ToldIdea], language: str, origin: str, manage: str
) -> tuple[str, str]:
    """Give subject and body of a newsletter for one reader. manage: where to change or stop it."""
    with force_locale(language):
        answered = [one for one in told if one.answered]
        new = [one for one in told if not one.answered]
        lines = [
            issue.text(language),
            *_listed(gettext("Answered"), answered, origin),
            *_listed(gettext("New ideas"), new, origin),
            gettext("You get this because you asked for our newsletter. Change or stop it:"),
            manage,
            gettext("Innovation platform"),
        ]
        return issue.subject(language), "\n\n".join(lines) + "\n"


def _listed(heading: str, told: Sequence[ToldIdea], origin: str) -> list[str]:
    rows = [f"- {one.title}\n  {origin}/ideas/{one.id}" for one in told]
    return [f"{heading}:", "\n".join(rows)] if rows else []
