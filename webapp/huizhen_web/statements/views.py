"""Statements of every kind: what awaits one's signature, and what became of one that was signed."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from huizhen.domain.accounts import Role
from huizhen.errors import InvalidInput
from huizhen_web.access import Shown, party, signed_in, viewer
from huizhen_web.area import Area, NavItem
from huizhen_web.container import services
from huizhen_web.i18n import say
from huizhen_web.statements.forms import DeclineForm, SignForm
from huizhen_web.statements.text import names_of, page_of, text_of

blueprint = Blueprint("statements", __name__, url_prefix="/statements")
SIGNING = frozenset(Role) - {Role.AUDITOR}
area = Area(blueprint, nav=(NavItem("statements.inbox", _l("To sign"), SIGNING),))


@blueprint.get("")
@signed_in(*SIGNING)
def inbox() -> Shown:
    me = viewer().party
    waiting = services().desk.inbox(me) if me is not None else ()
    proposed = services().desk.proposed(me) if me is not None else ()
    return render_template(
        "statements/inbox.html",
        waiting=[(view, text_of(view)) for view in waiting],
        proposed=[(view, text_of(view)) for view in proposed],
        names=names_of(*waiting, *proposed),
    )


@blueprint.get("/<int:statement_id>")
@signed_in(*SIGNING)
def show(statement_id: int) -> Shown:
    return _page(statement_id, DeclineForm()), 200


def _page(statement_id: int, form: DeclineForm) -> str:
    view = services().desk.view(statement_id, party())
    return render_template(
        "statements/page.html",
        view=view,
        text=text_of(view, services().desk.reason(view)),
        awaits=services().desk.awaits(view, party()),
        names=names_of(view),
        about=page_of(view, viewer().role),
        form=form,
    )


@blueprint.get("/<int:statement_id>.json")
@signed_in(*SIGNING)
def document(statement_id: int) -> Shown:
    return jsonify(services().desk.document(statement_id, party()))


@blueprint.get("/<int:statement_id>/status")
@signed_in(*SIGNING)
def status(statement_id: int) -> Shown:
    view = services().desk.view(statement_id, party())
    return render_template("statements/_status.html", view=view, names=names_of(view))


@blueprint.post("/<int:statement_id>/sign")
@signed_in(*SIGNING)
def sign(statement_id: int) -> Shown:
    form = SignForm()
    try:
        services().desk.sign(statement_id, party(), form.digest.data or "")
    except InvalidInput as refusal:
        flash(say(refusal.sentence), "bad")
    return redirect(url_for("statements.show", statement_id=statement_id))


@blueprint.post("/<int:statement_id>/decline")
@signed_in(*SIGNING)
def decline(statement_id: int) -> Shown:
    form = DeclineForm()
    if not form.validate_on_submit():
        return _page(statement_id, form), 400
    services().desk.decline(statement_id, party(), form.reason.data.strip())
    flash(_("You declined. The others see your reason."), "note")
    return redirect(url_for("statements.show", statement_id=statement_id))


@blueprint.post("/<int:statement_id>/withdraw")
@signed_in(*SIGNING)
def withdraw(statement_id: int) -> Shown:
    services().desk.withdraw(statement_id, party())
    flash(_("The statement is withdrawn: nobody can sign it any more."), "note")
    return redirect(url_for("statements.show", statement_id=statement_id))
