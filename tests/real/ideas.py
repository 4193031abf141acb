"""Ideas for tests, made by the actions that everybody uses."""

import itertools
import time

from flask import Flask

from innovation.core.permissions import Actor, Nobody, System
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.moves import move_visibility
from innovation.ideas.promises import promise
from innovation.ideas.queries import visible_idea
from innovation.ideas.timeline import Kind
from innovation.web import forms

_numbers = itertools.count(1)


def idea(
    author: Actor | None = None,
    visibility: Visibility = Visibility.PUBLIC,
    text: str = "Ajanvaraus ei kerro, mihin kerrokseen pitää tulla.",
    **facts: object,
) -> int:
    """Make an idea that stands at this visibility; gives its number. Inside `with writing():`.

    facts: columns of the idea that are set as they are, such as primary_sub_project_id.
    """
    given = submit_idea(author or Nobody(), IdeaDraft(text=f"{text} ({next(_numbers)})"))
    system = System("test")
    made = visible_idea(system, given.idea_id)
    if made.visibility != visibility:
        move_visibility(system, made, visibility, Kind.PUBLISHED)
    for name, value in facts.items():
        setattr(made, name, value)
    if "published_at" in facts and "first_answer_by" not in facts:
        made.first_answer_by = None
        promise(made)
    return made.id


def ripe_once(app: Flask, seconds: int = 60) -> str:
    """Give the one-time field of a form that was opened this long ago, as if somebody had read."""
    value = f"{next(_numbers):032x}.{int(time.time()) - seconds}"
    with app.app_context():
        return f"{value}.{forms._sign(value)}"
