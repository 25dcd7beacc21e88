"""The public explorer: transactions, blocks, parties, and the stories of consultations and batches."""

from __future__ import annotations

from flask import render_template, request

from huizhen.domain.ids import PartyId
from huizhen_web.access import Shown
from huizhen_web.audit.area import blueprint
from huizhen_web.container import services


@blueprint.get("/chain/tx/<tx_hash>")
def transaction(tx_hash: str) -> Shown:
    return render_template("audit/transaction.html", page=services().offices.audit.transaction(tx_hash))


@blueprint.get("/chain/tx/<tx_hash>/state")
def transaction_state(tx_hash: str) -> Shown:
    return render_template("audit/_transaction.html", page=services().offices.audit.transaction(tx_hash))


@blueprint.get("/chain/blocks")
def blocks() -> Shown:
    number = max(1, request.args.get("page", 1, type=int))
    return render_template("audit/blocks.html", recent=services().offices.audit.recent(number))


@blueprint.get("/chain/blocks/<int:number>")
def block(number: int) -> Shown:
    return render_template("audit/block.html", page=services().offices.audit.block(number))


@blueprint.get("/chain/consultations/<int:number>")
def consultation(number: int) -> Shown:
    return render_template(
        "audit/story.html", kind="consultation", story=services().offices.audit.consultation(number)
    )


@blueprint.get("/chain/batches/<int:number>")
def batch(number: int) -> Shown:
    return render_template("audit/story.html", kind="batch", story=services().offices.audit.batch(number))


@blueprint.get("/parties/<int:number>")
def party(number: int) -> Shown:
    return render_template("audit/party.html", page=services().offices.parties.party(PartyId(number)))
