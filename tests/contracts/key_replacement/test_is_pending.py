"""KeyReplacement.isPending: what the ledger asks before a payout account changes."""

from __future__ import annotations

from huizhen.domain.ids import PartyId
from tests.support.key_changes import LAPSES_AFTER, cancelling, due, is_pending, requesting
from tests.support.world import World


def test_is_pending__from_the_request_until_it_lapses(world: World, doctor: PartyId) -> None:
    assert not is_pending(world, doctor)
    world.act(requesting(world, doctor))
    assert is_pending(world, doctor)
    last = due(world, doctor) + LAPSES_AFTER
    world.chain.move_to(last)
    assert is_pending(world, doctor)
    world.chain.move_to(last + 1)
    assert not is_pending(world, doctor)


def test_is_pending__of_another_party__is_untouched(world: World, doctor: PartyId) -> None:
    other = world.doctor()
    world.act(requesting(world, doctor))
    assert not is_pending(world, other)
    assert not is_pending(world, PartyId(0))


def test_is_pending__cancelled_or_without_its_authority__ends(
    world: World, doctor: PartyId, second_authority: PartyId
) -> None:
    world.act(requesting(world, doctor))
    world.act(cancelling(world, doctor))
    assert not is_pending(world, doctor)
    world.act(requesting(world, doctor, authority=second_authority))
    assert is_pending(world, doctor)
    world.suspend(second_authority)
    assert not is_pending(world, doctor)
