"""All macros on one page, for those who build pages; exists only in the demo and while debugging."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template

from huizhen_web.area import Area
from huizhen_web.container import services
from huizhen_web.i18n import say
from huizhen_web.styleguide import examples
from huizhen_web.styleguide.forms import ExampleForm

blueprint = Blueprint("styleguide", __name__)
area = Area(blueprint)


@blueprint.get("/styleguide")
def show() -> str:
    if not (services().web.demo or current_app.debug):
        abort(404)
    now = services().freshness.freshness().chain_now
    form = ExampleForm(formdata=None)
    form.amount.errors = [say(examples.WRONG_AMOUNT)]
    return render_template(
        "styleguide/page.html",
        now=now,
        form=form,
        statement=examples.statement(now),
        entries=examples.entries(now),
        e=examples,
    )
