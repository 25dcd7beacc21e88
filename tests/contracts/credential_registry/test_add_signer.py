"""CredentialRegistry.addSigner: a party has up to eight keys, and any of them speaks for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_utils.crypto import keccak

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Signature, Statement
from tests.support.events import event, events_of
from tests.support.keys import LongKey, P256Key
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import DAY, World

SECOND = SoftwareKey.from_seed("second key")
MOST = 8
LONGEST = 1024


@pytest.fixture
def adding(world: World, doctor: PartyId) -> Statement:
    return world.adding(doctor, SECOND)


def test_add_signer__by_a_signer_of_the_party__works_at_once(
    world: World, doctor: PartyId, adding: Statement
) -> None:
    receipt = world.act(adding, at=world.last_second(adding))
    assert events_of(world, receipt) == [event("SignerAdded", party=doctor, index=1, signer=SECOND.signer)]
    assert world.read("CredentialRegistry", "signerOf", doctor, 1) == SECOND.signer
    assert world.read("CredentialRegistry", "partyOfSigner", keccak(SECOND.signer)) == doctor
    assert world.read("CredentialRegistry", "partyOf", doctor)["signers"] == 2

    third = world.adding(doctor, SoftwareKey.from_seed("third key"))
    world.send(third, [Signature(1, SECOND.sign(world.statements.digest(third)))])


def test_add_signer__under_the_index_of_another_key__reverts(
    world: World, doctor: PartyId, adding: Statement
) -> None:
    world.act(adding)
    third = world.adding(doctor, SoftwareKey.from_seed("third key"))
    digest = world.statements.digest(third)
    with refuses("InvalidSignature", party=doctor, signer=0):
        world.send(third, [Signature(0, SECOND.sign(digest))])
    with refuses("InvalidSignature", party=doctor, signer=1):
        world.send(third, [Signature(1, world.keys[doctor].sign(digest))])


def test_add_signer__of_another_kind__signs_as_well(world: World, doctor: PartyId) -> None:
    chip = P256Key.from_seed(world.addresses["P256Verifier"], "chip")
    world.act(world.adding(doctor, chip))
    next_one = world.adding(doctor, SECOND)
    world.send(next_one, [Signature(1, chip.sign(world.statements.digest(next_one)))])


def test_add_signer__the_ninth__reverts(world: World, doctor: PartyId) -> None:
    for number in range(1, MOST):
        world.act(world.adding(doctor, SoftwareKey.from_seed("key", number)))
    with refuses("TooManySigners", party=doctor, allowed=MOST):
        world.act(world.adding(doctor, SECOND))


def test_add_signer__the_eighth__signs_under_the_last_index(world: World, doctor: PartyId) -> None:
    keys = [SoftwareKey.from_seed("key", number) for number in range(MOST)]
    for key in keys[1:]:
        world.act(world.adding(doctor, key))
    removal = acts.request_signer_removal(doctor, world.revision(doctor), 1, world.deadline)
    value = keys[-1].sign(world.statements.digest(removal))
    for index in (MOST, 255):
        with refuses("UnknownSigner", party=doctor, signer=index):
            world.send(removal, [Signature(index, value)])
    world.send(removal, [Signature(MOST - 1, value)])


def test_add_signer__after_a_removal__takes_the_free_index(
    world: World, doctor: PartyId, adding: Statement
) -> None:
    world.act(adding)
    world.act(acts.request_signer_removal(doctor, world.revision(doctor), 1, world.deadline))
    world.chain.move_to(world.chain.now() + DAY)
    world.act(acts.remove_signer(doctor))
    third = SoftwareKey.from_seed("third key")
    receipt = world.act(world.adding(doctor, third))
    assert events_of(world, receipt) == [event("SignerAdded", party=doctor, index=1, signer=third.signer)]
    assert world.read("CredentialRegistry", "partyOf", doctor)["signers"] == 2


def test_add_signer__that_a_party_has__reverts(world: World, doctor: PartyId, institution: PartyId) -> None:
    for party in (doctor, institution):
        with refuses("SignerTaken", party=party):
            world.act(world.adding(doctor, world.keys[party]))


def test_add_signer__too_short_to_be_one__reverts(world: World, doctor: PartyId) -> None:
    cut = acts.add_signer(doctor, world.revision(doctor), SECOND.signer[:19], world.deadline)
    with refuses("SignerTooShort", length=19):
        world.act(world.proven(cut, SECOND))


def test_add_signer__of_the_greatest_length__works_and_of_more_reverts(
    world: World, doctor: PartyId, project: Any, admin: Any
) -> None:
    """Keys without a bound could not be removed within one block."""
    verifier = admin.deploy(project.LenientVerifier).address
    world.act(world.adding(doctor, LongKey(verifier, LONGEST)))
    with refuses("SignerTooLong", length=LONGEST + 1, allowed=LONGEST):
        world.act(world.adding(doctor, LongKey(verifier, LONGEST + 1)))


def test_add_signer__without_the_new_key__reverts(world: World, doctor: PartyId, adding: Statement) -> None:
    digest = world.statements.digest(adding)
    other = acts.add_signer(doctor, world.revision(doctor), SECOND.signer, world.deadline + 60)
    for possession in (b"", world.keys[doctor].sign(digest), SECOND.sign(world.statements.digest(other))):
        with refuses("PossessionUnproven", party=doctor):
            world.act(adding.with_possession(possession))


def test_add_signer__proven_for_another_party__reverts(
    world: World, doctor: PartyId, institution: PartyId, adding: Statement
) -> None:
    stolen = acts.add_signer(institution, world.revision(institution), SECOND.signer, world.deadline)
    with refuses("PossessionUnproven", party=institution):
        world.act(stolen.with_possession(SECOND.sign(world.statements.digest(adding))))
    world.act(adding)
    assert world.read("CredentialRegistry", "partyOfSigner", keccak(SECOND.signer)) == doctor


def test_add_signer__twice_with_one_statement__reverts(world: World, adding: Statement) -> None:
    world.act(adding)
    with refuses("StaleRevision", named=1, current=2):
        world.act(adding)


def test_add_signer__to_nobody__reverts(world: World, adding: Statement) -> None:
    nobody = PartyId(world.read("CredentialRegistry", "partyCount") + 1)
    with refuses("UnknownParty", party=nobody):
        world.act(replace(adding, values={**adding.values, "party": nobody}))


@each_signature_fault
def test_add_signer__badly_signed__reverts(world: World, adding: Statement, fault: Fault) -> None:
    fault(world, adding)
