"""The team finder and the hold, and asking for the patient's consent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from huizhen.domain.accounts import Role
from huizhen.domain.case import CaseId
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.staffing_reasons import Change
from huizhen.errors import ChainRefusal, HourTaken, HuizhenError, InvalidInput, SearchInvalid
from huizhen_web.access import Shown, signed_in
from huizhen_web.container import services
from huizhen_web.hospital.area import actor, blueprint, me
from huizhen_web.hospital.cases import to_case
from huizhen_web.hospital.forms import ConsentKeyForm, HoldForm
from huizhen_web.hospital.grid import grid_of
from huizhen_web.hospital.words import STEPS
from huizhen_web.i18n import say
from huizhen_web.patient.forms import SignatureForm

_LONGER = timedelta(days=7)
_RELAXED: dict[str | None, dict[str, Any]] = {
    Change.UNPIN: {"pinned": None},
    Change.ANY_CITY: {"wanted_city": None, "excluded_city": None},
    Change.LOWER_TITLE: {"title_minimum": 0},
    Change.MAKE_OPTIONAL: {"required": False},
}


@blueprint.get("/cases/<int:case_id>/team")
@signed_in(Role.HOSPITAL)
def team(case_id: int) -> Shown:
    """Common slots; with `start`, the team at that slot, where `seat<n>` swaps one doctor, `group<n>` a group."""
    start = request.args.get("start", type=int)
    teams, case = services().rooms.teams, CaseId(case_id)
    try:
        page = teams.page(
            case, me(), None if start is None else Slot(start), _wanted("seat"), _wanted("group")
        )
    except HourTaken as refusal:
        flash(say(refusal.sentence), "bad")
        return redirect(url_for("hospital.team", case_id=case_id))
    return render_template(
        "hospital/team.html",
        page=page,
        grid=grid_of(page, request.args),
        case=services().rooms.case_pages.page(case, me()),
        steps=STEPS,
    )


def _wanted(kind: str) -> dict[int, PartyId]:
    """Who is chosen for each seat: ?seat0=17&group0=20 or, in the hold's form, the same names."""
    chosen = {
        int(name.removeprefix(kind)): request.values.get(name, type=int)
        for name in request.values
        if name.startswith(kind) and name.removeprefix(kind).isdecimal()
    }
    return {number: PartyId(party) for number, party in chosen.items() if party}


@blueprint.post("/cases/<int:case_id>/team/change")
@signed_in(Role.HOSPITAL)
def change_search(case_id: int) -> Shown:
    """One of the hints: the seats ask for less, or the window reaches further."""
    page = services().rooms.case_pages.page(CaseId(case_id), me())
    if page.wish is None:
        return to_case(case_id)
    wanted, number = request.form.get("change"), request.form.get("seat", type=int)
    seats = list(page.wish.seats)
    wish = page.wish
    if wanted == Change.LATER:
        wish = replace(wish, last_day=wish.last_day + _LONGER)
    elif number is not None and number < len(seats) and wanted in _RELAXED:
        seats[number] = replace(seats[number], **_RELAXED[wanted])
        wish = replace(wish, seats=tuple(seats))
    services().rooms.cases.set_wish(CaseId(case_id), actor(), wish)
    flash(_("The search was changed."), "good")
    return redirect(url_for("hospital.team", case_id=case_id))


@blueprint.post("/cases/<int:case_id>/hold")
@signed_in(Role.HOSPITAL)
def hold(case_id: int) -> Shown:
    """Hold all hours of the team that was shown; the hospital then reads the terms and signs first."""
    form = HoldForm()
    if not form.validate_on_submit():
        return _look_again(case_id, InvalidInput("请先选择团队。", "Choose a team first."))
    try:
        view = services().rooms.holds.hold(
            CaseId(case_id),
            actor(),
            Slot(form.start.data),
            _wanted("seat"),
            form.lead.data,
            Fen(form.price.data),
            _wanted("group"),
        )
    except (HourTaken, InvalidInput, SearchInvalid) as refusal:
        return _look_again(case_id, refusal)
    except ChainRefusal as refusal:
        flash(say(services().rooms.named(refusal)), "bad")
        return redirect(url_for("hospital.team", case_id=case_id))
    return redirect(url_for("statements.show", statement_id=view.id))


def _look_again(case_id: int, refusal: HuizhenError) -> Response:
    flash(say(refusal.sentence), "bad")
    return redirect(url_for("hospital.team", case_id=case_id))


@blueprint.post("/cases/<int:case_id>/hold/withdraw")
@signed_in(Role.HOSPITAL)
def withdraw_hold(case_id: int) -> Shown:
    services().rooms.holds.withdraw(CaseId(case_id), actor())
    flash(_("The hold is taken back and all hours are free again."), "note")
    return to_case(case_id)


@blueprint.route("/cases/<int:case_id>/consent", methods=["GET", "POST"])
@signed_in(Role.HOSPITAL)
def consent(case_id: int) -> Shown:
    """A POST carries the address of the key that the browser made; the key itself never comes here."""
    form, case = ConsentKeyForm(), CaseId(case_id)
    if form.validate_on_submit():
        try:
            services().rooms.consents.ask(case, actor(), (form.address.data or "").lower())
        except InvalidInput as refusal:
            flash(say(refusal.sentence), "bad")
        return redirect(url_for("hospital.consent", case_id=case_id))
    page = services().rooms.case_pages.page(case, me())
    link = services().rooms.consents.page(page.consent_token) if page.consent_token else None
    return render_template(
        "hospital/consent.html",
        page=page,
        link=link,
        form=form,
        paper=SignatureForm(formdata=None),
        steps=STEPS,
    )


@blueprint.post("/cases/<int:case_id>/consent/paper")
@signed_in(Role.HOSPITAL)
def consent_on_paper(case_id: int) -> Shown:
    """The patient signed a paper form: the coordinator's browser signs with the link's key, on record as such."""
    page = services().rooms.case_pages.page(CaseId(case_id), me())
    try:
        services().rooms.consents.grant(
            page.consent_token or "", SignatureForm().signature.data or "", actor()
        )
    except InvalidInput as refusal:
        flash(say(refusal.sentence), "bad")
        return redirect(url_for("hospital.consent", case_id=case_id))
    flash(_("The consent is on its way to the chain."), "good")
    return to_case(case_id)
