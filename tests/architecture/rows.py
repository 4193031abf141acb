"""The rows that addresses are asked for: made as the features make them, own ones and others'."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import select

from innovation.accounts.absences import AbsenceDraft, add_absence
from innovation.accounts.models import Grant, Session
from innovation.accounts.sessions import open_session
from innovation.alerts.actions import keep_search
from innovation.alerts.models import Alert
from innovation.answers.actions import give_answer
from innovation.answers.drafts import AnswerDraft
from innovation.answers.postponing import PostponementDraft, postpone
from innovation.answers.statutory import MatterDraft, enter
from innovation.comments.actions import CommentDraft, post_comment
from innovation.comments.models import Report
from innovation.comments.reports import report
from innovation.core import clock
from innovation.core.db import db
from innovation.core.keys import new_key
from innovation.core.permissions import Person, Role, System
from innovation.experiments.drafts import OfferDraft, ReadingDraft
from innovation.experiments.models import Joiner, Measure, Reading
from innovation.experiments.parts import add_reading, offer_to_join
from innovation.groups.models import Membership
from innovation.ideas.actions import edit_idea
from innovation.ideas.drafts import draft_of
from innovation.ideas.filters import IdeaFilter
from innovation.ideas.lifecycle import Visibility
from innovation.ideas.models import Idea, Revision
from innovation.ideas.queries import visible_idea
from innovation.moderation.actions import hide_idea
from innovation.moderation.appeals import appeal
from innovation.moderation.models import Decision
from innovation.newsletter.actions import write_issue
from innovation.notifications.actions import queue_mail
from innovation.notifications.models import Mail
from innovation.operating_models.drafts import UseDraft
from innovation.operating_models.models import ModelPhase, ModelUse, Spread
from innovation.operating_models.parts import add_use
from innovation.operating_models.spreading import tell_fit
from innovation.pages.actions import FeedbackDraft, tell_accessibility
from innovation.programme.actions import add_contact
from innovation.programme.drafts import ContactDraft
from innovation.programme.models import Contact
from innovation.programme.queries import snapshot
from innovation.second_factors.models import AuthenticatorApp
from tests.operating_models.writing import model
from tests.real.experiments import planned, running
from tests.real.ideas import idea
from tests.real.people import person

# The numbers in an address, by the names of its arguments; "" is for every other name.
Numbers = dict[str, int]
SYSTEM = System("test")


def firsts() -> tuple[int, str, str]:
    """Give the row and slug of the sub-project that the lead leads, and the slug of another."""
    first, another = snapshot().sub_projects[:2]
    return first.id, first.slug, another.slug


def belongings(public: Idea) -> dict[str, Callable[[Person], Numbers]]:
    """Give how each thing is made that belongs to one person. public: an idea of a stranger."""

    def comment(who: Person) -> Numbers:
        told = CommentDraft("Meilläkin on näin.")
        return {"": post_comment(Person(who.id, who.name), public, told).id}

    def alert(who: Person) -> Numbers:
        keep_search(who, IdeaFilter(words="neuvola"), "fi")
        return {"": newest(Alert)}

    def told_of(who: Person) -> Numbers:
        report(Person(who.id, who.name), public, None, "commercial", "Mainos.", f"key {who.id}")
        return {"": newest(Report)}

    return {
        "comment": comment,
        "alert": alert,
        "device": _device,
        "person": lambda who: {"": who.id},
        "grant": _grant,
        "report": told_of,
        "appeal": _appeal,
        "decision": _decision,
        "edit": _edit,
        "mail": _mail,
        "factor": _factor,
        "offer": _offer,
    }


def newest(table: type) -> int:
    """Give the number of the row that was made last."""
    return int(db.session.scalars(select(table.id).order_by(table.id.desc()).limit(1)).one())  # type: ignore[attr-defined]


def _device(who: Person) -> Numbers:
    open_session(who.id, new_key())
    return {"": newest(Session)}


def _grant(who: Person) -> Numbers:
    """Give a right of theirs, or of nobody where they have none."""
    own = db.session.scalars(select(Grant.id).where(Grant.person_id == who.id)).first()
    return {"person_id": who.id, "grant_id": own} if own else {}


def _plain(who: Person) -> Person:
    """Give them without rights, so that what they write is looked at as everybody's is."""
    return Person(who.id, who.name)


def _hidden(author: Person, decider: Person) -> Decision:
    row = visible_idea(SYSTEM, idea(_plain(author), Visibility.PUBLIC, indexable=True))
    hide_idea(decider, row, "privacy", "Tekstissä on nimi.")
    return db.session.get_one(Decision, newest(Decision))


def _appeal(who: Person) -> Numbers:
    decision = _hidden(who, person(Role.MODERATOR))
    return {"": appeal(_plain(who), decision, "Siinä ei ole kenenkään nimeä.").id}


def _decision(who: Person) -> Numbers:
    """Give a decision of theirs, or of nobody where they decide nothing."""
    decides = who.roles & {Role.MODERATOR, Role.ADMINISTRATOR}
    return {"": _hidden(person(), who).id} if decides else {}


def _edit(who: Person) -> Numbers:
    row = visible_idea(SYSTEM, idea(_plain(who), indexable=True, support_count=3))
    draft = draft_of(row)
    fields = {name: getattr(draft, name) for name in draft.__dataclass_fields__}
    edit_idea(_plain(who), row, type(draft)(**{**fields, "text": "Ovella ei ole ketään vastassa."}))
    return {"": newest(Revision)}


def _mail(who: Person) -> Numbers:
    queue_mail("test", f"test {who.id}", "a@posti.example", "Aihe", "Teksti", "fi", who.id)
    return {"": newest(Mail)}


def _factor(who: Person) -> Numbers:
    now = clock.now()
    own = AuthenticatorApp(person_id=who.id, name="Puhelin", secret="", last_step=1, created_at=now)
    db.session.add(own)
    db.session.flush()
    return {"": own.id}


def _offer(who: Person) -> Numbers:
    row = running(sub_project_id=firsts()[0])
    offer_to_join(_plain(who), row, OfferDraft("Kotihoito"))
    return {"experiment_id": row.id, "offer_id": newest(Joiner)}


def everybodys() -> Iterator[tuple[str, str, Numbers]]:
    """Give (kind, row, numbers) of what belongs to nobody: to the programme, or to its units."""
    first, slug, another = firsts()
    yield "experiment", "public", {"": running(sub_project_id=first).id}
    yield "experiment", "plan", {"": planned(sub_project_id=first).id}
    yield "model", "public", {"": model(published=True, sub_project=slug).id, "version": 1}
    yield "model", "draft", {"": model(sub_project=slug).id, "version": 1}
    yield "model", "other draft", {"": model(sub_project=another).id, "version": 1}
    for row, home in (("there", slug), ("other", another)):
        yield "use", row, _use(home)
        yield "spread", row, _spread(home)
        yield "reading", row, _reading(home)
        yield "date", row, _date(home)
    yield "phase", "there", {"": newest(ModelPhase)}
    yield "contact", "there", _contact()
    yield "matter", "there", _matter()
    told = FeedbackDraft("Lomake ei kerro virhettä.", "a@posti.example", "", "fi")
    yield "feedback", "there", {"": tell_accessibility(told)}
    issue = write_issue(SYSTEM, None, {"fi": "Kuulumiset"}, {"fi": "Hei."})
    yield "issue", "there", {"": issue}
    yield "expert", "there", {"": _grant(person(Role.EXPERT))["grant_id"]}


def _use(slug: str) -> Numbers:
    made = model(published=True, sub_project=slug)
    add_use(SYSTEM, made, UseDraft("Kotihoito", "", clock.today()))
    return {"model_id": made.id, "use_id": newest(ModelUse)}


def _home(slug: str) -> int:
    return snapshot().sub_project_by_slug[slug].id


def _spread(slug: str) -> Numbers:
    author, made = person(), model(published=True, sub_project=slug)
    number = idea(author, primary_sub_project_id=_home(slug), handling="routed")
    row = visible_idea(SYSTEM, number)
    give_answer(SYSTEM, row, AnswerDraft("done_another_way", "On jo.", existing=str(made.id)))
    tell_fit(author, row, made.id, "wanted", "Meille myös.")
    return {"": newest(Spread)}


def _reading(slug: str) -> Numbers:
    row = running(sub_project_id=_home(slug))
    add_reading(SYSTEM, row, ReadingDraft(newest(Measure), clock.today(), "60"))
    return {"experiment_id": row.id, "reading_id": newest(Reading)}


def _date(slug: str) -> Numbers:
    """Give a date that was moved so often that a coordinator is asked."""
    number = idea(primary_sub_project_id=_home(slug), handling="routed", published_at=clock.now())
    row, lead = visible_idea(SYSTEM, number), person(leads=(_home(slug),))
    asked, day = None, clock.today() + timedelta(days=40)
    for days in (0, 14, 28):
        moved = PostponementDraft("first_answer", day + timedelta(days=days), "Kysymme ensin.")
        asked = postpone(lead, row, moved)
    assert asked is not None
    return {"": asked.id}


def _contact() -> Numbers:
    draft = ContactDraft("Yhteyshenkilö", "Tehtävä", "a@posti.example", "", firsts()[1], "")
    add_contact(SYSTEM, draft, snapshot().version)
    return {"": newest(Contact)}


def _matter() -> Numbers:
    draft = MatterDraft("document_request", clock.today(), "Kokeilun raportti")
    return {"": enter(SYSTEM, draft).id}


def absence(who: Person) -> Numbers:
    """Write down an absence of a lead that begins tomorrow."""
    day = clock.today() + timedelta(days=1)
    deputy = person(Role.STAFF)
    draft = AbsenceDraft(who.id, deputy.id, day, day + timedelta(days=3))
    made = add_absence(who, draft)
    return {"": made.id}


def membership(group: int) -> Numbers:
    """Give the numbers of a group and of its first member."""
    first = select(Membership.id).where(Membership.group_id == group).order_by(Membership.id)
    number = db.session.scalars(first.limit(1)).one()
    return {"group_id": group, "membership_id": number}
