"""A form in all its states, for the page that shows every component."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Form,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired


def _always_wrong(_form: Form, _field: StringField) -> None:
    raise ValidationError(_l("The address has no @ sign. Example: name@mail.fi"))


class SampleForm(Form):
    """One field of every kind; two of them are wrong."""

    text = TextAreaField(
        _l("What does not work or could be better?"),
        [
            InputRequired(
                _l(
                    "Write at least one sentence. For example: "
                    "The booking does not say which floor to go to."
                )
            )
        ],
    )
    email = StringField(_l("E-mail"), [_always_wrong])
    title = StringField(_l("Title"))
    area = SelectField(
        _l("Area"), choices=[SelectChoice("oulu", "Oulu"), SelectChoice("rannikko", "Rannikko")]
    )
    capacity = RadioField(
        _l("Who is writing?"),
        choices=[SelectChoice("asukas", _l("Resident")), SelectChoice("henkilosto", _l("Staff"))],
        default="asukas",
    )
    show_place = BooleanField(_l("Show the municipality"))
    password = PasswordField(_l("Password"))


def sample_form() -> SampleForm:
    """Give the form after a failed attempt."""
    form = SampleForm(data={"email": "tuula.posti.fi"})
    form.validate()
    return form
