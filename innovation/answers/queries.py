"""Reading answers as pages show them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select

from innovation.accounts.models import Account
from innovation.answers.lifecycle import WORDS
from innovation.answers.models import Answer
from innovation.core import clock
from innovation.core.db import db
from innovation.core.i18n import LazyString, Texts, in_the_readers_language
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, holds
from innovation.ideas.lifecycle import STATUS_LABELS
from innovation.ideas.models import Idea
from innovation.programme.queries import snapshot


@dataclass(frozen=True, slots=True)
class JudgementRow:
    """What was said by one criterion: its names, the word and the sentence."""

    names: Texts
    word: LazyString
    sentence: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer as it is shown. name: the person's, "" when they did not want it shown.

    days: from publication to the first answer; None for those that came after it.
    """

    id: int
    handling: str
    text: str
    step: str
    step_on: date | None
    at: datetime
    actor_role: str
    name: str
    sub_project: Texts
    criteria: tuple[JudgementRow, ...]
    impact_tags: tuple[Texts, ...]
    elsewhere_name: str
    elsewhere_url: str
    elsewhere_sentence: str
    days: int | None

    @property
    def status_label(self) -> LazyString:
        """The decision in words."""
        return STATUS_LABELS[self.handling]


_OF_IDEA = (
    select(Answer, Account.name)
    .outerjoin(Account, Account.id == Answer.person_id)
    .where(Answer.idea_id == bindparam("idea"))
    .order_by(Answer.id.desc())
)


def answers_of(idea_id: int, published_at: datetime | None = None) -> list[AnswerRow]:
    """Give the answers to an idea, the newest first. Whoever asks may see the idea."""
    rows = db.session.execute(_OF_IDEA, {"idea": idea_id}).all()
    first = rows[-1][0].id if rows else None
    return [
        _row(
            answer,
            name if answer.named and name else "",
            published_at if answer.id == first else None,
        )
        for answer, name in rows
    ]


def closed_home(actor: Actor, idea: Idea) -> LazyString | None:
    """Tell a lead whose sub-project has closed who answers the idea now; None if they do."""
    known = snapshot().sub_project_by_id
    home = known.get(idea.primary_sub_project_id or 0)
    if home is None or not home.closed:
        return None
    if holds(actor, "promise:coordinate") or holds(actor, "idea:moderate"):
        return None
    name = in_the_readers_language(home.short_names)
    heir = known.get(home.successor_id or 0)
    if heir is not None and not heir.closed:
        return _(
            "%(name)s has closed. Ask a moderator to route the idea to %(successor)s, which goes on"
            " with its work.",
            name=name,
            successor=in_the_readers_language(heir.short_names),
        )
    return _(
        "%(name)s has closed. Ask a coordinator to answer, or a moderator to route the idea to"
        " another sub-project.",
        name=name,
    )


_TEXTS = (
    select(Answer.idea_id, Answer.text)
    .where(Answer.idea_id.in_(bindparam("numbers", expanding=True)))
    .order_by(Answer.id)
)


def texts_of(numbers: Sequence[int]) -> Mapping[int, str]:
    """Give the text of the newest answer to each of these ideas that has one."""
    rows = db.session.connection().execute(_TEXTS, {"numbers": numbers})
    return {number: text for number, text in rows}  # noqa: C416 - to mypy rows are no pairs


_SAID = (
    select(Answer.idea_id, Answer.text, Answer.elsewhere_name, Answer.elsewhere_sentence)
    .where(Answer.idea_id.in_(bindparam("numbers", expanding=True)))
    .order_by(Answer.id)
)


def said_in_answers(numbers: Collection[int]) -> Iterator[tuple[int, str]]:
    """Give idea and text of every answer to these ideas, with where it exists already; oldest
    first.
    """
    rows = db.session.connection().execute(_SAID, {"numbers": list(numbers)})
    for number, *texts in rows:
        yield number, "\n".join(filter(None, texts))


def _row(answer: Answer, name: str, published_at: datetime | None) -> AnswerRow:
    known = snapshot()
    home = known.sub_project_by_id.get(answer.sub_project_id or 0)
    days = (
        (clock.local_date(answer.at) - clock.local_date(published_at)).days
        if published_at
        else None
    )
    return AnswerRow(
        id=answer.id,
        handling=answer.handling,
        text=answer.text,
        step=answer.step,
        step_on=answer.step_on,
        at=answer.at,
        actor_role=answer.actor_role,
        name=name,
        sub_project=home.short_names if home else {},
        criteria=tuple(_judgements(answer)),
        impact_tags=tuple(
            one["name"] for one in known.impact_tags if one["id"] in answer.impact_tags
        ),
        elsewhere_name=answer.elsewhere_name,
        elsewhere_url=answer.elsewhere_url,
        elsewhere_sentence=answer.elsewhere_sentence,
        days=days,
    )


def _judgements(answer: Answer) -> Sequence[JudgementRow]:
    return [
        JudgementRow(one["name"], WORDS[said["word"]], said["sentence"])
        for one in snapshot().criteria
        if (said := answer.criteria.get(one["id"])) and said["word"] in WORDS
    ]
