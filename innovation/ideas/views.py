"""Pages of ideas: telling one, reading one, changing one's own."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from flask import (
    Blueprint,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.answers.queries import answers_of
from innovation.comments.queries import Discussion, discussion_of, own_comments, took_part
from innovation.core import clock, transaction
from innovation.core.errors import NotFoundError
from innovation.core.i18n import lazy_gettext as _l
from innovation.core.pagination import Page
from innovation.core.permissions import Actor, Person, authorize
from innovation.experiments.queries import experiments_of
from innovation.ideas import actions, journey, listing, policy, queries
from innovation.ideas.authors import authors_of
from innovation.ideas.cards import kept
from innovation.ideas.drafts import draft_of
from innovation.ideas.facets import Facets, facets_of
from innovation.ideas.forms import EDIT_NOTICES, IdeaForm, WithdrawForm, edit_form, new_form
from innovation.ideas.merged import merged_into
from innovation.ideas.sending import HIGHEST_PACE, doubtful, read_form, read_sending
from innovation.messages.queries import thread_for
from innovation.notifications.queries import following as followed
from innovation.programme.levels import what_first
from innovation.programme.queries import snapshot
from innovation.routing.queries import current_routing
from innovation.votes.queries import people_behind, supported, supporters_by_capacity
from innovation.web import navigation
from innovation.web.access import actor, person, public, signed_in
from innovation.web.limits import limiter
from innovation.web.locale import language
from innovation.web.unchanged import known, own, remembered, shared_page

blueprint = Blueprint("ideas", __name__)
blueprint.add_app_template_global(kept)
navigation.add("ideas.index", _l("Ideas"), 10)

# Somebody who writes asks at every pause, and a whole hospital is one address.
CHECKING_PACE = "6000/hour"


@blueprint.get("/ideas/new")
@public
def new() -> ResponseReturnValue:
    """Show the form, perhaps with words that were searched for."""
    return _new_page(new_form(actor(), request.args.get("text", "")))


@blueprint.post("/ideas/new")
@public
def begin() -> ResponseReturnValue:
    """Show the form with the text from the box of another page; nothing is changed."""
    with transaction.glancing():
        return _new_page(new_form(actor(), request.form.get("text", "")))


@blueprint.post("/ideas")
@public
@limiter.limit(HIGHEST_PACE)
def create() -> ResponseReturnValue:
    """Take in an idea and show its author the way on."""
    who = actor()
    form = read_form(who)
    if request.form.get("signed_in") and not isinstance(who, Person):
        return _expired_page(form)
    sending = read_sending(who, form.draft())
    sent_idea = form.send(lambda draft: actions.submit_idea(who, draft, **asdict(sending)))
    if sent_idea is None:
        return _new_page(form, 422)
    if sending.receipt_key:
        return redirect(url_for("tracking.show", key=sending.receipt_key, new=1), 303)
    return redirect(url_for("ideas.sent", number=sent_idea.idea_id), 303)


@blueprint.post("/ideas/check")
@public
@limiter.limit(CHECKING_PACE)
def check() -> ResponseReturnValue:
    """Show what the text check sees in what is being written; nothing is kept, logged or changed.

    It is a POST since the text may tell of somebody's health and must not stand in an address.
    """
    g.page_is_secret = True
    form = read_form(actor(), beside=True)
    with transaction.glancing():
        return render_template("ideas/_checked.html", advice=form.advice)


@blueprint.get("/ideas/<int:number>/sent")
@signed_in
def sent(number: int) -> ResponseReturnValue:
    """Thank the author and tell what happens next."""
    idea = queries.visible_idea(actor(), number)
    if not policy.is_author(actor(), idea):
        raise NotFoundError("only its author was thanked")
    dates = journey.promised(clock.local_date(idea.created_at))
    return render_template("ideas/sent.html", idea=idea, promised=dates)


@blueprint.get("/ideas/<int:number>/edit")
@signed_in
def edit(number: int) -> ResponseReturnValue:
    """Show the form with the author's newest text."""
    idea = queries.visible_idea(actor(), number)
    authorize(actor(), "idea:edit", idea)
    return _edit_page(edit_form(actor(), draft_of(idea)), idea)


@blueprint.post("/ideas/<int:number>/edit")
@signed_in
def update(number: int) -> ResponseReturnValue:
    """Change the idea as its author wishes."""
    who = person()
    form = read_form(who)
    idea = queries.visible_idea(who, number)
    authorize(who, "idea:edit", idea)
    facts = {"suspicious": doubtful(), "others_took_part": _others_took_part(who, idea)}
    edited = form.send(lambda draft: actions.edit_idea(who, idea, draft, **facts))
    if edited is None:
        return _edit_page(form, idea, 422)
    flash(str(EDIT_NOTICES[edited]), "good")
    return redirect(url_for("ideas.show", number=number), 303)


@blueprint.get("/ideas/<int:number>/withdraw")
@signed_in
def withdraw(number: int) -> ResponseReturnValue:
    """Ask whether the author is sure."""
    idea = queries.visible_idea(actor(), number)
    authorize(actor(), "idea:withdraw", idea)
    return render_template("ideas/withdraw.html", form=WithdrawForm(), idea=idea)


@blueprint.post("/ideas/<int:number>/withdraw")
@signed_in
def take_back(number: int) -> ResponseReturnValue:
    """Withdraw the idea."""
    who = person()
    idea = queries.visible_idea(who, number)
    form = WithdrawForm.from_request()
    form.attempt(lambda: actions.withdraw_idea(who, idea, form.reason.data or ""))
    if form.errors:
        return render_template("ideas/withdraw.html", form=form, idea=idea), 422
    flash(gettext("The idea was withdrawn."), "good")
    return redirect(url_for("ideas.show", number=number), 303)


@blueprint.get("/ideas")
@public
def index() -> ResponseReturnValue:
    """List ideas the way the address asks for."""
    who = actor()
    wanted = listing.IdeaFilter.read(request.args.to_dict(flat=False))
    page, facets = known(lambda: _listed(who, wanted), "ideas", wanted, clock.today())
    supports = own(supported, [row.number for row in page.items])
    shown = {"wanted": wanted, "page": page, "facets": facets, "supported": supports}
    return shared_page("ideas/index.html", lambda: shown, supports)


@blueprint.get("/ideas/<int:number>")
@public
def show(number: int) -> ResponseReturnValue:
    """Show one idea with its journey and its discussion; ?all=1 shows the whole discussion."""
    who = actor()
    marks = {"mine": bool(own(supported, [number])), "following": bool(own(followed, [number]))}
    # Whoever wrote it, or in its discussion, sees what is theirs.
    theirs = isinstance(who, Person) and remembered(
        lambda: took_part(who.id, number), "took part", who.id, number
    )
    shown = partial(_shown, who, number, marks, theirs=theirs)
    if isinstance(who, Person) and not theirs:
        first = str(what_first(who, "comment"))
        return shared_page("ideas/show.html", shown, *marks.values(), first)
    return render_template("ideas/show.html", **shown())


def _shown(who: Actor, number: int, marks: Mapping[str, bool], *, theirs: bool) -> dict[str, Any]:
    """Give what the page of an idea shows. marks: what is the viewer's."""
    idea = queries.visible_idea(who, number)
    rows = queries.timeline_of(who, idea)
    is_own = policy.is_author(who, idea)
    return {
        **known(lambda: _told_alike(who, number, idea.published_at), "idea", number),
        **marks,
        "idea": idea,
        "row": listing.row_of(idea),
        "home": snapshot().sub_project_by_id.get(idea.primary_sub_project_id or 0),
        "events": journey.journey_of(idea, rows, language(), own=is_own),
        "own": is_own,
        "asked": journey.asked_for(idea, rows),
        "thread": thread_for(who, idea),
        "discussion": _discussion(
            who, number, everything=request.args.get("all") == "1", theirs=theirs
        ),
    }


def _told_alike(who: Actor, number: int, published_at: datetime | None) -> dict[str, Any]:
    """Give what of an idea's page is the same for all who have the same rights."""
    others = merged_into(number)
    return {
        "informed": current_routing(number).informed,
        "authors": authors_of(number),
        "merged": others,
        "people": people_behind(number) if others else 0,
        "answers": answers_of(number, published_at),
        "experiments": experiments_of(who, number),
        "changed": queries.was_changed(number),
        "supporters": supporters_by_capacity(number),
    }


def _discussion(who: Actor, number: int, *, everything: bool, theirs: bool) -> Discussion:
    """Give the discussion; whoever has written in it sees more than others."""
    read = partial(discussion_of, who, number, everything=everything)
    if not isinstance(who, Person):
        return known(read, "discussion", number, everything)
    if theirs:
        return read()
    return known(read, "discussion", number, everything, what_first(who, "comment"), who.groups)


@blueprint.get("/ideas/<int:number>/revisions")
@public
def revisions(number: int) -> ResponseReturnValue:
    """Show the texts that the idea has had."""
    idea = queries.visible_idea(actor(), number)
    texts = queries.compared_texts(actor(), idea)
    if len(texts) < 2:
        raise NotFoundError("the text has not changed")
    return render_template("ideas/revisions.html", idea=idea, texts=texts)


def _listed(who: Actor, wanted: listing.IdeaFilter) -> tuple[Page[listing.IdeaRow], Facets]:
    counts = listing.counts(who, wanted)
    page = listing.list_ideas(who, wanted, counts.total)
    return page, facets_of(wanted, counts, page, url_for("ideas.index"), language())


def _new_page(form: IdeaForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "ideas/new.html",
        form=form,
        at_once=actions.public_at_once(actor()),
        first=what_first(actor(), "submit"),
        promised=journey.promised(clock.today()),
        programme_facts=snapshot(),
    ), status


def _expired_page(form: IdeaForm) -> ResponseReturnValue:
    if form.name.data == request.form["signed_in"]:
        form.name.data = ""  # the account's name goes with the account
    form.form_errors.append(gettext("The session expired but your text is kept. Send again."))
    return _new_page(form, 422)


def _edit_page(form: IdeaForm, idea: Any, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "ideas/edit.html",
        form=form,
        idea=idea,
        waits=actions.edit_waits(actor(), idea, idea.group_id),
        asked=journey.asked_for(idea, queries.timeline_of(actor(), idea)),
    ), status


def _others_took_part(who: Person, idea: Any) -> bool:
    """Tell whether anybody but the author supported or commented."""
    own = len(supported(who.id, [idea.id])) + own_comments(who.id, idea.id)
    return bool(idea.support_count + idea.comment_count > own)
