"""Erc20Rail.collect and reclaim: what was paid in under a reference enters custody, exactly."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance

from tests.support.tokens import UNIT
from tests.support.world import digest_of

REFERENCE, OTHER = digest_of("reference", 1), digest_of("reference", 2)
NOBODY = "0x" + "00" * 20
either = pytest.mark.parametrize(("verb", "event"), [("collect", "Collected"), ("reclaim", "Reclaimed")])


@pytest.fixture
def paid_in(token_rail: ContractInstance, payer: Any) -> ContractInstance:
    """100 fen wait under the reference."""
    token_rail.payIn(REFERENCE, 100, sender=payer)
    return token_rail


@either
def test_collect__what_was_paid_in__enters_custody(
    paid_in: ContractInstance, payer: Any, cashier: Any, verb: str, event: str
) -> None:
    paid_in.payIn(OTHER, 50, sender=payer)
    getattr(paid_in, verb)(REFERENCE, 100, sender=cashier)
    receipt = getattr(paid_in, verb)(OTHER, 50, sender=cashier)
    assert receipt.events == [getattr(paid_in, event)(bankRef=OTHER, amount=50, custody=150)]
    assert paid_in.custody() == 150
    assert paid_in.isUsed(REFERENCE)
    assert tuple(paid_in.payInOf(REFERENCE)) == (NOBODY, 0)


@either
@pytest.mark.parametrize("named", [0, 99, 101])
def test_collect__another_amount__reverts(
    paid_in: ContractInstance, cashier: Any, verb: str, event: str, named: int
) -> None:
    with ape.reverts(paid_in.PaidInDiffers, bankRef=REFERENCE, paidIn=100, needed=named):
        getattr(paid_in, verb)(REFERENCE, named, sender=cashier)
    assert not paid_in.isUsed(REFERENCE)


@either
def test_collect__what_was_taken_back_or_never_paid_in__reverts(
    paid_in: ContractInstance, payer: Any, cashier: Any, verb: str, event: str
) -> None:
    paid_in.takeBack(REFERENCE, sender=payer)
    for absent in (REFERENCE, OTHER):
        with ape.reverts(paid_in.PaidInDiffers, bankRef=absent, paidIn=0, needed=100):
            getattr(paid_in, verb)(absent, 100, sender=cashier)


@either
def test_collect__twice__reverts(paid_in: ContractInstance, cashier: Any, verb: str, event: str) -> None:
    getattr(paid_in, verb)(REFERENCE, 100, sender=cashier)
    with ape.reverts(paid_in.ReferenceUsed, bankRef=REFERENCE):
        getattr(paid_in, verb)(REFERENCE, 100, sender=cashier)


@either
def test_collect__tokens_sent_without_a_reference__count_for_nothing(
    paid_in: ContractInstance, token: ContractInstance, payer: Any, cashier: Any, verb: str, event: str
) -> None:
    token.transfer(paid_in, 7 * UNIT, sender=payer)
    with ape.reverts(paid_in.PaidInDiffers, bankRef=REFERENCE, paidIn=100, needed=107):
        getattr(paid_in, verb)(REFERENCE, 107, sender=cashier)
    getattr(paid_in, verb)(REFERENCE, 100, sender=cashier)
    assert paid_in.custody() == 100


@either
def test_collect__by_anybody_else__reverts(
    paid_in: ContractInstance, admin: Any, payer: Any, verb: str, event: str
) -> None:
    for caller in (admin, payer):
        with ape.reverts(paid_in.AccessManagedUnauthorized, caller=caller.address):
            getattr(paid_in, verb)(REFERENCE, 100, sender=caller)
