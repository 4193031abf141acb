"""The one question to authors when an idea is finished: three buttons, one press."""

from wtforms import RadioField

from innovation.core.i18n import lazy_gettext as _
from innovation.web.forms import Form


class EffectForm(Form):
    """Whether taking part had an effect: a key of effects.EFFECTS, which the action checks."""

    effect = RadioField(_("Did taking part have an effect?"), validate_choice=False)
