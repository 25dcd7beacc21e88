"""Institutions of practice and signing keys."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from huizhen.domain.accounts import Role
from huizhen.domain.ids import PartyId
from huizhen.domain.slots import CHINA
from huizhen.errors import InvalidInput
from huizhen_web.access import Shown, signed_in
from huizhen_web.container import services
from huizhen_web.doctor.area import blueprint, me, read_and_sign
from huizhen_web.doctor.forms import AffiliationForm, KeyForm
from huizhen_web.i18n import say


@blueprint.route("/institutions", methods=["GET", "POST"])
@signed_in(Role.DOCTOR)
def affiliations() -> Shown:
    rooms, form = services().practice.affiliations, AffiliationForm()
    form.institution.choices = [(int(each), say(name)) for each, name in rooms.choices()]
    if form.validate_on_submit():
        until = end_of(form.until.data)
        try:
            view = rooms.propose(
                me(), PartyId(form.institution.data), until, until if form.standing.data else 0
            )
        except InvalidInput as refusal:
            form.until.errors = [say(refusal.sentence)]
        else:
            return read_and_sign(view)
    form.propose_year(datetime.fromtimestamp(services().freshness.freshness().chain_now, CHINA).date())
    page = render_template("doctor/affiliations.html", page=rooms.of_doctor(me()), form=form)
    return page, 400 if form.is_submitted() else 200


@blueprint.post("/institutions/<int:institution>/end")
@signed_in(Role.DOCTOR)
def end_affiliation(institution: int) -> Shown:
    return read_and_sign(services().practice.affiliations.propose_end(me(), PartyId(institution), me()))


@blueprint.route("/keys", methods=["GET", "POST"])
@signed_in(Role.DOCTOR)
def keys() -> Shown:
    rooms, form = services().practice.keys, KeyForm()
    if form.validate_on_submit():
        try:
            return read_and_sign(rooms.propose_add(me(), form.signer.data, form.possession.data or ""))
        except InvalidInput as refusal:
            form.signer.errors = [say(refusal.sentence)]
    page = render_template("doctor/keys.html", page=rooms.page(me()), form=form)
    return page, 400 if form.is_submitted() else 200


@blueprint.post("/keys/<int:index>/remove")
@signed_in(Role.DOCTOR)
def remove_key(index: int) -> Shown:
    return read_and_sign(services().practice.keys.propose_removal(me(), index))


@blueprint.post("/keys/keep")
@signed_in(Role.DOCTOR)
def keep_key() -> Shown:
    return read_and_sign(services().practice.keys.propose_keep(me()))


@blueprint.post("/keys/carry-out")
@signed_in(Role.DOCTOR)
def carry_out_removal() -> Shown:
    services().practice.keys.remove(me())
    flash(_("The removal is on its way to the chain."), "good")
    return redirect(url_for("doctor.keys"))


def end_of(day: date) -> int:
    """The last second of a day in China."""
    return int((datetime.combine(day, time(), CHINA) + timedelta(days=1)).timestamp()) - 1
