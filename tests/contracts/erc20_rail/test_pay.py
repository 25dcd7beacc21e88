"""Erc20Rail.pay: each payment is made or left, and none stops another."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance

from tests.support.tokens import HARMFUL, HARMLESS, UNIT, Mood, account_of
from tests.support.world import digest_of

IN, OUT = digest_of("reference", 1), digest_of("reference", 2)
CUSTODY = 1000


@pytest.fixture
def full(token_rail: ContractInstance, payer: Any, cashier: Any) -> ContractInstance:
    """1,000 fen are in custody."""
    token_rail.payIn(IN, CUSTODY, sender=payer)
    token_rail.collect(IN, CUSTODY, sender=cashier)
    return token_rail


@pytest.fixture
def people(accounts: Any) -> list[Any]:
    return [accounts[place] for place in (10, 11, 12)]


def payments(people: list[Any], *amounts: int) -> list[tuple[bytes, int]]:
    return [(account_of(who.address), amount) for who, amount in zip(people, amounts, strict=True)]


def test_pay__plain_accounts__receive_exactly_theirs(
    full: ContractInstance, token: ContractInstance, cashier: Any, people: list[Any]
) -> None:
    before = [token.balanceOf(who) for who in people]
    receipt = full.pay(OUT, payments(people, 500, 499, 1), sender=cashier)
    assert full.Paid(bankRef=OUT, amount=CUSTODY, custody=0) in receipt.events
    assert receipt.return_value == 0b111
    moved = [token.balanceOf(who) - had for who, had in zip(people, before, strict=True)]
    assert moved == [500 * UNIT, 499 * UNIT, UNIT]
    assert (full.custody(), token.balanceOf(full)) == (0, 0)


@pytest.mark.parametrize("mood", HARMLESS, ids=lambda mood: mood.name)
def test_pay__a_token_of_odd_manners__counts_what_arrived(
    full: ContractInstance, token: ContractInstance, admin: Any, cashier: Any, people: list[Any], mood: Mood
) -> None:
    token.setMood(people[1], mood, sender=admin)
    assert full.pay(OUT, payments(people, 10, 20, 30), sender=cashier).return_value == 0b111


@pytest.mark.parametrize("mood", HARMFUL, ids=lambda mood: mood.name)
def test_pay__one_transfer_that_goes_wrong__is_left_alone_and_undone(
    full: ContractInstance, token: ContractInstance, admin: Any, cashier: Any, people: list[Any], mood: Mood
) -> None:
    token.setMood(people[1], mood, sender=admin)
    before = token.balanceOf(people[1])
    receipt = full.pay(OUT, payments(people, 10, 20, 30), sender=cashier)
    assert receipt.return_value == 0b101
    assert full.Paid(bankRef=OUT, amount=40, custody=CUSTODY - 40) in receipt.events
    assert token.balanceOf(people[1]) == before
    assert token.balanceOf(full) == full.custody() * UNIT
    assert receipt.gas_used < 500_000, "a payee cannot make the batch pay for more than one bounded call"


def test_pay__what_is_no_account_of_this_rail__is_left(
    full: ContractInstance, token: ContractInstance, cashier: Any, people: list[Any]
) -> None:
    good = account_of(people[0].address)
    for unpayable in (bytes(32), b"\x01" + good[1:], digest_of("a bank account"), account_of(token.address)):
        reference = digest_of("out", unpayable.hex())
        assert full.pay(reference, [(unpayable, 5), (good, 5)], sender=cashier).return_value == 0b10
    assert full.pay(OUT, [(account_of(full.address), 5)], sender=cashier).return_value == 0
    assert full.custody() == CUSTODY - 20


def test_pay__of_nothing__needs_no_transfer_and_no_account(full: ContractInstance, cashier: Any) -> None:
    receipt = full.pay(OUT, [(digest_of("a bank account"), 0)], sender=cashier)
    assert receipt.return_value == 1
    assert receipt.events == [full.Paid(bankRef=OUT, amount=0, custody=CUSTODY)]


def test_pay__sixty_four_payments_that_burn_their_gas__fit_into_a_block(
    full: ContractInstance, token: ContractInstance, admin: Any, cashier: Any, people: list[Any]
) -> None:
    token.setMood(people[0], Mood.BURNS_GAS, sender=admin)
    receipt = full.pay(OUT, [(account_of(people[0].address), 1)] * 64, sender=cashier, gas=12_000_000)
    assert receipt.return_value == 0
    assert full.custody() == CUSTODY


def test_pay__with_too_little_gas__reverts_instead_of_blaming_the_payee(
    full: ContractInstance, cashier: Any, people: list[Any]
) -> None:
    with ape.reverts(full.GasTooLow, needed=150_000 * 64 // 63 + 5_000):
        full.pay(OUT, payments(people, 10, 20, 30), sender=cashier, gas=200_000)
    assert full.custody() == CUSTODY


def test_pay__a_fen_more_than_custody__reverts_though_there_are_other_tokens(
    full: ContractInstance, cashier: Any, payer: Any, people: list[Any]
) -> None:
    full.payIn(digest_of("somebody else's"), 500, sender=payer)
    with ape.reverts(full.CustodyTooSmall, custody=CUSTODY, needed=CUSTODY + 1):
        full.pay(OUT, payments(people, CUSTODY, 1, 0), sender=cashier)
    assert not full.isUsed(OUT)


def test_pay__under_a_used_reference__reverts(full: ContractInstance, cashier: Any) -> None:
    full.pay(OUT, [], sender=cashier)
    for used in (IN, OUT):
        with ape.reverts(full.ReferenceUsed, bankRef=used):
            full.pay(used, [], sender=cashier)


def test_pay__under_a_reference_that_somebody_squats__is_not_held_up(
    full: ContractInstance, token: ContractInstance, payer: Any, cashier: Any, people: list[Any]
) -> None:
    full.payIn(OUT, 1, sender=payer)
    assert full.pay(OUT, payments(people, 1, 1, 1), sender=cashier).return_value == 0b111
    full.takeBack(OUT, sender=payer)
    assert token.balanceOf(full) == full.custody() * UNIT


def test_pay__called_again_by_the_token__refuses_the_inner_call(
    full: ContractInstance, token: ContractInstance, admin: Any, cashier: Any, payer: Any, people: list[Any]
) -> None:
    full.payIn(digest_of("waits"), 5, sender=payer)
    token.setMood(people[0], Mood.CALLS_BACK, sender=admin)
    inner = (
        full.payIn.encode_input(digest_of("inner"), 1),
        full.takeBack.encode_input(digest_of("waits")),
        full.transferExactly.encode_input(people[0], UNIT),
        full.pay.encode_input(digest_of("inner"), []),
    )
    for place, call in enumerate(inner):
        token.setCallback(full, call, sender=admin)
        receipt = full.pay(digest_of("out", place), payments(people, 1, 1, 1), sender=cashier)
        assert receipt.return_value == 0b111
        assert token.calledBack() == 1


def test_pay__by_anybody_else__reverts(full: ContractInstance, admin: Any, people: list[Any]) -> None:
    for caller in (admin, people[0]):
        with ape.reverts(full.AccessManagedUnauthorized, caller=caller.address):
            full.pay(OUT, payments(people, 1, 1, 1), sender=caller)
