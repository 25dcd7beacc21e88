"""The patient's link: no account, no server that knows the key. It ends in #key, which browsers never send."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from huizhen.errors import DomainError, InvalidInput
from huizhen_web.access import Shown
from huizhen_web.area import Area
from huizhen_web.container import services
from huizhen_web.i18n import say
from huizhen_web.patient.forms import SignatureForm
from huizhen_web.security import limiter

blueprint = Blueprint("patient", __name__, url_prefix="/consent")
area = Area(blueprint)

# Tokens are 128 bits: guessing is hopeless, and this keeps it from being loud.
LOOKS = "60 per minute"
SIGNS = "10 per minute"


@blueprint.after_request
def _tell_nobody(response: Response) -> Response:
    """The address is the secret: it stays out of caches and of search engines.

    Referrers with it go to this site alone (see security.py): over https its own forms are refused without one.
    """
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/<token>")
@limiter.limit(LOOKS)
def show(token: str) -> Shown:
    page = services().rooms.consents.page(token)
    return render_template("patient/consent.html", page=page, form=SignatureForm(formdata=None))


@blueprint.get("/<token>/status")
@limiter.limit(LOOKS)
def status(token: str) -> Shown:
    return render_template("patient/_status.html", page=services().rooms.consents.page(token))


@blueprint.post("/<token>/grant")
@limiter.limit(SIGNS)
def grant(token: str) -> Shown:
    try:
        services().rooms.consents.grant(token, SignatureForm().signature.data or "")
    except (DomainError, InvalidInput) as refusal:
        flash(say(refusal.sentence), "bad")
    else:
        flash(_("Your consent is signed and on its way. You can close this page; keep the link."), "good")
    return _back(token)


@blueprint.post("/<token>/withdraw")
@limiter.limit(SIGNS)
def withdraw(token: str) -> Shown:
    form = SignatureForm()
    try:
        services().rooms.consents.withdraw(token, form.deadline.data or 0, form.signature.data or "")
    except (DomainError, InvalidInput) as refusal:
        flash(say(refusal.sentence), "bad")
    else:
        flash(
            _("Your withdrawal is signed and on its way. Nobody can be booked with this consent any more."),
            "good",
        )
    return _back(token)


def _back(token: str) -> BaseResponse:
    return redirect(url_for("patient.show", token=token))
