"""A consultation, for everybody whom it concerns: one page, and what each side may do on it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from huizhen.domain.accounts import Role
from huizhen.domain.chain_ids import ConsultationId
from huizhen.errors import DomainError, IdentifierFound, InvalidInput
from huizhen.services.consultation_pages import OVERSEERS
from huizhen.services.consultation_views import ConsultationPage
from huizhen_web.access import Shown, found, party, signed_in, viewer
from huizhen_web.area import Area, NavItem
from huizhen_web.consultation.forms import CancelForm, DeliverForm, OpinionForm, SignOpinionForm
from huizhen_web.consultation.shown import words
from huizhen_web.container import services
from huizhen_web.i18n import say

blueprint = Blueprint("consultation", __name__, url_prefix="/consultations")
READERS = frozenset(
    [
        Role.HOSPITAL,
        Role.DOCTOR,
        Role.INSTITUTION,
        Role.FINANCE_PREPARER,
        Role.FINANCE_APPROVER,
        Role.AUDITOR,
    ]
)
area = Area(
    blueprint,
    nav=(NavItem("consultation.listed", _l("Consultations"), READERS - {Role.DOCTOR, Role.HOSPITAL}),),
)
PER_PAGE = 30
blueprint.app_context_processor(words)


@blueprint.get("")
@signed_in(*READERS)
def listed() -> Shown:
    number = max(1, request.args.get("page", 1, type=int))
    lines, total = services().rooms.consultations.listed(viewer(), number, PER_PAGE)
    pages = -(-total // PER_PAGE)
    sees_all = viewer().role in OVERSEERS
    return render_template(
        "consultation/list.html", lines=lines, number=number, pages=pages, sees_all=sees_all
    )


@blueprint.get("/<int:consultation_id>")
@signed_in(*READERS)
def show(consultation_id: int) -> Shown:
    return _shown(consultation_id)


def _page(consultation_id: int) -> ConsultationPage:
    return found(services().rooms.consultations.page(ConsultationId(consultation_id), viewer()))


def _shown(
    consultation_id: int, opinion: OpinionForm | None = None, seat: SignOpinionForm | None = None
) -> str:
    page = _page(consultation_id)
    deliver = DeliverForm(formdata=None)
    deliver.offer_steps(page.overtime_open)
    return render_template(
        "consultation/page.html",
        page=page,
        opinion_form=opinion or OpinionForm(formdata=None, text=page.opinion.text if page.opinion else ""),
        seat_form=seat
        or SignOpinionForm(formdata=None, written_at=page.opinion.written_at if page.opinion else ""),
        deliver_form=deliver,
    )


@blueprint.get("/<int:consultation_id>/status")
@signed_in(*READERS)
def status(consultation_id: int) -> Shown:
    """The part that moves by itself."""
    return render_template("consultation/_status.html", page=_page(consultation_id))


@blueprint.get("/<int:consultation_id>/<any(badge, figures, seats):part>")
@signed_in(*READERS)
def part(consultation_id: int, part: str) -> Shown:
    """What else of the page moves with the state."""
    return render_template(f"consultation/_{part}.html", page=_page(consultation_id))


@blueprint.post("/<int:consultation_id>/open")
@signed_in(Role.DOCTOR)
def open_file(consultation_id: int) -> Shown:
    """Put the opening on record, then show the file."""
    case_file = found(services().rooms.consultations.case_file(ConsultationId(consultation_id), viewer()))
    services().rooms.consents.open_file(case_file, party())
    return _back(consultation_id)


@blueprint.post("/<int:consultation_id>/cancel")
@signed_in(Role.HOSPITAL, Role.DOCTOR)
def cancel(consultation_id: int) -> Shown:
    form = CancelForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        services().rooms.bookings.cancel(ConsultationId(consultation_id), party(), form.bps.data)
    except (DomainError, InvalidInput) as refusal:
        flash(say(refusal.sentence), "bad")
    else:
        flash(_("The cancellation is signed and on its way to the chain."), "good")
    return _back(consultation_id)


@blueprint.post("/<int:consultation_id>/accept")
@signed_in(Role.HOSPITAL)
def accept(consultation_id: int) -> Shown:
    try:
        services().rooms.bookings.accept(ConsultationId(consultation_id), party())
    except DomainError as refusal:
        flash(say(refusal.sentence), "bad")
    else:
        flash(_("Your acceptance is signed and on its way; the escrow is split with it."), "good")
    return _back(consultation_id)


@blueprint.post("/<int:consultation_id>/opinion")
@signed_in(Role.DOCTOR)
def write_opinion(consultation_id: int) -> Shown:
    form = OpinionForm()
    if form.validate_on_submit():
        try:
            services().rooms.bookings.write_opinion(
                ConsultationId(consultation_id), party(), form.text.data.strip()
            )
        except IdentifierFound as refusal:
            form.text.errors = [say(refusal.sentence)]
        else:
            flash(_("The opinion is kept. Every seat can read and sign it now."), "good")
            return _back(consultation_id)
    return _shown(consultation_id, opinion=form), 400


@blueprint.post("/<int:consultation_id>/opinion/sign")
@signed_in(Role.DOCTOR)
def sign_opinion(consultation_id: int) -> Shown:
    form = SignOpinionForm()
    if not form.validate_on_submit() or not str(form.written_at.data).isdigit():
        return _shown(consultation_id, seat=form), 400
    try:
        services().rooms.bookings.sign_opinion(
            ConsultationId(consultation_id),
            party(),
            int(form.written_at.data),
            (form.dissent.data or "").strip(),
        )
    except IdentifierFound as refusal:
        form.dissent.errors = [say(refusal.sentence)]
        return _shown(consultation_id, seat=form), 400
    except (DomainError, InvalidInput) as refusal:
        flash(say(refusal.sentence), "bad")
    else:
        flash(_("Your seat has signed the opinion."), "good")
    return _back(consultation_id)


@blueprint.post("/<int:consultation_id>/deliver")
@signed_in(Role.DOCTOR)
def deliver(consultation_id: int) -> Shown:
    form = DeliverForm()
    form.offer_steps(_page(consultation_id).overtime_open)
    if not form.validate_on_submit():
        return _shown(consultation_id), 400
    try:
        services().rooms.bookings.deliver(ConsultationId(consultation_id), party(), form.overtime.data)
    except DomainError as refusal:
        flash(say(refusal.sentence), "bad")
    else:
        flash(_("The delivery is signed and on its way to the chain."), "good")
    return _back(consultation_id)


def _back(consultation_id: int) -> Response:
    return redirect(url_for("consultation.show", consultation_id=consultation_id))
