"""The forms of coming in, and of one's own details."""

from typing import Any

from wtforms import Field, PasswordField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from innovation.accounts.actions import Newcomer, ProfileDraft, normal_email
from innovation.accounts.passwords import LONGEST, SHORTEST, hash_password
from innovation.core.errors import RuleBrokenError
from innovation.core.i18n import LazyString
from innovation.core.i18n import lazy_gettext as _
from innovation.web.forms import Form, LineField
from innovation.web.locale import LANGUAGE_NAMES


class EmailField(LineField):
    """An address; `data` becomes the form in which it is kept."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what cannot be an address."""
        try:
            self.data = normal_email(self.data or "")
        except RuleBrokenError as broken:
            raise ValidationError(str(broken.message)) from None


def long_enough(_form: object, field: Field) -> None:
    """Refuse a password that is too short; its length is the only rule."""
    if len(field.data or "") < SHORTEST:
        raise ValidationError(_("Use at least %(count)s characters.", count=SHORTEST))
    if len(field.data) > LONGEST:
        raise ValidationError(_("Use at most %(count)s characters.", count=LONGEST))


def _choice(label: LazyString) -> SelectField:
    """Give a field for one of some options, which are set later."""
    wrong = _("Choose one of the options.")
    return SelectField(label, invalid_choice_message=wrong)  # type: ignore[call-arg]


class SignInForm(Form):
    """Address and password."""

    email = LineField(_("E-mail"))
    password = PasswordField(_("Password"))

    @property
    def address(self) -> str:
        """The address as it would be kept, or "" when it cannot be one."""
        try:
            return normal_email(self.email.data or "")
        except RuleBrokenError:
            return ""

    def refuse(self) -> None:
        """Say the same whether the address or the password was wrong."""
        self.password.errors = [
            _("The address and the password do not belong together. Check both and try again.")
        ]


class RegisterForm(Form):
    """What an account needs: an address, a name that others see, a password."""

    email = EmailField(_("E-mail"))
    name = LineField(_("Name or nickname"))
    password = PasswordField(_("Password"), [long_enough])

    def newcomer(self, language: str) -> Newcomer:
        """Give the draft; hashes the password, which takes its time."""
        password_hash = hash_password(self.password.data or "")
        return Newcomer(self.email.data or "", self.name.data or "", password_hash, language)


class ResetForm(Form):
    """Where to mail the link for a new password."""

    email = EmailField(_("E-mail"))


class NewPasswordForm(Form):
    """A new password by a mailed link."""

    password = PasswordField(_("New password"), [long_enough])


class PasswordForm(Form):
    """A new password by the one who knows the old one."""

    current_password = PasswordField(
        _("Current password"), [InputRequired(_("Write the password you use now."))]
    )
    password = PasswordField(_("New password"), [long_enough])

    def refuse(self) -> None:
        """Say that the current password was wrong."""
        self.current_password.errors = [_("This is not your current password.")]


class ProfileForm(Form):
    """One's own details. The view gives the choices of capacity and area."""

    name = LineField(_("Name or nickname"))
    language = _choice(_("Language"))
    capacity = _choice(_("In which role do you usually write?"))
    area = _choice(_("Area"))

    def offer(self, capacities: list[tuple[str, Any]], areas: list[tuple[str, str]]) -> None:
        """Set the choices, those of capacity and area with an empty one first."""
        nothing = ("", _("Not told"))
        self.language.choices = [SelectChoice(*known) for known in LANGUAGE_NAMES.items()]
        self.capacity.choices = [
            SelectChoice(key, str(label)) for key, label in (nothing, *capacities)
        ]
        self.area.choices = [SelectChoice(key, str(label)) for key, label in (nothing, *areas)]

    def draft(self) -> ProfileDraft:
        """Give the draft."""
        return ProfileDraft(
            self.name.data or "", self.language.data, self.capacity.data, self.area.data
        )
