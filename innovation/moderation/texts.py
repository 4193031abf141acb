"""The words of the desk: what was done, by whom, and ready reasons to start from."""

from dataclasses import dataclass

from innovation.core.i18n import LazyString, Texts
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
}


@dataclass(frozen=True, slots=True)
class ReadyText:
    """A reason to start from, in the languages in which ideas are written."""

    id: str
    texts: Texts


# Reasons go to the author in the idea's language, so they are content, not interface texts.
RETURNING = (
    ReadyText(
        "names",
        {
            "fi": "Poista tekstistä nimet ja muut tiedot, joista ihmisen voi tunnistaa.",
            "sv": "Ta bort namn och annat som någon kan kännas igen på.",
            "en": "Please leave out names and anything else a person can be recognised by.",
        },
    ),
    ReadyText(
        "health",
        {
            "fi": "Kerro asia ilman kenenkään terveystietoja.",
            "sv": "Berätta om saken utan någons hälsouppgifter.",
            "en": "Please tell us this without anybody's health details.",
        },
    ),
    ReadyText(
        "more",
        {
            "fi": "Kerro vielä, missä ja milloin tämä näkyy, niin osaamme ohjata idean oikein.",
            "sv": "Berätta också var och när det här märks, så hamnar idén rätt.",
            "en": "Please tell us where and when this happens, so that the idea finds its place.",
        },
    ),
    ReadyText(
        "several",
        {
            "fi": "Tekstissä on monta asiaa. Lähetä jokainen niistä omana ideanaan.",
            "sv": "Texten tar upp flera saker. Skicka var och en som en egen idé.",
            "en": "The text is about several things. Please send each as an idea of its own.",
        },
    ),
    ReadyText(
        "own_care",
        {
            "fi": "Asia koskee omaa hoitoasi. Ota yhteys hoitopaikkaasi tai potilasasiavastaavaan.",
            "sv": "Saken gäller din egen vård. Kontakta din vårdplats eller patientombudet.",
            "en": "This is about your own care. Contact the unit or the patient ombudsperson.",
        },
    ),
)
HIDING = (
    ReadyText(
        "again",
        {
            "fi": "Teksti rikkoo sääntöjä. Voit kirjoittaa asiasta uudelleen sääntöjen mukaan.",
            "sv": "Texten bryter mot reglerna. Du får gärna skriva om saken på nytt enligt dem.",
            "en": "The text breaks the rules. You may write about the matter again within them.",
        },
    ),
    ReadyText(
        "recognised",
        {
            "fi": "Tekstistä voi tunnistaa ihmisen, joten se ei voi olla julkinen.",
            "sv": "Någon kan kännas igen i texten, och därför kan den inte vara offentlig.",
            "en": "A person can be recognised in the text, so it cannot be public.",
        },
    ),
    ReadyText(
        "repeated",
        {
            "fi": "Sama viesti on lähetetty monta kertaa.",
            "sv": "Samma meddelande har skickats många gånger.",
            "en": "The same message has been sent many times.",
        },
    ),
)
KEEPING = (
    ReadyText(
        "inside",
        {
            "fi": "Idea koskee turvallisuutta tai keksintöä, joten sen näkee vain henkilöstö.",
            "sv": "Idén gäller säkerhet eller en uppfinning. Därför ser bara personalen den.",
            "en": "The idea is about security or an invention, so only staff can see it.",
        },
    ),
)
DISMISSING = (
    ReadyText(
        "fine",
        {
            "fi": "Luimme tekstin. Se ei riko sääntöjä.",
            "sv": "Vi har läst texten. Den bryter inte mot reglerna.",
            "en": "We have read the text. It does not break the rules.",
        },
    ),
)
DECLINING = (
    *RETURNING[:2],
    ReadyText(
        "other_matter",
        {
            "fi": "Muutos vaihtaisi idean aiheen. Lähetä uusi asia omana ideanaan.",
            "sv": "Ändringen skulle byta ämne på idén. Skicka den nya saken som en egen idé.",
            "en": "The change would make it another idea. Please send the new matter by itself.",
        },
    ),
)
