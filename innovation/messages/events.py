"""What can happen in the private thread."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """The author of an idea has answered: nobody has to be reminded of the question any more."""

    idea_id: int
