"""Who is told of a comment that everybody can read: whose idea it is on, and whom it replies to."""

from datetime import timedelta

from flask import current_app

from innovation.accounts.events import AddressChanged
from innovation.comments.events import CommentPublished
from innovation.core import clock
from innovation.core.config import Settings
from innovation.core.events import on
from innovation.notifications.actions import Told, tell
from innovation.notifications.inbox import commented
from innovation.notifications.kinds import COMMENTS
from innovation.notifications.recipients import authors_to_tell, commenter_to_tell
from innovation.notifications.wishes import forgive
from innovation.notifications.wording import brief_headline

# As long as a decision can be undone, and a comment corrected.
PAUSE = timedelta(minutes=10)


@on(CommentPublished)
def tell_of_comment(event: CommentPublished) -> None:
    """Tell them, but nobody of what they wrote themselves, and nobody twice."""
    settings: Settings = current_app.extensions["settings"]
    writer, parent_id, reference = commented(event.comment_id)
    replied = [("reply", one) for one in commenter_to_tell(parent_id)] if parent_id else []
    authors = [("comment", one) for one in authors_to_tell([event.idea_id], always=False)]
    reached = {writer}
    for what, one in (*replied, *authors):
        if one.person_id in reached:
            continue
        reached.add(one.person_id)
        why = "commenter" if what == "reply" else "author"
        told = Told(
            *(COMMENTS, one.person_id, one.email, one.language, what, why),
            *(event.idea_id, event.comment_id),
        )
        key = f"{COMMENTS} {event.comment_id} {one.person_id}"
        # The rest of the mail is written when it leaves.
        subject = brief_headline(what, reference, one.language)
        body = f"{settings.origin}/ideas/{event.idea_id}#comment-{event.comment_id}\n"
        tell(told, key, COMMENTS, subject, body, clock.now() + PAUSE)


@on(AddressChanged)
def begin_anew(event: AddressChanged) -> None:
    """Give a new address the trust that the old one may have lost."""
    forgive(event.person_id)
