"""The opening page: what this is, live figures from the chain, how it works, demo sign-ins."""

from __future__ import annotations

from flask import Blueprint, render_template

from huizhen.domain.accounts import Role
from huizhen_web.area import Area
from huizhen_web.container import services

blueprint = Blueprint("home", __name__)
area = Area(blueprint)

# Of these a demo world has many people; of every other role one.
MANY = (Role.DOCTOR, Role.HOSPITAL)


@blueprint.get("/")
def show() -> str:
    desk = services().demo_desk
    people = desk.sign_ins() if desk else ()
    many = [(role, [p for p in people if p.role is role]) for role in MANY]
    offices = (None, [p for p in people if p.role not in MANY])
    sign_ins = [group for group in (*many, offices) if group[1]]
    return render_template("home/page.html", figures=services().home.figures(), sign_ins=sign_ins)


@blueprint.get("/figures")
def figures() -> str:
    """The part that moves with every block."""
    return render_template("home/_figures.html", figures=services().home.figures())
