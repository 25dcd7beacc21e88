"""RevenueLedger.setBooker: only whom the AccessManager allows says who may move escrow."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance
from eth_utils.abi import function_signature_to_4byte_selector

from huizhen.chain.rails import RAIL_VERBS
from tests.support.ape_chain import Contracts


def test_set_booker__by_the_administrator__allows_and_forbids(
    ledger: ContractInstance, admin: Any, accounts: Any
) -> None:
    for allowed in (True, False):
        receipt = ledger.setBooker(accounts[2], allowed, sender=admin)
        assert receipt.events == [ledger.BookerSet(booker=accounts[2].address, allowed=allowed)]
        assert ledger.isBooker(accounts[2]) is allowed


def test_set_booker__by_anybody_else__reverts(ledger: ContractInstance, teller: Any, accounts: Any) -> None:
    for caller in (teller, accounts[2]):
        with ape.reverts(ledger.AccessManagedUnauthorized, caller=caller.address):
            ledger.setBooker(caller, True, sender=caller)


def test_set_booker__after_deployment__allows_consultations_and_nobody_else(
    ledger: ContractInstance, contracts: Contracts, admin: Any
) -> None:
    assert ledger.isBooker(contracts["Consultations"])
    assert not ledger.isBooker(admin)


@pytest.mark.parametrize("verb", RAIL_VERBS)
def test_permissions__the_rail_obeys_the_ledger_and_nobody_else(
    contracts: Contracts, admin: Any, verb: str
) -> None:
    manager, rail = contracts["AccessManager"], contracts["BankRail"]
    selector = function_signature_to_4byte_selector(verb)
    allowed = {name for name, made in contracts.items() if manager.canCall(made, rail, selector)[0]}
    assert allowed == {"RevenueLedger"}
    assert not manager.canCall(admin, rail, selector)[0]
