"""The texts that an idea has had, has, and may have: writing them down."""

from datetime import datetime

from sqlalchemy import select, update

from innovation.core import clock
from innovation.core.db import db
from innovation.ideas.drafts import IdeaDraft
from innovation.ideas.models import Idea, Revision
from innovation.ideas.risks import Risk


def revise(idea: Idea, draft: IdeaDraft, state: str, risk: Risk) -> Revision | None:
    """Put down a new text unless it is the one that is shown or waits already."""
    newest = db.session.scalars(
        select(Revision)
        .where(Revision.idea_id == idea.id)
        .order_by(Revision.number.desc())
        .limit(1)
    ).one()
    new = (draft.shown_title, draft.text, draft.what_helps)
    known = (newest.title, newest.text, newest.what_helps)
    if newest.state in ("accepted", state) and new == known:
        return None
    replace_waiting(idea)
    if new == (idea.title, idea.text, idea.what_helps):
        return None  # the author went back to the text that is shown
    revision = add_revision(idea, draft, newest.number + 1, state, clock.now(), risk)
    db.session.flush()  # its id is needed by the timeline
    return revision


def replace_waiting(idea: Idea) -> None:
    """Let the text that waits wait no more: a newer one, or none, takes its place."""
    db.session.execute(
        update(Revision)
        .where(Revision.idea_id == idea.id, Revision.state == "waiting")
        .values(state="replaced", public=False, decided_at=clock.now())
    )


def add_revision(
    idea: Idea, draft: IdeaDraft, number: int, state: str, created: datetime, risk: Risk
) -> Revision:
    """Put down a text of the idea."""
    revision = Revision(
        idea_id=idea.id,
        number=number,
        title=draft.shown_title,
        text=draft.text,
        what_helps=draft.what_helps,
        state=state,
        risk=risk,
        created_at=created,
    )
    db.session.add(revision)
    return revision
