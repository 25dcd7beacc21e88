"""RevenueLedger.approvePayout: a second officer releases the batch; whoever cannot be paid holds up nobody else."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from huizhen.domain import acts
from huizhen.domain.acts import PayoutLine
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import BatchStatus, PartyKind, Power
from tests.contracts.revenue_ledger.conftest import EARNED
from tests.support.books import moves
from tests.support.events import event, events_of
from tests.support.payouts import ACCOUNT_DELAY, APPROVAL_WINDOW, PayoutOffice
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import TAX_AUTHORITY, World, digest_of

ALL_ITEMS = 0b111
GROSS, WITHHELD = 2 * EARNED + 4000, 1600
Lines = list[PayoutLine]


@pytest.fixture
def prepared(office: PayoutOffice, lines: Lines) -> int:
    return office.prepare(lines)


@pytest.fixture
def approving(office: PayoutOffice, prepared: int, lines: Lines) -> Statement:
    return office.approving(prepared, lines)


def credit(world: World, party: PartyId) -> tuple[int, int]:
    found = world.read("RevenueLedger", "creditOf", party)
    return found["credited"], found["outstanding"]


def test_approve_payout__by_an_approver__moves_net_to_the_bank_and_tax_to_its_authority(
    world: World, office: PayoutOffice, prepared: int, lines: Lines, approving: Statement
) -> None:
    with moves(world, credited=WITHHELD - GROSS, outstanding=GROSS - WITHHELD):
        receipt = world.act(approving, at=world.last_second(approving))
    assert events_of(world, receipt) == [
        event(
            "PayoutApproved",
            batch=prepared,
            approver=world.approver,
            executed=ALL_ITEMS,
            gross=GROSS,
            withheld=WITHHELD,
        )
    ]
    doctor, institution, group = (line.party for line in lines)
    assert credit(world, doctor) == (0, EARNED - WITHHELD)
    assert credit(world, institution) == (0, EARNED)
    assert credit(world, group) == (6000, 4000)
    assert credit(world, TAX_AUTHORITY) == (WITHHELD, 0)
    state = office.state(prepared)
    assert (state["status"], state["outstanding"]) == (BatchStatus.APPROVED, ALL_ITEMS)


# Two officers, seven days


def test_approve_payout__by_the_preparer__reverts(world: World, office: PayoutOffice, lines: Lines) -> None:
    """Even if one person held both powers."""
    both = world.register(PartyKind.OFFICIAL, powers=Power.PAYOUT_PREPARER | Power.PAYOUT_APPROVER)
    batch = office.next_batch
    world.act(acts.prepare_payout(batch, lines, both, world.deadline))
    with refuses("SameOfficer", officer=both):
        world.act(acts.approve_payout(batch, lines, both, world.deadline))
    office.approve(batch, lines)


def test_approve_payout__by_an_officer_who_only_prepares__reverts(
    world: World, prepared: int, lines: Lines
) -> None:
    second = world.register(PartyKind.OFFICIAL, powers=Power.PAYOUT_PREPARER)
    with refuses("PowerMissing", party=second, held=Power.PAYOUT_PREPARER, needed=Power.PAYOUT_APPROVER):
        world.act(acts.approve_payout(prepared, lines, second, world.deadline))


def test_approve_payout__by_a_suspended_approver__reverts(world: World, approving: Statement) -> None:
    world.suspend(world.approver)
    with refuses("NotAccredited", party=world.approver):
        world.act(approving)


@pytest.mark.parametrize("late", [0, 1])
def test_approve_payout__within_seven_days__is_accepted_and_a_second_later_reverts(
    world: World, office: PayoutOffice, prepared: int, lines: Lines, late: int
) -> None:
    due = office.state(prepared)["preparedAt"] + APPROVAL_WINDOW
    approving = acts.approve_payout(prepared, lines, world.approver, due + 100)
    if not late:
        world.act(approving, at=due)
        return
    with refuses("ApprovalTooLate", due=due, nowAt=due + 1):
        world.act(approving, at=due + 1)


# Items that no longer fit


def test_approve_payout__after_a_payee_changed_its_account__leaves_it_out_and_pays_the_others(
    world: World, office: PayoutOffice, payees: tuple[PartyId, ...]
) -> None:
    doctor, *_ = payees
    office.name_account(doctor, digest_of("new account"))
    world.chain.move_to(world.chain.now() + ACCOUNT_DELAY - 3600)
    lines = [office.line(party, EARNED, 100) for party in payees]
    batch = office.prepare(lines)
    world.chain.move_to(world.chain.now() + 3600)

    with moves(world, credited=200 - 2 * EARNED, outstanding=2 * EARNED - 200):
        office.approve(batch, lines)
    assert office.state(batch)["outstanding"] == 0b110
    assert credit(world, doctor) == (EARNED, 0)


def test_approve_payout__while_a_new_account_is_pending__pays_to_the_old_one(
    world: World, office: PayoutOffice, prepared: int, lines: Lines, approving: Statement
) -> None:
    office.name_account(lines[0].party, digest_of("new account"))
    world.act(approving)
    assert office.state(prepared)["outstanding"] == ALL_ITEMS


def test_approve_payout__after_another_batch_took_the_credit__leaves_the_item_out(
    world: World, office: PayoutOffice, prepared: int, lines: Lines, approving: Statement
) -> None:
    office.approved([replace(lines[1], gross=Fen(1))])
    receipt = world.act(approving)
    (approved,) = events_of(world, receipt)
    assert approved.values["executed"] == office.state(prepared)["outstanding"] == 0b101
    assert approved.values["gross"] == GROSS - EARNED
    assert credit(world, lines[1].party) == (EARNED - 1, 1)


def test_approve_payout__when_no_item_fits__moves_nothing(
    world: World, office: PayoutOffice, prepared: int, lines: Lines
) -> None:
    office.approved(lines)
    office.name_account(lines[2].party, digest_of("new account"))
    world.chain.move_to(world.chain.now() + ACCOUNT_DELAY)
    with moves(world):
        office.approve(prepared, lines)
    assert office.state(prepared)["outstanding"] == 0
    assert office.state(prepared)["status"] == BatchStatus.APPROVED


def test_approve_payout__to_suspended_payees__pays_what_they_earned(
    world: World, office: PayoutOffice, prepared: int, lines: Lines, approving: Statement
) -> None:
    for line in lines:
        world.suspend(line.party)
    world.act(approving)
    assert office.state(prepared)["outstanding"] == ALL_ITEMS


def test_approve_payout__of_withheld_tax__pays_it_to_the_tax_authority(
    world: World, office: PayoutOffice, approving: Statement
) -> None:
    world.act(approving)
    office.name_account(TAX_AUTHORITY)
    world.chain.move_to(world.chain.now() + ACCOUNT_DELAY)
    with moves(world, credited=-WITHHELD, outstanding=WITHHELD):
        office.approved([office.line(TAX_AUTHORITY, WITHHELD)])


# The batch itself


def test_approve_payout__other_items_than_prepared__reverts(
    world: World, office: PayoutOffice, prepared: int, lines: Lines
) -> None:
    variants = [
        lines[:2],
        list(reversed(lines)),
        [replace(lines[0], gross=Fen(lines[0].gross - 1)), *lines[1:]],
        [replace(lines[0], withheld=Fen(0)), *lines[1:]],
        [replace(lines[0], account=digest_of("another account")), *lines[1:]],
        [],
    ]
    for other in variants:
        with refuses("ItemsDiffer", batch=prepared):
            office.approve(prepared, other)


def test_approve_payout__a_word_with_more_bits_than_its_type__reverts(
    world: World, office: PayoutOffice, lines: Lines
) -> None:
    """Items are hashed as they lie in calldata, so no bit beyond a field may slip in, in either step."""
    preparing = office.preparing(lines)
    with refuses("", revert=""):
        world.chain.send(world.addresses["RevenueLedger"], with_dirty_party(world, preparing))
    world.act(preparing)
    approving = office.approving(office.next_batch - 1, lines)
    with refuses("ItemsDiffer", batch=office.next_batch - 1):
        world.chain.send(world.addresses["RevenueLedger"], with_dirty_party(world, approving))


def with_dirty_party(world: World, statement: Statement) -> bytes:
    """The call, with the highest bit of the first item's party set."""
    calldata = bytearray(world.statements.calldata(statement, world.sign(statement)))
    clean = statement.values["items"][0]["party"].to_bytes(32, "big")  # type: ignore[index]
    calldata[calldata.index(clean)] |= 0x80
    return bytes(calldata)


def test_approve_payout__that_was_not_prepared__reverts(
    world: World, office: PayoutOffice, lines: Lines
) -> None:
    batch = office.next_batch
    with refuses("WrongBatchStatus", batch=batch, status=0, needed=BatchStatus.PREPARED):
        office.approve(batch, lines)


def test_approve_payout__twice__reverts(world: World, prepared: int, approving: Statement) -> None:
    world.act(approving)
    with refuses(
        "WrongBatchStatus", batch=prepared, status=BatchStatus.APPROVED, needed=BatchStatus.PREPARED
    ):
        world.act(approving)


def test_approve_payout__sixty_four_payees__pays_each(
    world: World, office: PayoutOffice, funded: PartyId
) -> None:
    hospitals = [world.hospital() for _ in range(64)]
    for hospital in hospitals:
        world.deposit(hospital, 100)
        world.act(acts.refund(hospital, Fen(100), 0, world.deadline))
        office.name_account(hospital)
    world.chain.move_to(world.chain.now() + ACCOUNT_DELAY)
    lines = [office.line(hospital, 100, 10) for hospital in hospitals]
    assert all(one.party < other.party for one, other in pairwise(lines))
    with moves(world, credited=-64 * 90, outstanding=64 * 90):
        batch = office.approved(lines)
    assert office.state(batch)["outstanding"] == 2**64 - 1
    with moves(world, outstanding=-64 * 90, custody=-64 * 90):
        world.act(office.confirming(batch, lines, 2**64 - 1, digest_of("all of them")))
    with moves(world, credited=90, custody=90):
        world.act(office.returning(batch, lines, 63, digest_of("the last one")))


@each_signature_fault
def test_approve_payout__badly_signed__reverts(world: World, approving: Statement, fault: Fault) -> None:
    fault(world, approving)
