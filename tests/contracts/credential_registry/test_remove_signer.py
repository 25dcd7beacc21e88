"""CredentialRegistry.removeSigner: anyone carries out a removal that is due."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Signature
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.world import World

FIRST, SECOND = 0, 1
KEY = SoftwareKey.from_seed("second key")


@pytest.fixture
def holder(world: World) -> PartyId:
    """A doctor with two keys, the first of which is to go."""
    party = world.doctor()
    world.act(world.adding(party, KEY))
    world.act(acts.request_signer_removal(party, world.revision(party), FIRST, world.deadline))
    return party


def due(world: World, party: PartyId) -> int:
    second: int = world.read("CredentialRegistry", "removalOf", party)["notBefore"]
    return second


def test_remove_signer__when_due__takes_the_key_its_say(world: World, holder: PartyId) -> None:
    receipt = world.send(acts.remove_signer(holder), [Signature(0, b"")], at=due(world, holder))
    assert events_of(world, receipt) == [event("SignerRemoved", party=holder, index=FIRST)]
    assert world.read("CredentialRegistry", "signerOf", holder, FIRST) == b""
    assert world.read("CredentialRegistry", "removalOf", holder) == {"notBefore": 0, "index": 0}

    adding = world.adding(holder, SoftwareKey.from_seed("x"))
    with refuses("UnknownSigner", party=holder, signer=FIRST):
        world.act(adding)
    world.send(adding, [Signature(SECOND, KEY.sign(world.statements.digest(adding)))])


def test_remove_signer__a_second_early__reverts(world: World, holder: PartyId) -> None:
    not_before = due(world, holder)
    with refuses("RemovalTooEarly", notBefore=not_before, nowAt=not_before - 1):
        world.act(acts.remove_signer(holder), at=not_before - 1)


def test_remove_signer__that_nobody_asked_for__reverts(world: World, doctor: PartyId) -> None:
    with refuses("NoRemovalPending", party=doctor):
        world.act(acts.remove_signer(doctor))


def test_remove_signer__twice__reverts(world: World, holder: PartyId) -> None:
    world.act(acts.remove_signer(holder), at=due(world, holder))
    with refuses("NoRemovalPending", party=holder):
        world.act(acts.remove_signer(holder))


def test_remove_signer__the_last_one__reverts(world: World, doctor: PartyId) -> None:
    world.act(acts.request_signer_removal(doctor, world.revision(doctor), FIRST, world.deadline))
    with refuses("LastSigner", party=doctor):
        world.act(acts.remove_signer(doctor), at=due(world, doctor))


def test_remove_signer__leaves_the_key_to_the_party_for_ever(
    world: World, holder: PartyId, doctor: PartyId
) -> None:
    """Nobody else may take over a key that once spoke for somebody."""
    removed = world.keys[holder]
    world.act(acts.remove_signer(holder), at=due(world, holder))
    assert world.read("CredentialRegistry", "partyOfSigner", keccak(removed.signer)) == holder
    with refuses("SignerTaken", party=holder):
        world.act(world.adding(doctor, removed))
