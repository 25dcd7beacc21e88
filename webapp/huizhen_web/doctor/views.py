"""Overview and application. The other pages of a doctor register themselves on the same blueprint."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from huizhen.domain.accounts import Role
from huizhen.domain.statuses import PartyKind
from huizhen.errors import InvalidInput
from huizhen.reference import mask_of
from huizhen.services.applications import Facts
from huizhen_web.access import Shown, signed_in, viewer
from huizhen_web.container import services
from huizhen_web.doctor import calendar, money, practice, requests, shown  # noqa: F401 (they add their pages)
from huizhen_web.doctor.area import area, blueprint, me
from huizhen_web.doctor.forms import DoctorApplicationForm, FeeForm
from huizhen_web.i18n import say

__all__ = ["area"]


@blueprint.get("")
@signed_in(Role.DOCTOR)
def home() -> Shown:
    own = viewer().party
    rooms = services().practice
    return render_template(
        "doctor/home.html",
        filed=rooms.applications.of_account(viewer().id),
        status_url=url_for("doctor.application_status"),
        registration=rooms.doctors.registration(own) if own else None,
        readiness=rooms.doctors.readiness(own) if own else None,
        requests=rooms.requests.of(own) if own else (),
        waiting=services().desk.inbox(own) if own else (),
        led=rooms.leads.led_by(own) if own else (),
        names=services().profiles.names(rooms.leads.led_by(own)) if own else {},
    )


@blueprint.route("/application", methods=["GET", "POST"])
@signed_in(Role.DOCTOR)
def application() -> Shown:
    rooms, form = services().practice, DoctorApplicationForm(name_zh=viewer().name.zh)
    if form.validate_on_submit():
        try:
            rooms.applications.apply(viewer().id, facts_of(form))
        except InvalidInput as refusal:
            flash(say(refusal.sentence), "bad")
        else:
            flash(_("Your application is signed and on its way to the chain."), "good")
            return redirect(url_for("doctor.application"))
    own = viewer().party
    page = render_template(
        "doctor/application.html",
        form=form,
        filed=rooms.applications.of_account(viewer().id),
        registration=rooms.doctors.registration(own) if own else None,
        status_url=url_for("doctor.application_status"),
        fee_form=_fee_form(),
    )
    return page, 400 if form.is_submitted() else 200


@blueprint.get("/application/status")
@signed_in(Role.DOCTOR)
def application_status() -> Shown:
    own, rooms = viewer().party, services().practice
    return render_template(
        "doctor/_application.html",
        filed=rooms.applications.of_account(viewer().id),
        registration=rooms.doctors.registration(own) if own else None,
        status_url=url_for("doctor.application_status"),
    )


@blueprint.post("/fee")
@signed_in(Role.DOCTOR)
def set_fee() -> Shown:
    form = FeeForm()
    if not form.validate_on_submit() or form.fee.data is None:
        for errors in form.errors.values():
            flash(" ".join(errors), "bad")
    else:
        services().practice.doctors.set_fee(me(), form.fee.data, (form.bio.data or "").strip())
        flash(_("Hospitals see the new fee from now on."), "good")
    return redirect(url_for("doctor.application"))


def _fee_form() -> FeeForm | None:
    own = viewer().party
    card = services().profiles.doctor(own) if own else None
    return FeeForm(formdata=None, fee=card.fee, bio=card.bio) if card else None


def facts_of(form: DoctorApplicationForm) -> Facts:
    return Facts(
        PartyKind.DOCTOR,
        form.name_zh.data.strip(),
        form.name_en.data.strip(),
        form.licence_number.data.strip(),
        mask_of(form.specialties.data),
        int(form.city.data),
        (form.bio.data or "").strip(),
        int(form.title.data),
        form.fee.data,
    )
