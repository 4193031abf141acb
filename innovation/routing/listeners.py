"""What routing does when others act: ideas brought along go where their rows say."""

from innovation.core.db import db
from innovation.core.events import on
from innovation.core.permissions import System
from innovation.ideas.events import IdeaImported
from innovation.ideas.models import Idea
from innovation.routing.actions import route_idea


@on(IdeaImported)
def route_imported(event: IdeaImported) -> None:
    """Route an imported idea: the first sub-project is its own, the others are informed."""
    if event.sub_project_ids:
        primary, *informed = event.sub_project_ids
        idea = db.session.get_one(Idea, event.idea_id)
        route_idea(System("import"), idea, primary, informed)
