"""What mails about accounts say in their reader's language."""

from datetime import date

from flask_babel import force_locale, gettext

from innovation.web.locale import day


def reset_text(language: str, link: str) -> tuple[str, str]:
    """Give subject and body of the mail with the link for a new password."""
    with force_locale(language):
        lines = (
            gettext("Hello,"),
            gettext("you asked for a new password. Choose it here within an hour:"),
            link,
            gettext("If you did not ask for this, do nothing. Your password stays as it is."),
            gettext("Innovation platform"),
        )
        return gettext("Choose a new password"), "\n\n".join(lines) + "\n"


def password_changed_text(language: str, link: str) -> tuple[str, str]:
    """Give subject and body of the mail that tells of a new password."""
    with force_locale(language):
        lines = (
            gettext("Hello,"),
            gettext("the password of your account was changed just now."),
            gettext("If it was not you, set a new password at once:"),
            link,
            gettext("Innovation platform"),
        )
        return gettext("Your password was changed"), "\n\n".join(lines) + "\n"


def deputy_text(language: str, name: str, first: date, last: date, desk: str) -> tuple[str, str]:
    """Give subject and body of the mail to who stands in for somebody away on these days."""
    with force_locale(language):
        values = {"name": name, "first": day(first), "last": day(last)}
        lines = (
            gettext("Hello,"),
            gettext(
                "%(name)s is away from %(first)s to %(last)s, and you stand in for them.", **values
            ),
            gettext(
                "On these days you can answer the ideas of their sub-projects, move promised dates "
                "and lead their experiments and operating models. What waits is on your desk:"
            ),
            desk,
            gettext("You get this because you were chosen to stand in."),
            gettext("Innovation platform"),
        )
        return gettext("You stand in for %(name)s", name=name), "\n\n".join(lines) + "\n"


def deputy_ended_text(
    language: str, name: str, first: date, last: date, desk: str
) -> tuple[str, str]:
    """Give subject and body of the mail that tells the one standing in that they do no more."""
    with force_locale(language):
        values = {"name": name, "first": day(first), "last": day(last)}
        lines = (
            gettext("Hello,"),
            gettext(
                "your time of standing in for %(name)s, from %(first)s to %(last)s, is over early. "
                "You need do nothing more. Thank you for being ready.",
                **values,
            ),
            gettext("What is yours to answer is here:"),
            desk,
            gettext("You get this because you were chosen to stand in."),
            gettext("Innovation platform"),
        )
        return gettext("You no longer stand in for %(name)s", name=name), "\n\n".join(lines) + "\n"
