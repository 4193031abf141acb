"""What administrators write about the programme, read from their forms."""

from typing import Any, Self

from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.core.i18n import lazy_gettext as _
from innovation.core.text import clean_line
from innovation.programme import queries
from innovation.programme.closings import ClosedDraft
from innovation.programme.drafts import (
    ContactDraft,
    MunicipalityDraft,
    ProgrammeDraft,
    SubProjectDraft,
)
from innovation.programme.fields import (
    SOFT_HYPHEN,
    DayField,
    EditForm,
    ProseField,
    promised_days,
    spoken,
)
from innovation.web.forms import LineField, TextField
from innovation.web.locale import language

PUBLISHING_LABELS = (
    (
        "everything_first",
        _("Everything is read first. Advised for the first three months."),
    ),
    (
        "known_authors",
        _("Texts by known authors, such as the staff, are public at once. The rest is read first."),
    ),
    (
        "clean_at_once",
        _("A text is public at once when the check finds nothing in it, whoever wrote it."),
    ),
)


def _publishing() -> list[SelectChoice]:
    return [SelectChoice(rule, str(label)) for rule, label in PUBLISHING_LABELS]


class ProgrammeForm(EditForm):
    """The programme as a whole."""

    names_fi, names_sv, names_en = spoken(required=True)
    phone = LineField(_("Phone"))
    email = LineField(_("E-mail"))
    address = LineField(_("Address"))
    hours_fi, hours_sv, hours_en = spoken()
    place_fi, place_sv, place_en = spoken()
    looked_at_working_days = promised_days(
        "looked_at_working_days", _("Looked at, in working days")
    )
    first_answer_days = promised_days("first_answer_days", _("First answer, in days"))
    decision_days = promised_days("decision_days", _("Decision, in days"))
    publishing = RadioField(
        _("When is a text published?"), choices=_publishing, validate_choice=False
    )
    reading_hours_fi, reading_hours_sv, reading_hours_en = spoken(ProseField, required=True)
    licence_fi, licence_sv, licence_en = spoken(ProseField, required=True)

    def draft(self) -> ProgrammeDraft:
        """Give what the form says; only after it was validated."""
        return ProgrammeDraft(
            names=self.texts("names"),
            phone=self.typed("phone"),
            email=self.typed("email"),
            address=self.typed("address"),
            hours=self.texts("hours"),
            place=self.texts("place"),
            looked_at_working_days=int(self.typed("looked_at_working_days")),
            first_answer_days=int(self.typed("first_answer_days")),
            decision_days=int(self.typed("decision_days")),
            publishing=self.typed("publishing"),
            licence=self.texts("licence"),
            reading_hours=self.texts("reading_hours"),
        )


class ClosedForm(EditForm):
    """A time in which nothing is answered. Its fields stand beside those of the programme."""

    first = DayField(_("First day"), description=_("Day, month, year. Example: 21.12.2026"))
    last = DayField(_("Last day"))
    names_fi, names_sv, names_en = spoken()

    def __init__(self, *given: Any, **context: Any) -> None:
        """Name the fields apart from those of the programme."""
        super().__init__(*given, **{"prefix": "closed-", **context})

    def draft(self) -> ClosedDraft:
        """Give what the form says; only after it was validated."""
        return ClosedDraft(self.first.day, self.last.day, self.texts("names"))


class SubProjectForm(EditForm):
    """A sub-project."""

    short_names_fi, short_names_sv, short_names_en = spoken(required=True)
    official_names_fi, official_names_sv, official_names_en = spoken(required=True)
    purposes_fi, purposes_sv, purposes_en = spoken(ProseField, required=True)
    aliases = TextField(_("Other names"))
    parent = SelectField(_("Belongs to"), validate_choice=False)
    confirmed = BooleanField(_("The name is confirmed"))
    valid_from = DayField(_("First day"))
    valid_to = DayField(_("Last day"))
    successor = SelectField(_("Successor"), validate_choice=False)

    def offer(self, slug: str = "") -> Self:
        """Set the choices. slug: the sub-project itself, which is not offered as its successor."""
        known, code = queries.snapshot(), language()
        self.parent.choices = [SelectChoice(one.slug, one.name(code)) for one in known.parents]
        self.successor.choices = [
            SelectChoice("", str(_("No successor"))),
            *(_named(fact, code) for fact in known.sub_projects if fact.slug != slug),
        ]
        return self

    def draft(self) -> SubProjectDraft:
        """Give what the form says; only after it was validated."""
        return SubProjectDraft(
            parent=self.typed("parent"),
            official_names=self.texts("official_names"),
            short_names=self.texts("short_names"),
            purposes=self.texts("purposes"),
            aliases=tuple(filter(None, map(clean_line, self.typed("aliases").split("\n")))),
            confirmed=self.confirmed.data,
            valid_from=self.valid_from.day,
            valid_to=self.valid_to.day,
            successor=self.typed("successor"),
        )


class MunicipalityForm(EditForm):
    """A municipality and its area."""

    names_fi, names_sv, names_en = spoken(required=True)
    area = SelectField(_("Area"), validate_choice=False)
    confirmed = BooleanField(_("The area is certain"))
    source = LineField(_("Where is this from?"))

    def offer(self) -> Self:
        """Set the choices."""
        code = language()
        self.area.choices = [
            SelectChoice(area.slug, area.name(code)) for area in queries.snapshot().areas
        ]
        return self

    def draft(self) -> MunicipalityDraft:
        """Give what the form says; only after it was validated."""
        return MunicipalityDraft(
            self.texts("names"), self.typed("area"), self.confirmed.data, self.typed("source")
        )


class ContactForm(EditForm):
    """Somebody to turn to."""

    name = LineField(_("Name"))
    task = LineField(_("Task"))
    email = LineField(_("E-mail"))
    phone = LineField(_("Phone"))
    sub_project = SelectField(_("Sub-project"), validate_choice=False)
    area = SelectField(_("Area"), validate_choice=False)
    account = LineField(_("E-mail address of the account"))

    def offer(self) -> Self:
        """Set the choices."""
        known, code = queries.snapshot(), language()
        self.sub_project.choices = [
            SelectChoice("", str(_("All sub-projects"))),
            *(_named(fact, code) for fact in known.sub_projects),
        ]
        self.area.choices = [
            SelectChoice("", str(_("All areas"))),
            *(SelectChoice(area.slug, area.name(code)) for area in known.areas),
        ]
        return self

    def draft(self) -> ContactDraft:
        """Give what the form says; only after it was validated."""
        return ContactDraft(
            self.typed("name"),
            self.typed("task"),
            self.typed("email"),
            self.typed("phone"),
            self.typed("sub_project"),
            self.typed("area"),
            self.typed("account"),
        )


def _named(fact: queries.SubProjectFact, code: str) -> SelectChoice:
    name = fact.name(code).replace(SOFT_HYPHEN, "")
    return SelectChoice(fact.slug, str(_("%(name)s (closed)", name=name)) if fact.closed else name)
