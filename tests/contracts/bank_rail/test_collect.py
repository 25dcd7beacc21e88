"""BankRail.collect: money came into custody under a reference of its own."""

from __future__ import annotations

from typing import Any

import ape
from ape.contracts import ContractInstance

from tests.support.ape_chain import Contracts
from tests.support.world import digest_of

REFERENCE, OTHER = digest_of("reference", 1), digest_of("reference", 2)


def test_collect__by_the_ledger__adds_to_custody(rail: ContractInstance, clerk: Any) -> None:
    rail.collect(REFERENCE, 100, sender=clerk)
    receipt = rail.collect(OTHER, 50, sender=clerk)
    assert receipt.events == [rail.Collected(bankRef=OTHER, amount=50, custody=150)]
    assert rail.custody() == 150
    assert rail.isUsed(REFERENCE)
    assert rail.isUsed(OTHER)


def test_collect__under_a_used_reference__reverts(rail: ContractInstance, clerk: Any) -> None:
    rail.collect(REFERENCE, 100, sender=clerk)
    with ape.reverts(rail.ReferenceUsed, bankRef=REFERENCE):
        rail.collect(REFERENCE, 100, sender=clerk)


def test_collect__by_anybody_else__reverts(rail: ContractInstance, admin: Any, accounts: Any) -> None:
    for caller in (admin, accounts[2]):
        with ape.reverts(rail.AccessManagedUnauthorized, caller=caller.address):
            rail.collect(REFERENCE, 100, sender=caller)


def test_collect__after_the_permission_is_withdrawn__reverts(
    rail: ContractInstance, contracts: Contracts, admin: Any, clerk: Any
) -> None:
    contracts["AccessManager"].revokeRole(1, clerk, sender=admin)
    with ape.reverts(rail.AccessManagedUnauthorized, caller=clerk.address):
        rail.collect(REFERENCE, 100, sender=clerk)
