"""The booking hospital's rooms: navigation, and who the reader is."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, url_for
from flask_babel import lazy_gettext as _l

from huizhen.domain.accounts import Account, Role
from huizhen.domain.ids import PartyId
from huizhen_web.access import viewer
from huizhen_web.area import Area, NavItem
from huizhen_web.container import services

blueprint = Blueprint("hospital", __name__, url_prefix="/hospital")
HOSPITAL = frozenset({Role.HOSPITAL})
area = Area(
    blueprint,
    nav=(
        NavItem("hospital.board", _l("Cases"), HOSPITAL),
        NavItem("hospital.funds", _l("Balance"), HOSPITAL),
        NavItem("hospital.agreements", _l("Agreements"), HOSPITAL | {Role.INSTITUTION}),
    ),
    starts=((Role.HOSPITAL, "hospital.board"),),
)


def me() -> PartyId:
    """The hospital's party; before the chain has one there is nothing here but the application."""
    party = viewer().party
    if party is None:
        abort(redirect(url_for("hospital.application")))
    return party


def actor() -> Account:
    """The account that acts, of a hospital that is accredited now: others are told what is missing first."""
    standing = services().rooms.hospitals.standing(me())
    if standing is None or not standing.licensed:
        abort(redirect(url_for("hospital.application")))
    return viewer()
