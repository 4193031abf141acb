"""What is mailed to somebody who has left, or whose account is not used."""

from flask_babel import force_locale, gettext


def farewell_text(language: str, way: str, days: int) -> tuple[str, str]:
    """Give subject and body of the last mail to somebody who has left. days: it is kept so long."""
    with force_locale(language):
        stays = {
            "delete": gettext(
                "We deleted what could be deleted. What others have built on stays without "
                "your name."
            ),
            "nameless": gettext("Your texts stay without your name."),
            "later": gettext(
                "Your texts stay. Your name stands with them for 12 months and is then removed."
            ),
        }
        lines = (
            gettext("Hello,"),
            gettext("your account on the innovation platform is closed."),
            stays[way],
            gettext(
                "This is the last mail about your account. We keep it and this address for "
                "%(count)s days, so that we can tell what was sent. Then we delete both.",
                count=days,
            ),
            gettext("Innovation platform"),
        )
        return gettext("Your account is closed"), "\n\n".join(lines) + "\n"


def unused_text(language: str, link: str, days: int) -> tuple[str, str]:
    """Give subject and body of the mail about an account that nobody uses. days: until closing."""
    with force_locale(language):
        lines = (
            gettext("Hello,"),
            gettext("you have not used your account on the innovation platform for a long time."),
            gettext(
                "We close it in %(count)s days. If you want to keep it, sign in and do "
                "something, such as supporting an idea:",
                count=days,
            ),
            link,
            gettext("What others have built on stays without your name."),
            gettext("Innovation platform"),
        )
        return gettext("Do you still need your account?"), "\n\n".join(lines) + "\n"
