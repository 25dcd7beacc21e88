"""The opening page: what this is, live figures from the chain, how it works, demo sign-ins."""

from __future__ import annotations

from flask import Blueprint, render_template

from huizhen.domain.accounts import Role
from huizhen_web.area import Area
from huizhen_web.container import services

blueprint = Blueprint("home", __name__)
area = Area(blueprint)


@blueprint.get("/")
def show() -> str:
    desk = services().demo_desk
    people = desk.sign_ins() if desk else ()
    by_role = [(role, same) for role in Role if (same := [p for p in people if p.role is role])]
    return render_template("home/page.html", figures=services().home.figures(), sign_ins=by_role)
