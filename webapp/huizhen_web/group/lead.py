"""What only the lead of a group does. Each lookup names the lead: for anybody else there is no such page."""

from __future__ import annotations

from flask import flash, render_template, request
from flask_babel import gettext as _

from huizhen.domain.accounts import Role
from huizhen.domain.ids import PartyId
from huizhen.errors import DomainError, InvalidInput
from huizhen.services.group_leads import Inside
from huizhen.services.group_models import GroupPage
from huizhen_web.access import Shown, found, signed_in
from huizhen_web.container import services
from huizhen_web.doctor.area import me, read_and_sign
from huizhen_web.doctor.forms import PayoutAccountForm
from huizhen_web.doctor.practice import end_of
from huizhen_web.group.area import blueprint
from huizhen_web.group.forms import ExpelForm, ShareForm, StandingForm
from huizhen_web.i18n import say
from huizhen_web.statements.text import text_of


def led(group: int) -> tuple[GroupPage, Inside]:
    """The group from outside and inside; 404 for whoever does not lead it."""
    inside = found(services().practice.leads.inside(PartyId(group), me()))
    return found(services().practice.groups.page(PartyId(group), me())), inside


@blueprint.get("/<int:group>/lead")
@signed_in(Role.DOCTOR)
def lead(group: int) -> Shown:
    return _dashboard(group, StandingForm(formdata=None), ExpelForm(formdata=None))


def _dashboard(group: int, standing: StandingForm, expel: ExpelForm, expelling: int | None = None) -> str:
    page, inside = led(group)
    speaks = [r for r in services().practice.requests.of(me()) if r.awaits and not r.seat_of(me())]
    return render_template(
        "group/lead.html",
        page=page,
        inside=inside,
        acts=[(view, text_of(view)) for view in inside.acts],
        bookings=speaks,
        standing=standing,
        expel=expel,
        expelling=expelling,
        me=me(),
    )


@blueprint.get("/<int:group>/lead/rule")
@signed_in(Role.DOCTOR)
def rule(group: int) -> Shown:
    """Shares in the address are compared with the rule in force; nothing is put forward yet."""
    page, _inside = led(group)
    in_force = {"institution": page.line.institution_bps, "fund": page.line.fund_bps}
    form = ShareForm(request.args or None, **in_force)
    if not request.args:
        return render_template("group/rule.html", page=page, form=form, shares=None)
    return _compared(page, form), 200


@blueprint.post("/<int:group>/lead/rule")
@signed_in(Role.DOCTOR)
def set_rule(group: int) -> Shown:
    page, _inside = led(group)
    form = ShareForm()
    if form.validate_on_submit():
        try:
            return read_and_sign(
                services().practice.leads.propose_rule(
                    PartyId(group), me(), form.institution.data, form.fund.data
                )
            )
        except (DomainError, InvalidInput) as refusal:
            form.fund.errors = [say(refusal.sentence)]
    return render_template("group/rule.html", page=page, form=form, shares=None), 400


def _compared(page: GroupPage, form: ShareForm) -> str:
    # What is only compared is read by GET, where no token of a form is asked for.
    form.validate()
    shares = None
    if not form.institution.errors and not form.fund.errors:
        shares = services().practice.leads.simulate(
            page.line.group, me(), form.institution.data, form.fund.data
        )
    return render_template("group/rule.html", page=page, form=form, shares=shares)


@blueprint.post("/<int:group>/lead/standing")
@signed_in(Role.DOCTOR)
def set_standing(group: int) -> Shown:
    led(group)
    form = StandingForm()
    if not form.validate_on_submit():
        return _dashboard(group, form, ExpelForm(formdata=None)), 400
    until = end_of(form.until.data)
    if until <= services().freshness.freshness().chain_now:
        form.until.errors = [_("Please choose a day that is not over.")]
        return _dashboard(group, form, ExpelForm(formdata=None)), 400
    return read_and_sign(services().practice.leads.propose_standing(PartyId(group), me(), until))


@blueprint.post("/<int:group>/lead/standing/end")
@signed_in(Role.DOCTOR)
def end_standing(group: int) -> Shown:
    led(group)
    return read_and_sign(services().practice.leads.propose_standing(PartyId(group), me(), 0))


@blueprint.post("/<int:group>/lead/members/<int:doctor>/expel")
@signed_in(Role.DOCTOR)
def expel(group: int, doctor: int) -> Shown:
    led(group)
    form = ExpelForm()
    if not form.validate_on_submit():
        flash(_("An expulsion needs a reason: nothing was sent."), "bad")
        return _dashboard(group, StandingForm(formdata=None), form, doctor), 400
    reason = form.reason.data.strip()
    return read_and_sign(
        services().practice.leads.propose_expel(PartyId(group), me(), PartyId(doctor), reason)
    )


@blueprint.get("/<int:group>/lead/income")
@signed_in(Role.DOCTOR)
def income(group: int) -> Shown:
    page, _inside = led(group)
    return render_template(
        "group/income.html",
        page=page,
        income=services().practice.income.page(PartyId(group)),
        account=services().practice.payout_accounts.page(PartyId(group)),
    )


@blueprint.route("/<int:group>/lead/payout-account", methods=["GET", "POST"])
@signed_in(Role.DOCTOR)
def payout_account(group: int) -> Shown:
    page, _inside = led(group)
    accounts, form = services().practice.payout_accounts, PayoutAccountForm(holder=page.line.name.zh)
    if form.validate_on_submit():
        try:
            view = accounts.propose(
                PartyId(group), me(), form.bank.data, form.account.data, form.holder.data.strip()
            )
        except InvalidInput as refusal:
            form.account.errors = [say(refusal.sentence)]
        else:
            return read_and_sign(view)
    shown = render_template(
        "group/payout_account.html", page=page, account=accounts.page(PartyId(group)), form=form
    )
    return shown, 400 if form.is_submitted() else 200


@blueprint.post("/<int:group>/lead/payout-account/cancel")
@signed_in(Role.DOCTOR)
def cancel_payout_account(group: int) -> Shown:
    led(group)
    return read_and_sign(services().practice.payout_accounts.propose_cancel(PartyId(group), me()))
