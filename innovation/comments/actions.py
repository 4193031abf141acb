"""Every write to comments: posting, correcting, deleting, publishing, hiding."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, select

from innovation.accounts.models import Account
from innovation.comments import reports
from innovation.comments.lifecycle import Visibility
from innovation.comments.models import Comment
from innovation.comments.moves import change, move, now_public, put_away, set_counter, was_seen
from innovation.comments.queries import STANDING, comments_of, is_answered, wrong_counters
from innovation.core import clock
from innovation.core.db import db
from innovation.core.errors import ConflictError, ForbiddenError, RuleBrokenError
from innovation.core.events import record
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person, authorize
from innovation.core.text import has_words
from innovation.groups.queries import name_of
from innovation.guard.rules import refuse_identity_codes, refuse_long
from innovation.ideas.counters import WrongCounter, hold_counters
from innovation.ideas.drafts import language_of, refuse_borrowed
from innovation.ideas.events import IdeaChanged, UrgentReceived
from innovation.ideas.inspecting import Inspected, look
from innovation.ideas.lifecycle import Capacity
from innovation.ideas.merged import families_of, family_of
from innovation.ideas.models import Idea
from innovation.ideas.numbers import claim_form, settle_form
from innovation.ideas.publishing import counts_too, edit_waits, must_wait
from innovation.ideas.risks import Risk
from innovation.programme.levels import refuse_unknown
from innovation.programme.queries import snapshot

LONGEST_TEXT = 2_000
MODERATOR = "moderator"
LEAD = "lead "

counts_too(STANDING)


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """What somebody writes. parent_id: the comment it answers. official: in the writer's task.

    group_id: in whose name, None for one's own. expert: as an expert by experience.
    """

    text: str
    parent_id: int | None = None
    official: bool = False
    page_language: str = "fi"
    group_id: int | None = None
    expert: bool = False


def post_comment(
    actor: Actor, idea: Idea, draft: CommentDraft, once_key: str = "", *, suspicious: bool = False
) -> Comment:
    """Add a comment. It waits for a moderator where its writer's texts do, and when something in it
    is marked, whoever wrote it (rule "Publishing").

    An answer to a reply goes to the thread. once_key: the form's one-time key; the same text with
    the same key again gives the same comment. suspicious: perhaps a robot, so it waits. Raises
    RuleBrokenError at "text", ConflictError when what is answered is gone, and ForbiddenError.
    """
    authorize(actor, "comment:create", idea)
    if draft.official:
        authorize(actor, "comment:official", idea)
    refuse_unknown(actor, "comment", "text")
    check_text(draft.text)
    _refuse_borrowed(actor, draft)
    person, (home, thread) = _person(actor), _thread(idea, draft.parent_id)
    # The text belongs to the key: who goes back in the browser and writes more writes a new one.
    sign = f"comment {person.id} {idea.id} {thread} {once_key} {draft.text}" if once_key else ""
    known = claim_form("comment", sign)
    if known:
        return db.session.get_one(Comment, known)
    seen, now = seen_in(draft.text, draft.page_language), clock.now()
    group = draft.group_id
    waits = suspicious or edit_waits(actor, idea, group) or must_wait(seen, idea)
    comment = Comment(
        idea_id=home,
        parent_id=thread,
        person_id=person.id,
        group_id=group,
        name=person.name if group is None else name_of(group),
        capacity=Capacity.EXPERT if draft.expert else _usual_capacity(person, group),
        text=draft.text,
        language=language_of(draft.text, draft.page_language),
        visibility=Visibility.WAITING if waits else Visibility.PUBLIC,
        risk=seen.risk,
        official=draft.official,
        task=_task(person, idea) if draft.official else "",
        created_at=now,
        decided_at=None if waits else now,
    )
    db.session.add(comment)
    db.session.flush()  # its number is needed below
    settle_form(sign, comment.id)
    if not waits:
        now_public(comment)
    if seen.urgent:
        record(UrgentReceived(home, comment.id))
    return comment


def edit_comment(actor: Actor, comment: Comment, text: str, page_language: str = "fi") -> Comment:
    """Correct one's comment soon after writing it, while nobody has answered.

    Where the writer's texts wait, or something in it is marked, a changed one waits again. Raises
    RuleBrokenError at "text" and ForbiddenError.
    """
    authorize(actor, "comment:edit", comment)
    check_text(text)
    if is_answered(comment):
        raise RuleBrokenError(
            _("Somebody has already answered, so the comment can no longer be changed."), "text"
        )
    if text == comment.text:
        return comment
    seen, idea = seen_in(text, page_language), db.session.get_one(Idea, comment.idea_id)
    # Once somebody may be in danger, only a moderator finds that it was nothing.
    danger = comment.risk == Risk.URGENT
    risk = Risk.URGENT if danger else seen.risk
    changed: dict[str, Any] = {"text": text, "edited_at": clock.now(), "risk": risk}
    if seen.urgent and not danger:
        record(UrgentReceived(comment.idea_id, comment.id))
    if comment.visibility == Visibility.PUBLIC and (
        edit_waits(actor, idea, comment.group_id) or must_wait(seen, idea)
    ):
        move(actor, comment, Visibility.WAITING, **changed)
        return comment
    change(comment, **changed)
    record(IdeaChanged(comment.idea_id, in_lists=False))
    return comment


def delete_comment(actor: Actor, comment: Comment) -> None:
    """Take one's comment away; a stub stays when others have seen it. Safe to repeat."""
    if comment.visibility in {Visibility.DELETED, Visibility.WITHDRAWN}:
        return
    authorize(actor, "comment:delete", comment)
    target = Visibility.DELETED if was_seen(comment) else Visibility.WITHDRAWN
    move(actor, comment, target, text="")
    reports.close(comment.idea_id, comment.id, reports.DELETED)


def publish_comment(actor: Actor, comment: Comment) -> None:
    """Let everybody read a comment that waited or was hidden; reports about it are answered by
    that. Safe to repeat. Raises ConflictError when its writer took it away, and ForbiddenError.
    """
    authorize(actor, "comment:moderate", comment)
    if comment.visibility != Visibility.PUBLIC:
        move(actor, comment, Visibility.PUBLIC, rule="")
    reports.resolve_reports(actor, comment.idea_id, comment.id, reports.DISMISSED)


def hide_comment(actor: Actor, comment: Comment, rule: str, reason: str = "") -> None:
    """Hide a comment by a rule, or decline one that nobody has seen; reports are answered by that.

    reason: for the writer and all. Safe to repeat. Raises RuleBrokenError at "rule" or "reason",
    ConflictError when its writer took it away, and ForbiddenError.
    """
    authorize(actor, "comment:moderate", comment)
    reports.check_rule(rule)
    refuse_identity_codes(reason=reason)
    put_away(actor, comment, rule, reason)
    reports.resolve_reports(actor, comment.idea_id, comment.id, reports.UPHELD)


def repair_counters(actor: Actor) -> list[WrongCounter]:
    """Let every counter say what its rows say; gives what was wrong."""
    authorize(actor, "comments:repair")
    wrong = wrong_counters()
    for one in wrong:
        set_counter(one.idea_id, one.counted)
    return wrong


def recount(numbers: Iterable[int]) -> None:
    """Let the counters of these ideas say how many comments they have with what was merged in."""
    wanted = list(numbers)
    hold_counters(wanted)
    for number, family in families_of(wanted).items():
        set_counter(number, comments_of(family))


def check_text(text: str) -> None:
    """Refuse an empty, wordless or endless text and one with an identity code, at its field."""
    if not has_words(text):
        raise RuleBrokenError(_("Write a few words first. One sentence is enough."), "text")
    refuse_long(LONGEST_TEXT, text=text)
    refuse_identity_codes(text=text)


def seen_in(text: str, page_language: str) -> Inspected:
    """Look at the text of a comment with the guard."""
    return look({"text": text}, page_language)


def _person(actor: Actor) -> Person:
    if not isinstance(actor, Person):
        raise ForbiddenError("comment:create")
    return actor


def _refuse_borrowed(actor: Actor, draft: CommentDraft) -> None:
    """Refuse a group's name and an expert's mark to who has no right to it, at "writing_as"."""
    try:
        refuse_borrowed(actor, Capacity.EXPERT if draft.expert else "", draft.group_id)
    except RuleBrokenError as broken:
        raise RuleBrokenError(broken.message, "writing_as") from None
    if draft.official and (draft.group_id is not None or draft.expert):
        raise RuleBrokenError(_("An official comment is written in your own name."), "writing_as")


def _usual_capacity(person: Person, group: int | None) -> ScalarSelect[str | None] | None:
    """Give in which capacity the person usually writes, to be read on the way into the row.

    A group writes in none.
    """
    if group is not None:
        return None
    return select(Account.capacity).where(Account.id == person.id).scalar_subquery()


def _task(person: Person, idea: Idea) -> str:
    """Give in which task an official comment is written: a code, so that each page can name it."""
    sub_project = snapshot().sub_project_by_id.get(idea.primary_sub_project_id or 0)
    leads = sub_project is not None and person.leads(sub_project.id, idea.area_id)
    return f"{LEAD}{sub_project.slug}" if sub_project and leads else MODERATOR


def _thread(idea: Idea, answered: int | None) -> tuple[int, int | None]:
    """Give the idea that a comment is put under, and the comment that begins its thread.

    An answer stays with what it answers, under an idea that was merged into this one too.
    """
    if answered is None:
        return idea.id, None
    parent = db.session.get(Comment, answered)
    here = parent is not None and parent.idea_id in family_of(idea.id)
    if parent is None or not here or parent.visibility != Visibility.PUBLIC:
        raise ConflictError(_("The comment you answer is no longer shown. Your text is below."))
    return parent.idea_id, parent.parent_id or parent.id
