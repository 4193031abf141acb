"""What the forms of the discussion bring: a comment, a report."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField

from innovation.comments.actions import LONGEST_TEXT, CommentDraft, check_text, seen_in
from innovation.comments.reports import LONGEST_REPORT
from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import pick
from innovation.core.permissions import Person, holds
from innovation.groups.queries import groups_of
from innovation.ideas.advice import AdvisedForm
from innovation.ideas.drafts import language_of
from innovation.ideas.forms import group_label, read_group
from innovation.ideas.lifecycle import CAPACITY_LABELS, Capacity
from innovation.programme.queries import snapshot
from innovation.web.access import actor
from innovation.web.forms import Form, Result, TextField
from innovation.web.locale import language

_GROUP, _EXPERT = "group-", "expert"


class CommentForm(AdvisedForm):
    """The comment box. Its id is its own, as it stands on the idea's page too."""

    limit = LONGEST_TEXT

    text = TextField(
        _l("What would you add?"),
        id="comment-text",
        description=_l("Shown with your nickname. Do not write anyone's health details."),
    )
    official = BooleanField(_l("Official comment"), id="comment-official")
    writing_as = SelectField(_l("Who are you writing as?"), id="comment-as", validate_choice=False)

    def __init__(self, *given: Any, **context: Any) -> None:
        """Offer the groups in whose name whoever is asking may write, and an expert's mark."""
        super().__init__(*given, **context)
        who = actor()
        offered = [(f"{_GROUP}{one.id}", group_label(one, language())) for one in groups_of(who)]
        if holds(who, "expert:write"):
            offered.insert(0, (_EXPERT, str(CAPACITY_LABELS[Capacity.EXPERT])))
        self.has_names = bool(offered) or bool(self.writing_as.data)
        self.writing_as.choices = [("", str(_l("In my own name"))), *offered]

    def draft(self, parent_id: int | None = None) -> CommentDraft:
        """Give what was written as a value."""
        chosen = str(self.writing_as.data or "")
        return CommentDraft(
            text=self.text.data or "",
            parent_id=parent_id,
            official=bool(self.official.data),
            page_language=language(),
            group_id=read_group(chosen.removeprefix(_GROUP))
            if chosen not in ("", _EXPERT)
            else None,
            expert=chosen == _EXPERT,
        )

    def send(self, who: Person, action: Callable[[], Result]) -> Result | None:
        """Run the action, unless the text check has something that the writer has not seen."""
        if self.put_instead(seen_in(self.text.data or "", language())):
            self.look(who)
            return None
        unseen = self.look(who)
        try:
            check_text(self.text.data or "")
        except RuleBrokenError as broken:
            self.text.errors = [str(broken.message)]
            return None
        return None if unseen else self.attempt(action)

    def look(self, who: Person) -> bool:
        """Check the text; tells whether there is something that its writer has not seen."""
        text = self.text.data or ""
        staff = holds(who, "idea:see_staff_only")
        seen = seen_in(text, language())
        return self.advise(seen, language_of(text, language()), staff=staff)


class ReportForm(Form):
    """Which rule is broken, and in the reader's own words how."""

    limit = LONGEST_REPORT

    rule = RadioField(_l("What is wrong with it?"), validate_choice=False)
    text = TextField(
        _l("Anything to add?"),
        description=_l("You need not repeat names or what was said. The moderator sees the text."),
    )

    def __init__(self, *given: Any, **context: Any) -> None:
        """Offer the rules of the programme in the language of the page."""
        super().__init__(*given, **context)
        self.rule.choices = [
            (rule["id"], pick(rule["name"], language())) for rule in snapshot().rules
        ]
