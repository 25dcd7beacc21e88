"""Requests that await the doctor, and the consultations that came of them."""

from __future__ import annotations

from flask import render_template

from huizhen.domain.accounts import Role
from huizhen_web.access import Shown, found, signed_in
from huizhen_web.container import services
from huizhen_web.doctor.area import blueprint, me
from huizhen_web.statements.forms import DeclineForm
from huizhen_web.statements.text import names_of, text_of


@blueprint.get("/requests")
@signed_in(Role.DOCTOR)
def requests() -> Shown:
    return render_template("doctor/requests.html", requests=services().practice.requests.of(me()), me=me())


@blueprint.get("/requests/<int:statement_id>")
@signed_in(Role.DOCTOR)
def request_page(statement_id: int) -> Shown:
    page = found(services().practice.requests.request(statement_id, me()))
    return render_template(
        "doctor/request.html",
        request_=page,
        view=page.statement,
        text=text_of(page.statement),
        names=names_of(page.statement),
        seat=page.seat_of(me()),
        form=DeclineForm(),
    )


@blueprint.get("/consultations")
@signed_in(Role.DOCTOR)
def consultations() -> Shown:
    return render_template("doctor/consultations.html", lines=services().practice.doctors.consultations(me()))
