"""The settlement bank: deposits to record, batches to pay, payments that came back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from huizhen.domain.accounts import Role
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.errors import BankReferenceUsed, InvalidInput
from huizhen.services.statements import StatementView
from huizhen_web.access import Shown, found, party, signed_in
from huizhen_web.area import Area, NavItem
from huizhen_web.bank.forms import DepositForm, ReferenceForm
from huizhen_web.container import services
from huizhen_web.downloads import download
from huizhen_web.i18n import say

blueprint = Blueprint("bank", __name__, url_prefix="/bank")
BANK = frozenset({Role.BANK})
area = Area(
    blueprint,
    nav=(NavItem("bank.desk", _l("Bank desk"), BANK),),
    starts=((Role.BANK, "bank.desk"),),
)


@blueprint.get("")
@signed_in(*BANK)
def desk() -> Shown:
    return _desk(DepositForm()), 200


def _desk(form: DepositForm) -> str:
    bank = services().offices.bank
    return render_template(
        "bank/desk.html",
        form=form.offer(bank.hospitals()),
        deposits=bank.deposits(),
        batches=services().offices.batches.at_bank(),
        under_way=bank.under_way(party()),
        demo=services().offices.demo_bank is not None,
    )


@blueprint.post("/deposits")
@signed_in(*BANK)
def deposit() -> Shown:
    bank = services().offices.bank
    form = DepositForm().offer(bank.hospitals())
    if not form.validate_on_submit():
        return _desk(form), 400
    try:
        amount = form.amount.data or Fen(0)
        proposed = bank.deposit(party(), PartyId(form.hospital.data), amount, form.reference.data)
    except BankReferenceUsed as refusal:
        form.reference.errors = [say(refusal.sentence)]
        return _desk(form), 400
    return _to_sign(proposed)


@blueprint.get("/batches/<int:number>")
@signed_in(*BANK)
def batch(number: int) -> Shown:
    return _batch(number), 200


@blueprint.get("/batches/<int:number>/state")
@signed_in(*BANK)
def batch_state(number: int) -> Shown:
    return _batch(number, "bank/_batch.html"), 200


def _batch(number: int, template: str = "bank/batch.html", fault: str = "") -> str:
    return render_template(
        template,
        page=services().offices.batches.page(number),
        fault=fault,
        demo=services().offices.demo_bank is not None,
    )


@blueprint.post("/batches/<int:number>/confirm")
@signed_in(*BANK)
def confirm(number: int) -> Shown:
    form = ReferenceForm()
    if not form.validate_on_submit():
        return _batch(number, fault=_("Please write the bank's reference of the payment.")), 400
    try:
        items = request.form.getlist("item", type=int)
        proposed = services().offices.bank.confirm(party(), number, items, form.reference.data)
    except InvalidInput as refusal:
        return _batch(number, fault=say(refusal.sentence)), 400
    return _to_sign(proposed)


@blueprint.post("/batches/<int:number>/return")
@signed_in(*BANK)
def send_back(number: int) -> Shown:
    form = ReferenceForm()
    if not form.validate_on_submit():
        return _batch(number, fault=_("Please write the bank's reference of the return.")), 400
    try:
        item = request.form.get("item", -1, type=int)
        proposed = services().offices.bank.send_back(party(), number, item, form.reference.data)
    except InvalidInput as refusal:
        return _batch(number, fault=say(refusal.sentence)), 400
    return _to_sign(proposed)


@blueprint.get("/batches/<int:number>/instruction.<kind>")
@signed_in(*BANK)
def instruction(number: int, kind: str) -> Shown:
    return download(*services().offices.papers.instruction(number, kind))


@blueprint.post("/batches/<int:number>/simulate")
@signed_in(*BANK)
def simulate(number: int) -> Shown:
    """Demo alone: be the bank, pay all of the batch, sign for it."""
    bank = found(services().offices.demo_bank)
    try:
        bank.execute(party(), number)
    except InvalidInput as refusal:
        return _batch(number, fault=say(refusal.sentence)), 400
    flash(_("The simulated bank has paid. Take its statement file and let finance import it."), "good")
    return redirect(url_for("bank.batch", number=number))


@blueprint.get("/statement.csv")
@signed_in(Role.BANK, Role.FINANCE_PREPARER, Role.FINANCE_APPROVER)
def statement_file() -> Shown:
    """Demo alone: what the simulated bank's account shows that no imported file has shown yet."""
    bank = found(services().offices.demo_bank)
    return download(*bank.statement(request.args.get("batch", type=int)))


def _to_sign(proposed: StatementView) -> Shown:
    return redirect(url_for("statements.show", statement_id=proposed.id))
