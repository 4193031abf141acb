"""The form for two sentences in Finnish, as it stands on the card."""

from typing import Self

from flask import request
from wtforms import HiddenField

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor
from innovation.moderation.brief import write_brief
from innovation.moderation.cases import IdeaCase
from innovation.web.forms import Form, TextField


class BriefForm(Form):
    """What the idea is about, in Finnish."""

    brief = TextField(_("Two sentences in Finnish"))
    seen = HiddenField(id="brief-seen")

    @classmethod
    def of(cls, case: IdeaCase, *, sent: bool = False) -> Self:
        """Give the form of this case: as it was sent, or with what is shown now."""
        if sent:
            return cls(request.form)
        return cls(data={"brief": case.idea.in_brief, "seen": str(case.seen)})

    def write(self, actor: Actor, case: IdeaCase) -> LazyString:
        """Put the sentences under the text; gives what was done."""
        text, seen = " ".join((self.brief.data or "").split()), str(self.seen.data or "")
        number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
        write_brief(actor, case.idea, text, seen=number)
        if not text:
            return _("The summary was taken away: %(title)s", title=case.idea.title)
        return _("The summary is under the text: %(title)s", title=case.idea.title)
