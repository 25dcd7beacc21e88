"""What an auditor asks: search, licence at a time, groups at a time, the log of statements, the ledger as a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for

from huizhen.domain.accounts import Role
from huizhen.domain.ids import PartyId
from huizhen.domain.slots import CHINA
from huizhen.errors import InvalidInput
from huizhen.services.audit import Hit
from huizhen_web.access import Shown, signed_in
from huizhen_web.audit.area import AUDITOR, blueprint
from huizhen_web.audit.forms import LicenceForm, MomentForm, PeriodForm, unix_of
from huizhen_web.container import services
from huizhen_web.downloads import download
from huizhen_web.i18n import say
from huizhen_web.statements.text import text_of

_PAGES = {
    "transaction": ("audit.transaction", "tx_hash"),
    "block": ("audit.block", "number"),
    "party": ("audit.party", "number"),
    "consultation": ("audit.consultation", "number"),
    "batch": ("audit.batch", "number"),
}


@blueprint.get("/audit")
def search() -> Shown:
    asked = request.args.get("q", "").strip()[:100]
    hits = [(hit, _address(hit)) for hit in services().offices.audit.search(asked)] if asked else []
    if len(hits) == 1:
        return redirect(hits[0][1])
    return render_template("audit/search.html", asked=asked, hits=hits)


def _address(hit: Hit) -> str:
    endpoint, argument = _PAGES[hit.kind]
    named: dict[str, Any] = {argument: hit.key}
    return url_for(endpoint, **named)


@blueprint.get("/audit/licence")
def licence() -> Shown:
    form = LicenceForm(request.args)
    answer = None
    if request.args and form.validate():
        try:
            answer = services().offices.parties.licence_at(PartyId(form.doctor.data), unix_of(form.at.data))
        except InvalidInput as refusal:
            form.doctor.errors = [say(refusal.sentence)]
    return render_template("audit/licence.html", form=form, answer=answer), 400 if form.errors else 200


@blueprint.get("/audit/groups")
def groups() -> Shown:
    at = services().freshness.freshness().chain_now
    form = MomentForm(request.args, at=datetime.fromtimestamp(at, CHINA))
    if request.args and form.validate():
        at = unix_of(form.at.data)
    return render_template(
        "audit/groups.html", form=form, at=at, groups=services().offices.parties.groups_at(at)
    ), 400 if form.errors else 200


@blueprint.get("/audit/statements")
@signed_in(*AUDITOR)
def statements() -> Shown:
    number = max(1, request.args.get("page", 1, type=int))
    rows, pages = services().offices.audit.statements(number)
    names = services().profiles.names({row.proposer for row in rows})
    return render_template(
        "audit/statements.html",
        rows=[(row, text_of(row)) for row in rows],
        names=names,
        page=number,
        pages=pages,
    )


@blueprint.get("/audit/ledger")
@signed_in(Role.AUDITOR, Role.FINANCE_PREPARER, Role.FINANCE_APPROVER)
def ledger() -> Shown:
    return render_template("audit/ledger.html", form=PeriodForm(request.args))


@blueprint.get("/audit/ledger.csv")
@signed_in(Role.AUDITOR, Role.FINANCE_PREPARER, Role.FINANCE_APPROVER)
def ledger_file() -> Shown:
    form = PeriodForm(request.args)
    if not form.validate():
        return render_template("audit/ledger.html", form=form), 400
    try:
        rows = services().offices.export.ledger(form.first.data, form.last.data)
    except InvalidInput as refusal:
        form.last.errors = [say(refusal.sentence)]
        return render_template("audit/ledger.html", form=form), 400
    return download(f"ledger-{form.first.data:%Y%m%d}-{form.last.data:%Y%m%d}.csv", rows)
