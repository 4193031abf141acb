"""Mails about coming in: codes with their links, and new addresses."""

from flask import current_app
from flask_babel import force_locale, gettext

from innovation.accounts.events import (
    AddressChanged,
    AddressRequested,
    CodeRequested,
    IdentityJoined,
)
from innovation.accounts.links import key_of, link_by_id, link_code
from innovation.accounts.queries import profile_of
from innovation.core.config import Settings
from innovation.core.events import on
from innovation.notifications.actions import queue_mail


@on(CodeRequested)
def mail_code(event: CodeRequested) -> None:
    """Mail the code and the link. Neither is stored: they are made anew from the row."""
    link, settings = link_by_id(event.link_id), _settings()
    code = link_code(settings.secret_key, link.id, link.created_at)
    known = link.person_id is not None
    page = "sign-in/link" if known or link.draft else "register"
    address = f"{settings.origin}/{page}/{key_of(settings.secret_key, link)}"
    subject, body = code_text(link.language, code, address, known=known, joining=event.joining)
    unique_key = f"code {link.id} {link.created_at.isoformat()}"
    queue_mail(
        "code", unique_key, link.email, subject, body, link.language, link.person_id,
        not_after=link.expires_at, urgent=True,
    )  # fmt: skip


def code_text(
    language: str, code: str, address: str, *, known: bool, joining: bool
) -> tuple[str, str]:
    """Give subject and body of the mail with a code. address: of the page that the link opens.

    known: the address has an account. joining: a new account was asked for.
    """
    with force_locale(language):
        if known:
            why = gettext("here is your code for signing in.")
            subject = gettext("Your code for signing in")
        else:
            why = gettext("here is your code for making an account.")
            subject = gettext("Your code for making an account")
        already = gettext("You have an account already, so no new one was made: just come in.")
        lines = [
            gettext("Hello,"),
            why,
            *([already] if known and joining else ()),
            f"{code[:4]} {code[4:]}",
            gettext("Type it on the page where you asked for it, or open this link:"),
            address,
            gettext(
                "Both work once, within 10 minutes. Give the code to nobody: we never ask for it."
            ),
            gettext("If you did not ask for this, do nothing. Nobody gets in without the code."),
            gettext("Innovation platform"),
        ]
        return subject, "\n\n".join(lines) + "\n"


@on(AddressRequested)
def mail_new_address(event: AddressRequested) -> None:
    """Mail the link to the address that somebody wants to use from now on."""
    link, settings = link_by_id(event.link_id), _settings()
    with force_locale(link.language):
        lines = (
            gettext("Hello,"),
            gettext("somebody wants to use this address for their account. If it was you:"),
            f"{settings.origin}/address/{key_of(settings.secret_key, link)}",
            gettext("The link works once, within a day. If it was not you, do nothing."),
            gettext("Innovation platform"),
        )
        subject, body = gettext("Confirm your new address"), "\n\n".join(lines) + "\n"
    unique_key = f"address {link.id} {link.created_at.isoformat()}"
    queue_mail(
        "address", unique_key, link.email, subject, body, link.language, link.person_id,
        not_after=link.expires_at,
    )  # fmt: skip


@on(AddressChanged)
def mail_old_address(event: AddressChanged) -> None:
    """Tell at the old address, whose owner may not be the one who changed it."""
    profile, settings = profile_of(event.person_id), _settings()
    back = link_by_id(event.back_id) if event.back_id is not None else None
    with force_locale(profile.language):
        if back is None:
            what = [
                gettext("If it was not you, write to us at once. The addresses are here:"),
                f"{settings.origin}/contact",
            ]
        else:
            what = [
                gettext("If it was you, do nothing. If it was not, put this address back:"),
                f"{settings.origin}/address/back/{key_of(settings.secret_key, back)}",
                gettext("The link works once, within 7 days, and signs out every device."),
            ]
        lines = (
            gettext("Hello,"),
            gettext("the address of your account was changed just now. Mails go to the new one."),
            *what,
            gettext("Innovation platform"),
        )
        subject, body = gettext("Your address was changed"), "\n\n".join(lines) + "\n"
    unique_key = f"moved {profile.id} {event.at}"
    queue_mail("moved", unique_key, event.old_email, subject, body, profile.language, profile.id)


@on(IdentityJoined)
def mail_joined(event: IdentityJoined) -> None:
    """Tell the owner that the employer's sign-in opens their account too."""
    profile, settings = profile_of(event.person_id), _settings()
    with force_locale(profile.language):
        lines = (
            gettext("Hello,"),
            gettext(
                "somebody just signed in with the employer's sign-in, which knows your address. "
                "From now on it opens your account here too."
            ),
            gettext("If it was not you, sign out every device and write to us at once:"),
            f"{settings.origin}/profile/devices",
            f"{settings.origin}/contact",
            gettext("Innovation platform"),
        )
        subject = gettext("The employer's sign-in opens your account")
        body = "\n\n".join(lines) + "\n"
    key = f"joined {profile.id} {event.at}"
    queue_mail("joined", key, profile.email, subject, body, profile.language, profile.id)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
