"""Leaving an idea that concerns the moderator personally to the others."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from innovation.core.i18n import lazy_gettext as _
from innovation.ideas.queries import visible_idea
from innovation.moderation import desk, recusals
from innovation.web.access import needs, person

blueprint = Blueprint("recusals", __name__)


@blueprint.post("/moderation/ideas/<int:number>/recuse")
@needs("idea:moderate")
def recuse(number: int) -> ResponseReturnValue:
    """Leave the idea and its comments to other moderators."""
    idea = visible_idea(person(), number)
    after = desk.after(("idea", number))
    recusals.recuse(person(), idea)
    return desk.told(_("Left to another moderator: %(title)s", title=idea.title), after)
