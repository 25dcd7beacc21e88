"""Payout batches: the list, the builder, one batch, its approval and its instruction to the bank."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from huizhen.domain.accounts import Role
from huizhen.errors import Forbidden, InvalidInput
from huizhen_web.access import Shown, party, signed_in
from huizhen_web.container import services
from huizhen_web.downloads import download
from huizhen_web.finance.area import FINANCE, blueprint
from huizhen_web.finance.forms import Ticked, ticked
from huizhen_web.i18n import say


@blueprint.get("/payouts")
@signed_in(*FINANCE)
def batches() -> Shown:
    number = max(1, request.args.get("page", 1, type=int))
    rows, pages = services().offices.batches.list(number)
    return render_template("finance/batches.html", rows=rows, page=number, pages=pages)


@blueprint.get("/payouts/new")
@signed_in(Role.FINANCE_PREPARER)
def new_batch() -> Shown:
    return _builder(Ticked()), 200


@blueprint.post("/payouts")
@signed_in(Role.FINANCE_PREPARER)
def prepare() -> Shown:
    chosen = ticked(request.form)
    if chosen.faults:
        return _builder(chosen), 400
    try:
        proposed = services().offices.payouts.prepare(party(), chosen.choices)
    except InvalidInput as refusal:
        return _builder(chosen, say(refusal.sentence)), 400
    return redirect(url_for("statements.show", statement_id=proposed.id))


def _builder(chosen: Ticked, fault: str = "") -> str:
    typed = request.form if request.method == "POST" else None
    return render_template(
        "finance/builder.html",
        builder=services().offices.payouts.builder(),
        chosen=chosen,
        fault=fault,
        typed=typed,
    )


@blueprint.get("/payouts/<int:number>")
@signed_in(*FINANCE)
def batch(number: int) -> Shown:
    return render_template("finance/batch.html", page=services().offices.batches.page(number))


@blueprint.get("/payouts/<int:number>/state")
@signed_in(*FINANCE)
def batch_state(number: int) -> Shown:
    return render_template("finance/_batch.html", page=services().offices.batches.page(number))


@blueprint.post("/payouts/<int:number>/approve")
@signed_in(Role.FINANCE_APPROVER)
def approve(number: int) -> Shown:
    try:
        proposed = services().offices.batches.approve(number, party())
    except (Forbidden, InvalidInput) as refusal:
        flash(say(refusal.sentence), "bad")
        return redirect(url_for("finance.batch", number=number))
    return redirect(url_for("statements.show", statement_id=proposed.id))


@blueprint.get("/payouts/<int:number>/instruction.<kind>")
@signed_in(*FINANCE)
def instruction(number: int, kind: str) -> Shown:
    return download(*services().offices.papers.instruction(number, kind))
