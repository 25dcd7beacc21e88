"""The match workbench: what runs linked, what they suggest, what is left, and what people decide."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from huizhen.errors import InvalidInput
from huizhen_web.access import Shown, party, signed_in
from huizhen_web.container import services
from huizhen_web.finance.area import FINANCE, blueprint
from huizhen_web.finance.forms import UndoForm
from huizhen_web.i18n import say


@blueprint.get("/matching")
@signed_in(*FINANCE)
def bench() -> Shown:
    return render_template("finance/bench.html", bench=services().offices.workbench.bench())


@blueprint.get("/matching/history")
@signed_in(*FINANCE)
def match_history() -> Shown:
    return render_template("finance/history.html", matches=services().offices.workbench.history())


@blueprint.post("/matching/run")
@signed_in(*FINANCE)
def run_matching() -> Shown:
    found = services().offices.reconciliation.run(party())
    flash(
        _(
            "The run linked %(linked)s, suggests %(suggested)s and leaves %(left)s.",
            linked=found.linked,
            suggested=found.suggested,
            left=found.left,
        ),
        "good",
    )
    return _back()


@blueprint.post("/matching/<int:match>/accept")
@signed_in(*FINANCE)
def accept_match(match: int) -> Shown:
    try:
        services().offices.reconciliation.accept(match, party())
    except InvalidInput as refusal:
        flash(say(refusal.sentence), "bad")
    return _back("suggested")


@blueprint.post("/matching/<int:match>/dismiss")
@signed_in(*FINANCE)
def dismiss_match(match: int) -> Shown:
    try:
        services().offices.reconciliation.dismiss(match, party())
    except InvalidInput as refusal:
        flash(say(refusal.sentence), "bad")
    return _back("suggested")


@blueprint.post("/matching/<int:match>/undo")
@signed_in(*FINANCE)
def undo_match(match: int) -> Shown:
    form = UndoForm()
    try:
        services().offices.reconciliation.undo(match, party(), form.why.data or "")
    except InvalidInput as refusal:
        flash(say(refusal.sentence), "bad")
    return _back("linked")


@blueprint.post("/matching/link")
@signed_in(*FINANCE)
def link_items() -> Shown:
    chosen = request.form
    try:
        services().offices.reconciliation.link(
            chosen.getlist("expected"), chosen.getlist("observed"), party(), chosen.get("why", "")[:200]
        )
    except InvalidInput as refusal:
        flash(say(refusal.sentence), "bad")
    else:
        flash(_("Linked by hand. Undo it below if it was a mistake."), "good")
    return _back("left")


def _back(place: str | None = None) -> Response:
    return redirect(url_for("finance.bench", _anchor=place))
