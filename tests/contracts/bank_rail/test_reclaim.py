"""BankRail.reclaim: money that had left came back."""

from __future__ import annotations

from typing import Any

import ape
from ape.contracts import ContractInstance

from tests.support.world import digest_of

IN, OUT, BACK = (digest_of("reference", number) for number in range(3))


def test_reclaim__by_the_ledger__adds_to_custody_again(rail: ContractInstance, clerk: Any) -> None:
    rail.collect(IN, 100, sender=clerk)
    rail.pay(OUT, [(digest_of("account"), 60)], sender=clerk)
    receipt = rail.reclaim(BACK, 60, sender=clerk)
    assert receipt.events == [rail.Reclaimed(bankRef=BACK, amount=60, custody=100)]
    assert rail.custody() == 100


def test_reclaim__under_the_reference_of_the_payment__reverts(rail: ContractInstance, clerk: Any) -> None:
    rail.collect(IN, 100, sender=clerk)
    rail.pay(OUT, [(digest_of("account"), 60)], sender=clerk)
    with ape.reverts(rail.ReferenceUsed, bankRef=OUT):
        rail.reclaim(OUT, 60, sender=clerk)


def test_reclaim__by_anybody_else__reverts(rail: ContractInstance, admin: Any) -> None:
    with ape.reverts(rail.AccessManagedUnauthorized, caller=admin.address):
        rail.reclaim(BACK, 60, sender=admin)
