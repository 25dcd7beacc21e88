"""An institution of practice: its doctors, what needs its acceptance, their consultations elsewhere."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from huizhen.domain.accounts import Role
from huizhen.domain.ids import PartyId
from huizhen.errors import InvalidInput
from huizhen_web.access import Shown, found, signed_in, viewer
from huizhen_web.area import Area, NavItem
from huizhen_web.container import services
from huizhen_web.doctor.area import read_and_sign
from huizhen_web.doctor.forms import PayoutAccountForm
from huizhen_web.i18n import say
from huizhen_web.statements.forms import DeclineForm
from huizhen_web.statements.text import names_of, text_of

blueprint = Blueprint("institution", __name__, url_prefix="/institution")
# A hospital that books is an institution of practice as well.
ROLES = (Role.INSTITUTION, Role.HOSPITAL)
area = Area(
    blueprint,
    nav=(
        NavItem("institution.doctors", _l("Our doctors"), frozenset(ROLES)),
        NavItem("institution.bookings", _l("Acceptances"), frozenset(ROLES)),
        NavItem("institution.cases", _l("Our doctors' cases"), frozenset({Role.INSTITUTION})),
        NavItem("institution.income", _l("Income"), frozenset(ROLES)),
    ),
    starts=((Role.INSTITUTION, "institution.doctors"),),
)


def us() -> PartyId:
    """The institution's party; before the chain has one there is nothing here but the application."""
    party = viewer().party
    if party is None:
        flash(_("Apply first: this page opens as soon as the chain knows you."), "note")
        abort(redirect(url_for("hospital.application")))
    return party


@blueprint.get("/doctors")
@signed_in(*ROLES)
def doctors() -> Shown:
    page = services().practice.affiliations.of_institution(us())
    return render_template(
        "institution/doctors.html",
        page=page,
        waiting=[(view, text_of(view), view.awaits(us())) for view in page.waiting],
        names=names_of(*page.waiting),
        registration=services().practice.doctors.registration(us()),
    )


@blueprint.post("/doctors/<int:doctor>/end")
@signed_in(*ROLES)
def end_affiliation(doctor: int) -> Shown:
    return read_and_sign(services().practice.affiliations.propose_end(PartyId(doctor), us(), us()))


@blueprint.get("/bookings")
@signed_in(*ROLES)
def bookings() -> Shown:
    return render_template(
        "institution/bookings.html", requests=services().practice.institutions.requests(us()), us=us()
    )


@blueprint.get("/bookings/<int:statement_id>")
@signed_in(*ROLES)
def booking(statement_id: int) -> Shown:
    page = found(services().practice.institutions.request(statement_id, us()))
    return render_template(
        "institution/booking.html",
        request_=page,
        view=page.statement,
        text=text_of(page.statement),
        names=names_of(page.statement),
        form=DeclineForm(),
    )


@blueprint.get("/cases")
@signed_in(*ROLES)
def cases() -> Shown:
    return render_template("institution/cases.html", lines=services().practice.institutions.cases(us()))


@blueprint.get("/income")
@signed_in(*ROLES)
def income() -> Shown:
    return render_template(
        "institution/income.html",
        page=services().practice.income.page(us()),
        account=services().practice.payout_accounts.page(us()),
    )


@blueprint.route("/payout-account", methods=["GET", "POST"])
@signed_in(*ROLES)
def payout_account() -> Shown:
    accounts, form = services().practice.payout_accounts, PayoutAccountForm(holder=viewer().name.zh)
    if form.validate_on_submit():
        try:
            view = accounts.propose(us(), us(), form.bank.data, form.account.data, form.holder.data.strip())
        except InvalidInput as refusal:
            form.account.errors = [say(refusal.sentence)]
        else:
            return read_and_sign(view)
    shown = render_template("institution/payout_account.html", page=accounts.page(us()), form=form)
    return shown, 400 if form.is_submitted() else 200


@blueprint.post("/payout-account/cancel")
@signed_in(*ROLES)
def cancel_payout_account() -> Shown:
    return read_and_sign(services().practice.payout_accounts.propose_cancel(us(), us()))
