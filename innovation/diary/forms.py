"""The form in which an author asks for another look at a decision."""

from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor
from innovation.moderation import appeals
from innovation.moderation.appeal_cases import Standing
from innovation.web.forms import Form, TextField


class AppealForm(Form):
    """Why the author thinks otherwise."""

    text = TextField(_("Why do you see it differently?"))
    longest = appeals.LONGEST_APPEAL

    def send(self, actor: Actor, standing: Standing) -> bool:
        """Ask for another look; false when something needs correcting."""
        text = self.text.data or ""
        return self.attempt(lambda: appeals.appeal(actor, standing.decision, text)) is not None
