"""BankRail.pay: money left custody, and never more than there is."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance

from tests.support.world import digest_of

IN, OUT = (digest_of("reference", number) for number in range(2))
ACCOUNT, OTHER_ACCOUNT = digest_of("account", 1), digest_of("account", 2)
ALL = 2**64 - 1


@pytest.fixture
def funded_rail(rail: ContractInstance, clerk: Any) -> ContractInstance:
    rail.collect(IN, 100, sender=clerk)
    return rail


def test_pay__up_to_all_of_custody__takes_it_out(funded_rail: ContractInstance, clerk: Any) -> None:
    receipt = funded_rail.pay(OUT, [(ACCOUNT, 60), (OTHER_ACCOUNT, 40)], sender=clerk)
    assert receipt.events == [funded_rail.Paid(bankRef=OUT, amount=100, custody=0)]
    assert receipt.return_value == ALL, "the bank says what it has paid, so all of it was"
    assert funded_rail.custody() == 0


def test_pay__nobody__takes_out_nothing(funded_rail: ContractInstance, clerk: Any) -> None:
    receipt = funded_rail.pay(OUT, [], sender=clerk)
    assert receipt.events == [funded_rail.Paid(bankRef=OUT, amount=0, custody=100)]


def test_pay__a_fen_more_than_custody__reverts(funded_rail: ContractInstance, clerk: Any) -> None:
    with ape.reverts(funded_rail.CustodyTooSmall, custody=100, needed=101):
        funded_rail.pay(OUT, [(ACCOUNT, 60), (OTHER_ACCOUNT, 41)], sender=clerk)
    assert not funded_rail.isUsed(OUT)


def test_pay__under_a_reference_used_in_either_direction__reverts(
    funded_rail: ContractInstance, clerk: Any
) -> None:
    funded_rail.pay(OUT, [(ACCOUNT, 10)], sender=clerk)
    for used in (IN, OUT):
        with ape.reverts(funded_rail.ReferenceUsed, bankRef=used):
            funded_rail.pay(used, [(ACCOUNT, 10)], sender=clerk)


def test_pay__by_anybody_else__reverts(funded_rail: ContractInstance, admin: Any) -> None:
    with ape.reverts(funded_rail.AccessManagedUnauthorized, caller=admin.address):
        funded_rail.pay(OUT, [(ACCOUNT, 10)], sender=admin)
