"""The words of the desk: what was done and by whom."""

from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.ideas.timeline import Kind

KIND_LABELS: dict[str, LazyString] = {
    "idea": _("Ideas"),
    "edit": _("Changes to texts"),
    "comment": _("Comments"),
    "report": _("Reports"),
}

ROLE_LABELS: dict[str, LazyString] = {
    "author": _("The author"),
    "visitor": _("A visitor"),
    "resident": _("A resident"),
    "staff": _("A staff member"),
    "lead": _("The lead of the sub-project"),
    "coordinator": _("The coordinator"),
    "moderator": _("A moderator"),
    "administrator": _("An administrator"),
    "system": _("The service"),
}

DONE_LABELS: dict[str, LazyString] = {
    Kind.SUBMITTED: _("the idea was sent"),
    Kind.PUBLISHED: _("the idea was published"),
    Kind.RETURNED: _("the idea was returned for correction"),
    Kind.RESUBMITTED: _("the idea was corrected and sent again"),
    Kind.HELD: _("a report took the idea back to be checked"),
    Kind.HIDDEN: _("the idea was hidden"),
    Kind.RESTORED: _("the idea was brought back"),
    Kind.WITHDRAWN: _("the idea was withdrawn"),
    Kind.ROUTED: _("the idea was routed"),
    Kind.REROUTED: _("the idea was routed anew"),
    Kind.INFORMED: _("a sub-project was informed"),
    Kind.MERGED: _("the idea was merged"),
    Kind.EDITED: _("the text was changed"),
    Kind.EDIT_WAITS: _("a change of the text was sent"),
    Kind.EDIT_DECLINED: _("a change of the text was declined"),
    Kind.HANDLING: _("the handling moved on"),
    Kind.COMMENT_HIDDEN: _("a comment was hidden"),
    Kind.REPORT_DISMISSED: _("a report was dismissed"),
    Kind.ASKED: _("the author was asked"),
    Kind.REPLIED: _("the author answered"),
    Kind.REDACTED: _("something was taken out of the text"),
    Kind.PASSED_ON: _("the matter was passed on"),
    Kind.URGENT: _("an urgent matter was handled"),
    Kind.BRIEF: _("a summary in Finnish was written"),
    Kind.RECUSED: _("a moderator left it to others"),
    Kind.APPEALED: _("the author appealed"),
    Kind.APPEAL_DECIDED: _("the appeal was decided"),
    Kind.ANSWERED: _("the idea was answered"),
    Kind.POSTPONED: _("the promised date was moved"),
    Kind.NOT_POSTPONED: _("a new date was declined"),
    Kind.APPEAL_UPHELD: _("the appeal was decided, and the decision stays"),
    Kind.APPEAL_CHANGED: _("the appeal was decided, and the decision was taken back"),
    Kind.COMMENT_APPEALED: _("the writer of a comment appealed"),
    Kind.COMMENT_APPEAL_DECIDED: _("the appeal about a comment was decided"),
    Kind.UNDONE: _("a decision was undone"),
}


# What a decision did, beside the button that undoes it.
DECIDED_LABELS: dict[str, LazyString] = {
    "publish": _("Published"),
    "publish_and_route": _("Published and routed"),
    "route": _("Routed"),
    "return": _("Returned to its author"),
    "hide": _("Hidden"),
    "restore": _("Brought back"),
    "staff_only": _("Kept for staff"),
    "merge": _("Merged"),
    "accept_edit": _("Change accepted"),
    "decline_edit": _("Change declined"),
    "publish_comment": _("Comment published"),
    "hide_comment": _("Comment hidden"),
    "dismiss_report": _("Report dismissed"),
    "ask": _("Author asked"),
    "read": _("Answer read"),
    "pass_on": _("Passed on"),
    "urgent": _("Urgent matter handled"),
    "not_urgent": _("Marked as not urgent"),
    "brief": _("Summary written"),
    "redact": _("Taken out of the text"),
    "recuse": _("Left to another moderator"),
    "appeal": _("Appeal decided"),
    "answer": _("Answered"),
    "postpone": _("Promised date moved"),
}

# What became of an appeal, "" while it waits.
OUTCOME_LABELS: dict[str, LazyString] = {
    "": _("Waits for another moderator"),
    "upheld": _("The decision stays"),
    "changed": _("The decision was taken back"),
}
