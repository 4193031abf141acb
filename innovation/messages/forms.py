"""The form in which an author answers a moderator's question."""

from typing import Self

from flask import request

from innovation.core.i18n import lazy_gettext as _
from innovation.messages.actions import LONGEST
from innovation.web.forms import Form, TextField


class ReplyForm(Form):
    """An answer in the author's own words; a question for consent has two buttons as well."""

    text = TextField(_("Your answer"))
    limit = LONGEST

    @classmethod
    def empty(cls) -> Self:
        """Give a fresh form. Its fields have names of their own beside a comment box."""
        return cls(prefix="reply-")

    @classmethod
    def sent(cls) -> Self:
        """Read the posted fields."""
        return cls.from_request(prefix="reply-")

    @property
    def agrees(self) -> bool | None:
        """Which of the two buttons was pressed; None for neither."""
        return {"yes": True, "no": False}.get(request.form.get("agrees", ""))
