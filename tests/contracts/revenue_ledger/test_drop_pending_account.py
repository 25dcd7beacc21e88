"""RevenueLedger.dropPendingAccount: a thief's account, named shortly before the keys are replaced, goes again."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from tests.support.events import event, events_of
from tests.support.payouts import ACCOUNT_DELAY
from tests.support.refusals import refuses
from tests.support.replacements import every_replacement_pending
from tests.support.world import World, digest_of

OWN, STOLEN = digest_of("own account"), digest_of("thief's account")
NONE = b"\0" * 32


@pytest.fixture(scope="module")
def robbed(world: World) -> PartyId:
    """A doctor whose own account is in force and for whom a thief has named another."""
    party = world.doctor()
    world.act(acts.set_payout_account(party, OWN, 0, world.deadline))
    world.chain.move_to(world.chain.now() + ACCOUNT_DELAY)
    world.act(acts.set_payout_account(party, STOLEN, 1, world.deadline))
    return party


def effective_at(world: World, party: PartyId) -> int:
    second: int = world.read("RevenueLedger", "payoutAccountOf", party)["effectiveAt"]
    return second


def test_drop_pending_account__by_anybody_while_keys_are_replaced__keeps_the_old_account(
    world: World, robbed: PartyId
) -> None:
    with every_replacement_pending(world):
        receipt = world.act(acts.drop_pending_account(robbed))
    assert events_of(world, receipt) == [event("PayoutAccountCancelled", party=robbed, version=3)]
    kept = {"current": OWN, "pending": NONE, "effectiveAt": 0, "version": 3}
    assert world.read("RevenueLedger", "payoutAccountOf", robbed) == kept
    world.chain.move_to(world.chain.now() + 2 * ACCOUNT_DELAY)
    assert world.read("RevenueLedger", "accountInForce", robbed) == OWN


@pytest.mark.parametrize("late", [0, 1])
def test_drop_pending_account__up_to_the_last_second__is_accepted_and_then_reverts(
    world: World, robbed: PartyId, late: int
) -> None:
    at = effective_at(world, robbed) - 1 + late
    with every_replacement_pending(world):
        if not late:
            world.act(acts.drop_pending_account(robbed), at=at)
            return
        with refuses("NoAccountPending", party=robbed):
            world.act(acts.drop_pending_account(robbed), at=at)
    assert world.read("RevenueLedger", "accountInForce", robbed) == STOLEN


def test_drop_pending_account__where_no_keys_are_replaced__reverts(world: World, robbed: PartyId) -> None:
    with refuses("NoReplacementPending", party=robbed):
        world.act(acts.drop_pending_account(robbed))


def test_drop_pending_account__twice__reverts(world: World, robbed: PartyId) -> None:
    with every_replacement_pending(world):
        world.act(acts.drop_pending_account(robbed))
        with refuses("NoAccountPending", party=robbed):
            world.act(acts.drop_pending_account(robbed))


def test_drop_pending_account__makes_the_thiefs_next_statement_stale(world: World, robbed: PartyId) -> None:
    prepared = acts.set_payout_account(robbed, digest_of("another of the thief"), 2, world.deadline)
    signed = world.sign(prepared)
    with every_replacement_pending(world):
        world.act(acts.drop_pending_account(robbed))
    with refuses("StaleSequence", named=2, current=3):
        world.send(prepared, signed)
