"""Signing in and out, opening an account, the account itself, the choice of language."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from huizhen.domain.accounts import Account, Role
from huizhen.errors import EmailTaken, PasswordWrong
from huizhen_web import access, i18n
from huizhen_web.access import Shown, signed_in, viewer
from huizhen_web.account.forms import PasswordForm, RegisterForm, SignInForm
from huizhen_web.area import Area, first_page
from huizhen_web.container import services
from huizhen_web.i18n import say
from huizhen_web.security import SIGN_IN, limiter

blueprint = Blueprint("account", __name__)
area = Area(blueprint)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(SIGN_IN, methods=["POST"])
def sign_in() -> Shown:
    form = SignInForm(next=request.args.get("next"))
    if form.validate_on_submit():
        account = services().accounts.check(form.email.data.strip(), form.password.data)
        if account is not None:
            return welcome(account, form.next.data)
        form.password.errors = [_("Email and password do not match. Check both and try again.")]
    return render_template("account/sign_in.html", form=form), 400 if form.is_submitted() else 200


def welcome(account: Account, wanted: str | None = None) -> Response:
    """Begin the session and go where the person wanted, else to the first page of the role."""
    access.enter(account)
    target = access.safe_next(wanted) or url_for(first_page(account.role))
    return i18n.remember(redirect(target), account.locale, services().web.secure_cookies)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    access.leave()
    flash(_("You are signed out."), "note")
    return redirect(url_for("home.show"))


@blueprint.route("/register", methods=["GET", "POST"])
@limiter.limit(SIGN_IN, methods=["POST"])
def register() -> Shown:
    form = RegisterForm(role=request.args.get("role"))
    if form.validate_on_submit():
        try:
            account = services().accounts.open(
                form.email.data.strip(),
                form.password.data,
                form.name.data.strip(),
                Role(form.role.data),
                i18n.language(),
            )
        except EmailTaken as refusal:
            form.email.errors = [say(refusal.sentence)]
        else:
            # After the sign-in, which begins a new session and with it a new list of messages.
            shown = welcome(account)
            flash(_("Your account is open. Next: apply for accreditation."), "good")
            return shown
    return render_template("account/register.html", form=form), 400 if form.is_submitted() else 200


@blueprint.get("/account")
@signed_in()
def show() -> Shown:
    return render_template("account/page.html", account=viewer(), form=PasswordForm())


@blueprint.post("/account/password")
@signed_in()
@limiter.limit(SIGN_IN)
def change_password() -> Shown:
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            account = services().accounts.change_password(viewer().id, form.current.data, form.password.data)
        except PasswordWrong as refusal:
            form.current.errors = [say(refusal.sentence)]
        else:
            access.enter(account)
            flash(_("Your password is changed and other devices are signed out."), "good")
            return redirect(url_for("account.show"))
    return render_template("account/page.html", account=viewer(), form=form), 400


@blueprint.post("/locale")
def choose_locale() -> Response:
    chosen = request.form.get("locale", "")
    if chosen not in i18n.LOCALES:
        abort(400)
    account = access.current_account()
    if account is not None:
        services().accounts.choose_locale(account.id, chosen)
    target = access.safe_next(request.form.get("next")) or url_for("home.show")
    return i18n.remember(redirect(target), chosen, services().web.secure_cookies)
