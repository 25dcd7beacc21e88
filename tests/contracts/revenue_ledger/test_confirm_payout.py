"""RevenueLedger.confirmPayout: the bank says which items it paid, each time under a reference of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain.acts import PayoutLine
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import BatchStatus, Power
from tests.contracts.revenue_ledger.conftest import EARNED
from tests.support.books import moves
from tests.support.events import event, events_of
from tests.support.payouts import PayoutOffice
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import World, digest_of

REFERENCE, OTHER = digest_of("confirmation"), digest_of("another confirmation")
ALL_ITEMS = 0b111
NETS = (EARNED - 1600, EARNED, 4000)
Lines = list[PayoutLine]


@pytest.fixture
def approved(office: PayoutOffice, lines: Lines) -> int:
    return office.approved(lines)


@pytest.fixture
def confirming(office: PayoutOffice, approved: int, lines: Lines) -> Statement:
    return office.confirming(approved, lines, ALL_ITEMS, REFERENCE)


def test_confirm_payout__of_all_items__leaves_custody_with_what_is_still_owed(
    world: World, office: PayoutOffice, approved: int, lines: Lines, confirming: Statement
) -> None:
    paid, custody = sum(NETS), world.read("BankRail", "custody")
    with moves(world, outstanding=-paid, custody=-paid):
        receipt = world.act(confirming, at=world.last_second(confirming))
    assert events_of(world, receipt) == [
        event("Paid", bankRef=REFERENCE, amount=paid, custody=custody - paid),
        event("PayoutConfirmed", batch=approved, items=ALL_ITEMS, bankRef=REFERENCE, amount=paid),
    ]
    state = office.state(approved)
    assert (state["outstanding"], state["confirmed"], state["returned"]) == (0, ALL_ITEMS, 0)
    for line in lines:
        assert world.read("RevenueLedger", "creditOf", line.party)["outstanding"] == 0


@pytest.mark.parametrize("mask", [0b001, 0b010, 0b101])
def test_confirm_payout__of_some_items__leaves_the_others_outstanding(
    world: World, office: PayoutOffice, approved: int, lines: Lines, mask: int
) -> None:
    paid = sum(net for place, net in enumerate(NETS) if mask >> place & 1)
    with moves(world, outstanding=-paid, custody=-paid):
        world.act(office.confirming(approved, lines, mask, REFERENCE))
    rest = ALL_ITEMS & ~mask
    assert (office.state(approved)["outstanding"], office.state(approved)["confirmed"]) == (rest, mask)
    with moves(world, outstanding=paid - sum(NETS), custody=paid - sum(NETS)):
        world.act(office.confirming(approved, lines, rest, OTHER))
    assert office.state(approved)["confirmed"] == ALL_ITEMS


def test_confirm_payout__items_that_were_confirmed_before__reverts(
    world: World, office: PayoutOffice, approved: int, lines: Lines
) -> None:
    world.act(office.confirming(approved, lines, 0b001, REFERENCE))
    for mask in (0b001, 0b011):
        with refuses("NotOutstanding", batch=approved, asked=mask, outstanding=0b110):
            world.act(office.confirming(approved, lines, mask, OTHER))


@pytest.mark.parametrize("mask", [0, 0b1000, 0b1111, 1 << 63])
def test_confirm_payout__no_items_or_ones_that_do_not_exist__reverts(
    world: World, office: PayoutOffice, approved: int, lines: Lines, mask: int
) -> None:
    with refuses("NotOutstanding", batch=approved, asked=mask, outstanding=ALL_ITEMS):
        world.act(office.confirming(approved, lines, mask, REFERENCE))


def test_confirm_payout__an_item_that_was_left_out__reverts(
    world: World, office: PayoutOffice, lines: Lines
) -> None:
    batch = office.prepare(lines)
    office.approved(lines[:1])
    office.approve(batch, lines)
    with refuses("NotOutstanding", batch=batch, asked=ALL_ITEMS, outstanding=0b110):
        world.act(office.confirming(batch, lines, ALL_ITEMS, REFERENCE))


def test_confirm_payout__an_item_that_was_returned__reverts(
    world: World, office: PayoutOffice, approved: int, lines: Lines
) -> None:
    world.act(office.returning(approved, lines, 0, OTHER))
    with refuses("NotOutstanding", batch=approved, asked=0b001, outstanding=0b110):
        world.act(office.confirming(approved, lines, 0b001, REFERENCE))


def test_confirm_payout__under_the_reference_of_another_confirmation__reverts(
    world: World, office: PayoutOffice, approved: int, lines: Lines
) -> None:
    world.act(office.confirming(approved, lines, 0b001, REFERENCE))
    with moves(world), refuses("ReferenceUsed", bankRef=REFERENCE):
        world.act(office.confirming(approved, lines, 0b010, REFERENCE))


def test_confirm_payout__under_the_reference_of_a_deposit__reverts(
    world: World, office: PayoutOffice, approved: int, lines: Lines, funded: PartyId
) -> None:
    deposited = world.deposit(funded, 100)
    with refuses("ReferenceUsed", bankRef=deposited):
        world.act(office.confirming(approved, lines, 0b001, deposited))


def test_confirm_payout__twice_with_one_statement__reverts(
    world: World, approved: int, confirming: Statement
) -> None:
    world.act(confirming)
    with refuses("NotOutstanding", batch=approved, asked=ALL_ITEMS, outstanding=0):
        world.act(confirming)


def test_confirm_payout__before_the_approval__reverts(
    world: World, office: PayoutOffice, lines: Lines
) -> None:
    batch = office.prepare(lines)
    with refuses("WrongBatchStatus", batch=batch, status=BatchStatus.PREPARED, needed=BatchStatus.APPROVED):
        world.act(office.confirming(batch, lines, ALL_ITEMS, REFERENCE))


def test_confirm_payout__other_items_than_prepared__reverts(
    world: World, office: PayoutOffice, approved: int, lines: Lines
) -> None:
    with refuses("ItemsDiffer", batch=approved):
        world.act(office.confirming(approved, lines[:2], 0b001, REFERENCE))


def test_confirm_payout__by_anybody_but_the_bank__reverts(world: World, confirming: Statement) -> None:
    approver = world.approver
    other = replace(confirming, values={**confirming.values, "bank": approver}, signers=(approver,))
    with refuses("PowerMissing", party=approver, held=Power.PAYOUT_APPROVER, needed=Power.SETTLEMENT_BANK):
        world.act(other)


@each_signature_fault
def test_confirm_payout__badly_signed__reverts(world: World, confirming: Statement, fault: Fault) -> None:
    fault(world, confirming)
