"""CredentialRegistry.requestSignerRemoval: a key goes only after a day's notice."""

from __future__ import annotations

import pytest

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Signature, Statement
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import DAY, World

SECOND = SoftwareKey.from_seed("second key")


@pytest.fixture(scope="module")
def two_keyed(world: World) -> PartyId:
    """A doctor with two keys."""
    party = world.doctor()
    world.act(world.adding(party, SECOND))
    return party


def removal(world: World, party: PartyId, index: int) -> Statement:
    return acts.request_signer_removal(party, world.revision(party), index, world.deadline)


@pytest.fixture
def requesting(world: World, two_keyed: PartyId) -> Statement:
    return removal(world, two_keyed, 1)


def test_request_signer_removal__takes_effect_a_day_later(
    world: World, two_keyed: PartyId, requesting: Statement
) -> None:
    at = world.last_second(requesting)
    receipt = world.act(requesting, at=at)
    assert events_of(world, receipt) == [
        event("SignerRemovalRequested", party=two_keyed, index=1, notBefore=at + DAY)
    ]
    assert world.read("CredentialRegistry", "removalOf", two_keyed) == {"notBefore": at + DAY, "index": 1}
    assert world.read("CredentialRegistry", "signerOf", two_keyed, 1) == SECOND.signer


def test_request_signer_removal__by_the_key_that_stays_or_the_one_that_goes__is_accepted(
    world: World, two_keyed: PartyId
) -> None:
    own_end = removal(world, two_keyed, 1)
    world.send(own_end, [Signature(1, SECOND.sign(world.statements.digest(own_end)))])


def test_request_signer_removal__of_another_key__replaces_the_first_and_waits_anew(
    world: World, two_keyed: PartyId, requesting: Statement
) -> None:
    world.act(requesting)
    at = world.chain.now() + 3600
    world.act(removal(world, two_keyed, 0), at=at)
    assert world.read("CredentialRegistry", "removalOf", two_keyed) == {"notBefore": at + DAY, "index": 0}


def test_request_signer_removal__of_no_key__reverts(world: World, two_keyed: PartyId) -> None:
    for index in (2, 255):
        with refuses("UnknownSigner", party=two_keyed, signer=index):
            world.act(removal(world, two_keyed, index))


def test_request_signer_removal__twice_with_one_statement__reverts(
    world: World, requesting: Statement
) -> None:
    world.act(requesting)
    with refuses("StaleRevision", named=2, current=3):
        world.act(requesting)


def test_request_signer_removal__of_nobody__reverts(world: World) -> None:
    nobody = PartyId(world.read("CredentialRegistry", "partyCount") + 1)
    with refuses("UnknownParty", party=nobody):
        world.send(removal(world, nobody, 0), [Signature(0, b"")])


@each_signature_fault
def test_request_signer_removal__badly_signed__reverts(world: World, doctor: PartyId, fault: Fault) -> None:
    fault(world, removal(world, doctor, 0))
