"""Pages of accounts: coming in, going out, one's own details."""

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.accounts import actions, links, queries
from innovation.accounts.actions import normal_email
from innovation.accounts.entrance import (
    after_leaving,
    begin_session,
    end_session,
    forget_session,
    load_person,
    mail_code,
    note_presence,
)
from innovation.accounts.forms import (
    NewPasswordForm,
    PasswordForm,
    ProfileForm,
    RegisterForm,
    ResetForm,
    SignInForm,
)
from innovation.accounts.passwords import hash_password, is_outdated, is_password
from innovation.core import transaction
from innovation.core.errors import NotFoundError, RuleBrokenError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person
from innovation.diary.queries import appeals_of
from innovation.notifications.queries import capacity_choices, matters_of, unreachable_since
from innovation.programme.queries import snapshot
from innovation.web import locale, navigation
from innovation.web.access import actor, login_manager, person, public, seat, signed_in
from innovation.web.limits import beyond, keyed, limiter, visitor_key
from innovation.web.security import own_path

blueprint = Blueprint("accounts", __name__)


def _visiting(who: Actor) -> bool:
    return not isinstance(who, Person)


def _settled(who: Actor) -> bool:
    return isinstance(who, Person)


navigation.add("accounts.sign_in", _("Sign in"), 80, menu="account", shown=_visiting)
navigation.add("accounts.profile", _("My own"), 80, menu="account", shown=_settled)
navigation.add("accounts.sign_out", _("Sign out"), 90, menu="account", shown=_settled, post=True)


login_manager.request_loader(load_person)
blueprint.after_app_request(note_presence)


def _typed_account() -> str:
    """Count by visitor and account together: nobody can lock the owner out from elsewhere.

    However the address is typed, it is the same account.
    """
    typed = request.form.get("email", "")
    try:
        typed = normal_email(typed)
    except RuleBrokenError:
        typed = typed.strip().lower()
    return visitor_key() + keyed(typed)


def _failed(response: Response) -> bool:
    return response.status_code >= 400


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask for the address; a password is the other way."""
    going_to = own_path(request.args.get("next", ""))
    if isinstance(actor(), Person):
        return redirect(going_to, 303)
    return render("accounts/sign_in.html", form=SignInForm(), going_to=going_to)


@blueprint.post("/sign-in")
@public
@limiter.limit("60/minute", deduct_when=_failed)
@limiter.limit("10/minute", key_func=_typed_account, deduct_when=_failed)
def enter() -> ResponseReturnValue:
    """Sign in with a password, or mail a code to those who give none."""
    form = SignInForm.from_request()
    typed, shared = form.password.data or "", bool(form.shared.data)
    if not typed or request.form.get("way") == "code":
        return mail_code(form.address, shared=shared) if form.address else _not_in(form)
    with transaction.glancing():
        door = queries.door_of(form.address)
    if not is_password(door.password_hash if door else None, typed) or door is None:
        form.refuse()
        return _not_in(form)
    new_hash = hash_password(typed) if is_outdated(door.password_hash or "") else ""
    return begin_session(door.person_id, door.language, new_hash, shared=shared)


def _not_in(form: SignInForm) -> ResponseReturnValue:
    if not form.errors:
        form.ask_for_address()
    going_to = own_path(request.args.get("next", ""))
    return render("accounts/sign_in.html", form=form, going_to=going_to), 422


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session of this browser."""
    going_to = after_leaving()
    end_session()
    flash(gettext("You have signed out."), "good")
    return forget_session(redirect(going_to, 303))


@blueprint.get("/register")
@public
def register() -> ResponseReturnValue:
    """Ask what an account needs."""
    going_to = own_path(request.args.get("next", ""))
    if isinstance(actor(), Person):
        return redirect(going_to, 303)
    return render("accounts/register.html", form=RegisterForm(), going_to=going_to)


@blueprint.post("/register")
@public
@limiter.limit("60/minute", deduct_when=_failed)
@limiter.limit("10/minute", key_func=_typed_account)
def join() -> ResponseReturnValue:
    """Mail a code that makes the account, or signs in who has one: the answer is the same."""
    form = RegisterForm.from_request()
    if form.validate():
        newcomer = form.newcomer(locale.language())
        answer = form.attempt(lambda: mail_code(newcomer.email, shared=False, newcomer=newcomer))
        if answer is not None:
            return answer
    going_to = own_path(request.args.get("next", ""))
    return render("accounts/register.html", form=form, going_to=going_to), 422


@blueprint.get("/reset")
@public
def reset() -> ResponseReturnValue:
    """Ask where to mail the link for a new password."""
    return _reset_page(ResetForm(), sent="sent" in request.args)


def _reset_page(form: ResetForm, *, sent: bool = False) -> ResponseReturnValue:
    going_to = own_path(request.args.get("next", ""))
    page = render("accounts/reset.html", form=form, sent=sent, going_to=going_to)
    return page, 422 if form.errors else 200


@blueprint.post("/reset")
@public
@limiter.limit("60/hour")
def ask_for_reset() -> ResponseReturnValue:
    """Let the link be mailed; the answer is the same whether the address has an account or not."""
    form = ResetForm.from_request()
    if not form.validate():
        return _reset_page(form)
    address, going_to = form.email.data or "", own_path(request.args.get("next", ""), "")
    if not beyond("5/hour", "reset", keyed(address)):
        actions.ask_for_reset(address, going_to)
    return redirect(url_for("accounts.reset", sent=1, next=going_to or None), 303)


@blueprint.get("/reset/<key>")
@public
def new_password(key: str) -> ResponseReturnValue:
    """Show the form of a mailed link; opening it changes nothing."""
    g.page_is_secret = True
    return _new_password_page(key, NewPasswordForm())


def _new_password_page(key: str, form: NewPasswordForm) -> ResponseReturnValue:
    link = links.usable_link(links.RESET, key)
    if link is None or link.person_id is None:
        return render("accounts/link_over.html", kind="reset"), 404
    address = queries.profile_of(link.person_id).email
    page = render("accounts/new_password.html", form=form, key=key, address=address)
    return page, 422 if form.errors else 200


@blueprint.post("/reset/<key>")
@public
@limiter.limit("30/minute")
def set_new_password(key: str) -> ResponseReturnValue:
    """Set the new password; whoever was signed in with the old one no longer is."""
    g.page_is_secret = True
    form = NewPasswordForm.from_request()
    form.own = _owner(key)
    if not form.validate():
        return _new_password_page(key, form)
    password_hash = hash_password(form.password.data or "")
    try:
        going_to = actions.use_reset_link(key, password_hash)
    except NotFoundError:
        return render("accounts/link_over.html", kind="reset"), 404
    flash(gettext("The password was changed. Sign in with the new one."), "good")
    return redirect(url_for("accounts.sign_in", next=own_path(going_to, "") or None), 303)


def _owner(key: str) -> tuple[str, ...]:
    with transaction.glancing():
        link = links.usable_link(links.RESET, key)
        profile = queries.profile_of(link.person_id) if link and link.person_id else None
    return (profile.email, profile.name) if profile else ()


@blueprint.get("/profile")
@signed_in
def profile() -> ResponseReturnValue:
    """Show one's own matters and details."""
    return render(
        "accounts/profile.html",
        profile=queries.profile_of(person().id),
        matters=matters_of(person()),
        appeals=appeals_of(person()),
        unreachable=unreachable_since(person().id),
    )


def _profile_form(given: ProfileForm) -> ProfileForm:
    areas = [(area.slug, area.name(locale.language())) for area in snapshot().areas]
    given.offer(capacity_choices(), areas)
    return given


@blueprint.get("/profile/edit")
@signed_in
def edit() -> ResponseReturnValue:
    """Show one's own details for changing."""
    form = _profile_form(ProfileForm(obj=queries.profile_of(person().id)))
    return render("accounts/edit.html", form=form)


@blueprint.post("/profile/edit")
@signed_in
def save() -> ResponseReturnValue:
    """Save one's own details; the pages continue in the chosen language."""
    form = _profile_form(ProfileForm.from_request())
    if form.validate():
        draft = form.draft()
        form.attempt(lambda: actions.edit_profile(person(), draft))
    if form.errors:
        return render("accounts/edit.html", form=form), 422
    flash(gettext("Your changes were saved."), "good")
    return redirect(url_for("accounts.profile", lang=form.language.data), 303)


@blueprint.get("/profile/password")
@signed_in
def password() -> ResponseReturnValue:
    """Ask for the current password and a new one."""
    return _password_page(PasswordForm(), queries.profile_of(person().id))


def _password_page(form: PasswordForm, profile: queries.Profile) -> ResponseReturnValue:
    page = render("accounts/password.html", form=form, profile=profile)
    return page, 422 if form.errors else 200


@blueprint.post("/profile/password")
@signed_in
@limiter.limit("10/minute", deduct_when=_failed)
def change_password() -> ResponseReturnValue:
    """Change the password; one's other sessions end."""
    form, own = PasswordForm.from_request(), seat()
    with transaction.glancing():
        profile = queries.profile_of(person().id)
    form.own = (profile.email, profile.name)
    typed = form.current_password.data or ""
    if form.validate() and not is_password(profile.password_hash, typed):
        form.refuse()
    if form.errors or own is None:
        return _password_page(form, profile)
    new_hash = hash_password(form.password.data or "")
    actions.change_password(own.person, new_hash, kept_session=own.session_hash)
    flash(gettext("The password was changed. Your other devices were signed out."), "good")
    return redirect(url_for("accounts.profile"), 303)
