"""The forms of the newsletter: asking for it, changing what one hears of, writing one."""

from collections.abc import Mapping

from wtforms import HiddenField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget

from innovation.accounts.forms import EmailField
from innovation.core.i18n import LANGUAGES
from innovation.core.i18n import lazy_gettext as _
from innovation.programme.queries import Snapshot
from innovation.web.forms import Form, LineField, TextField
from innovation.web.locale import LANGUAGE_NAMES


class Boxes(SelectMultipleField):
    """Several of some options, each with a box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class WishesForm(Form):
    """What somebody wants to hear of; nothing chosen is everything."""

    language = SelectField(_("Language"))
    area = Boxes(_("Areas"), validate_choice=False)
    sub_project = Boxes(_("Sub-projects"), validate_choice=False)

    def offer(self, programme: Snapshot, language: str) -> None:
        """Set the choices."""
        self.language.choices = [SelectChoice(*known) for known in LANGUAGE_NAMES.items()]
        self.area.choices = [SelectChoice(one.slug, one.name(language)) for one in programme.areas]
        self.sub_project.choices = [
            SelectChoice(one.slug, one.name(language)) for one in programme.open_sub_projects
        ]

    def areas(self, programme: Snapshot) -> list[int]:
        """Give the ids of the chosen areas; what is unknown is left out."""
        known = programme.area_by_slug
        return [known[slug].id for slug in self.area.data or () if slug in known]

    def sub_projects(self, programme: Snapshot) -> list[int]:
        """Give the ids of the chosen sub-projects; what is unknown is left out."""
        known = programme.sub_project_by_slug
        return [known[slug].id for slug in self.sub_project.data or () if slug in known]


class AskForm(WishesForm):
    """An address, and what its owner wants to hear of."""

    email = EmailField(_("E-mail"))


class IssueForm(Form):
    """A newsletter in three languages. seen: the version that is changed."""

    subject_fi = LineField(_("Subject in Finnish"))
    text_fi = TextField(_("Text in Finnish"))
    subject_sv = LineField(_("Subject in Swedish"))
    text_sv = TextField(_("Text in Swedish"))
    subject_en = LineField(_("Subject in English"))
    text_en = TextField(_("Text in English"))
    seen = HiddenField()

    @property
    def subjects(self) -> Mapping[str, str]:
        """The subjects by language."""
        return {code: self[f"subject_{code}"].data or "" for code in LANGUAGES}

    @property
    def texts(self) -> Mapping[str, str]:
        """The texts by language."""
        return {code: self[f"text_{code}"].data or "" for code in LANGUAGES}

    @property
    def version(self) -> int:
        """The version that was changed, 0 for none."""
        typed = self.seen.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
