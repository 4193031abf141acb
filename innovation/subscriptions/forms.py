"""The forms in which an address is given."""

from wtforms import BooleanField

from innovation.accounts.forms import EmailField
from innovation.core.i18n import lazy_gettext as _
from innovation.subscriptions.queries import FOLLOWS, SUPPORTS
from innovation.web.forms import Form


class AddressForm(Form):
    """An address alone."""

    email = EmailField(_("E-mail"))


class WaysForm(AddressForm):
    """An address, and what is wanted with it."""

    supports = BooleanField(_("I support the idea"))
    follows = BooleanField(_("Tell me by e-mail what happens to the idea"))

    @property
    def wanted(self) -> list[str]:
        """What was chosen, as queries.WAYS."""
        return [way for way in (SUPPORTS, FOLLOWS) if self[way].data]

    def refuse(self, message: str) -> None:
        """Say that nothing was chosen."""
        self.supports.errors = [message]
