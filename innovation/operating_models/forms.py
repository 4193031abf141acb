"""The forms of operating models: the model, its uses, publishing, spreading, phases."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Self

from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, Texts, in_the_readers_language
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor
from innovation.operating_models.cases import SpreadRow
from innovation.operating_models.drafts import (
    LONGEST_NOTE,
    ChangedMeanwhileError,
    ModelDraft,
    UseDraft,
)
from innovation.operating_models.lifecycle import (
    FIT_LABELS,
    SPREAD_MOVES,
    SPREADING_LABELS,
    Spreading,
)
from innovation.operating_models.policy import writes_somewhere
from innovation.operating_models.queries import PhaseRow, in_words
from innovation.operating_models.texts import (
    CHOSEN,
    FIELD_BY_KEY,
    FIELDS,
    PARTS,
    PHASE,
    Part,
    fields_of,
)
from innovation.programme.fields import DayField, NameField, spoken
from innovation.programme.queries import snapshot
from innovation.web.forms import Form, LineField, TextField
from innovation.web.locale import language


def whole_number(written: object) -> int:
    """Give the number in a hidden field, 0 when there is none."""
    text = str(written or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class ModelForm(Form):
    """A model under Innokylä's headings: one field for each of them, and three choices.

    version: the one that the page showed. idea, experiment: what a new model grows from.
    """

    version = HiddenField()
    idea = HiddenField()
    experiment = HiddenField()
    phase = SelectField(in_the_readers_language(PHASE), validate_choice=False)
    sub_project = SelectField(in_the_readers_language(CHOSEN["sub_project"]), validate_choice=False)
    area = SelectField(in_the_readers_language(CHOSEN["area"]), validate_choice=False)
    # What is saved now in the fields that somebody else has changed too, by the field's name.
    clashes: Mapping[str, str] = {}

    def offer(self, who: Actor, phases: Iterable[PhaseRow]) -> Self:
        """Set what can be chosen: phases in use, and sub-projects for which `who` may describe."""
        known, now = snapshot(), language()
        self.phase.choices = [
            SelectChoice(str(one.id), in_the_readers_language(one.names))
            for one in phases
            if one.active or str(one.id) == self.phase.data
        ]
        mine = [
            one
            for one in known.sub_projects
            if writes_somewhere(who, one.id)
            and (not one.closed or one.slug == self.sub_project.data)
        ]
        choose = SelectChoice("", str(_("Choose")))
        self.sub_project.choices = [
            choose,
            *(SelectChoice(one.slug, one.name(now)) for one in mine),
        ]
        everywhere = SelectChoice("", str(_("The whole region")))
        self.area.choices = [
            everywhere,
            *(SelectChoice(one.slug, one.name(now)) for one in known.areas),
        ]
        return self

    def draft(self) -> ModelDraft:
        """Give what was written and chosen."""
        return ModelDraft({key: str(self[key].data or "") for key in (*FIELD_BY_KEY, *CHOSEN)})

    @property
    def parts(self) -> list[tuple[Part, list[tuple[Any, Any]]]]:
        """The headings, each with its fields as (texts.Field, field of the form)."""
        return [
            (part, [(one, self[one.key]) for one in fields_of(key)]) for key, part in PARTS.items()
        ]

    def show_both(self, changed: ChangedMeanwhileError) -> None:
        """Show both sets of changes together, ready to be saved over what is there now."""
        for key, text in changed.contents.items():
            self[key].data = text
        self.clashes = {key: in_words(key, text) or "–" for key, text in changed.clashes.items()}
        self.version.data = str(changed.number)
        self.form_errors = [str(changed.message)]


for _field in FIELDS:
    setattr(
        ModelForm,
        _field.key,
        (TextField if _field.tall else LineField)(
            in_the_readers_language(_field.names), description=_field.hint
        ),
    )


class UseForm(Form):
    """Where a model is in use."""

    unit = LineField(_("Unit or service"), description=_("For example: Home care, Liminka"))
    area = SelectField(_("Area"), validate_choice=False)
    since = DayField(_("Since when"), description=_("Day, month, year. Example: 1.9.2026"))
    contact = LineField(
        _("Whom to ask"),
        description=_("A task or its e-mail address, not a private one. Everybody sees it."),
    )

    def offer(self) -> Self:
        """Set the areas."""
        self.area.choices = [
            SelectChoice("", str(_("Choose"))),
            *(SelectChoice(one.slug, one.name(language())) for one in snapshot().areas),
        ]
        return self

    def draft(self) -> UseDraft:
        """Give what was written; only after it was validated."""
        return UseDraft(
            self.unit.data or "", self.area.data or "", self.since.day, self.contact.data or ""
        )


class PublishForm(Form):
    """Publishing a model; for each idea in use a box and the answer that its author reads."""

    @classmethod
    def of(cls, ideas: Collection[Any], sent: Any = None) -> Self:
        """Make the form for these ideas, fresh or as it was sent."""
        fields: dict[str, Any] = {}
        first = str(_("The idea is now described as an operating model that others can use too."))
        for idea in ideas:
            fields[f"tell_{idea.id}"] = BooleanField(_("Answer that it is described by this model"))
            fields[f"idea_{idea.id}"] = TextField(_("Answer"), default=first)
        made = type("PublishFormOfModel", (cls,), fields)
        form: Self = made(sent, data={f"tell_{idea.id}": True for idea in ideas})
        form.ideas = ideas
        return form

    ideas: Collection[Any] = ()

    @property
    def told(self) -> dict[int, str]:
        """The answers to give, by the idea's number."""
        return {
            idea.id: self[f"idea_{idea.id}"].data or ""
            for idea in self.ideas
            if self[f"tell_{idea.id}"].data
        }


class FitForm(Form):
    """Does it work where you are? Asked of the author of an idea."""

    model = HiddenField()
    fit = RadioField(_("Does it work where you are?"), validate_choice=False)
    text = TextField(
        _("Would you like to say more?"),
        description=_("Only the lead of the sub-project reads this."),
    )
    limit = LONGEST_NOTE

    def __init__(self, formdata: Any = None, **more: Any) -> None:
        """Set the answers to choose from."""
        super().__init__(formdata, **more)
        self.fit.choices = [SelectChoice(code, str(label)) for code, label in FIT_LABELS.items()]


class SpreadForm(Form):
    """A spreading case in the lead's list: where it is, and what its author is told."""

    seen = HiddenField()
    state = SelectField(_("Where it is"), validate_choice=False)
    note = TextField(_("What the author is told"))

    def offer(self, now: str) -> Self:
        """Set the states that can follow."""
        self.state.choices = [
            SelectChoice(code, str(label))
            for code, label in SPREADING_LABELS.items()
            if code == now or (Spreading(now), code) in SPREAD_MOVES
        ]
        return self

    def show_saved(self, row: SpreadRow, message: object) -> None:
        """After somebody was faster: say what is saved now; what was written stays.

        Sending it again counts.
        """
        self.form_errors = [str(message)]
        self.seen.data = row.seen
        kept = ((self.state, row.state, row.state_label), (self.note, row.note, row.note or "–"))
        for field, saved, words in kept:
            if field.data != saved:
                said = _("%(field)s, saved now: %(value)s", field=field.label.text, value=words)
                field.errors = [str(said)]
        self.offer(row.state)
        if (Spreading(row.state), self.state.data) not in SPREAD_MOVES:
            self.state.data = row.state


class PhaseForm(Form):
    """A phase of development, in three languages."""

    names_fi, names_sv, names_en = spoken(NameField, required=True)
    active = BooleanField(_("Can be chosen"))

    @property
    def names(self) -> Texts:
        """The names that were written, by language."""
        written = {code: str(self[f"names_{code}"].data or "") for code in LANGUAGES}
        return {code: name for code, name in written.items() if name or code == DEFAULT_LANGUAGE}
