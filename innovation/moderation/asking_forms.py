"""The forms for asking the author and for passing a matter on, as they stand on the card."""

from typing import Self

from flask import request
from wtforms import SelectField

from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import LazyString, Texts, pick
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor
from innovation.ideas.labels import LONGEST, receiver
from innovation.messages.queries import Thread, is_reachable, thread_of
from innovation.moderation import asking, passing
from innovation.moderation.cases import IdeaCase
from innovation.moderation.forms import ReasonForm
from innovation.web.forms import LineField

# What the author reads is written in the idea's language, so it is content like ready reasons.
CONSENT: Texts = {
    "fi": (
        "Ideasi sopisi lain tarkoittamaksi aloitteeksi. Siihen vastataan niin kuin laki sanoo. "
        "Saammeko siirtää idean aloitteena kirjaamoon? Kirjaamo voi kysyä nimesi ja yhteystietosi."
    ),
    "sv": (
        "Din idé skulle passa som ett initiativ enligt lagen. Det besvaras så som lagen säger. "
        "Får vi lämna idén som ett initiativ till registratorskontoret? Där kan man fråga efter "
        "ditt namn och dina kontaktuppgifter."
    ),
    "en": (
        "Your idea could be an initiative under the law, which is answered as the law says. "
        "May we send it to the registry as an initiative? The registry may ask for your name and "
        "contact details."
    ),
}
INITIATIVE: Texts = {
    "fi": "Siirsimme idean suostumuksellasi aloitteena kirjaamoon. Saat vastauksen sieltä.",
    "sv": (
        "Med ditt samtycke lämnade vi idén som ett initiativ till registratorskontoret. Du får "
        "svar därifrån."
    ),
    "en": "With your consent we sent the idea to the registry as an initiative. It will answer.",
}


class AskForm(ReasonForm):
    """A question to the author, with what has been asked and answered before."""

    thread: Thread
    reachable: bool

    @classmethod
    def of(cls, case: IdeaCase, *, sent: bool = False) -> Self:
        """Give the form for this idea, fresh or as it was sent."""
        # Beside the other forms on the card its fields need names of their own.
        form = cls(request.form if sent else None, prefix="ask-", data={"seen": str(case.seen)})
        form.offer(("ask",), case.idea)
        form.thread = thread_of(case.idea.id)
        form.reachable = is_reachable(case.idea.id)
        form.reason.label.text = _("Question to the author")
        form.ready.label.text = _("A ready question")
        return form

    def decide(self, actor: Actor, case: IdeaCase) -> LazyString:
        """Ask what was written, or for consent; gives what was done."""
        idea, text, consent = case.idea, self.whole_reason, self.decision == "consent"
        if consent and not text:
            text = pick(CONSENT, idea.language)
        asking.ask_author(actor, idea, text, consent=consent, seen=self.seen_entry)
        return _("Asked the author: %(title)s", title=idea.title)


class PassForm(ReasonForm):
    """To whom the matter is passed on, and why."""

    to = SelectField(_("To whom?"), validate_choice=False)
    other = LineField(_("Somebody else"))
    longest = LONGEST
    consent: str
    possible: bool

    @classmethod
    def of(cls, case: IdeaCase, *, sent: bool = False) -> Self:
        """Give the form for this idea, fresh or as it was sent."""
        form = cls(request.form if sent else None, prefix="pass-", data={"seen": str(case.seen)})
        form.offer(("pass_on",), case.idea)
        names = [(code, str(receiver(code))) for code, _kind in passing.receivers()]
        form.to.choices = [("", str(_("Choose"))), *names]
        form.consent = thread_of(case.idea.id).consent
        form.possible = passing.can_pass(case.idea)
        return form

    def decide(self, actor: Actor, case: IdeaCase) -> LazyString:
        """Pass the matter on; gives what was done."""
        idea, reason, seen = case.idea, self.whole_reason, self.seen_entry
        match self.decision:
            case "initiative":
                reason = reason or pick(INITIATIVE, idea.language)
                passing.pass_on_as_initiative(actor, idea, reason, seen=seen)
            case "pass_on":
                to = self.other.data or self.to.data or ""
                passing.pass_on(actor, idea, to, reason, seen=seen)
            case _:
                raise RuleBrokenError(_("Choose one of the options."))
        return _("The matter was passed on: %(title)s", title=idea.title)
