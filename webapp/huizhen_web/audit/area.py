"""The auditor's area, most of it open to everybody: what the chain says, and how to check it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from huizhen.domain.accounts import Role
from huizhen.domain.money import Fen, plain_yuan
from huizhen.services import statement_words
from huizhen.services.chain_story import Entry
from huizhen_web.area import Area, NavItem
from huizhen_web.i18n import say

blueprint = Blueprint("audit", __name__)
AUDITOR = frozenset({Role.AUDITOR})
area = Area(
    blueprint,
    nav=(
        NavItem("audit.search", _l("Search"), AUDITOR),
        NavItem("audit.blocks", _l("Chain"), AUDITOR),
        NavItem("audit.licence", _l("Licence at a time"), AUDITOR),
        NavItem("audit.groups", _l("Groups at a time"), AUDITOR),
        NavItem("audit.statements", _l("Statements"), AUDITOR),
        NavItem("audit.ledger", _l("Ledger"), AUDITOR),
    ),
    starts=((Role.AUDITOR, "audit.search"),),
)


@blueprint.app_template_filter()
def told(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Events as the timeline macro takes them, in the reader's language."""
    return [
        {
            "title": say(entry.title),
            "tone": entry.tone,
            "at": entry.at,
            "text": "",
            "tx_hash": entry.tx_hash,
            "state": entry.state,
        }
        for entry in entries
    ]


@blueprint.app_template_filter()
def statement_title(function: str) -> str:
    return say(statement_words.title(function))


blueprint.add_app_template_filter(lambda amount: plain_yuan(Fen(amount)), "plain_yuan")
