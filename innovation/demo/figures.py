"""What the demo leaves to be counted: authors' words on the effect, matters of the law's clocks."""

from innovation.answers.effects import tell_effect
from innovation.answers.statutory import MatterDraft, enter, finish, move
from innovation.core import clock
from innovation.demo.people import Cast, author_of
from innovation.demo.sheets import DemoMatter, demo_effects, demo_matters
from innovation.ideas.queries import visible_idea


def load(cast: Cast) -> None:
    """Let authors tell of the effect and matters be entered; after all ideas."""
    for one in demo_effects():
        if one.idea in cast.ideas:
            author = author_of(cast.ideas[one.idea])
            with clock.frozen_at(cast.moment(one.days_ago, 8)):
                tell_effect(author, visible_idea(author, cast.ideas[one.idea].id), one.effect)
    for matter in demo_matters():
        _enter(cast, matter)


def _enter(cast: Cast, matter: DemoMatter) -> None:
    with clock.frozen_at(cast.moment(matter.arrived, 3)):
        draft = MatterDraft(matter.kind, clock.today(), matter.about)
        number = enter(cast.moderator, draft).id
    if matter.moved:
        with clock.frozen_at(cast.moment(matter.moved.days_ago, 3)):
            to = clock.deadline_after(clock.today(), matter.moved.by)
            move(cast.moderator, number, to, matter.moved.reason)
    if matter.done is not None:
        with clock.frozen_at(cast.moment(matter.done, 3)):
            finish(cast.moderator, number)
