"""The form for a text that tells of somebody in danger."""

from typing import Any, Self

from flask import request, url_for
from wtforms import HiddenField

from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor
from innovation.moderation import urgent
from innovation.moderation.parts import as_seen
from innovation.web.forms import Form, TextField


class UrgentForm(Form):
    """What was done, in the handler's own words. shown: whether there is anything to be done."""

    words = TextField(
        _("What was done, and who was told?"),
        description=_("Only moderators read this. Do not repeat names or details of health."),
    )
    seen = HiddenField()
    shown: bool
    target: str

    @classmethod
    def of(cls, case: Any, *, sent: bool = False) -> Self:
        """Give the form for the case of an idea, of a changed text or of a comment."""
        comment = getattr(case, "comment", None)
        seen = as_seen(comment) if comment is not None else str(getattr(case, "seen", 0))
        form = cls(request.form if sent else None, prefix="urgent-", data={"seen": seen})
        if comment is not None:
            form.shown = urgent.is_urgent_comment(comment)
            form.target = url_for("urgent.comment", number=comment.id)
        else:
            form.shown = urgent.is_urgent(case.idea)
            form.target = url_for("urgent.idea", number=case.idea.id)
        return form

    def decide(self, actor: Actor, case: Any) -> LazyString:
        """Do what the pressed button says; gives what was done."""
        idea, seen = case.idea, _number(self.seen.data)
        comment = getattr(case, "comment", None)
        match request.form.get("decision"):
            case "record" if comment is not None:
                words, read = self.words.data or "", str(self.seen.data)
                urgent.record_act_on_comment(actor, comment, words, seen=read)
            case "record":
                urgent.record_act(actor, idea, self.words.data or "", seen=seen)
            case "not_urgent" if comment is not None:
                urgent.mark_comment_not_urgent(actor, comment, seen=str(self.seen.data))
            case "not_urgent":
                urgent.mark_not_urgent(actor, idea, seen=seen)
            case _:
                raise RuleBrokenError(_("Choose one of the options."), "words")
        if request.form.get("decision") == "record":
            return _("What was done is written down: %(title)s", title=idea.title)
        return _("Not urgent, waits as others do: %(title)s", title=idea.title)


def _number(value: Any) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
