"""The finance area: one blueprint for its modules."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from huizhen.domain.accounts import Role
from huizhen_web.area import Area, NavItem

blueprint = Blueprint("finance", __name__, url_prefix="/finance")
FINANCE = frozenset({Role.FINANCE_PREPARER, Role.FINANCE_APPROVER})
area = Area(
    blueprint,
    nav=(
        NavItem("finance.today", _l("Finance today"), FINANCE),
        NavItem("finance.batches", _l("Payouts"), FINANCE),
        NavItem("finance.files", _l("Bank files"), FINANCE),
        NavItem("finance.bench", _l("Matching"), FINANCE),
    ),
    starts=((Role.FINANCE_PREPARER, "finance.today"), (Role.FINANCE_APPROVER, "finance.today")),
)
