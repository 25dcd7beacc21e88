"""KeyReplacement.cancelReplacement: whoever holds a present key may say no, once."""

from __future__ import annotations

import pytest

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Signature, Statement
from tests.support.events import event, events_of
from tests.support.key_changes import (
    LAPSES_AFTER,
    NOTHING,
    cancelling,
    contest,
    due,
    is_pending,
    recorded,
    requesting,
    ruling,
)
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import DAY, World

SECOND = SoftwareKey.from_seed("second key")


@pytest.fixture
def cancellation(world: World, doctor: PartyId) -> Statement:
    world.act(requesting(world, doctor))
    return cancelling(world, doctor)


def test_cancel_replacement__by_the_present_key__ends_the_request(
    world: World, doctor: PartyId, cancellation: Statement
) -> None:
    receipt = world.act(cancellation, at=world.last_second(cancellation))
    assert events_of(world, receipt) == [event("ReplacementCancelled", party=doctor, sequence=2)]
    assert recorded(world, doctor) == {**NOTHING, "sequence": 2, "contested": True}
    assert not is_pending(world, doctor)
    with refuses("NoReplacementPending", party=doctor):
        world.act(acts.replace_signers(doctor))


def test_cancel_replacement__by_a_key_added_meanwhile__ends_the_request(
    world: World, doctor: PartyId, cancellation: Statement
) -> None:
    world.act(world.adding(doctor, SECOND))
    world.send(cancellation, [Signature(1, SECOND.sign(world.statements.digest(cancellation)))])
    assert not is_pending(world, doctor)


def test_cancel_replacement__by_a_suspended_party__ends_the_request(
    world: World, doctor: PartyId, cancellation: Statement
) -> None:
    world.suspend(doctor)
    world.act(cancellation)
    assert not is_pending(world, doctor)


def test_cancel_replacement__by_a_key_that_was_removed__reverts(world: World, doctor: PartyId) -> None:
    world.act(world.adding(doctor, SECOND))
    world.act(acts.request_signer_removal(doctor, world.revision(doctor), 1, world.deadline))
    world.act(requesting(world, doctor))
    world.act(acts.remove_signer(doctor), at=world.chain.now() + DAY)
    statement = cancelling(world, doctor)
    with refuses("UnknownSigner", party=doctor, signer=1):
        world.send(statement, [Signature(1, SECOND.sign(world.statements.digest(statement)))])


@pytest.mark.parametrize("after", [0, 1])
def test_cancel_replacement__until_the_request_lapses(world: World, doctor: PartyId, after: int) -> None:
    world.act(requesting(world, doctor))
    last = due(world, doctor) + LAPSES_AFTER
    world.chain.move_to(last - 1)
    statement = cancelling(world, doctor)
    if not after:
        world.act(statement, at=last)
        return
    with refuses("NoReplacementPending", party=doctor):
        world.act(statement, at=last + after)


def test_cancel_replacement__a_second_time__reverts(world: World, doctor: PartyId) -> None:
    contest(world, doctor)
    with refuses("CancellationSpent", party=doctor):
        world.act(cancelling(world, doctor))


def test_cancel_replacement__of_one_that_an_arbiter_allowed__reverts(
    world: World, doctor: PartyId, arbiter: PartyId
) -> None:
    world.act(requesting(world, doctor))
    world.act(ruling(world, doctor, arbiter, allowed=True))
    with refuses("CancellationSpent", party=doctor):
        world.act(cancelling(world, doctor))


def test_cancel_replacement__after_a_denial__works_once_more(
    world: World, doctor: PartyId, arbiter: PartyId
) -> None:
    contest(world, doctor)
    world.act(ruling(world, doctor, arbiter, allowed=False))
    world.act(requesting(world, doctor))
    world.act(cancelling(world, doctor))
    assert not is_pending(world, doctor)


def test_cancel_replacement__that_nobody_asked_for__reverts(world: World, doctor: PartyId) -> None:
    with refuses("NoReplacementPending", party=doctor):
        world.act(cancelling(world, doctor))


def test_cancel_replacement__of_another_request_than_the_one_seen__reverts(
    world: World, doctor: PartyId, cancellation: Statement
) -> None:
    world.act(requesting(world, doctor, SECOND))
    with refuses("StaleSequence", named=1, current=2):
        world.act(cancellation)


def test_cancel_replacement__by_another_party__reverts(
    world: World, doctor: PartyId, cancellation: Statement
) -> None:
    other = world.doctor()
    with refuses("InvalidSignature", party=doctor, signer=0):
        world.act(cancellation, other)


@each_signature_fault
def test_cancel_replacement__badly_signed__reverts(
    world: World, cancellation: Statement, fault: Fault
) -> None:
    fault(world, cancellation)
