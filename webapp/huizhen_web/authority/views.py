"""The authority: applications and their checks, accreditation, expiries, suspension."""

from __future__ import annotations

from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from huizhen.domain.accounts import Role
from huizhen.domain.ids import PartyId
from huizhen.domain.statuses import PartyKind, PartyStatus
from huizhen.errors import InvalidInput
from huizhen_web.access import Shown, party, signed_in
from huizhen_web.area import Area, NavItem
from huizhen_web.authority.forms import GrantForm, SuspendForm
from huizhen_web.container import services
from huizhen_web.i18n import say

blueprint = Blueprint("authority", __name__, url_prefix="/authority")
AUTHORITY = frozenset({Role.AUTHORITY})
area = Area(
    blueprint,
    nav=(
        NavItem("authority.desk", _l("Applications"), AUTHORITY),
        NavItem("authority.parties", _l("All parties"), AUTHORITY),
    ),
    starts=((Role.AUTHORITY, "authority.desk"),),
)

Choice = TypeVar("Choice", PartyKind, PartyStatus)


@blueprint.get("")
@signed_in(*AUTHORITY)
def desk() -> Shown:
    return render_template("authority/desk.html", desk=services().offices.accreditation.desk())


@blueprint.get("/parties")
@signed_in(*AUTHORITY)
def parties() -> Shown:
    status, kind = _chosen(PartyStatus, "status"), _chosen(PartyKind, "kind")
    number = max(1, request.args.get("page", 1, type=int))
    rows, pages, total = services().offices.accreditation.parties(status, kind, number)
    return render_template(
        "authority/parties.html", rows=rows, page=number, pages=pages, total=total, status=status, kind=kind
    )


def _chosen(kind: type[Choice], name: str) -> Choice | None:
    """A filter that nobody offers is as good as none."""
    return next((each for each in kind if each.name.lower() == request.args.get(name)), None)


@blueprint.get("/parties/<int:number>")
@signed_in(*AUTHORITY)
def show_party(number: int) -> Shown:
    page = services().offices.accreditation.page(PartyId(number))
    form = GrantForm.of(page, services().freshness.freshness().chain_now)
    return render_template("authority/party.html", page=page, form=form, suspend=SuspendForm())


@blueprint.get("/parties/<int:number>/state")
@signed_in(*AUTHORITY)
def party_state(number: int) -> Shown:
    return render_template(
        "authority/_state.html", page=services().offices.accreditation.page(PartyId(number))
    )


@blueprint.post("/parties/<int:number>/accredit")
@signed_in(*AUTHORITY)
def accredit(number: int) -> Shown:
    page = services().offices.accreditation.page(PartyId(number))
    form = GrantForm().offer(page.row.kind)
    if form.validate_on_submit():
        try:
            proposed = services().offices.accreditation.accredit(party(), PartyId(number), form.grant())
        except InvalidInput as refusal:
            flash(say(refusal.sentence), "bad")
        else:
            return redirect(url_for("statements.show", statement_id=proposed.id))
    return render_template("authority/party.html", page=page, form=form, suspend=SuspendForm()), 400


@blueprint.post("/parties/<int:number>/suspend")
@signed_in(*AUTHORITY)
def suspend(number: int) -> Shown:
    form = SuspendForm()
    try:
        proposed = services().offices.accreditation.suspend(party(), PartyId(number), form.reason.data or "")
    except InvalidInput as refusal:
        flash(say(refusal.sentence), "bad")
        return redirect(url_for("authority.show_party", number=number))
    return redirect(url_for("statements.show", statement_id=proposed.id))


@blueprint.post("/parties/<int:number>/reinstate")
@signed_in(*AUTHORITY)
def reinstate(number: int) -> Shown:
    try:
        proposed = services().offices.accreditation.reinstate(party(), PartyId(number))
    except InvalidInput as refusal:
        flash(say(refusal.sentence), "bad")
        return redirect(url_for("authority.show_party", number=number))
    return redirect(url_for("statements.show", statement_id=proposed.id))
