"""The board of cases, the hospital's application, its money and its agreements."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from huizhen.domain.accounts import Role
from huizhen.domain.case import CaseState
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import CHINA
from huizhen.domain.statuses import PartyKind
from huizhen.errors import InvalidInput
from huizhen.services.applications import Facts
from huizhen.services.case_pages import OVER
from huizhen_web.access import Shown, party, signed_in, viewer
from huizhen_web.container import services
from huizhen_web.hospital.area import actor, blueprint, me
from huizhen_web.hospital.forms import AgreementForm, ApplicationForm, RefundForm
from huizhen_web.hospital.words import MOVES, URGENCIES
from huizhen_web.i18n import say

PER_PAGE = 30


@blueprint.get("")
@signed_in(Role.HOSPITAL)
def board() -> Shown:
    """Open cases by state, or one state alone with its pages."""
    rooms = services().rooms
    rows = rooms.case_pages.board(me())
    counts = {state: sum(row.state is state for row in rows) for state in CaseState}
    chosen = next((state for state in CaseState if state.value == request.args.get("state")), None)
    number = max(1, request.args.get("page", 1, type=int))
    shown = (
        [row for row in rows if row.state is chosen] if chosen else [r for r in rows if r.state not in OVER]
    )
    pages = max(1, -(-len(shown) // PER_PAGE)) if chosen else 1
    if chosen:
        shown = shown[(number - 1) * PER_PAGE : number * PER_PAGE]
    return render_template(
        "hospital/board.html",
        standing=rooms.hospitals.standing(me()),
        funds=rooms.hospitals.funds(me()),
        groups=[(state, [row for row in shown if row.state is state]) for state in CaseState],
        counts=counts,
        chosen=chosen,
        total=len(rows),
        number=number,
        pages=pages,
        urgencies=URGENCIES,
    )


@blueprint.route("/apply", methods=["GET", "POST"])
@signed_in(Role.HOSPITAL, Role.INSTITUTION)
def application() -> Shown:
    """Who the institution is; afterwards how far its application and accreditation are."""
    applications, form = services().practice.applications, ApplicationForm(name_zh=say(viewer().name))
    if form.validate_on_submit():
        facts = Facts(
            PartyKind.HOSPITAL,
            form.name_zh.data.strip(),
            form.name_en.data.strip(),
            form.licence_number.data.strip(),
            0,
            int(form.city.data),
            "",
            level=form.level.data.strip(),
        )
        try:
            applications.apply(viewer().id, facts)
        except InvalidInput as refusal:
            flash(say(refusal.sentence), "bad")
        else:
            flash(_("Your application is signed and on its way to the chain."), "good")
        return redirect(url_for("hospital.application"))
    page = render_template("hospital/apply.html", form=form, **_progress())
    return page, 400 if form.is_submitted() else 200


@blueprint.get("/apply/status")
@signed_in(Role.HOSPITAL, Role.INSTITUTION)
def application_status() -> Shown:
    return render_template("hospital/_application.html", **_progress())


def _progress() -> dict[str, object]:
    filed = services().practice.applications.of_account(viewer().id)
    known = viewer().party
    standing = services().rooms.hospitals.standing(known) if known is not None else None
    return {"filed": filed, "standing": standing}


@blueprint.route("/balance", methods=["GET", "POST"])
@signed_in(Role.HOSPITAL)
def funds() -> Shown:
    """A POST asks for a refund."""
    hospitals, form = services().rooms.hospitals, RefundForm()
    if form.validate_on_submit():
        try:
            hospitals.refund(me(), form.amount.data or Fen(0))
        except InvalidInput as refusal:
            form.amount.errors = [say(refusal.sentence)]
        else:
            flash(
                _("The refund is signed and on its way. The next payout brings it to your account."), "good"
            )
            return redirect(url_for("hospital.funds"))
    page = render_template("hospital/funds.html", funds=hospitals.funds(me()), form=form, moves=MOVES)
    return page, 400 if form.is_submitted() else 200


@blueprint.get("/balance/status")
@signed_in(Role.HOSPITAL)
def funds_status() -> Shown:
    return render_template("hospital/_refunds.html", funds=services().rooms.hospitals.funds(me()))


@blueprint.route("/agreements", methods=["GET", "POST"])
@signed_in(Role.HOSPITAL, Role.INSTITUTION)
def agreements() -> Shown:
    """A POST puts an agreement before both sides, ours first."""
    hospitals, form = services().rooms.hospitals, AgreementForm()
    page = hospitals.agreements(party())
    form.other.choices = [(int(each.party), say(each.name)) for each in page.partners]
    if form.validate_on_submit():
        until = int((datetime.combine(form.until.data, time(), CHINA) + timedelta(days=1)).timestamp()) - 1
        try:
            view = hospitals.propose_agreement(
                actor().party or PartyId(0), PartyId(form.other.data), form.title.data.strip(), until
            )
        except InvalidInput as refusal:
            form.until.errors = [say(refusal.sentence)]
        else:
            return redirect(url_for("statements.show", statement_id=view.id))
    if not form.is_submitted():
        today = datetime.fromtimestamp(services().freshness.freshness().chain_now, CHINA).date()
        form.until.data = today.replace(year=today.year + 1, day=min(today.day, 28))
    shown = render_template("hospital/agreements.html", page=page, form=form)
    return shown, 400 if form.is_submitted() else 200
