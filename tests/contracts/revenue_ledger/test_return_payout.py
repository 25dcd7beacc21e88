"""RevenueLedger.returnPayout: the bank sends an item back; the net amount is the payee's credit again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain.acts import PayoutLine
from huizhen.domain.money import Fen
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import BatchStatus, Power
from tests.contracts.revenue_ledger.conftest import EARNED
from tests.support.books import moves
from tests.support.events import event, events_of
from tests.support.payouts import PayoutOffice
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import TAX_AUTHORITY, World, digest_of

PAID, BACK = digest_of("payment"), digest_of("return")
WITHHELD = 1600
NET = EARNED - WITHHELD
Lines = list[PayoutLine]


@pytest.fixture
def in_the_banks_hands(office: PayoutOffice, lines: Lines) -> int:
    return office.approved(lines)


@pytest.fixture
def confirmed_batch(world: World, office: PayoutOffice, in_the_banks_hands: int, lines: Lines) -> int:
    world.act(office.confirming(in_the_banks_hands, lines, 0b111, PAID))
    return in_the_banks_hands


@pytest.fixture
def returning(office: PayoutOffice, in_the_banks_hands: int, lines: Lines) -> Statement:
    return office.returning(in_the_banks_hands, lines, 0, BACK)


def test_return_payout__before_the_confirmation__moves_nothing_out_of_custody(
    world: World, office: PayoutOffice, in_the_banks_hands: int, lines: Lines, returning: Statement
) -> None:
    with moves(world, outstanding=-NET, credited=NET):
        receipt = world.act(returning, at=world.last_second(returning))
    doctor = lines[0].party
    assert events_of(world, receipt) == [
        event("PayoutReturned", batch=in_the_banks_hands, item=0, party=doctor, amount=NET, bankRef=BACK)
    ]
    assert world.read("RevenueLedger", "creditOf", doctor) == {"credited": NET, "outstanding": 0}
    state = office.state(in_the_banks_hands)
    assert (state["outstanding"], state["confirmed"], state["returned"]) == (0b110, 0, 0b001)


def test_return_payout__after_the_confirmation__brings_the_money_back_into_custody(
    world: World, office: PayoutOffice, confirmed_batch: int, lines: Lines
) -> None:
    custody, doctor = world.read("BankRail", "custody"), lines[0].party
    with moves(world, credited=NET, custody=NET):
        receipt = world.act(office.returning(confirmed_batch, lines, 0, BACK))
    assert events_of(world, receipt) == [
        event("PayoutReturned", batch=confirmed_batch, item=0, party=doctor, amount=NET, bankRef=BACK),
        event("Reclaimed", bankRef=BACK, amount=NET, custody=custody + NET),
    ]
    state = office.state(confirmed_batch)
    assert (state["outstanding"], state["confirmed"], state["returned"]) == (0, 0b110, 0b001)


def test_return_payout__leaves_the_withheld_tax_with_its_authority(
    world: World, returning: Statement
) -> None:
    world.act(returning)
    assert world.read("RevenueLedger", "creditOf", TAX_AUTHORITY)["credited"] == WITHHELD


def test_return_payout__then_pays_it_again_in_the_next_batch(
    world: World, office: PayoutOffice, lines: Lines, returning: Statement
) -> None:
    world.act(returning)
    again = [replace(lines[0], gross=Fen(NET), withheld=Fen(0))]
    batch = office.approved(again)
    with moves(world, outstanding=-NET, custody=-NET):
        world.act(office.confirming(batch, again, 1, PAID))


def test_return_payout__an_item_twice__reverts(
    world: World, office: PayoutOffice, confirmed_batch: int, lines: Lines
) -> None:
    world.act(office.returning(confirmed_batch, lines, 0, BACK))
    with refuses("NotReturnable", batch=confirmed_batch, item=0):
        world.act(office.returning(confirmed_batch, lines, 0, digest_of("another return")))


def test_return_payout__twice_with_one_statement__reverts(
    world: World, in_the_banks_hands: int, returning: Statement
) -> None:
    world.act(returning)
    with refuses("NotReturnable", batch=in_the_banks_hands, item=0):
        world.act(returning)


@pytest.mark.parametrize("item", [3, 63, 64, 255])
def test_return_payout__an_item_that_does_not_exist__reverts(
    world: World, office: PayoutOffice, in_the_banks_hands: int, lines: Lines, item: int
) -> None:
    with refuses("NotReturnable", batch=in_the_banks_hands, item=item):
        world.act(office.returning(in_the_banks_hands, lines, item, BACK))


def test_return_payout__an_item_that_was_left_out__reverts(
    world: World, office: PayoutOffice, lines: Lines
) -> None:
    batch = office.prepare(lines)
    office.approved(lines[:1])
    office.approve(batch, lines)
    with refuses("NotReturnable", batch=batch, item=0):
        world.act(office.returning(batch, lines, 0, BACK))


def test_return_payout__before_the_approval__reverts(
    world: World, office: PayoutOffice, lines: Lines
) -> None:
    batch = office.prepare(lines)
    with refuses("WrongBatchStatus", batch=batch, status=BatchStatus.PREPARED, needed=BatchStatus.APPROVED):
        world.act(office.returning(batch, lines, 0, BACK))


def test_return_payout__of_a_confirmed_item_under_a_used_reference__reverts(
    world: World, office: PayoutOffice, confirmed_batch: int, lines: Lines
) -> None:
    with moves(world), refuses("ReferenceUsed", bankRef=PAID):
        world.act(office.returning(confirmed_batch, lines, 0, PAID))


def test_return_payout__other_items_than_prepared__reverts(
    world: World, office: PayoutOffice, in_the_banks_hands: int, lines: Lines
) -> None:
    richer = [replace(lines[0], withheld=Fen(0)), *lines[1:]]
    with refuses("ItemsDiffer", batch=in_the_banks_hands):
        world.act(office.returning(in_the_banks_hands, richer, 0, BACK))


def test_return_payout__by_anybody_but_the_bank__reverts(world: World, returning: Statement) -> None:
    preparer = world.preparer
    other = replace(returning, values={**returning.values, "bank": preparer}, signers=(preparer,))
    with refuses("PowerMissing", party=preparer, held=Power.PAYOUT_PREPARER, needed=Power.SETTLEMENT_BANK):
        world.act(other)


@each_signature_fault
def test_return_payout__badly_signed__reverts(world: World, returning: Statement, fault: Fault) -> None:
    fault(world, returning)
