"""Supporting and following by a confirmed address; the address and the account of a receipt."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.core.errors import NotFoundError, RuleBrokenError
from innovation.core.permissions import Nobody, Person
from innovation.ideas.authors import with_authors
from innovation.ideas.policy import is_author
from innovation.ideas.queries import visible_idea
from innovation.subscriptions import actions, queries
from innovation.subscriptions.forms import AddressForm, WaysForm
from innovation.tracking.entrance import guarded
from innovation.tracking.queries import idea_behind
from innovation.web.access import actor, person, public, signed_in
from innovation.web.limits import beyond, keyed, limiter
from innovation.web.locale import language
from innovation.web.unchanged import remembered

blueprint = Blueprint("subscriptions", __name__)


@blueprint.get("/ideas/<int:number>/by-mail")
@public
def new(number: int) -> ResponseReturnValue:
    """Ask for an address with which to support or follow without an account."""
    idea = visible_idea(Nobody(), number)
    if isinstance(actor(), Person):
        return redirect(url_for("ideas.show", number=number), 303)
    form = WaysForm(data={"follows": True, "supports": True})
    return render_template("subscriptions/new.html", idea=idea, form=form)


@blueprint.post("/ideas/<int:number>/by-mail")
@public
@limiter.limit("30/hour")
def create(number: int) -> ResponseReturnValue:
    """Mail the link that confirms; the answer is the same whatever is known of the address."""
    idea, form = visible_idea(Nobody(), number), WaysForm.from_request()
    if form.validate():
        address = form.email.data or ""
        try:
            if not _too_often(address, number):
                actions.give_address(actor(), idea, address, form.wanted, language())
        except RuleBrokenError as broken:
            form.refuse(str(broken.message))
    if form.errors:
        return render_template("subscriptions/new.html", idea=idea, form=form), 422
    return render_template("subscriptions/asked.html", idea=idea, address=form.email.data)


def _too_often(address: str, number: int) -> bool:
    """Count by idea: whoever types somebody's address for one keeps them from no other.

    The mails it got for this one hold the link that is asked for.
    """
    often = beyond("5/hour", "by-mail", keyed(f"{address} {number}"))
    return often or beyond("20/hour", "by-mail to one", keyed(address))


@blueprint.get("/by-mail/<key>")
@public
@limiter.limit("60/minute")
def show(key: str) -> ResponseReturnValue:
    """Show what the mailed link confirms; opening it changes nothing."""
    g.page_is_secret = True
    return _page(key)


@blueprint.post("/by-mail/<key>")
@public
@limiter.limit("60/minute")
def confirm(key: str) -> ResponseReturnValue:
    """Confirm what the link says."""
    g.page_is_secret = True
    try:
        actions.confirm(queries.opened(_secret(), key))
    except NotFoundError:
        return _page(key)
    flash(gettext("Thank you, your address is confirmed."), "good")
    return redirect(url_for("subscriptions.show", key=key), 303)


@blueprint.post("/by-mail/<key>/stop")
@public
@limiter.limit("60/minute")
def stop(key: str) -> ResponseReturnValue:
    """Forget the address at once."""
    g.page_is_secret = True
    try:
        actions.stop(queries.opened(_secret(), key))
    except NotFoundError:
        return _page(key)
    return render_template("subscriptions/stopped.html")


@blueprint.post("/seuraa/<key>/address")
@public
@guarded
@limiter.limit("10/hour")
def give_address(key: str) -> ResponseReturnValue:
    """Mail a link to the address that a nameless author gives."""
    g.page_is_secret = True
    holder, idea = idea_behind(key)
    form = AddressForm.from_request()
    if not form.validate():
        return render_template("subscriptions/address.html", key=key, idea=idea, form=form), 422
    address = form.email.data or ""
    if not _too_often(address, idea.id):
        actions.give_address(holder, idea, address, (), language())
    flash(gettext("We mailed you a link. Open it, and you hear of your idea by e-mail."), "good")
    return redirect(url_for("tracking.show", key=key), 303)


@blueprint.post("/seuraa/<key>/address/forget")
@public
@guarded
def forget_address(key: str) -> ResponseReturnValue:
    """Forget the address of a nameless author."""
    g.page_is_secret = True
    holder, _idea = idea_behind(key)
    actions.forget_address(holder)
    flash(
        gettext(
            "Your address now stands only with the mails we have sent you, and goes with them."
        ),
        "good",
    )
    return redirect(url_for("tracking.show", key=key), 303)


@blueprint.post("/seuraa/<key>/claim")
@signed_in
@guarded
def claim(key: str) -> ResponseReturnValue:
    """Take the idea into the account of whoever is signed in."""
    g.page_is_secret = True
    holder, idea = idea_behind(key)
    try:
        actions.claim_idea(person(), holder, idea)
    except RuleBrokenError as broken:
        flash(str(broken.message), "problem")
        return redirect(url_for("tracking.show", key=key), 303)
    flash(gettext("The idea is among your own now. Its tracking key works as before."), "good")
    return redirect(url_for("accounts.profile"), 303)


def _secret() -> str:
    secret: str = current_app.extensions["settings"].secret_key
    return secret


def _page(key: str) -> ResponseReturnValue:
    try:
        found = queries.opened(_secret(), key)
    except NotFoundError:
        return render_template("subscriptions/over.html"), 404
    return render_template("subscriptions/show.html", key=key, found=found)


@blueprint.app_template_global("address_behind")
def address_behind(key: str) -> dict[str, object]:
    """Give what the page of a tracking key shows of its author's address and account."""
    holder, idea = idea_behind(key)
    known = queries.address_of_receipt(holder.receipt_id)
    mine = isinstance(actor(), Person) and is_author(actor(), with_authors(idea) or idea)
    return {"form": AddressForm(), "address": known, "mine": mine}


@blueprint.app_template_global("supporters_by_mail")
def supporters_by_mail(number: int) -> int:
    """Give how many support the idea with a confirmed address."""
    return remembered(lambda: queries.supporters_by_mail(number), "supporters by mail", number)
