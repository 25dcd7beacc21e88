"""Income, and the bank account that it goes to."""

from __future__ import annotations

from flask import render_template

from huizhen.domain.accounts import Role
from huizhen.errors import InvalidInput
from huizhen_web.access import Shown, signed_in, viewer
from huizhen_web.container import services
from huizhen_web.doctor.area import blueprint, me, read_and_sign
from huizhen_web.doctor.forms import PayoutAccountForm
from huizhen_web.i18n import say


@blueprint.get("/income")
@signed_in(Role.DOCTOR)
def income() -> Shown:
    return render_template(
        "doctor/income.html",
        page=services().practice.income.page(me()),
        account=services().practice.payout_accounts.page(me()),
    )


@blueprint.route("/payout-account", methods=["GET", "POST"])
@signed_in(Role.DOCTOR)
def payout_account() -> Shown:
    accounts, form = services().practice.payout_accounts, PayoutAccountForm(holder=viewer().name.zh)
    if form.validate_on_submit():
        try:
            view = accounts.propose(me(), me(), form.bank.data, form.account.data, form.holder.data.strip())
        except InvalidInput as refusal:
            form.account.errors = [say(refusal.sentence)]
        else:
            return read_and_sign(view)
    page = render_template("doctor/payout_account.html", page=accounts.page(me()), form=form)
    return page, 400 if form.is_submitted() else 200


@blueprint.post("/payout-account/cancel")
@signed_in(Role.DOCTOR)
def cancel_payout_account() -> Shown:
    return read_and_sign(services().practice.payout_accounts.propose_cancel(me(), me()))
