"""What waits on the desk in the morning besides ideas: a changed text, comments, an answer."""

from dataclasses import replace

from innovation.comments.actions import CommentDraft, post_comment
from innovation.comments.lifecycle import Visibility
from innovation.comments.moves import move
from innovation.comments.reports import report
from innovation.core import clock
from innovation.core.permissions import Nobody
from innovation.demo.content import (
    DemoChange,
    DemoExchange,
    DemoRemark,
    demo_ideas,
    demo_morning,
)
from innovation.demo.people import Cast, author_of
from innovation.ideas.actions import edit_idea
from innovation.ideas.drafts import draft_of
from innovation.ideas.models import Idea
from innovation.ideas.queries import visible_idea
from innovation.ideas.timeline import Kind, add_entry
from innovation.messages import actions as messages


def load(cast: Cast) -> None:
    """Let everything arrive whose idea is there; after all ideas and who takes part in them."""
    for demo in demo_ideas():
        if demo.exchange and demo.key in cast.ideas:
            _ask(cast, cast.ideas[demo.key], demo.exchange, demo.days_ago)
    for change in demo_morning().changes:
        if change.key in cast.ideas:
            _change(cast, cast.ideas[change.key], change)
    for remark in demo_morning().remarks:
        if remark.key in cast.ideas:
            _remark(cast, cast.ideas[remark.key], remark)


def _ask(cast: Cast, idea: Idea, exchange: DemoExchange, days_ago: int) -> None:
    with clock.frozen_at(cast.moment(days_ago - 1, 2)):
        messages.ask(cast.moderator, idea, exchange.question)
        idea.asked_at = clock.now()
        add_entry(cast.moderator, idea, Kind.ASKED, reason=exchange.question, public=False)
    with clock.frozen_at(cast.moment(days_ago - 2, 3)):
        messages.reply(author_of(idea), idea, exchange.answer)


def _change(cast: Cast, idea: Idea, change: DemoChange) -> None:
    author = author_of(idea)
    with clock.frozen_at(cast.moment(change.days_ago, 4)):
        seen = visible_idea(author, idea.id)
        draft = draft_of(seen)
        edit_idea(author, seen, replace(draft, text=f"{draft.text}\n\n{change.adds}"))


def _remark(cast: Cast, idea: Idea, remark: DemoRemark) -> None:
    writer = cast.writer(remark.name, "asukas")
    with clock.frozen_at(cast.moment(remark.days_ago, 5)):
        seen = visible_idea(writer, idea.id)
        comment = post_comment(writer, seen, CommentDraft(remark.text))
    if not remark.rule:
        return
    if comment.visibility == Visibility.WAITING:
        with clock.frozen_at(cast.moment(remark.days_ago, 6)):
            move(cast.moderator, comment, Visibility.PUBLIC)
    with clock.frozen_at(cast.moment(remark.days_ago, 7)):
        report(Nobody(), seen, comment, remark.rule, remark.reported, f"demo {remark.key}")
