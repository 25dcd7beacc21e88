"""From the idea of a group to the founded one: apply for it, wait for the authority, found it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from huizhen.domain.accounts import Role
from huizhen.domain.shares import EXAMPLE_FEE, shares_of
from huizhen.domain.statuses import PartyKind
from huizhen.errors import DomainError, InvalidInput
from huizhen.services.applications import Facts
from huizhen_web.access import Shown, found, signed_in, viewer
from huizhen_web.container import services
from huizhen_web.doctor.area import me, read_and_sign
from huizhen_web.group.area import blueprint
from huizhen_web.group.forms import FoundForm, GroupApplicationForm
from huizhen_web.i18n import say


@blueprint.route("/found", methods=["GET", "POST"])
@signed_in(Role.DOCTOR)
def found_group() -> Shown:
    rooms, form = services().practice, GroupApplicationForm()
    if form.validate_on_submit():
        rooms.applications.apply(viewer().id, _facts(form), founder=me())
        flash(_("The application is signed with the group's new key and on its way to the chain."), "good")
        return redirect(url_for("group.found_group"))
    shown = render_template(
        "group/found.html",
        form=form,
        filed=[
            (filed, rooms.doctors.registration(filed.party) if filed.party else None)
            for filed in rooms.applications.of_founder(me())
        ],
        led=rooms.leads.led_by(me()),
    )
    return shown, 400 if form.is_submitted() else 200


@blueprint.route("/found/<int:application>", methods=["GET", "POST"])
@signed_in(Role.DOCTOR)
def found_terms(application: int) -> Shown:
    rooms, form = services().practice, FoundForm(institution=3000, fund=1000)
    mine = rooms.applications.of_founder(me())
    filed = found(next((each for each in mine if each.id == application), None))
    if form.validate_on_submit():
        try:
            return read_and_sign(
                rooms.leads.propose_found(
                    application, me(), form.quorum.data, form.institution.data, form.fund.data
                )
            )
        except (DomainError, InvalidInput) as refusal:
            form.fund.errors = [say(refusal.sentence)]
    shown = render_template(
        "group/found_terms.html",
        form=form,
        filed=filed,
        example=shares_of(EXAMPLE_FEE, rooms.groups.platform_bps, 3000, 1000),
    )
    return shown, 400 if form.is_submitted() else 200


def _facts(form: GroupApplicationForm) -> Facts:
    return Facts(
        PartyKind.GROUP,
        form.name_zh.data.strip(),
        form.name_en.data.strip(),
        form.licence_number.data.strip(),
        0,
        int(form.city.data),
        (form.bio.data or "").strip(),
    )
