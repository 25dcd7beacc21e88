"""RevenueLedger.refund: a hospital takes available funds back, as credit that a payout returns to it."""

from __future__ import annotations

from typing import Any

import pytest
from ape.contracts import ContractInstance

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statement import Statement
from tests.support.books import moves
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import World

ALL = 1_000_000


def refund(world: World, hospital: PartyId, amount: int, sequence: int = 0) -> Statement:
    return acts.refund(hospital, Fen(amount), sequence, world.deadline)


@pytest.fixture
def refunding(world: World, funded: PartyId) -> Statement:
    return refund(world, funded, 400)


def test_refund__signed_by_the_hospital__turns_funds_into_its_credit(
    world: World, funded: PartyId, refunding: Statement
) -> None:
    with moves(world, available=-400, credited=400):
        receipt = world.act(refunding, at=world.last_second(refunding))
    assert events_of(world, receipt) == [event("Refunded", hospital=funded, amount=400, sequence=0)]
    assert world.read("RevenueLedger", "creditOf", funded) == {"credited": 400, "outstanding": 0}
    assert world.read("RevenueLedger", "refundsOf", funded) == 1


def test_refund__all_that_is_available__is_accepted_and_a_fen_more_reverts(
    world: World, funded: PartyId
) -> None:
    with refuses("FundsTooLow", hospital=funded, available=ALL, needed=ALL + 1):
        world.act(refund(world, funded, ALL + 1))
    world.act(refund(world, funded, ALL))


def test_refund__what_is_in_escrow__reverts(
    world: World, funded: PartyId, ledger: ContractInstance, teller: Any
) -> None:
    ledger.escrow(1, funded, ALL - 399, sender=teller)
    with refuses("FundsTooLow", hospital=funded, available=399, needed=400):
        world.act(refund(world, funded, 400))


def test_refund__of_nothing__reverts(world: World, funded: PartyId) -> None:
    with refuses("ZeroAmount"):
        world.act(refund(world, funded, 0))


def test_refund__of_a_party_without_funds__reverts(world: World) -> None:
    with refuses("FundsTooLow", hospital=world.platform, available=0, needed=1):
        world.act(refund(world, world.platform, 1))


def test_refund__twice_with_one_statement__reverts(
    world: World, funded: PartyId, refunding: Statement
) -> None:
    world.act(refunding)
    with refuses("StaleSequence", named=0, current=1):
        world.act(refunding)
    world.act(refund(world, funded, 400, sequence=1))


def test_refund__ahead_of_the_sequence__reverts(world: World, funded: PartyId) -> None:
    with refuses("StaleSequence", named=1, current=0):
        world.act(refund(world, funded, 400, sequence=1))


def test_refund__by_a_suspended_hospital__is_accepted(
    world: World, funded: PartyId, refunding: Statement
) -> None:
    world.suspend(funded)
    world.act(refunding)


@each_signature_fault
def test_refund__badly_signed__reverts(world: World, refunding: Statement, fault: Fault) -> None:
    fault(world, refunding)
