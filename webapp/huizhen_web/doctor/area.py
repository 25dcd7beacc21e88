"""The doctor's rooms: navigation, and who the reader is."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from huizhen.domain.accounts import Role
from huizhen.domain.ids import PartyId
from huizhen.services.statements import StatementView
from huizhen_web.access import viewer
from huizhen_web.area import Area, NavItem

blueprint = Blueprint("doctor", __name__, url_prefix="/doctor")
DOCTOR = frozenset({Role.DOCTOR})
area = Area(
    blueprint,
    nav=(
        NavItem("doctor.home", _l("Overview"), DOCTOR),
        NavItem("doctor.requests", _l("Requests"), DOCTOR),
        NavItem("doctor.calendar", _l("Calendar"), DOCTOR),
        NavItem("doctor.consultations", _l("Consultations"), DOCTOR),
        NavItem("doctor.income", _l("Income"), DOCTOR),
    ),
    starts=((Role.DOCTOR, "doctor.home"),),
)


def me() -> PartyId:
    """The doctor's party; before the chain has one there is nothing here but the application."""
    party = viewer().party
    if party is None:
        flash(_("Apply first: this page opens as soon as the chain knows you."), "note")
        abort(redirect(url_for("doctor.application")))
    return party


def read_and_sign(view: StatementView) -> Response:
    """After something was put forward: read it once more and sign it."""
    return redirect(url_for("statements.show", statement_id=view.id))
