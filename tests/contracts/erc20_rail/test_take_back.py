"""Erc20Rail.takeBack: until the bank has recorded it, a payment belongs to who paid it in."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance

from tests.contracts.erc20_rail.conftest import RICH
from tests.support.tokens import HARMFUL, UNIT, Mood
from tests.support.world import digest_of

REFERENCE = digest_of("reference")
NOBODY = "0x" + "00" * 20


@pytest.fixture
def waiting(token_rail: ContractInstance, payer: Any) -> ContractInstance:
    """100 fen wait under the reference."""
    token_rail.payIn(REFERENCE, 100, sender=payer)
    return token_rail


def test_take_back__by_the_payer__returns_all_and_frees_the_reference(
    waiting: ContractInstance, token: ContractInstance, payer: Any
) -> None:
    receipt = waiting.takeBack(REFERENCE, sender=payer)
    assert waiting.TakenBack(bankRef=REFERENCE, payer=payer.address, amount=100) in receipt.events
    assert token.balanceOf(payer) == RICH * UNIT
    waiting.payIn(REFERENCE, 5, sender=payer)


def test_take_back__twice__reverts(waiting: ContractInstance, payer: Any) -> None:
    waiting.takeBack(REFERENCE, sender=payer)
    with ape.reverts(waiting.NotThePayer, bankRef=REFERENCE, payer=NOBODY, caller=payer.address):
        waiting.takeBack(REFERENCE, sender=payer)


def test_take_back__by_anybody_else__reverts(waiting: ContractInstance, payer: Any, cashier: Any) -> None:
    with ape.reverts(waiting.NotThePayer, bankRef=REFERENCE, payer=payer.address, caller=cashier.address):
        waiting.takeBack(REFERENCE, sender=cashier)


def test_take_back__once_recorded__reverts(waiting: ContractInstance, payer: Any, cashier: Any) -> None:
    waiting.collect(REFERENCE, 100, sender=cashier)
    with ape.reverts(waiting.NotThePayer, bankRef=REFERENCE, payer=NOBODY, caller=payer.address):
        waiting.takeBack(REFERENCE, sender=payer)


def test_take_back__after_the_reference_was_used_for_a_payment__still_returns_it(
    waiting: ContractInstance, token: ContractInstance, payer: Any, cashier: Any
) -> None:
    waiting.pay(REFERENCE, [], sender=cashier)
    waiting.takeBack(REFERENCE, sender=payer)
    assert token.balanceOf(payer) == RICH * UNIT


@pytest.mark.parametrize(
    "mood", [mood for mood in HARMFUL if mood is not Mood.BURNS_GAS], ids=lambda mood: mood.name
)
def test_take_back__where_the_token_misbehaves__reverts_and_keeps_the_claim(
    waiting: ContractInstance, token: ContractInstance, admin: Any, payer: Any, mood: Mood
) -> None:
    token.setMood(payer, mood, sender=admin)
    with ape.reverts():
        waiting.takeBack(REFERENCE, sender=payer)
    assert waiting.payInOf(REFERENCE).amount == 100
    token.setMood(payer, Mood.PLAIN, sender=admin)
    waiting.takeBack(REFERENCE, sender=payer)


@pytest.mark.parametrize("mood", [Mood.ONLY_PRETENDS, Mood.TAKES_FEE], ids=lambda mood: mood.name)
def test_take_back__where_other_units_move__says_between_whom_and_how_many(
    waiting: ContractInstance, token: ContractInstance, admin: Any, payer: Any, mood: Mood
) -> None:
    token.setMood(payer, mood, sender=admin)
    moved = {"from": waiting.address, "to": payer.address, "units": 100 * UNIT}
    with ape.reverts(waiting.TransferInexact, **moved):
        waiting.takeBack(REFERENCE, sender=payer)


def test_take_back__called_again_by_the_token__refuses_the_inner_call(
    waiting: ContractInstance, token: ContractInstance, admin: Any, payer: Any
) -> None:
    token.setCallback(waiting, waiting.takeBack.encode_input(REFERENCE), sender=admin)
    token.setMood(payer, Mood.CALLS_BACK, sender=admin)
    waiting.takeBack(REFERENCE, sender=payer)
    assert token.calledBack() == 1
    assert token.balanceOf(payer) == RICH * UNIT
