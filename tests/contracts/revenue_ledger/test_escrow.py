"""RevenueLedger.escrow: available funds become bound to a consultation."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance

from huizhen.domain.ids import PartyId
from tests.support.books import moves
from tests.support.world import World

ALL = 1_000_000


@pytest.mark.parametrize("amount", [1, 400_000, ALL, 0])
def test_escrow__up_to_all_that_is_available__binds_it(
    world: World, ledger: ContractInstance, funded: PartyId, teller: Any, amount: int
) -> None:
    with moves(world, available=-amount, escrowed=amount):
        receipt = ledger.escrow(7, funded, amount, sender=teller)
    assert receipt.events == [ledger.Escrowed(consultation=7, hospital=funded, amount=amount)]


def test_escrow__a_fen_more_than_is_available__reverts(
    ledger: ContractInstance, funded: PartyId, teller: Any
) -> None:
    with ape.reverts(ledger.FundsTooLow, hospital=funded, available=ALL, needed=ALL + 1):
        ledger.escrow(7, funded, ALL + 1, sender=teller)


def test_escrow__what_is_bound_already__reverts(
    ledger: ContractInstance, funded: PartyId, teller: Any
) -> None:
    ledger.escrow(7, funded, ALL - 10, sender=teller)
    with ape.reverts(ledger.FundsTooLow, hospital=funded, available=10, needed=11):
        ledger.escrow(8, funded, 11, sender=teller)


def test_escrow__by_anybody_without_the_permission__reverts(
    ledger: ContractInstance, funded: PartyId, admin: Any, accounts: Any
) -> None:
    for caller in (admin, accounts[2]):
        with ape.reverts(ledger.NotBooker, caller=caller.address):
            ledger.escrow(7, funded, 1, sender=caller)
