"""Statement files of the bank: sent in here, read by the worker, followed on a page of their own."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for

from huizhen.errors import InvalidInput
from huizhen_web.access import Shown, party, signed_in
from huizhen_web.container import services
from huizhen_web.finance.area import FINANCE, blueprint
from huizhen_web.finance.forms import BankFileForm
from huizhen_web.i18n import say


@blueprint.get("/bank-files")
@signed_in(*FINANCE)
def files() -> Shown:
    return _files(BankFileForm()), 200


@blueprint.post("/bank-files")
@signed_in(*FINANCE)
def receive_file() -> Shown:
    form = BankFileForm()
    if not form.validate_on_submit():
        return _files(form), 400
    try:
        sent = form.file.data
        file = services().offices.files.receive(sent.filename or "", sent.read(), party())
    except InvalidInput as refusal:
        form.file.errors = [say(refusal.sentence)]
        return _files(form), 400
    return redirect(url_for("finance.file", file_id=file))


def _files(form: BankFileForm) -> str:
    return render_template("finance/files.html", form=form, files=services().offices.files.files())


@blueprint.get("/bank-files/<int:file_id>")
@signed_in(*FINANCE)
def file(file_id: int) -> Shown:
    number = max(1, request.args.get("page", 1, type=int))
    return render_template("finance/file.html", page=services().offices.files.page(file_id, number))


@blueprint.get("/bank-files/<int:file_id>/state")
@signed_in(*FINANCE)
def file_state(file_id: int) -> Shown:
    return render_template("finance/_file.html", page=services().offices.files.page(file_id))
