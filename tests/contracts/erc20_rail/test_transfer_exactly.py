"""Erc20Rail.transferExactly: a step of the rail's own payments, for nobody else to take."""

from __future__ import annotations

from typing import Any

import ape
from ape.contracts import ContractInstance

from tests.support.world import digest_of


def test_transfer_exactly__by_anybody__reverts(
    token_rail: ContractInstance, token: ContractInstance, admin: Any, payer: Any, cashier: Any
) -> None:
    token_rail.payIn(digest_of("reference"), 100, sender=payer)
    held = token.balanceOf(token_rail)
    for caller in (admin, payer, cashier):
        with ape.reverts(token_rail.OnlyTheRailItself, caller=caller.address):
            token_rail.transferExactly(caller, 1, sender=caller)
    assert token.balanceOf(token_rail) == held
