"""KeyReplacement.replaceSigners: anyone carries out what is due."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Signature
from huizhen.domain.statuses import PartyKind, PartyStatus, Power
from tests.support.events import event, events_of
from tests.support.key_changes import (
    DELAY,
    LAPSES_AFTER,
    NEW,
    NOTHING,
    cancelling,
    contest,
    due,
    is_pending,
    recorded,
    requesting,
    ruling,
    signer_of,
)
from tests.support.keys import Key, P256Key
from tests.support.refusals import refuses
from tests.support.world import AUTHORITY, DAY, World

MOST = 8


def replace_at(world: World, party: PartyId, at: int) -> list[object]:
    """Sent by somebody who has no part in it."""
    calldata = world.statements.calldata(acts.replace_signers(party), [])
    anybody = world.chain.node.call("eth_accounts")[9]
    receipt = world.chain.send(world.addresses["KeyReplacement"], calldata, at=at, sender=anybody)
    return list(events_of(world, receipt))


def add(world: World, party: PartyId, key: Key, by: Key) -> None:
    statement = world.adding(party, key)
    world.send(statement, [Signature(0, by.sign(world.statements.digest(statement)))])


def test_replace_signers__when_due__leaves_the_new_key_alone(world: World, doctor: PartyId) -> None:
    old = world.keys[doctor]
    world.act(requesting(world, doctor))
    revision = world.revision(doctor)
    assert replace_at(world, doctor, due(world, doctor)) == [
        event("SignerRemoved", party=doctor, index=0),
        event("SignerAdded", party=doctor, index=0, signer=NEW.signer),
        event("SignersReplaced", party=doctor, sequence=2),
    ]
    assert signer_of(world, doctor) == NEW.signer
    assert world.revision(doctor) == revision + 1
    assert recorded(world, doctor) == {**NOTHING, "sequence": 2}
    for key in (old, NEW):
        assert world.read("CredentialRegistry", "partyOfSigner", keccak(key.signer)) == doctor

    third = SoftwareKey.from_seed("third key")
    with refuses("InvalidSignature", party=doctor, signer=0):
        add(world, doctor, third, old)
    add(world, doctor, third, NEW)


def test_replace_signers__of_eight_keys_with_gaps__removes_each_that_is_there(
    world: World, doctor: PartyId
) -> None:
    for number in range(1, MOST):
        world.act(world.adding(doctor, SoftwareKey.from_seed("key", number)))
    world.act(acts.request_signer_removal(doctor, world.revision(doctor), 3, world.deadline))
    world.act(acts.remove_signer(doctor), at=world.chain.now() + DAY)
    world.act(requesting(world, doctor))
    there = [index for index in range(MOST) if index != 3]
    assert replace_at(world, doctor, due(world, doctor)) == [
        *(event("SignerRemoved", party=doctor, index=index) for index in there),
        event("SignerAdded", party=doctor, index=0, signer=NEW.signer),
        event("SignersReplaced", party=doctor, sequence=2),
    ]
    assert [signer_of(world, doctor, index) for index in range(MOST)] == [NEW.signer, *[b""] * (MOST - 1)]


def test_replace_signers__with_a_removal_pending__drops_it(world: World, doctor: PartyId) -> None:
    """Otherwise the new key, at the index of the old one, could be removed by anybody."""
    world.act(requesting(world, doctor))
    world.act(acts.request_signer_removal(doctor, world.revision(doctor), 0, world.deadline))
    replace_at(world, doctor, due(world, doctor))
    assert world.read("CredentialRegistry", "removalOf", doctor) == {"notBefore": 0, "index": 0}
    with refuses("NoRemovalPending", party=doctor):
        world.act(acts.remove_signer(doctor))


def test_replace_signers__by_a_key_that_the_party_had__keeps_that_one(world: World, doctor: PartyId) -> None:
    own = world.keys[doctor]
    world.act(world.adding(doctor, NEW))
    world.act(requesting(world, doctor, own))
    replace_at(world, doctor, due(world, doctor))
    assert [signer_of(world, doctor, index) for index in (0, 1)] == [own.signer, b""]
    assert world.read("CredentialRegistry", "partyOfSigner", keccak(own.signer)) == doctor


def test_replace_signers__by_a_key_of_another_kind__signs_as_well(world: World, doctor: PartyId) -> None:
    chip = P256Key.from_seed(world.addresses["P256Verifier"], "new chip")
    world.act(requesting(world, doctor, chip))
    replace_at(world, doctor, due(world, doctor))
    add(world, doctor, NEW, chip)


@pytest.mark.parametrize("status", [PartyStatus.APPLIED, PartyStatus.SUSPENDED])
def test_replace_signers__of_a_party_that_is_not_accredited__changes_keys_alone(
    world: World, status: PartyStatus
) -> None:
    party = world.apply(PartyKind.DOCTOR) if status is PartyStatus.APPLIED else world.doctor()
    if status is PartyStatus.SUSPENDED:
        world.suspend(party)
    before = world.read("CredentialRegistry", "partyOf", party)
    world.act(requesting(world, party))
    replace_at(world, party, due(world, party))
    assert world.read("CredentialRegistry", "partyOf", party) == before
    assert signer_of(world, party) == NEW.signer


def test_replace_signers__a_second_early__reverts(world: World, doctor: PartyId) -> None:
    world.act(requesting(world, doctor))
    at = due(world, doctor)
    with refuses("ReplacementTooEarly", notBefore=at, nowAt=at - 1):
        replace_at(world, doctor, at - 1)


@pytest.mark.parametrize("after", [0, 1])
def test_replace_signers__until_the_request_lapses(world: World, doctor: PartyId, after: int) -> None:
    world.act(requesting(world, doctor))
    last = due(world, doctor) + LAPSES_AFTER
    if not after:
        replace_at(world, doctor, last)
        return
    with refuses("NoReplacementPending", party=doctor):
        replace_at(world, doctor, last + after)
    assert not is_pending(world, doctor)
    world.act(requesting(world, doctor))
    assert is_pending(world, doctor)


def test_replace_signers__after_a_cancellation__needs_a_ruling(
    world: World, doctor: PartyId, arbiter: PartyId
) -> None:
    contest(world, doctor)
    at = due(world, doctor)
    with refuses("RulingNeeded", party=doctor):
        replace_at(world, doctor, at)
    world.act(ruling(world, doctor, arbiter, allowed=True))
    replace_at(world, doctor, at + DAY)
    assert recorded(world, doctor) == {**NOTHING, "sequence": 5}


def test_replace_signers__allowed__still_waits(world: World, doctor: PartyId, arbiter: PartyId) -> None:
    contest(world, doctor)
    world.act(ruling(world, doctor, arbiter, allowed=True))
    at = due(world, doctor)
    with refuses("ReplacementTooEarly", notBefore=at, nowAt=at - 1):
        replace_at(world, doctor, at - 1)
    replace_at(world, doctor, at)


def test_replace_signers__done__lets_the_new_key_cancel_the_next_request(
    world: World, doctor: PartyId, arbiter: PartyId
) -> None:
    contest(world, doctor)
    world.act(ruling(world, doctor, arbiter, allowed=True))
    replace_at(world, doctor, due(world, doctor))
    world.act(requesting(world, doctor, SoftwareKey.from_seed("yet another")))
    world.act(cancelling(world, doctor), NEW)
    assert not is_pending(world, doctor)


def test_replace_signers__that_nobody_asked_for__reverts(world: World, doctor: PartyId) -> None:
    with refuses("NoReplacementPending", party=doctor):
        world.act(acts.replace_signers(doctor))


def test_replace_signers__twice__reverts(world: World, doctor: PartyId) -> None:
    world.act(requesting(world, doctor))
    at = due(world, doctor)
    replace_at(world, doctor, at)
    with refuses("NoReplacementPending", party=doctor):
        replace_at(world, doctor, at + DAY)


def test_replace_signers__once_the_authority_was_suspended__reverts(
    world: World, doctor: PartyId, second_authority: PartyId
) -> None:
    """Not even its reinstatement brings the request back: who could say which of its keys asked?"""
    world.act(requesting(world, doctor, authority=second_authority))
    at = due(world, doctor)
    world.suspend(second_authority)
    with refuses("NoReplacementPending", party=doctor):
        replace_at(world, doctor, at)
    world.act(acts.reinstate(second_authority, world.revision(second_authority), AUTHORITY, world.deadline))
    with refuses("NoReplacementPending", party=doctor):
        replace_at(world, doctor, at + DAY)


def test_replace_signers__once_the_authority_changed_its_keys__reverts(
    world: World, doctor: PartyId, second_authority: PartyId
) -> None:
    world.act(requesting(world, doctor, authority=second_authority))
    world.act(world.adding(second_authority, SoftwareKey.from_seed("a clean key")))
    assert not is_pending(world, doctor)
    with refuses("NoReplacementPending", party=doctor):
        replace_at(world, doctor, due(world, doctor))


@pytest.mark.parametrize("after", [0, 1])
def test_replace_signers__until_the_authority_expires(world: World, doctor: PartyId, after: int) -> None:
    brief = world.register(PartyKind.OFFICIAL, powers=Power.AUTHORITY, valid_for=DELAY + DAY)
    world.act(requesting(world, doctor, authority=brief))
    end = world.read("CredentialRegistry", "partyOf", brief)["validUntil"]
    if not after:
        replace_at(world, doctor, end)
        return
    with refuses("LicenceExpired", party=brief, validUntil=end, neededAt=end + 1):
        replace_at(world, doctor, end + 1)
