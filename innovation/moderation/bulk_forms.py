"""The forms for many ideas at once: which are marked, and the one decision on all of them."""

from types import SimpleNamespace
from typing import Any

from flask import request
from wtforms import SelectField, SelectMultipleField

from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Person
from innovation.moderation import bulk
from innovation.moderation.actions import check_reason, check_rule
from innovation.moderation.forms import ReasonForm
from innovation.moderation.piles import is_left, successor_of
from innovation.programme.queries import snapshot
from innovation.web.forms import Form, TextField
from innovation.web.locale import language


class _Marked(Form):
    """Ideas that are marked in a list, each as its number and the entry that was seen last."""

    picked = SelectMultipleField(_("Ideas"), validate_choice=False, choices=())

    @property
    def chosen(self) -> list[bulk.Chosen]:
        """What is marked; what is not a number of an idea is left out."""
        pairs = (str(value).partition(":")[::2] for value in self.picked.data or ())
        return [
            bulk.Chosen(int(number), int(seen))
            for number, seen in pairs
            if all(one.isascii() and one.isdigit() and len(one) < 10 for one in (number, seen))
        ]

    @property
    def numbers(self) -> set[int]:
        """The numbers of the ideas that are marked."""
        return {one.idea_id for one in self.chosen}


def _open_ones() -> list[tuple[str, str]]:
    return [(str(fact.id), fact.name(language())) for fact in snapshot().open_sub_projects]


def _chosen_number(field: Any) -> int | None:
    text = str(field.data or "")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 else None


class ManyForm(ReasonForm, _Marked):
    """Publish, route or hide many ideas with one reason."""

    primary = SelectField(_("Sub-project"), validate_choice=False)

    def prepare(self) -> None:
        """Fill the lists."""
        about_none = SimpleNamespace(
            language=language(), title="", reference="", primary_sub_project_id=None
        )
        self.offer(("hide",), about_none)
        self.primary.choices = [("", _("Choose")), *_open_ones()]

    def decide(self, actor: Person) -> bulk.Outcome:
        """Do what the pressed button says to everything that is marked."""
        primary, said = _chosen_number(self.primary), str(self.reason.data or "")
        match self.decision:
            case "publish":
                act = bulk.publish(actor, None, "")
            case "publish_and_route" | "route" if primary is None:
                raise RuleBrokenError(_("Choose a sub-project."), "primary")
            case "publish_and_route":
                act = bulk.publish(actor, primary, said)
            case "route" if primary is not None:
                act = bulk.route(actor, primary, said)
            case "hide":
                rule = str(self.rule.data or "")
                check_rule(rule)
                if not self.ready.data:
                    check_reason(said)
                act = bulk.hide(actor, rule, self.reason_about)
            case _:
                raise RuleBrokenError(_("Choose one of the options."), "picked")
        return bulk.each(actor, self.chosen, act)


class MoveOnForm(_Marked):
    """Move ideas of a sub-project that others go on from to another one."""

    primary = SelectField(_("To which sub-project?"), validate_choice=False)
    routing_reason = TextField(_("Why the idea moves"))

    def prepare(self, number: int) -> None:
        """Fill the list, with the successor chosen where there is one."""
        following = successor_of(number)
        # What was moved to one that is left itself would soon wait again.
        lasting = [one for one in _open_ones() if not is_left(int(one[0]))]
        self.primary.choices = [("", _("Choose")), *lasting]
        if request.method == "GET":
            self.primary.data = str(following or "")
            self.routing_reason.data = self.told(number, following)

    def told(self, number: int, following: int | None) -> str:
        """Give the reason to start from: what has ended, and where its work goes on."""
        known = snapshot().sub_project_by_id
        old = known[number].name(language())
        if following is None:
            return str(_("The sub-project %(name)s has closed.", name=old))
        new = known[following].name(language())
        if not known[number].closed:
            return str(
                _(
                    "The work of the sub-project %(name)s goes on in %(successor)s.",
                    name=old,
                    successor=new,
                )
            )
        return str(
            _(
                "The sub-project %(name)s has closed. Its work goes on in %(successor)s.",
                name=old,
                successor=new,
            )
        )

    def move(self, actor: Person) -> bulk.Outcome:
        """Move what is marked."""
        primary, reason = _chosen_number(self.primary), str(self.routing_reason.data or "")
        if primary is None:
            raise RuleBrokenError(_("Choose a sub-project."), "primary")
        if not reason:
            raise RuleBrokenError(_("Tell in one sentence why the idea moves."), "routing_reason")
        return bulk.each(actor, self.chosen, bulk.route(actor, primary, reason))
