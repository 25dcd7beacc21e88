"""Where groups stand in the navigation."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from huizhen.domain.accounts import Role
from huizhen_web.area import Area, NavItem

blueprint = Blueprint("group", __name__, url_prefix="/groups")
area = Area(blueprint, nav=(NavItem("group.directory", _l("Groups"), frozenset({Role.DOCTOR})),))
