"""Loading the demo: every idea lives its year through the real actions."""

import random
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import insert

from innovation.answers.actions import put_answer
from innovation.answers.drafts import AnswerDraft, Elsewhere, Judgement
from innovation.answers.postponements import open_promises
from innovation.answers.postponing import PostponementDraft, postpone
from innovation.comments.models import Comment
from innovation.core import clock
from innovation.core.db import db
from innovation.core.events import record
from innovation.core.permissions import Actor, Nobody, Person, Role, System, authorize
from innovation.demo import figures, morning, neighbours, people
from innovation.demo.content import DemoComment, DemoDecision, DemoIdea, demo_ideas
from innovation.demo.library import Library
from innovation.demo.trials import Happening, Trials
from innovation.ideas.actions import IdeaDraft, submit_idea
from innovation.ideas.events import IdeaChanged
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea
from innovation.ideas.moves import move_handling, move_visibility
from innovation.ideas.risks import Risk
from innovation.ideas.timeline import Kind
from innovation.programme.queries import Snapshot, snapshot
from innovation.routing.actions import route_idea
from innovation.votes.models import Vote

MARK = "demo/"
RULE_OF_HIDDEN = "other_health"
COLLEAGUE = "Demon toinen vastuuhenkilö"


class Loader:
    """Loads the demo once; keeps who is who while it does."""

    def __init__(self, password_hash: str) -> None:
        """Make the people and remember today."""
        self.today = clock.now()
        self.chance = random.Random(2026)
        self.programme: Snapshot = snapshot()
        self.accounts = people.make_accounts(self.programme, password_hash)
        self.moderator = Person(
            self.accounts["moderaattori"], "", frozenset({Role.RESIDENT, Role.MODERATOR})
        )
        self.supporters = people.make_supporters()
        self.resident = Person(self.accounts["asukas"], "", frozenset({Role.RESIDENT}))
        self.writers = dict.fromkeys(people.NAMES_OF_RESIDENT, self.resident.id)
        self.groups = neighbours.make_groups(self)
        self.ideas: dict[str, Idea] = {}
        self.merges: list[tuple[Idea, DemoIdea, DemoDecision]] = []
        self.trials = Trials(self)
        self.library = Library(self)

    def moment(self, days_ago: int, step: int = 0) -> datetime:
        """Give a believable moment on that day; later steps come later, never in the future."""
        morning = (self.today - timedelta(days=days_ago)).replace(hour=6, minute=0, second=0)
        moment = morning + timedelta(minutes=self.chance.randrange(30) + 40 * step)
        return min(moment, self.today - timedelta(seconds=max(60 - step, 1)))

    def writer(self, name: str, capacity: str) -> Person:
        """Give the account behind a nickname."""
        if name not in self.writers:
            number = len(self.writers) + 1
            self.writers[name] = people.make_writer(name, capacity, number)
        return Person(self.writers[name], name)

    def lead(self, sub_project: str) -> Person:
        """Give who answers for a sub-project: the demo's lead, and a colleague for the others."""
        mailbox = people.LEADS.get(sub_project)
        led = [sub_project] if mailbox else list(self.programme.sub_project_by_slug)
        number = self.accounts[mailbox] if mailbox else self.writer(COLLEAGUE, "henkilosto").id
        return people.as_lead(self.programme, number, led)

    def load(self, demo: DemoIdea) -> None:
        """Let one idea live its life up to today, with its experiments and its model."""
        idea = self._submit(demo)
        self.ideas[demo.key] = idea
        self._live(
            [
                *self.library.happenings(demo.key, self.trials.made),
                *self.trials.happenings(demo.key),
                *(
                    (one.days_ago, step, partial(self._decide, idea, demo, one))
                    for step, one in enumerate(demo.decisions, 1)
                ),
            ]
        )
        self._finish(idea, demo)
        self._discuss(idea, demo)
        self._support(idea, demo)
        record(IdeaChanged(idea.id))

    def _live(self, happenings: list[Happening]) -> None:
        """Let everything happen in its order; what stands first on a day comes first."""
        for days_ago, step, act in sorted(happenings, key=lambda one: -one[0]):
            with clock.frozen_at(self.moment(days_ago, step)):
                act()

    def try_without_ideas(self) -> None:
        """Let the experiments live that grew from no idea."""
        self._live(self.trials.happenings())

    def _submit(self, demo: DemoIdea) -> Idea:
        author: Actor = Nobody()
        if demo.account:
            author = self.writer(demo.name or f"Nimetön {demo.key}", demo.capacity)
        if (group := self.groups.get(demo.group)) and isinstance(author, Person):
            author = people.as_member(author, group.id)
        places = {fact.names["fi"]: fact.slug for fact in self.programme.municipalities}
        draft = IdeaDraft(
            text=demo.text,
            what_helps=demo.what_helps,
            title=demo.title,
            area=demo.area,
            municipality=places.get(demo.municipality, ""),
            unit=demo.unit,
            show_place=demo.show_place,
            capacity=demo.capacity,
            name=demo.name,
            language=demo.language,
            group_id=group.id if group else None,
        )
        with clock.frozen_at(self.moment(demo.days_ago)):
            submitted = submit_idea(author, draft, receipt_key=f"demo {demo.key}")
        idea = db.session.get_one(Idea, submitted.idea_id)
        idea.external_reference = MARK + demo.key
        db.session.flush()  # the decisions below read the row anew
        return idea

    def _decide(self, idea: Idea, demo: DemoIdea, decision: DemoDecision) -> None:
        actor = self.moderator
        match decision.kind:
            case "published":
                # Whoever published it had read it, and found nobody in danger.
                idea.risk = Risk.NONE
                if idea.visibility == Visibility.WAITING:  # a group's clean text is public at once
                    move_visibility(actor, idea, Visibility.PUBLIC, Kind.PUBLISHED)
                idea.indexable = True
            case "returned":
                move_visibility(
                    actor, idea, Visibility.DRAFT, Kind.RETURNED, reason=decision.reason
                )
                idea.asked_at = clock.now()
            case "hidden":
                move_visibility(
                    actor,
                    idea,
                    Visibility.HIDDEN,
                    Kind.HIDDEN,
                    reason=decision.reason,
                    rule=RULE_OF_HIDDEN,
                )
            case "routed":
                known = self.programme.sub_project_by_slug
                informed = [known[slug].id for slug in demo.informed if slug in known]
                route_idea(actor, idea, known[demo.sub_project].id, informed)
            case "merged":
                self.merges.append((idea, demo, decision))
            case "postponed":
                self._postpone(idea, demo, decision)
            case _:
                self._answer(idea, demo, decision)

    def _answer(self, idea: Idea, demo: DemoIdea, decision: DemoDecision) -> None:
        if self.trials.decide(demo.key, decision) or self.library.describe(demo.key, decision):
            return
        step = None
        if decision.next_step_in:
            step = clock.deadline_after(clock.today(), decision.next_step_in)
        draft = AnswerDraft(
            decision.kind,
            decision.reason,
            step=decision.step,
            step_on=step,
            criteria={name: Judgement(*one) for name, one in decision.criteria.items()},
            impact_tags=decision.impact_tags,
            elsewhere=Elsewhere(*decision.elsewhere) if decision.elsewhere else Elsewhere(),
            passed_to=idea.passed_to,
            existing=self.library.number(decision.existing),
        )
        put_answer(System("demo"), idea, draft, actor_role="lead")

    def _postpone(self, idea: Idea, demo: DemoIdea, decision: DemoDecision) -> None:
        promised = open_promises(idea)[decision.promise]
        to = clock.deadline_after(max(clock.today(), promised), decision.next_step_in)
        draft = PostponementDraft(decision.promise, to, decision.reason)
        postpone(self.lead(demo.sub_project), idea, draft)

    def merge(self) -> None:
        """Do the merges, when every idea is there."""
        for idea, demo, decision in self.merges:
            target = self.ideas[demo.merged_into]
            with clock.frozen_at(self.moment(decision.days_ago, 9)):
                move_handling(
                    self.moderator,
                    idea,
                    Handling.MERGED,
                    Kind.MERGED,
                    reason=decision.reason,
                    other_idea_id=target.id,
                )
            idea.merged_into_id = target.id

    def _finish(self, idea: Idea, demo: DemoIdea) -> None:
        """Bring the idea where no decision leads: staff only, withdrawn, asked."""
        if demo.visibility == Visibility.STAFF_ONLY:
            idea.risk = Risk.NONE
            with clock.frozen_at(idea.created_at + timedelta(hours=1)):
                move_visibility(self.moderator, idea, Visibility.STAFF_ONLY, Kind.PUBLISHED)
        elif demo.visibility == Visibility.WITHDRAWN:
            with clock.frozen_at(self.moment(max(demo.days_ago - 6, 0), 9)):
                move_visibility(
                    System("demo"), idea, Visibility.WITHDRAWN, Kind.WITHDRAWN, actor_role="author"
                )
        elif demo.visibility == Visibility.DRAFT and idea.visibility == Visibility.WAITING:
            idea.visibility = Visibility.DRAFT
        if demo.asked and idea.asked_at is None:
            idea.asked_at = self.moment(min(demo.days_ago, 8), 5)

    def _discuss(self, idea: Idea, demo: DemoIdea) -> None:
        count = 0
        for comment in demo.comments:
            task = f"lead {demo.sub_project}"
            row = self._comment(idea, comment, task)
            replies = [self._comment(idea, reply, task, row.id) for reply in comment.replies]
            count += 1 + len(replies)
        idea.comment_count = count

    def _comment(
        self, idea: Idea, demo: DemoComment, task: str, parent_id: int | None = None
    ) -> Comment:
        official, group = demo.official, self.groups.get(demo.group)
        moment = self.moment(demo.days_ago, 12 if parent_id else 11)
        row = Comment(
            idea_id=idea.id,
            parent_id=parent_id,
            person_id=None if official else self.writer(demo.name, demo.capacity).id,
            group_id=group.id if group else None,
            name=group.name if group else demo.name,
            capacity=None if group else demo.capacity or None,
            text=demo.text,
            language=idea.language,
            visibility="public",
            official=official,
            task=task if official else "",
            created_at=moment,
            decided_at=moment,
        )
        db.session.add(row)
        db.session.flush()  # replies refer to it
        return row

    def _support(self, idea: Idea, demo: DemoIdea) -> None:
        count = min(demo.supports, len(self.supporters))
        if not count or idea.published_at is None:
            return
        open_for = max((self.today - idea.published_at).total_seconds() - 120, 1)
        # Most support comes soon after publication, the rest trickles in.
        rows = [
            {
                "idea_id": idea.id,
                "person_id": person_id,
                "capacity": people.capacity_of(person_id - self.supporters[0] + 1),
                "created_at": idea.published_at
                + timedelta(seconds=open_for * self.chance.random() ** 2),
            }
            for person_id in self.chance.sample(self.supporters, count)
        ]
        db.session.execute(insert(Vote), rows)
        idea.support_count = count


def load_demo(actor: Actor, password_hash: str) -> int:
    """Load the demo into a programme that knows its sub-projects; give the number of ideas."""
    authorize(actor, "idea:import")
    loader = Loader(password_hash)
    for demo in demo_ideas():
        if demo.sub_project in loader.programme.sub_project_by_slug:
            loader.load(demo)
    loader.try_without_ideas()
    loader.library.spread()
    people.keep_quiet(loader.ideas.values())
    loader.merge()
    db.session.flush()
    people.take_part(loader)
    neighbours.load(loader)
    figures.load(loader)
    morning.load(loader)
    people.show_contact()
    return len(loader.ideas)
