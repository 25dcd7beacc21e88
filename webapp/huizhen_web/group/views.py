"""Groups as every doctor sees them; what leads do stands in lead.py, founding one in founding.py."""

from __future__ import annotations

from flask import render_template, request

from huizhen.domain.accounts import Role
from huizhen.domain.ids import PartyId
from huizhen.reference import mask_of, specialty_by_code
from huizhen_web.access import Shown, found, signed_in, viewer
from huizhen_web.container import services
from huizhen_web.doctor.area import me, read_and_sign
from huizhen_web.group import founding, lead  # noqa: F401 (they add their pages)
from huizhen_web.group.area import area, blueprint
from huizhen_web.group.forms import FilterForm

__all__ = ["area"]


@blueprint.get("")
@signed_in()
def directory() -> Shown:
    form = FilterForm.of(request)
    chosen = form.specialty.data if form.specialty.data in specialty_by_code() else ""
    city = int(form.city.data) if (form.city.data or "").isdecimal() else 0
    groups = services().practice.groups.directory(viewer().party, mask_of([chosen] if chosen else []), city)
    return render_template("group/directory.html", groups=groups, form=form, filtered=bool(chosen or city))


@blueprint.get("/<int:group>")
@signed_in()
def show(group: int) -> Shown:
    page = found(services().practice.groups.page(PartyId(group), viewer().party))
    is_doctor = viewer().role is Role.DOCTOR
    missing = services().practice.doctors.missing(viewer().party) if is_doctor else None
    return render_template("group/page.html", page=page, is_doctor=is_doctor, missing=missing)


@blueprint.post("/<int:group>/join")
@signed_in(Role.DOCTOR)
def join(group: int) -> Shown:
    found(services().practice.groups.page(PartyId(group), me()))
    return read_and_sign(services().practice.groups.propose_join(PartyId(group), me()))


@blueprint.post("/<int:group>/leave")
@signed_in(Role.DOCTOR)
def leave(group: int) -> Shown:
    found(services().practice.groups.page(PartyId(group), me()))
    return read_and_sign(services().practice.groups.propose_leave(PartyId(group), me()))
