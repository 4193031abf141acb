"""Pages of accounts: coming in, going out, one's own details."""

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from innovation.accounts import actions, queries
from innovation.accounts.entrance import (
    begin_session,
    end_session,
    forget_session,
    load_person,
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
from innovation.core.errors import NotFoundError
from innovation.core.i18n import lazy_gettext as _
from innovation.core.permissions import Actor, Person
from innovation.diary.queries import appeals_of
from innovation.notifications.queries import capacity_choices, matters_of
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
    """Count by visitor and account together: nobody can lock the owner out from elsewhere."""
    return visitor_key() + keyed(request.form.get("email", "").strip().lower())


def _failed(response: Response) -> bool:
    return response.status_code >= 400


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask for address and password."""
    going_to = own_path(request.args.get("next", ""))
    if isinstance(actor(), Person):
        return redirect(going_to, 303)
    return render("accounts/sign_in.html", form=SignInForm(), going_to=going_to)


@blueprint.post("/sign-in")
@public
@limiter.limit("60/minute", deduct_when=_failed)
@limiter.limit("10/minute", key_func=_typed_account, deduct_when=_failed)
def enter() -> ResponseReturnValue:
    """Sign in, or say that the two do not belong together."""
    form = SignInForm.from_request()
    typed = form.password.data or ""
    with transaction.glancing():
        door = queries.door_of(form.address)
    if not is_password(door.password_hash if door else None, typed) or door is None:
        form.refuse()
        going_to = own_path(request.args.get("next", ""))
        return render("accounts/sign_in.html", form=form, going_to=going_to), 422
    outdated = is_outdated(door.password_hash or "")
    return begin_session(door.person_id, door.language, hash_password(typed) if outdated else "")


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session of this browser."""
    end_session()
    flash(gettext("You have signed out."), "good")
    return forget_session(redirect("/", 303))


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
@limiter.limit("60/hour")
@limiter.limit("10/minute", key_func=_typed_account)
def join() -> ResponseReturnValue:
    """Make the account and sign in; who already has one with this password just comes in."""
    form = RegisterForm.from_request()
    if form.validate():
        with transaction.glancing():
            door = queries.door_of(form.email.data or "")
        if door and is_password(door.password_hash, form.password.data or ""):
            return begin_session(door.person_id, door.language)
        newcomer = form.newcomer(locale.language())
        person_id = form.attempt(lambda: actions.register(newcomer))
        if person_id is not None:
            return begin_session(person_id, newcomer.language)
    going_to = own_path(request.args.get("next", ""))
    return render("accounts/register.html", form=form, going_to=going_to), 422


@blueprint.get("/reset")
@public
def reset() -> ResponseReturnValue:
    """Ask where to mail the link for a new password."""
    return render("accounts/reset.html", form=ResetForm(), sent="sent" in request.args)


@blueprint.post("/reset")
@public
@limiter.limit("60/hour")
def ask_for_reset() -> ResponseReturnValue:
    """Let the link be mailed; the answer is the same whether the address has an account or not."""
    form = ResetForm.from_request()
    if not form.validate():
        return render("accounts/reset.html", form=form, sent=False), 422
    address = form.email.data or ""
    if not beyond("5/hour", "reset", keyed(address)):
        actions.ask_for_reset(address)
    return redirect(url_for("accounts.reset", sent=1), 303)


@blueprint.get("/reset/<key>")
@public
def new_password(key: str) -> ResponseReturnValue:
    """Show the form of a mailed link; opening it changes nothing."""
    g.page_is_secret = True
    return _new_password_page(key, NewPasswordForm())


def _new_password_page(key: str, form: NewPasswordForm) -> ResponseReturnValue:
    link = queries.usable_link(queries.RESET, key)
    if link is None or link.person_id is None:
        return render("accounts/link_over.html", invited=False), 404
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
    if not form.validate():
        return _new_password_page(key, form)
    password_hash = hash_password(form.password.data or "")
    try:
        actions.use_reset_link(key, password_hash)
    except NotFoundError:
        return render("accounts/link_over.html", invited=False), 404
    flash(gettext("The password was changed. Sign in with the new one."), "good")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.get("/welcome/<key>")
@public
def welcome(key: str) -> ResponseReturnValue:
    """Show the form that makes the first administrator."""
    g.page_is_secret = True
    if queries.usable_link(queries.WELCOME, key) is None:
        return render("accounts/link_over.html", invited=True), 404
    return render("accounts/welcome.html", form=RegisterForm(), key=key)


@blueprint.post("/welcome/<key>")
@public
@limiter.limit("30/minute")
def begin(key: str) -> ResponseReturnValue:
    """Make the first administrator and show what is still to be done."""
    g.page_is_secret = True
    form = RegisterForm.from_request()
    if not form.validate():
        return render("accounts/welcome.html", form=form, key=key), 422
    newcomer = form.newcomer(locale.language())
    try:
        person_id = form.attempt(lambda: actions.welcome_administrator(key, newcomer))
    except NotFoundError:
        return render("accounts/link_over.html", invited=True), 404
    if person_id is None:
        return render("accounts/welcome.html", form=form, key=key), 422
    response = begin_session(person_id, newcomer.language)
    response.location = url_for("admin.index")
    return response


@blueprint.get("/profile")
@signed_in
def profile() -> ResponseReturnValue:
    """Show one's own matters and details."""
    return render(
        "accounts/profile.html",
        profile=queries.profile_of(person().id),
        matters=matters_of(person()),
        appeals=appeals_of(person()),
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
    address = queries.profile_of(person().id).email
    return render("accounts/password.html", form=PasswordForm(), address=address)


@blueprint.post("/profile/password")
@signed_in
@limiter.limit("10/minute", deduct_when=_failed)
def change_password() -> ResponseReturnValue:
    """Change the password; one's other sessions end."""
    form, own = PasswordForm.from_request(), seat()
    with transaction.glancing():
        profile = queries.profile_of(person().id)
    typed = form.current_password.data or ""
    if form.validate() and not is_password(profile.password_hash, typed):
        form.refuse()
    if form.errors or own is None:
        return render("accounts/password.html", form=form, address=profile.email), 422
    new_hash = hash_password(form.password.data or "")
    actions.change_password(own.person, new_hash, kept_session=own.session_hash)
    flash(gettext("The password was changed. Your other devices were signed out."), "good")
    return redirect(url_for("accounts.profile"), 303)
