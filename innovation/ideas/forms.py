"""The form of an idea, the same for a new one and for a change, and the one for withdrawing."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.core.i18n import lazy_gettext as _l
from innovation.core.permissions import Actor, Person, holds
from innovation.core.text import clean_text, title_from
from innovation.groups.queries import GroupChoice, groups_of, kind_name
from innovation.ideas.actions import Edited
from innovation.ideas.advice import AdvisedForm
from innovation.ideas.drafts import LIMITS, OTHER_LANGUAGE, IdeaDraft, language_of, problems_in
from innovation.ideas.lifecycle import Capacity, capacities
from innovation.ideas.publishing import seen_in
from innovation.programme.queries import Snapshot, snapshot
from innovation.web.forms import Form, LineField, Result, TextField
from innovation.web.locale import LANGUAGE_NAMES, language

EDIT_NOTICES = {
    Edited.SAME: _l("Nothing had changed."),
    Edited.SHOWN: _l("Your changes were saved."),
    Edited.WAITS: _l("Thank you. A moderator reads the change; until then the old text is shown."),
    Edited.RESUBMITTED: _l("Thank you. The idea is again with a moderator."),
}


class IdeaForm(AdvisedForm):
    """One required text; everything else may stay empty."""

    checked = tuple(LIMITS)

    text = TextField(_l("What does not work or could be better?"))
    what_helps = TextField(_l("What would help?"))
    area = SelectField(_l("Area"), validate_choice=False)
    municipality = SelectField(_l("Municipality"), validate_choice=False)
    unit = LineField(_l("Unit or place"))
    show_place = BooleanField(_l("Show the municipality and the unit"))
    capacity = SelectField(_l("In which role do you write?"), validate_choice=False)
    group = SelectField(_l("In whose name do you write?"), validate_choice=False)
    name = LineField(_l("Name or nickname"))
    title = LineField(_l("Title"))
    language = SelectField(_l("In which language do you write?"), validate_choice=False)
    staff_only = BooleanField(_l("For the staff only"))

    def __init__(self, formdata: Any = None, *, who: Actor, **initial: Any) -> None:
        """Offer the choices of the programme. initial: what stands in the fields of a new form."""
        self.who = who
        self.own_name = who.name if isinstance(who, Person) else ""
        data = {"name": self.own_name, **initial}
        super().__init__(formdata, data=data)
        self._offer(snapshot(), language())
        # Somebody who was signed in when the box was ticked still sees it, so nothing is lost.
        self._offer_names(groups_of(who), language())
        self.for_staff = holds(who, "idea:see_staff_only") or bool(self.staff_only.data)

    def _offer(self, programme: Snapshot, code: str) -> None:
        none = SelectChoice("", str(_l("No choice")))
        areas = {area.id: area.name(code) for area in programme.areas}
        places = sorted(
            programme.municipalities, key=lambda place: list(areas).index(place.area_id)
        )
        self.area.choices = [
            none,
            *(SelectChoice(area.slug, area.name(code)) for area in programme.areas),
        ]
        self.municipality.choices = [
            none,
            *(
                SelectChoice(place.slug, place.name(code), optgroup=areas[place.area_id])
                for place in places
            ),
        ]
        self.capacity.choices = [
            none,
            *(SelectChoice(key, str(label)) for key, label in self._capacities().items()),
        ]
        self.language.choices = [
            SelectChoice("", str(_l("Recognised from the text"))),
            *(SelectChoice(*known) for known in LANGUAGE_NAMES.items()),
            SelectChoice(OTHER_LANGUAGE, str(_l("Another language"))),
        ]

    def _capacities(self) -> dict[str, Any]:
        """Give what may be chosen; what the text has already stays, whatever ended meanwhile."""
        chosen = self.capacity.data == Capacity.EXPERT
        return capacities(expert=holds(self.who, "expert:write") or chosen)

    def _offer_names(self, groups: list[GroupChoice], code: str) -> None:
        """Offer the groups in whose name the writer may write; most have none."""
        self.group.choices = [
            SelectChoice("", str(_l("In my own name"))),
            *(SelectChoice(str(one.id), group_label(one, code)) for one in groups),
        ]
        self.has_groups = bool(groups) or bool(self.group.data)

    def draft(self) -> IdeaDraft:
        """Give what was written."""
        return IdeaDraft(
            text=self.text.data or "",
            what_helps=self.what_helps.data or "",
            title=self.title.data or "",
            area=self.area.data or "",
            municipality=self.municipality.data or "",
            unit=self.unit.data or "",
            show_place=bool(self.show_place.data),
            capacity=self.capacity.data or "",
            name=self.name.data or "",
            language=self.language.data or "",
            page_language=language(),
            staff_only=bool(self.staff_only.data),
            group_id=read_group(self.group.data),
        )

    def send(self, action: Callable[[IdeaDraft], Result]) -> Result | None:
        """Run the action on the draft; every broken rule becomes an error at its field.

        Nothing is done before the writer has seen what the text check found: `advice` tells it.
        """
        if self.put_instead(seen_in(self.draft())):
            self.look()
            return None
        draft, unseen = self.draft(), self.look()
        problems = list(problems_in(draft))
        if not problems and not unseen:
            result = self.attempt(lambda: action(draft))
            if not self.errors:
                return result
        for problem in problems:
            field = self._fields[problem.field or ""]
            if not field.errors:
                field.errors = [str(problem.message)]
        return None

    def look(self, *, beside: bool = False) -> bool:
        """Check what was written; tells whether there is something that its writer has not seen.

        beside: the writer goes on writing meanwhile.
        """
        draft = self.draft()
        written_in = draft.language or language_of(draft.text, draft.page_language)
        return self.advise(seen_in(draft), written_in, staff=self._at_work(), beside=beside)

    def _at_work(self) -> bool:
        """Tell whether the channels of the staff may be of use to the writer."""
        told = self.capacity.data or ""
        return told == Capacity.STAFF if told else holds(self.who, "idea:see_staff_only")

    def holds(self, *names: str) -> bool:
        """True when one of these fields holds something or is wrong, so that its fold is open."""
        usual = {"name": self.own_name}
        for name in names:
            field = self._fields[name]
            if field.errors or (field.data or "") != usual.get(name, ""):
                return True
        return False


def group_label(group: GroupChoice, code: str) -> str:
    """Give a group's name with its kind, as a choice of a form."""
    return f"{group.name} ({kind_name(group.kind, code).lower()})"


def read_group(given: object) -> int | None:
    """Read the number of a chosen group; nonsense is one that nobody may use."""
    text = str(given or "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class WithdrawForm(Form):
    """Why the idea is taken back, if its author wants to say."""

    reason = TextField(_l("Why do you withdraw the idea?"))


def new_form(who: Actor, text: str = "") -> IdeaForm:
    """Give an empty form, perhaps with the text that was written elsewhere, however long."""
    return IdeaForm(who=who, text=clean_text(text))


def edit_form(who: Actor, draft: IdeaDraft) -> IdeaForm:
    """Give the form with what its author wrote; a title that was made of the text stays empty."""
    own_title = "" if draft.title == title_from(draft.text) else draft.title
    return IdeaForm(who=who, **{**asdict(draft), "title": own_title})
