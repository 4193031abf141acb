"""The one field where a tracking key is typed."""

from innovation.core.i18n import lazy_gettext as _l
from innovation.core.keys import read_tracking_key
from innovation.web.forms import Form, LineField

# The same words whether the key is badly written or nobody has it.
UNKNOWN_KEY = _l(
    "No idea opened with this key. Check the characters: there are twelve, "
    "and the letters O and I and the digits 0 and 1 are never among them."
)


class KeyForm(Form):
    """Asks for the tracking key."""

    key = LineField(
        _l("Tracking key"), description=_l("Twelve characters, for example KXR7-4MTP-9H2D.")
    )

    def read(self) -> str:
        """Give the key in groups of four; "" with an error at the field when it cannot be one."""
        key = read_tracking_key(self.key.data or "")
        if not key:
            self.refuse()
        return key

    def refuse(self) -> None:
        """Say that the key opens nothing."""
        self.key.errors = [str(UNKNOWN_KEY)]
