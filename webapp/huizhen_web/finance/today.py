from __future__ import annotations

from flask import render_template

from huizhen_web.access import Shown, signed_in
from huizhen_web.container import services
from huizhen_web.finance.area import FINANCE, blueprint


@blueprint.get("")
@signed_in(*FINANCE)
def today() -> Shown:
    return render_template("finance/today.html", today=services().offices.today.today())
