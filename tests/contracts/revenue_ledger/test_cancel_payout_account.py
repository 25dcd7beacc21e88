"""RevenueLedger.cancelPayoutAccount: an account is taken back before it is in force."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from tests.support.events import event, events_of
from tests.support.payouts import ACCOUNT_DELAY
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import World, digest_of

OLD, NEW = digest_of("old account"), digest_of("new account")
NONE = b"\0" * 32


@pytest.fixture(scope="module")
def mover(world: World) -> PartyId:
    """A doctor whose old account is in force and whose new one is pending."""
    party = world.doctor()
    world.act(acts.set_payout_account(party, OLD, 0, world.deadline))
    world.chain.move_to(world.chain.now() + ACCOUNT_DELAY)
    world.act(acts.set_payout_account(party, NEW, 1, world.deadline))
    return party


def effective_at(world: World, party: PartyId) -> int:
    second: int = world.read("RevenueLedger", "payoutAccountOf", party)["effectiveAt"]
    return second


def withdrawal(world: World, party: PartyId, version: int = 2) -> Statement:
    return acts.cancel_payout_account(party, version, world.chain.now() + ACCOUNT_DELAY - 100)


@pytest.fixture
def taking_back(world: World, mover: PartyId) -> Statement:
    return withdrawal(world, mover)


def test_cancel_payout_account__by_the_payee__keeps_the_old_account(
    world: World, mover: PartyId, taking_back: Statement
) -> None:
    receipt = world.act(taking_back, at=world.last_second(taking_back))
    assert events_of(world, receipt) == [event("PayoutAccountCancelled", party=mover, version=3)]
    assert world.read("RevenueLedger", "payoutAccountOf", mover) == {
        "current": OLD,
        "pending": NONE,
        "effectiveAt": 0,
        "version": 3,
    }
    world.chain.move_to(world.chain.now() + 2 * ACCOUNT_DELAY)
    assert world.read("RevenueLedger", "accountInForce", mover) == OLD


def test_cancel_payout_account__in_the_last_second__is_accepted(world: World, mover: PartyId) -> None:
    last = effective_at(world, mover) - 1
    world.act(acts.cancel_payout_account(mover, 2, last), at=last)


def test_cancel_payout_account__once_it_is_in_force__reverts(world: World, mover: PartyId) -> None:
    at = effective_at(world, mover)
    with refuses("NoAccountPending", party=mover):
        world.act(acts.cancel_payout_account(mover, 2, at), at=at)


def test_cancel_payout_account__without_one_pending__reverts(world: World, mover: PartyId) -> None:
    other = world.doctor()
    with refuses("NoAccountPending", party=other):
        world.act(withdrawal(world, other, version=0))


def test_cancel_payout_account__twice__reverts(world: World, mover: PartyId, taking_back: Statement) -> None:
    world.act(taking_back)
    with refuses("StaleSequence", named=2, current=3):
        world.act(taking_back)
    with refuses("NoAccountPending", party=mover):
        world.act(withdrawal(world, mover, version=3))


@each_signature_fault
def test_cancel_payout_account__badly_signed__reverts(
    world: World, taking_back: Statement, fault: Fault
) -> None:
    fault(world, taking_back)
