"""The demo world on the development chain, and nowhere else: sign in as one of its people, move its clock."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from huizhen.domain.ids import PartyId
from huizhen_web import access, i18n
from huizhen_web.access import found
from huizhen_web.account.views import welcome
from huizhen_web.area import Area
from huizhen_web.container import services

blueprint = Blueprint("demo", __name__, url_prefix="/demo")
area = Area(blueprint)

_FURTHEST_SECONDS = 400 * 24 * 3600


@blueprint.post("/sign-in")
def sign_in() -> Response:
    desk = found(services().demo_desk)
    party = request.form.get("party", type=int)
    email = request.form.get("email", "")
    account = found(desk.enter(email) if party is None else desk.enter_as(PartyId(party)))
    entered = welcome(account, request.form.get("next"))
    # Visitors of the demo pass through many people: the language stays the visitor's own.
    return i18n.remember(entered, i18n.language(), services().web.secure_cookies)


@blueprint.post("/clock")
def advance_clock() -> Response:
    """By `seconds`, or to the second `until` (a consultation's start or end)."""
    clock = found(services().demo_clock)
    seconds = request.form.get("seconds", type=int)
    until = request.form.get("until", type=int)
    if until is not None:
        seconds = until - services().freshness.freshness().chain_now
    if seconds is None or not 0 < seconds <= _FURTHEST_SECONDS:
        abort(400)
    clock.advance(seconds)
    flash(_("The demo clock has moved. Deadlines that passed are now due."), "note")
    return redirect(access.safe_next(request.form.get("next")) or url_for("home.show"))
