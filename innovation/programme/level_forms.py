"""The form in which administrators say how well one has to be known before one may do something."""

from typing import Any

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from innovation.programme.fields import EditForm
from innovation.programme.levels import DEED_LABELS, LEVEL_LABELS, LevelsDraft, level_of
from innovation.programme.preset_shapes import LEVELS


class LevelsForm(EditForm):
    """What is needed for telling an idea, for commenting and for supporting."""

    submit_level = RadioField(DEED_LABELS["submit"], validate_choice=False)
    comment_level = RadioField(DEED_LABELS["comment"], validate_choice=False)
    support_level = RadioField(DEED_LABELS["support"], validate_choice=False)

    def __init__(self, *given: Any, **context: Any) -> None:
        """Offer what can be asked for each."""
        super().__init__(*given, **context)
        for deed, allowed in LEVELS.items():
            field: RadioField = self[f"{deed}_level"]  # type: ignore[assignment]
            field.choices = [SelectChoice(level, str(LEVEL_LABELS[level])) for level in allowed]

    @classmethod
    def now(cls) -> "LevelsForm":
        """Give the form as it is set now."""
        return cls.fresh({f"{deed}_level": level_of(deed) for deed in LEVELS})

    def draft(self) -> LevelsDraft:
        """Give what was chosen."""
        return LevelsDraft({deed: self.typed(f"{deed}_level") for deed in LEVELS})
