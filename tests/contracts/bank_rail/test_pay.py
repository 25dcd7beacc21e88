"""BankRail.pay: money left custody, and never more than there is."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance

from tests.support.world import digest_of

IN, OUT, NEXT = (digest_of("reference", number) for number in range(3))


@pytest.fixture
def funded_rail(rail: ContractInstance, clerk: Any) -> ContractInstance:
    rail.collect(IN, 100, sender=clerk)
    return rail


def test_pay__up_to_all_of_custody__takes_it_out(funded_rail: ContractInstance, clerk: Any) -> None:
    receipt = funded_rail.pay(OUT, 100, sender=clerk)
    assert receipt.events == [funded_rail.Paid(bankRef=OUT, amount=100, custody=0)]
    assert funded_rail.custody() == 0


def test_pay__a_fen_more_than_custody__reverts(funded_rail: ContractInstance, clerk: Any) -> None:
    with ape.reverts(funded_rail.CustodyTooSmall, custody=100, needed=101):
        funded_rail.pay(OUT, 101, sender=clerk)
    assert not funded_rail.isUsed(OUT)


def test_pay__under_a_reference_used_in_either_direction__reverts(
    funded_rail: ContractInstance, clerk: Any
) -> None:
    funded_rail.pay(OUT, 10, sender=clerk)
    for used in (IN, OUT):
        with ape.reverts(funded_rail.ReferenceUsed, bankRef=used):
            funded_rail.pay(used, 10, sender=clerk)


def test_pay__by_anybody_else__reverts(funded_rail: ContractInstance, admin: Any) -> None:
    with ape.reverts(funded_rail.AccessManagedUnauthorized, caller=admin.address):
        funded_rail.pay(OUT, 10, sender=admin)
