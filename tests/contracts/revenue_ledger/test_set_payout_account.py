"""RevenueLedger.setPayoutAccount: the payee names where money goes, in force after 48 hours."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind
from tests.support.events import event, events_of
from tests.support.payouts import ACCOUNT_DELAY
from tests.support.refusals import refuses
from tests.support.replacements import every_replacement_pending
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import World, digest_of

FIRST, SECOND, THIRD = (digest_of("account", number) for number in range(3))
NONE = b"\0" * 32


@pytest.fixture(scope="module")
def payee(world: World) -> PartyId:
    return world.doctor()


def naming_of(world: World, party: PartyId, account: bytes, version: int) -> Statement:
    return acts.set_payout_account(party, account, version, world.deadline)


@pytest.fixture
def naming(world: World, payee: PartyId) -> Statement:
    return naming_of(world, payee, FIRST, 0)


def in_force(world: World, party: PartyId) -> bytes:
    account: bytes = world.read("RevenueLedger", "accountInForce", party)
    return account


def test_set_payout_account__signed_by_the_payee__waits_for_48_hours(
    world: World, payee: PartyId, naming: Statement
) -> None:
    at = world.last_second(naming)
    receipt = world.act(naming, at=at)
    assert events_of(world, receipt) == [
        event("PayoutAccountSet", party=payee, account=FIRST, effectiveAt=at + ACCOUNT_DELAY, version=1)
    ]
    assert world.read("RevenueLedger", "payoutAccountOf", payee) == {
        "current": NONE,
        "pending": FIRST,
        "effectiveAt": at + ACCOUNT_DELAY,
        "version": 1,
    }
    world.chain.move_to(at + ACCOUNT_DELAY - 1)
    assert in_force(world, payee) == NONE
    world.chain.move_to(at + ACCOUNT_DELAY)
    assert in_force(world, payee) == FIRST


def test_set_payout_account__while_another_is_in_force__leaves_it_in_force_meanwhile(
    world: World, payee: PartyId, naming: Statement
) -> None:
    world.act(naming)
    world.chain.move_to(world.chain.now() + ACCOUNT_DELAY)
    at = world.chain.now() + 100
    world.act(naming_of(world, payee, SECOND, 1), at=at)
    world.chain.move_to(at + ACCOUNT_DELAY - 1)
    assert in_force(world, payee) == FIRST
    world.chain.move_to(at + ACCOUNT_DELAY)
    assert in_force(world, payee) == SECOND


def test_set_payout_account__while_another_is_pending__replaces_it_and_waits_anew(
    world: World, payee: PartyId, naming: Statement
) -> None:
    world.act(naming)
    world.chain.move_to(world.chain.now() + ACCOUNT_DELAY)
    world.act(naming_of(world, payee, SECOND, 1))
    at = world.chain.now() + ACCOUNT_DELAY - 10
    world.act(acts.set_payout_account(payee, THIRD, 2, at), at=at)
    assert world.read("RevenueLedger", "payoutAccountOf", payee) == {
        "current": FIRST,
        "pending": THIRD,
        "effectiveAt": at + ACCOUNT_DELAY,
        "version": 3,
    }
    world.chain.move_to(at + 100)
    assert in_force(world, payee) == FIRST


def test_set_payout_account__to_none__reverts(world: World, payee: PartyId) -> None:
    with refuses("NoAccountPending", party=payee):
        world.act(naming_of(world, payee, NONE, 0))


def test_set_payout_account__twice_with_one_statement__reverts(world: World, naming: Statement) -> None:
    world.act(naming)
    with refuses("StaleSequence", named=0, current=1):
        world.act(naming)


def test_set_payout_account__ahead_of_the_version__reverts(world: World, payee: PartyId) -> None:
    with refuses("StaleSequence", named=1, current=0):
        world.act(naming_of(world, payee, FIRST, 1))


def test_set_payout_account__of_a_group__is_signed_by_the_group_and_not_by_its_lead(
    world: World, payee: PartyId
) -> None:
    group = world.found(payee)
    naming = naming_of(world, group, FIRST, 0)
    with refuses("InvalidSignature", party=group, signer=0):
        world.act(naming, payee)
    world.act(naming)


@pytest.mark.parametrize("kind", [PartyKind.HOSPITAL, PartyKind.PLATFORM])
def test_set_payout_account__by_whoever_earns__is_accepted_even_when_suspended(
    world: World, kind: PartyKind
) -> None:
    party = world.register(kind)
    world.suspend(party)
    world.act(naming_of(world, party, FIRST, 0))


@each_signature_fault
def test_set_payout_account__badly_signed__reverts(world: World, naming: Statement, fault: Fault) -> None:
    fault(world, naming)


def test_set_payout_account__while_the_keys_are_replaced__reverts_and_is_accepted_afterwards(
    world: World, payee: PartyId, naming: Statement
) -> None:
    with every_replacement_pending(world), refuses("ReplacementPending", party=payee):
        world.act(naming)
    world.act(naming)
