"""What waits for a moderator, as one select: where it comes from, and the step it stands on."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Case,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    union,
    union_all,
)

from innovation.accounts.models import Account
from innovation.comments.models import Comment, Report
from innovation.core import clock
from innovation.ideas.lifecycle import Handling, Visibility
from innovation.ideas.models import Idea, Revision
from innovation.ideas.queries import is_held
from innovation.ideas.risks import Risk
from innovation.messages.models import Message
from innovation.moderation.models import Appeal, Claim, Decision, Recusal
from innovation.programme.queries import snapshot

Found = Select[*tuple[Any, ...]]

SHOWN = (Visibility.PUBLIC, Visibility.STAFF_ONLY)
# How long the author's answer to a question is waited for.
ASKED_FOR = timedelta(days=14)
# Inside a step, what so many people support comes before what fewer do; then the oldest.
LIFTING = 5
LONGEST_PROMISE = 60

# The steps, what hurts most first.
URGENT, REPORTED, SENSITIVE, PERSONAL, TURN, LATE, SUSPICIOUS, ORDINARY, PILE = range(9)
# Why an item stands where it does although its text does not say so.
_PLAIN, _REPORTED, _TURN = "0", "1", "2"
_plain: Any = literal_column(_PLAIN)
_person = bindparam("person", type_=Integer)
_reported_idea = exists().where(
    Report.idea_id == Idea.id, Report.comment_id.is_(None), Report.resolved_at.is_(None)
)
_reported_comment = exists().where(Report.comment_id == Comment.id, Report.resolved_at.is_(None))


def promised_since() -> datetime:
    """Give the moment from which on what arrived may still wait by the programme's promise."""
    promise = min(int(snapshot().promises["looked_at_working_days"]), LONGEST_PROMISE)
    today = first = clock.today()
    while clock.working_days_after(first - timedelta(days=1), promise) >= today:
        first -= timedelta(days=1)
    return clock.day_begins(first)


def asked_by(person_id: int | None) -> dict[str, object]:
    """Give the values with which `waiting` is asked now, by this moderator."""
    now = clock.now()
    return {
        "person": person_id or 0,
        "now": now,
        "today": clock.day_begins(clock.today()),
        "since": promised_since(),
        "asked_before": now - ASKED_FOR,
    }


@cache
def waiting() -> Subquery:
    """Select everything that waits for a moderator, each row with its step and its age group.

    Made once, since making it takes longer than reading; ask it with the values of `asked_by`.
    Left out are the ideas that concern the person and appeals against the person's own decisions.
    claimed_by: the name of another moderator who has the item in hand, or null.
    """
    ideas = _ideas().cte("listed")
    every = union_all(
        select(ideas), _edits(), _comments(), _reports(select(ideas.c.id)), _appeals()
    )
    rows = every.subquery("rows")
    held = and_(
        Claim.kind == rows.c.page,
        Claim.item_id == rows.c.id,
        Claim.until > bindparam("now"),
        Claim.person_id != _person,
    )
    concerns = exists().where(Recusal.idea_id == rows.c.idea_id, Recusal.person_id == _person)
    since: Any = bindparam("since")
    return (
        select(
            rows.c.kind,
            rows.c.id,
            rows.c.idea_id,
            rows.c.title,
            rows.c.language,
            rows.c.reference,
            rows.c.at,
            _step(rows, since).label("rank"),
            rows.c.support,
            rows.c.risk,
            Account.name.label("claimed_by"),
            case(
                (rows.c.at >= bindparam("today"), "today"),
                (rows.c.at >= since, "days"),
                else_="late",
            ).label("age"),
            case((rows.c.support >= LIFTING, 0), else_=1).label("lift"),
        )
        .select_from(rows)
        .outerjoin(Claim, held)
        .outerjoin(Account, Account.id == Claim.person_id)
        .where(~concerns)
        .subquery("waiting")
    )


def _step(rows: Subquery, since: Any) -> Case[int]:
    return case(
        (rows.c.risk >= Risk.URGENT, URGENT),
        (rows.c.mark == int(_REPORTED), REPORTED),
        (rows.c.risk == Risk.SENSITIVE, SENSITIVE),
        (rows.c.risk == Risk.PERSONAL, PERSONAL),
        (rows.c.mark == int(_TURN), TURN),
        (rows.c.at < since, LATE),
        (rows.c.suspicious, SUSPICIOUS),
        else_=ORDINARY,
    )


def _select(
    kind: Any, page: str, number: Any, title: Any, at: Any, risk: Any, mark: Any, bot: Any = None
) -> Found:
    """Select one source. page: which page its items have, and the kind of claims on them."""
    return select(
        kind.label("kind"),
        literal_column(f"'{page}'", Text).label("page"),
        number.label("id"),
        Idea.id.label("idea_id"),
        title.label("title"),
        Idea.language.label("language"),
        Idea.reference.label("reference"),
        at.label("at"),
        risk.label("risk"),
        mark.label("mark"),
        (false() if bot is None else bot).label("suspicious"),
        (literal_column("0") if page == "comment" else Idea.support_count).label("support"),
    )


def _word(kind: str) -> Any:
    return literal_column(f"'{kind}'", Text)


def _ideas() -> Found:
    """Ideas nobody has read, those whose author has answered, and those whose author keeps silent.

    Nobody has read those that wait, and those public at once by their author's right. Those that
    wait because of a report stand in the list as that report. An idea whose author was asked less
    than ASKED_FOR ago is with the author, and one that was passed on is with somebody else.
    """
    asked_long_ago = Idea.asked_at <= bindparam("asked_before")
    answers = (
        select(Message.idea_id, func.min(Message.at).label("at"))
        .where(Message.side == "author", Message.awaits)
        .group_by(Message.idea_id)
        .subquery("answers")
    )
    unread = and_(Idea.visibility == Visibility.PUBLIC, Idea.indexable == false())
    in_danger = and_(Idea.visibility == Visibility.WITHDRAWN, Idea.risk == Risk.URGENT)
    # Each of these is found by itself, so that the whole table is not read for a few rows.
    numbers = union(
        select(Idea.id).where(Idea.visibility == Visibility.WAITING),
        select(Idea.id).where(in_danger),
        select(Idea.id).where(unread),
        select(Idea.id).where(asked_long_ago),
        select(answers.c.idea_id),
    ).subquery("numbers")
    answered = answers.c.idea_id.is_not(None)
    elsewhere = and_(Idea.visibility.not_in(SHOWN), Idea.handling == Handling.PASSED_ON)
    waits = or_(Idea.visibility.not_in(SHOWN), unread)
    kind = case((answered, _word("answer")), (asked_long_ago, _word("silent")), else_=_word("idea"))
    at = case((waits, Idea.created_at), (answered, answers.c.at), else_=Idea.asked_at)
    mark = case(
        (_reported_idea, literal_column(_REPORTED)),
        (answered, literal_column(_TURN)),
        else_=literal_column(_PLAIN),
    )
    found = _select(kind, "idea", Idea.id, Idea.title, at, Idea.risk, mark, Idea.suspicious)
    return (
        found.select_from(Idea)
        .join(numbers, numbers.c.id == Idea.id)
        .outerjoin(answers, answers.c.idea_id == Idea.id)
        .where(
            or_(Idea.visibility.in_((Visibility.WAITING, *SHOWN)), in_danger),
            Idea.merged_into_id.is_(None),
            or_(answered, ~elsewhere),
            or_(answered, ~is_held()),
            or_(answered, Idea.asked_at.is_(None), asked_long_ago),
        )
    )


def _edits() -> Found:
    """The newest waiting text of each idea that is shown; an urgent one wherever its idea is."""
    newest = select(func.max(Revision.id)).where(Revision.state == "waiting")
    at, risk = Revision.created_at, Revision.risk
    found = _select(_word("edit"), "edit", Revision.id, Idea.title, at, risk, _plain)
    return (
        found.select_from(Revision)
        .join(Idea, Idea.id == Revision.idea_id)
        .where(
            Revision.id.in_(newest.group_by(Revision.idea_id)),
            Idea.merged_into_id.is_(None),
            _shown_or_urgent(risk),
        )
    )


def _comments() -> Found:
    begins, at, risk = func.substr(Comment.text, 1, 90), Comment.created_at, Comment.risk
    found = _select(_word("comment"), "comment", Comment.id, begins, at, risk, _plain)
    return (
        found.select_from(Comment)
        .join(Idea, Idea.id == Comment.idea_id)
        .where(Comment.visibility == "waiting", _shown_or_urgent(risk), ~_reported_comment)
    )


def _shown_or_urgent(risk: Any) -> Any:
    """Somebody in danger is not forgotten because the idea was hidden or withdrawn."""
    return or_(Idea.visibility.in_(SHOWN), risk >= Risk.URGENT)


def _reports(listed: Found) -> Found:
    """One item for all open reports about the same text; none for an unread idea that is listed."""
    unread = and_(Idea.visibility == Visibility.PUBLIC, Idea.indexable == false())
    known = and_(Comment.id.is_(None), unread, Idea.id.in_(listed))
    targets = (
        select(
            func.min(Report.id).label("id"),
            Report.idea_id,
            Report.comment_id,
            func.min(Report.created_at).label("created_at"),
        )
        .where(Report.resolved_at.is_(None))
        .group_by(Report.idea_id, Report.comment_id)
        .subquery("targets")
    )
    found = _select(
        _word("report"),
        "report",
        targets.c.id,
        func.coalesce(func.substr(Comment.text, 1, 90), Idea.title),
        targets.c.created_at,
        func.coalesce(Comment.risk, Idea.risk),
        literal_column(_REPORTED),
    )
    return (
        found.select_from(targets)
        .join(Idea, Idea.id == targets.c.idea_id)
        .outerjoin(Comment, Comment.id == targets.c.comment_id)
        .where(or_(Comment.id.is_not(None), Idea.visibility.in_(SHOWN), is_held()), ~known)
    )


def _appeals() -> Found:
    """Appeals that nobody has decided, but for those against the person's own decisions."""
    found = _select(
        _word("appeal"),
        "appeal",
        Appeal.id,
        Idea.title,
        Appeal.at,
        literal_column(str(int(Risk.NONE))),
        literal_column(_TURN),
    )
    return (
        found.select_from(Appeal)
        .join(Idea, Idea.id == Appeal.idea_id)
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Appeal.outcome == "", Decision.person_id.is_distinct_from(_person))
    )
