"""CredentialRegistry.cancelSignerRemoval: a removal is taken back before it is done."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Signature, Statement
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import DAY, World


@pytest.fixture
def cancelling(world: World, doctor: PartyId) -> Statement:
    world.act(acts.request_signer_removal(doctor, world.revision(doctor), 0, world.deadline))
    return cancellation(world, doctor)


def cancellation(world: World, party: PartyId) -> Statement:
    return acts.cancel_signer_removal(party, world.revision(party), world.deadline)


def test_cancel_signer_removal__keeps_the_signer(
    world: World, doctor: PartyId, cancelling: Statement
) -> None:
    receipt = world.act(cancelling, at=world.last_second(cancelling))
    assert events_of(world, receipt) == [event("SignerRemovalCancelled", party=doctor, index=0)]
    assert world.read("CredentialRegistry", "removalOf", doctor) == {"notBefore": 0, "index": 0}
    with refuses("NoRemovalPending", party=doctor):
        world.act(acts.remove_signer(doctor))


def test_cancel_signer_removal__that_is_due_and_not_done__is_accepted(
    world: World, doctor: PartyId, cancelling: Statement
) -> None:
    world.chain.move_to(world.chain.now() + 2 * DAY)
    world.act(cancellation(world, doctor))


def test_cancel_signer_removal__that_nobody_asked_for__reverts(world: World, doctor: PartyId) -> None:
    with refuses("NoRemovalPending", party=doctor):
        world.act(cancellation(world, doctor))


def test_cancel_signer_removal__twice_with_one_statement__reverts(
    world: World, cancelling: Statement
) -> None:
    world.act(cancelling)
    with refuses("StaleRevision", named=2, current=3):
        world.act(cancelling)


def test_cancel_signer_removal__of_nobody__reverts(world: World) -> None:
    nobody = PartyId(world.read("CredentialRegistry", "partyCount") + 1)
    with refuses("UnknownParty", party=nobody):
        world.send(cancellation(world, nobody), [Signature(0, b"")])


@each_signature_fault
def test_cancel_signer_removal__badly_signed__reverts(
    world: World, cancelling: Statement, fault: Fault
) -> None:
    fault(world, cancelling)
