"""One case: request, seats, approval, triage, closing, outcome."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from huizhen.domain.accounts import Role
from huizhen.domain.case import CaseId
from huizhen.domain.slots import CHINA
from huizhen.errors import IdentifierFound, InvalidInput
from huizhen.services.team_pages import Estimate
from huizhen_web.access import Shown, signed_in
from huizhen_web.container import services
from huizhen_web.hospital.area import actor, blueprint, me
from huizhen_web.hospital.forms import ContentsForm, OutcomeForm, ReasonForm, TriageForm, WishForm
from huizhen_web.hospital.words import ACTS, STEP_OF, STEPS, URGENCIES
from huizhen_web.i18n import say


def to_case(case_id: int) -> Response:
    return redirect(url_for("hospital.case", case_id=case_id))


@blueprint.route("/cases/new", methods=["GET", "POST"])
@signed_in(Role.HOSPITAL)
def new_case() -> Shown:
    person, form = actor(), ContentsForm()
    if form.validate_on_submit():
        try:
            case = services().rooms.cases.create(person, form.contents())
        except IdentifierFound as refusal:
            form.summary.errors = [say(refusal.sentence)]
        else:
            return redirect(url_for("hospital.seats", case_id=case))
    page = render_template("hospital/contents.html", form=form, case=None, steps=STEPS)
    return page, 400 if form.is_submitted() else 200


@blueprint.route("/cases/<int:case_id>/contents", methods=["GET", "POST"])
@signed_in(Role.HOSPITAL)
def contents(case_id: int) -> Shown:
    page = services().rooms.case_pages.page(CaseId(case_id), me())
    form = ContentsForm(obj=page.contents)
    if form.validate_on_submit():
        try:
            services().rooms.cases.edit(CaseId(case_id), actor(), form.contents())
        except IdentifierFound as refusal:
            form.summary.errors = [say(refusal.sentence)]
        else:
            return to_case(case_id)
    shown = render_template("hospital/contents.html", form=form, case=page, steps=STEPS)
    return shown, 400 if form.is_submitted() else 200


@blueprint.route("/cases/<int:case_id>/seats", methods=["GET", "POST"])
@signed_in(Role.HOSPITAL)
def seats(case_id: int) -> Shown:
    """Two of the buttons change the form alone: one more row, and what the seats would cost."""
    page, form = services().rooms.case_pages.page(CaseId(case_id), me()), WishForm()
    if not form.is_submitted():
        form.fill(page.wish) if page.wish else _propose_days(form)
    estimate = _estimate(page.id, form)
    form.offer_doctors(_doctors())
    if "add" in request.form:
        form.seats.append_entry({"required": False})
        form.offer_doctors(_doctors())
    elif "estimate" not in request.form and form.validate_on_submit():
        try:
            services().rooms.cases.set_wish(page.id, actor(), form.wish())
        except InvalidInput as refusal:
            form.price_limit.errors = [say(refusal.sentence)]
        else:
            return redirect(
                url_for("hospital.team" if page.case.may_search else "hospital.case", case_id=case_id)
            )
    shown = render_template("hospital/seats.html", form=form, case=page, steps=STEPS, estimate=estimate)
    return shown, 400 if form.errors else 200


def _estimate(case: CaseId, form: WishForm) -> Estimate | None:
    asked = form.asked()
    return services().rooms.teams.estimate(case, me(), asked) if asked else None


def _doctors() -> list[tuple[int, str]]:
    return [
        (int(each.doctor), f"{say(each.name)} · {_(', ').join(say(name) for name in each.specialties[:2])}")
        for each in services().rooms.teams.doctors(me())
    ]


def _propose_days(form: WishForm) -> None:
    today = datetime.fromtimestamp(services().freshness.freshness().chain_now, CHINA).date()
    form.first_day.data, form.last_day.data = today + timedelta(days=1), today + timedelta(days=7)


@blueprint.get("/cases/<int:case_id>")
@signed_in(Role.HOSPITAL)
def case(case_id: int) -> Shown:
    return _case_page(case_id)


def _case_page(case_id: int, **forms: object) -> str:
    page = services().rooms.case_pages.page(CaseId(case_id), me())
    shown: dict[str, object] = {"decline": ReasonForm(), "triage": TriageForm(), "outcome": OutcomeForm()}
    return render_template(
        "hospital/case.html",
        page=page,
        steps=STEPS,
        step=STEP_OF.get(page.state, len(STEPS)) if page.wish else 1,
        acts=ACTS,
        urgencies=URGENCIES,
        forms=shown | forms,
    )


@blueprint.get("/cases/<int:case_id>/status")
@signed_in(Role.HOSPITAL)
def case_status(case_id: int) -> Shown:
    """The part that moves by itself: signatures of a hold, a consent on its way."""
    page = services().rooms.case_pages.page(CaseId(case_id), me())
    return render_template("hospital/_signing.html", page=page)


@blueprint.post("/cases/<int:case_id>/approve")
@signed_in(Role.HOSPITAL)
def approve(case_id: int) -> Shown:
    services().rooms.cases.approve(CaseId(case_id), actor())
    flash(_("Approved. Next: triage."), "good")
    return to_case(case_id)


@blueprint.post("/cases/<int:case_id>/decline")
@signed_in(Role.HOSPITAL)
def decline(case_id: int) -> Shown:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _case_page(case_id, decline=form), 400
    services().rooms.cases.decline(CaseId(case_id), actor(), form.reason.data.strip())
    flash(_("Declined. The reason stands in the trail."), "note")
    return to_case(case_id)


@blueprint.post("/cases/<int:case_id>/triage")
@signed_in(Role.HOSPITAL)
def triage(case_id: int) -> Shown:
    form = TriageForm()
    checked = frozenset(form.checked.data or [])
    try:
        complete = services().rooms.cases.triage(CaseId(case_id), actor(), checked, form.missing.data or "")
    except InvalidInput as refusal:
        form.missing.errors = [say(refusal.sentence)]
        return _case_page(case_id, triage=form), 400
    flash(
        _("Triage is complete: find a team.")
        if complete
        else _("The list is kept with the case; triage stays open."),
        "good" if complete else "note",
    )
    return to_case(case_id)


@blueprint.post("/cases/<int:case_id>/close")
@signed_in(Role.HOSPITAL)
def close(case_id: int) -> Shown:
    services().rooms.cases.close(CaseId(case_id), actor(), request.form.get("reason", "")[:300])
    flash(_("The case is closed."), "note")
    return redirect(url_for("hospital.board"))


@blueprint.post("/cases/<int:case_id>/outcome")
@signed_in(Role.HOSPITAL)
def outcome(case_id: int) -> Shown:
    form = OutcomeForm()
    if form.validate_on_submit():
        try:
            services().rooms.cases.follow_up(CaseId(case_id), actor(), form.outcome.data.strip())
        except IdentifierFound as refusal:
            form.outcome.errors = [say(refusal.sentence)]
        else:
            flash(_("The outcome is recorded."), "good")
            return to_case(case_id)
    return _case_page(case_id, outcome=form), 400
