"""Forms of second factors."""

from typing import Any

from wtforms import BooleanField, HiddenField

from innovation.core.i18n import lazy_gettext as _
from innovation.web.forms import Form, LineField


class AppForm(Form):
    """A new authenticator app. sealed: its secret, which only this service can read."""

    name = LineField(_("Name of the app or the phone"))
    code = LineField(_("The code that the app shows"))
    sealed = HiddenField()


class PasskeyForm(Form):
    """A new passkey. credential: what the browser answered."""

    name = LineField(_("Name of the passkey"))
    credential = HiddenField()

    def refuse(self) -> None:
        """Say that nothing usable came from the device."""
        self.name.errors = [_("The passkey could not be added. Try again.")]


class SparesForm(Form):
    """New spare codes, which only this service can read."""

    sealed = HiddenField()


class ProofForm(Form):
    """A code of an app, or a spare code; or what the browser answered for a passkey.

    shared: asked where the passkey is the door.
    """

    code = LineField(_("Code"))
    credential = HiddenField()
    shared = BooleanField(_("This is a shared device"))

    def refuse(self, message: Any = None) -> None:
        """Say the same whatever was wrong with it."""
        self.code.errors = [
            message or _("This code does not work. Use the newest one, each only once.")
        ]


class ResetForm(Form):
    """Why somebody's second factors are taken away."""

    reason = LineField(_("Reason"))
