"""RevenueLedger.deposit: the settlement bank says what a hospital paid into custody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind, Power
from tests.support.books import moves
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import World, digest_of

REFERENCE = digest_of("a bank reference")
AMOUNT = Fen(12_345)


def deposit(
    world: World, hospital: PartyId, *, amount: Fen = AMOUNT, bank: PartyId | None = None
) -> Statement:
    return acts.deposit(hospital, amount, REFERENCE, bank or world.bank, world.deadline)


@pytest.fixture
def depositing(world: World, funded: PartyId) -> Statement:
    return deposit(world, funded)


def test_deposit__signed_by_the_bank__is_available_and_in_custody(
    world: World, funded: PartyId, depositing: Statement
) -> None:
    custody = world.read("BankRail", "custody")
    with moves(world, available=AMOUNT, custody=AMOUNT):
        receipt = world.act(depositing, at=world.last_second(depositing))
    assert events_of(world, receipt) == [
        event("Deposited", hospital=funded, amount=AMOUNT, bankRef=REFERENCE),
        event("Collected", bankRef=REFERENCE, amount=AMOUNT, custody=custody + AMOUNT),
    ]
    assert world.read("RevenueLedger", "fundsOf", funded)["available"] == 1_000_000 + AMOUNT


def test_deposit__under_a_used_reference__reverts_and_keeps_nothing(
    world: World, depositing: Statement
) -> None:
    world.act(depositing)
    with moves(world), refuses("ReferenceUsed", bankRef=REFERENCE):
        world.act(depositing)
    other = replace(depositing, values={**depositing.values, "amount": 1})
    with moves(world), refuses("ReferenceUsed", bankRef=REFERENCE):
        world.act(other)


def test_deposit__of_nothing__reverts(world: World, funded: PartyId) -> None:
    with refuses("ZeroAmount"):
        world.act(deposit(world, funded, amount=Fen(0)))


@pytest.mark.parametrize("kind", [PartyKind.DOCTOR, PartyKind.GROUP, PartyKind.PLATFORM])
def test_deposit__for_what_is_no_hospital__reverts(world: World, kind: PartyKind) -> None:
    with refuses("KindNotAllowed", kind=kind):
        world.act(deposit(world, world.register(kind)))


def test_deposit__for_nobody__reverts(world: World) -> None:
    with refuses("KindNotAllowed", kind=0):
        world.act(deposit(world, PartyId(9999)))


def test_deposit__for_a_suspended_hospital__is_accepted(
    world: World, funded: PartyId, depositing: Statement
) -> None:
    """The money has arrived whatever the hospital may still do."""
    world.suspend(funded)
    world.act(depositing)


def test_deposit__by_an_official_without_the_power__reverts(world: World, funded: PartyId) -> None:
    with refuses(
        "PowerMissing", party=world.preparer, held=Power.PAYOUT_PREPARER, needed=Power.SETTLEMENT_BANK
    ):
        world.act(deposit(world, funded, bank=world.preparer))


def test_deposit__by_the_hospital_itself__reverts(world: World, funded: PartyId) -> None:
    with refuses("PowerMissing", party=funded, held=0, needed=Power.SETTLEMENT_BANK):
        world.act(deposit(world, funded, bank=funded))


def test_deposit__by_a_suspended_bank__reverts(world: World, depositing: Statement) -> None:
    world.suspend(world.bank)
    with refuses("NotAccredited", party=world.bank):
        world.act(depositing)


@each_signature_fault
def test_deposit__badly_signed__reverts(world: World, depositing: Statement, fault: Fault) -> None:
    fault(world, depositing)
