"""The forms of coming in, and of one's own details."""

from typing import Any

from flask import current_app
from wtforms import BooleanField, Field, PasswordField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from innovation.accounts.actions import Newcomer, ProfileDraft, normal_email
from innovation.accounts.breached import is_breached, is_personal
from innovation.accounts.links import read_code
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


def good_password(form: Any, field: Field) -> None:
    """Refuse a password that is too short or among those tried first; nothing else is asked.

    The form knows in `own` whose it is: address and name are tried first too.
    """
    given = field.data or ""
    if len(given) < SHORTEST:
        raise ValidationError(_("Use at least %(count)s characters.", count=SHORTEST))
    if len(given) > LONGEST:
        raise ValidationError(_("Use at most %(count)s characters.", count=LONGEST))
    if is_personal(given, *form.own):
        raise ValidationError(_("Your name or address is guessed first. Choose something else."))
    if is_breached(given, current_app.extensions["settings"].breached_passwords):
        raise ValidationError(
            _("This password is among those that are tried first. Three words in a row are safer.")
        )


def good_password_if_any(form: Any, field: Field) -> None:
    """Let the password be left out."""
    if field.data:
        good_password(form, field)


def _choice(label: LazyString) -> SelectField:
    """Give a field for one of some options, which are set later."""
    wrong = _("Choose one of the options.")
    return SelectField(label, invalid_choice_message=wrong)  # type: ignore[call-arg]


class SignInForm(Form):
    """An address, and a password for those who have one and want to use it."""

    email = LineField(_("E-mail"))
    password = PasswordField(_("Password"))
    shared = BooleanField(_("This is a shared device"))

    @property
    def address(self) -> str:
        """The address as it would be kept, or "" when it cannot be one."""
        try:
            return normal_email(self.email.data or "")
        except RuleBrokenError:
            return ""

    def ask_for_address(self) -> None:
        """Say that the address is needed in full."""
        try:
            normal_email(self.email.data or "")
        except RuleBrokenError as broken:
            self.email.errors = [str(broken.message)]

    def refuse(self) -> None:
        """Say the same whether the address or the password was wrong."""
        self.password.errors = [
            _("The address and the password do not belong together. Check both and try again.")
        ]


class CodeForm(Form):
    """The code from the mail."""

    code = LineField(_("Code"))

    @property
    def digits(self) -> str:
        """The code as it is compared, or "" when it cannot be one."""
        return read_code(self.code.data or "")

    def refuse(self) -> None:
        """Say that this is no code that works; why, only its owner could know."""
        self.code.errors = [
            _("This code does not work. Check it, or ask for a new one: each works for 10 minutes.")
        ]

    def validate_code(self, field: Field) -> None:
        """Ask for all of it."""
        if not read_code(field.data or ""):
            raise ValidationError(_("Write the eight digits of the code."))


class LinkForm(Form):
    """What is asked where a mailed link is opened."""

    shared = BooleanField(_("This is a shared device"))


class _Newcomers(Form):
    """What every new account gives. `address`: the one that is known already, if it is."""

    address = ""

    @property
    def own(self) -> tuple[str, ...]:
        """Give what a password must not be."""
        return (self.address or self._text("email"), self._text("name"))

    def _text(self, name: str) -> str:
        return str(self._fields[name].data or "") if name in self._fields else ""

    def newcomer(self, language: str) -> Newcomer:
        """Give the draft; hashes the password, which takes its time."""
        password = self._text("password")
        return Newcomer(
            self.address or self._text("email"),
            self._text("name"),
            hash_password(password) if password else None,
            language,
            bool(self._fields["minor"].data) if "minor" in self._fields else False,
        )


class WelcomeForm(_Newcomers):
    """The account of the first administrator, who comes by a link and so needs a password."""

    email = EmailField(_("E-mail"))
    name = LineField(_("Name or nickname"))
    password = PasswordField(_("Password"), [good_password])


class DetailsForm(_Newcomers):
    """The rest of a new account, when the address is known to be the newcomer's."""

    name = LineField(_("Name or nickname"))
    grown = BooleanField(_("I am at least 13 years old"))
    minor = BooleanField(_("I am under 18: my name is not shown"))

    def validate_grown(self, field: Field) -> None:
        """Ask for the age that having an account needs."""
        if not field.data:
            raise ValidationError(
                _("An account is for those who are at least 13. Anybody can send an idea.")
            )


class RegisterForm(DetailsForm):
    """What an account needs: an address, a name that others see; a password only if wanted."""

    email = EmailField(_("E-mail"))
    name = LineField(_("Name or nickname"))
    password = PasswordField(_("Password"), [good_password_if_any])
    grown = BooleanField(_("I am at least 13 years old"))
    minor = BooleanField(_("I am under 18: my name is not shown"))


class AddressForm(Form):
    """Another address for an account, by the one who knows its password, if it has one."""

    current_password = PasswordField(_("Current password"))
    email = EmailField(_("New e-mail address"))

    def refuse(self) -> None:
        """Say that the current password was wrong."""
        self.current_password.errors = [_("This is not your current password.")]


class EndingForm(Form):
    """Why an administrator signs somebody out."""

    reason = LineField(_("Reason"))


class ResetForm(Form):
    """Where to mail the link for a new password."""

    email = EmailField(_("E-mail"))


class NewPasswordForm(Form):
    """A new password by a mailed link."""

    own: tuple[str, ...] = ()
    password = PasswordField(_("New password"), [good_password])


class PasswordForm(Form):
    """A new password by the one who knows the old one."""

    own: tuple[str, ...] = ()
    current_password = PasswordField(
        _("Current password"), [InputRequired(_("Write the password you use now."))]
    )
    password = PasswordField(_("New password"), [good_password])

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
