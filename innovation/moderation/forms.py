"""The forms of the desk: what a moderator chose and wrote, and the decision it makes."""

from collections.abc import Collection
from typing import Any

from flask import request
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import LazyString, pick
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor
from innovation.ideas.queries import number_of_reference, visible_idea
from innovation.moderation import actions, appeals, parts
from innovation.moderation.appeal_cases import AppealCase
from innovation.moderation.cases import CommentCase, EditCase, IdeaCase
from innovation.moderation.piles import is_left
from innovation.programme.placeholders import filled
from innovation.programme.queries import snapshot
from innovation.reasons.queries import reasons_for, values_for
from innovation.reasons.texts import fill
from innovation.web.forms import Form, LineField, TextField
from innovation.web.locale import language

NONE_YET = "0"


class ReasonForm(Form):
    """A decision with a reason: a ready text, own words, or both, and perhaps a rule.

    Moderators choose in the language of their page; the author reads the language of the text.
    """

    # js/reasons.js lets the chosen text be edited, with a button of this name.
    ready = SelectField(
        _("A ready reason"),
        validate_choice=False,
        render_kw={"data-ready": _("Edit this text first")},
    )
    reason = TextField(_("In your own words"))
    rule = SelectField(_("Rule"), validate_choice=False)
    seen = HiddenField()

    def offer(self, uses: Collection[str], idea: Any, written_in: str = "", rule: str = "") -> None:
        """Fill the lists of reasons for these uses and of rules.

        written_in: the language of the text, when it is not the idea's own but a comment. rule:
        the id of the only one that it can be about.
        """
        if rule:
            self.rule.data = rule
        self._idea, self._written_in = idea, written_in or idea.language
        self._ready = {str(one.id): one for one in reasons_for(*uses)}
        here, there = (values_for(idea, one, rule) for one in (language(), self._written_in))
        self.ready.choices = [
            SelectChoice("", str(_("Choose"))),
            *(
                SelectChoice(
                    number,
                    filled(one.text(language()), here),
                    {"data-text": filled(one.text(self._written_in), there)},
                )
                for number, one in self._ready.items()
            ),
        ]
        self.rule.choices = [
            SelectChoice("", str(_("Choose"))),
            *(
                SelectChoice(
                    rule["id"],
                    f"{rule['number']}. {pick(rule['name'], language())}",
                    {"data-name": pick(rule["name"], self._written_in)},
                )
                for rule in snapshot().rules
            ),
        ]

    @property
    def whole_reason(self) -> str:
        """The ready text and the own words as one, as the author of the idea reads them.

        Raises RuleBrokenError at "reason" when the ready text names what the idea has not.
        """
        return self.reason_about(self._idea, self._written_in)

    def reason_about(self, idea: Any, written_in: str = "") -> str:
        """Give the same for any idea, as when several are decided on with one reason."""
        tongue = written_in or idea.language
        one = self._ready.get(self.ready.data or "")
        ready = (
            fill(one.text(tongue), values_for(idea, tongue, str(self.rule.data or "")))
            if one
            else ""
        )
        return " ".join(part for part in (ready, self.reason.data or "") if part)

    @property
    def seen_entry(self) -> int:
        """The last entry of the timeline when the page was made; 0 makes the decision stale."""
        return max(0, _number(self.seen.data))

    @property
    def decision(self) -> str:
        """The button that was pressed."""
        return str(request.form.get("decision", ""))


def _unknown() -> RuleBrokenError:
    return RuleBrokenError(_("Choose one of the options."))


class IdeaForm(ReasonForm):
    """A decision on an idea, with where it belongs."""

    primary = RadioField(_("To which sub-project?"), validate_choice=False)
    informed = SelectMultipleField(_("Also to be informed"), validate_choice=False)
    routing_reason = LineField(_("Why the idea moves"))
    target = LineField(_("Reference of the other idea"))

    def prepare(self, case: IdeaCase) -> None:
        """Fill the lists for this idea; one that is left stays among them when the idea has it."""
        dismissing = ("dismiss",) if case.held else ()
        self.offer((*dismissing, "return", "hide", "keep"), case.idea)
        known = snapshot()
        have = case.routing.ids
        facts = [one for one in known.sub_projects if not is_left(one.id) or one.id in have]
        choices = [(str(fact.id), fact.name(language())) for fact in facts]
        self.primary.choices = [*choices, (NONE_YET, _("No sub-project yet"))]
        self.informed.choices = choices

    @property
    def routing(self) -> tuple[int | None, list[int], str]:
        """The chosen sub-project, those that are told, and why the idea moves."""
        primary = _number(self.primary.data)
        told = [_number(value) for value in self.informed.data or ()]
        reason = str(self.routing_reason.data or "")
        return primary or None, [number for number in told if number], reason

    def decide(self, actor: Actor, case: IdeaCase) -> LazyString:
        """Do what the pressed button says; gives what was done."""
        idea = case.idea
        seen = self.seen_entry
        match self.decision:
            case "publish_and_route":
                self._publish_and_route(actor, case)
                return _("Published and routed: %(title)s", title=idea.title)
            case "publish":
                actions.publish_idea(actor, idea, seen=seen)
                return _("Published: %(title)s", title=idea.title)
            case "route":
                actions.reroute_idea(actor, idea, *self.routing, seen=seen)
                return _("Routing saved: %(title)s", title=idea.title)
            case "merge":
                target = self._target(actor)
                actions.merge_idea(actor, idea, target, seen=seen)
                return _("Merged into: %(title)s", title=target.title)
            case "dismiss":
                parts.dismiss_report(actor, idea, None, self.whole_reason, seen=seen)
                return _("The report was dismissed.")
        return self._take_away(actor, idea)

    def _take_away(self, actor: Actor, idea: Any) -> LazyString:
        seen, reason = self.seen_entry, self.whole_reason
        match self.decision:
            case "return":
                actions.return_idea(actor, idea, reason, seen=seen)
                return _("Returned to its author: %(title)s", title=idea.title)
            case "hide":
                actions.hide_idea(actor, idea, self.rule.data or "", reason, seen=seen)
                return _("Hidden: %(title)s", title=idea.title)
            case "staff_only":
                actions.make_staff_only(actor, idea, reason, seen=seen)
                return _("For staff only: %(title)s", title=idea.title)
            case "restore":
                actions.restore_idea(actor, idea, reason, seen=seen)
                return _("Brought back: %(title)s", title=idea.title)
        raise _unknown()

    def _target(self, actor: Actor) -> Any:
        """Give the idea to merge into. Raises RuleBrokenError at "target"."""
        number = number_of_reference(str(self.target.data or "").strip().upper())
        if number is None:
            raise RuleBrokenError(_("There is no idea with this reference."), "target")
        return visible_idea(actor, number)

    def _publish_and_route(self, actor: Actor, case: IdeaCase) -> None:
        primary, informed, reason = self.routing
        if primary is None:
            raise RuleBrokenError(
                _("Choose a sub-project, or leave the routing for later."), "primary"
            )
        seen = self.seen_entry
        actions.publish_and_route(actor, case.idea, primary, informed, reason, seen=seen)


class EditForm(ReasonForm):
    """A decision on a waiting text."""

    def prepare(self, case: EditCase) -> None:
        """Fill the list of reasons."""
        self.offer(("decline",), case.idea)

    def decide(self, actor: Actor, case: EditCase) -> LazyString:
        """Do what the pressed button says; gives what was done."""
        idea, revision, seen = case.idea, case.revision, self.seen_entry
        match self.decision:
            case "accept":
                parts.accept_revision(actor, idea, revision, seen=seen)
                return _("The change is shown now: %(title)s", title=revision.title)
            case "decline":
                parts.decline_revision(actor, idea, revision, self.whole_reason, seen=seen)
                return _("The change was declined: %(title)s", title=idea.title)
        raise _unknown()


class TextForm(ReasonForm):
    """A decision on a comment, or on an idea that was reported."""

    def prepare(self, case: CommentCase | IdeaCase) -> None:
        """Fill the lists."""
        written_in = case.comment.language if isinstance(case, CommentCase) else case.idea.language
        self.offer(("hide", "dismiss"), case.idea, written_in)

    def decide(self, actor: Actor, case: CommentCase | IdeaCase) -> LazyString:
        """Do what the pressed button says; gives what was done."""
        if self.decision == "dismiss":
            comment = case.comment if isinstance(case, CommentCase) else None
            seen = self.seen_entry if comment is None else str(self.seen.data)
            parts.dismiss_report(actor, case.idea, comment, self.whole_reason, seen=seen)
            return _("The report was dismissed.")
        if isinstance(case, CommentCase):
            return self._on_comment(actor, case)
        return self._on_idea(actor, case)

    def _on_comment(self, actor: Actor, case: CommentCase) -> LazyString:
        rule, seen = self.rule.data or "", str(self.seen.data)
        match self.decision:
            case "publish":
                parts.publish_comment(actor, case.comment, seen=seen)
                return _("The comment was published.")
            case "hide":
                parts.hide_comment(actor, case.comment, rule, self.whole_reason, seen=seen)
                return _("The comment was hidden.")
        raise _unknown()

    def _on_idea(self, actor: Actor, case: IdeaCase) -> LazyString:
        if self.decision != "hide":
            raise _unknown()
        rule, reason = self.rule.data or "", self.whole_reason
        actions.hide_idea(actor, case.idea, rule, reason, seen=self.seen_entry)
        return _("Hidden: %(title)s", title=case.idea.title)


class AppealForm(ReasonForm):
    """The answer to an appeal."""

    def prepare(self, case: AppealCase) -> None:
        """Fill the list of reasons; the rule is that of the decision."""
        self.offer(("appeal",), case.idea, case.language, case.decision.rule)

    def decide(self, actor: Actor, case: AppealCase) -> LazyString:
        """Do what the pressed button says; gives what was done."""
        outcome = self.decision
        appeals.decide_appeal(actor, case.appeal, outcome, self.whole_reason)
        if outcome == appeals.CHANGED:
            return _("The decision was taken back: %(title)s", title=case.idea.title)
        return _("The decision stays: %(title)s", title=case.idea.title)


def _number(value: Any) -> int:
    """Read an id from a form; nonsense gives a number that nothing has, nothing gives 0."""
    text = str(value or "")
    if not text:
        return 0
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
