"""RevenueLedger.preparePayout: one officer draws up a batch; nothing moves, and what is wrong is said now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain import acts
from huizhen.domain.acts import PayoutLine
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import BatchStatus, Power
from tests.contracts.revenue_ledger.conftest import EARNED
from tests.support.books import moves
from tests.support.events import event, events_of
from tests.support.payouts import PayoutOffice
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import World, digest_of

MOST_ITEMS = 64
Lines = list[PayoutLine]


@pytest.fixture
def preparing(office: PayoutOffice, lines: Lines) -> Statement:
    return office.preparing(lines)


def test_prepare_payout__by_a_preparer__is_kept_and_moves_nothing(
    world: World, office: PayoutOffice, lines: Lines, preparing: Statement
) -> None:
    batch, at = office.next_batch, world.last_second(preparing)
    with moves(world):
        receipt = world.act(preparing, at=at)
    items = tuple((line.party, line.gross, line.withheld, line.account) for line in lines)
    assert events_of(world, receipt) == [
        event("PayoutPrepared", batch=batch, preparer=world.preparer, items=items)
    ]
    state = office.state(batch)
    assert state.pop("items") != b"\0" * 32
    assert state == {
        "status": BatchStatus.PREPARED,
        "count": 3,
        "preparer": world.preparer,
        "preparedAt": at,
        "outstanding": 0,
        "confirmed": 0,
        "returned": 0,
    }
    assert world.read("RevenueLedger", "batchCount") == batch


def test_prepare_payout__twice_with_one_statement__reverts(
    world: World, office: PayoutOffice, preparing: Statement
) -> None:
    batch = office.next_batch
    world.act(preparing)
    with refuses("StaleSequence", named=batch, current=batch + 1):
        world.act(preparing)


@pytest.mark.parametrize("off_by", [-1, 1])
def test_prepare_payout__out_of_sequence__reverts(
    world: World, office: PayoutOffice, preparing: Statement, off_by: int
) -> None:
    due = office.next_batch
    wrong = replace(preparing, values={**preparing.values, "batch": due + off_by})
    with refuses("StaleSequence", named=due + off_by, current=due):
        world.act(wrong)


@pytest.mark.parametrize("count", [0, MOST_ITEMS + 1])
def test_prepare_payout__of_no_items_or_too_many__reverts(
    world: World, office: PayoutOffice, lines: Lines, count: int
) -> None:
    with refuses("BatchSize", items=count, allowed=MOST_ITEMS):
        world.act(office.preparing([lines[0]] * count))


def test_prepare_payout__items_out_of_order_or_twice__reverts(
    world: World, office: PayoutOffice, lines: Lines
) -> None:
    first, second, _ = lines
    with refuses("ItemsNotAscending", previous=second.party, next=first.party):
        world.act(office.preparing([second, first]))
    with refuses("ItemsNotAscending", previous=first.party, next=first.party):
        world.act(office.preparing([first, first]))


def test_prepare_payout__of_nothing__reverts(world: World, office: PayoutOffice, lines: Lines) -> None:
    with refuses("ZeroAmount"):
        world.act(office.preparing([replace(lines[0], gross=Fen(0), withheld=Fen(0))]))


def test_prepare_payout__withholding_all__is_accepted_and_a_fen_more_reverts(
    world: World, office: PayoutOffice, lines: Lines
) -> None:
    line = lines[0]
    with refuses("WithheldExceedsGross", party=line.party, withheld=EARNED + 1, gross=EARNED):
        world.act(office.preparing([replace(line, withheld=Fen(EARNED + 1))]))
    world.act(office.preparing([replace(line, withheld=Fen(EARNED))]))


def test_prepare_payout__what_does_not_fit__is_decided_at_the_approval(
    world: World, office: PayoutOffice, lines: Lines
) -> None:
    """A fen more than was earned, another account: the batch is drawn up, and both are left out."""
    doctor, institution, group = lines
    unfit = [
        replace(doctor, gross=Fen(EARNED + 1)),
        replace(institution, account=digest_of("another account")),
    ]
    batch = office.prepare([*unfit, group])
    with moves(world, credited=-group.gross, outstanding=group.gross):
        office.approve(batch, [*unfit, group])
    assert office.state(batch)["outstanding"] == 0b100


def test_prepare_payout__to_no_account__reverts(
    world: World, office: PayoutOffice, funded: PartyId, lines: Lines
) -> None:
    """It would fit a payee that has none."""
    world.act(acts.refund(funded, Fen(500), 0, world.deadline))
    for unpayable in (office.line(funded, 500), replace(lines[0], account=bytes(32))):
        with refuses("NoAccountInForce", party=unpayable.party):
            world.act(office.preparing([unpayable]))


@pytest.mark.parametrize("officer", ["approver", "bank"])
def test_prepare_payout__by_another_officer__reverts(
    world: World, preparing: Statement, officer: str
) -> None:
    party = world.approver if officer == "approver" else world.bank
    held = Power.PAYOUT_APPROVER if officer == "approver" else Power.SETTLEMENT_BANK
    other = replace(preparing, values={**preparing.values, "preparer": party}, signers=(party,))
    with refuses("PowerMissing", party=party, held=held, needed=Power.PAYOUT_PREPARER):
        world.act(other)


def test_prepare_payout__by_a_suspended_preparer__reverts(world: World, preparing: Statement) -> None:
    world.suspend(world.preparer)
    with refuses("NotAccredited", party=world.preparer):
        world.act(preparing)


@each_signature_fault
def test_prepare_payout__badly_signed__reverts(world: World, preparing: Statement, fault: Fault) -> None:
    fault(world, preparing)
