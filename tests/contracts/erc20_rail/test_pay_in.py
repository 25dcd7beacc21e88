"""Erc20Rail.payIn: a payer's tokens wait under a reference for the bank to record them."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance

from tests.contracts.erc20_rail.conftest import RICH
from tests.support.tokens import HARMFUL, HARMLESS, UNIT, Mood
from tests.support.world import digest_of

REFERENCE, OTHER = digest_of("reference", 1), digest_of("reference", 2)


def test_pay_in__by_anybody__waits_outside_of_custody(
    token_rail: ContractInstance, token: ContractInstance, payer: Any
) -> None:
    receipt = token_rail.payIn(REFERENCE, 100, sender=payer)
    assert token_rail.PaidIn(bankRef=REFERENCE, payer=payer.address, amount=100) in receipt.events
    assert tuple(token_rail.payInOf(REFERENCE)) == (payer.address, 100)
    assert token.balanceOf(token_rail) == 100 * UNIT
    assert token.balanceOf(payer) == (RICH - 100) * UNIT
    assert token_rail.custody() == 0
    assert not token_rail.isUsed(REFERENCE)


def test_pay_in__of_nothing__reverts(token_rail: ContractInstance, payer: Any) -> None:
    with ape.reverts(token_rail.NothingToPayIn):
        token_rail.payIn(REFERENCE, 0, sender=payer)


def test_pay_in__under_a_reference_that_waits__reverts_whoever_it_is(
    token_rail: ContractInstance, payer: Any, accounts: Any
) -> None:
    token_rail.payIn(REFERENCE, 100, sender=payer)
    for again in (payer, accounts[3]):
        with ape.reverts(token_rail.AlreadyPaidIn, bankRef=REFERENCE, payer=payer.address, amount=100):
            token_rail.payIn(REFERENCE, 1, sender=again)
    token_rail.payIn(OTHER, 1, sender=payer)


def test_pay_in__under_a_recorded_reference__reverts(
    token_rail: ContractInstance, payer: Any, cashier: Any
) -> None:
    token_rail.payIn(REFERENCE, 100, sender=payer)
    token_rail.collect(REFERENCE, 100, sender=cashier)
    with ape.reverts(token_rail.ReferenceUsed, bankRef=REFERENCE):
        token_rail.payIn(REFERENCE, 100, sender=payer)


def test_pay_in__without_approval_or_tokens__reverts_and_takes_nothing(
    token_rail: ContractInstance, token: ContractInstance, payer: Any, accounts: Any
) -> None:
    with ape.reverts(token.ERC20InsufficientAllowance):
        token_rail.payIn(REFERENCE, 1, sender=accounts[3])
    with ape.reverts(token.ERC20InsufficientBalance):
        token_rail.payIn(REFERENCE, RICH + 1, sender=payer)
    assert token_rail.payInOf(REFERENCE).amount == 0


@pytest.mark.parametrize("mood", HARMLESS, ids=lambda mood: mood.name)
def test_pay_in__with_a_token_of_odd_manners__takes_what_arrives(
    token_rail: ContractInstance, token: ContractInstance, admin: Any, payer: Any, mood: Mood
) -> None:
    token.setMood(payer, mood, sender=admin)
    token_rail.payIn(REFERENCE, 100, sender=payer)
    assert token.balanceOf(token_rail) == 100 * UNIT


@pytest.mark.parametrize(
    "mood",
    [mood for mood in HARMFUL if mood not in (Mood.CHARGES_SENDER, Mood.BURNS_GAS)],
    ids=lambda mood: mood.name,
)
def test_pay_in__where_not_all_arrives__reverts(
    token_rail: ContractInstance, token: ContractInstance, admin: Any, payer: Any, mood: Mood
) -> None:
    token.setMood(payer, mood, sender=admin)
    with ape.reverts():
        token_rail.payIn(REFERENCE, 100, sender=payer)
    assert (token.balanceOf(token_rail), token_rail.payInOf(REFERENCE).amount) == (0, 0)


@pytest.mark.parametrize("mood", [Mood.ONLY_PRETENDS, Mood.TAKES_FEE], ids=lambda mood: mood.name)
def test_pay_in__where_other_units_move__says_between_whom_and_how_many(
    token_rail: ContractInstance, token: ContractInstance, admin: Any, payer: Any, mood: Mood
) -> None:
    token.setMood(payer, mood, sender=admin)
    moved = {"from": payer.address, "to": token_rail.address, "units": 100 * UNIT}
    with ape.reverts(token_rail.TransferInexact, **moved):
        token_rail.payIn(REFERENCE, 100, sender=payer)


def test_pay_in__called_again_by_the_token__refuses_the_inner_call(
    token_rail: ContractInstance, wealthy_token: ContractInstance, admin: Any, payer: Any
) -> None:
    token = wealthy_token
    token.setMood(payer, Mood.CALLS_BACK, sender=admin)
    for inner in (token_rail.payIn.encode_input(OTHER, 1), token_rail.takeBack.encode_input(REFERENCE)):
        token.setCallback(token_rail, inner, sender=admin)
        token_rail.payIn(REFERENCE, 100, sender=payer)
        assert token.calledBack() == 1
        token.setMood(payer, Mood.PLAIN, sender=admin)
        token_rail.takeBack(REFERENCE, sender=payer)
        token.setMood(payer, Mood.CALLS_BACK, sender=admin)
