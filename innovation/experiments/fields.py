"""What the forms of experiments share: nothing written is lost when somebody was faster."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.core.errors import ConflictError, RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.web.forms import Form, Result

A_DAY = _("Day, month, year. Example: 15.12.2026")


def choices_of(labels: Mapping[Any, object]) -> list[SelectChoice]:
    """Give what a list offers: values with their labels."""
    return [SelectChoice(str(code), str(label)) for code, label in labels.items()]


def _in_words(field: Any, value: Any) -> str:
    """Say what a field holds the way a reader of the page would."""
    if isinstance(value, bool):
        return str(_("ticked") if value else _("not ticked"))
    chosen = value if isinstance(value, list | tuple) else [value]
    labels = {one.value: one.label for one in getattr(field, "choices", None) or ()}
    said = ", ".join(str(labels.get(one, one)) for one in chosen if one)
    return said or str(_("empty"))


class KeptForm(Form):
    """A form that keeps what was written when somebody was faster, and says so.

    version: the experiment's when the page was made.
    """

    version = HiddenField()
    stale = False

    @property
    def seen_version(self) -> int:
        """The version that the page showed; 0 when it says nothing, which is never right."""
        written = str(self.version.data or "")
        return int(written) if re.fullmatch(r"[0-9]{1,9}", written) else 0

    @property
    def status(self) -> int:
        """Tell how the page with this form is answered."""
        return 409 if self.stale else 422 if self.errors else 200

    def run(self, action: Callable[[], Result]) -> Result | None:
        """Run the action; what it refuses becomes an error of a field or of the whole form."""
        try:
            return self.attempt(action)
        except RuleBrokenError as broken:
            self.form_errors = [*self.form_errors, str(broken.message)]
        except ConflictError as conflict:
            self.stale = True
            self.form_errors = [*self.form_errors, str(conflict.message)]
        return None

    def compare(self, now: Mapping[str, Any]) -> None:
        """After somebody was faster: say at each field what is saved now; sending again counts."""
        if not self.stale:
            return
        self.version.data = str(now["version"])
        for name in now.keys() - {"version"}:
            field, saved = self[name], _in_words(self[name], now[name])
            if saved != _in_words(field, field.data):
                said = _("%(field)s, saved now: %(value)s", field=field.label.text, value=saved)
                field.errors = [str(said)]
