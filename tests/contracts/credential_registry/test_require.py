"""CredentialRegistry.requireActive, requirePower, requireSigned, requireSignedBy: what other contracts ask."""

from __future__ import annotations

import pytest

from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Signature, pack_signatures
from huizhen.domain.statuses import PartyKind, Power
from tests.support.refusals import refuses
from tests.support.world import DAY, World, digest_of

DIGEST = digest_of("anything")


def require(world: World, function: str, *arguments: object) -> None:
    world.read("CredentialRegistry", function, *arguments)


def signed(world: World, *parties: PartyId) -> bytes:
    return pack_signatures([Signature(0, world.keys[party].sign(DIGEST)) for party in parties])


def test_require_active__an_accredited_party_of_the_kind__passes(world: World, doctor: PartyId) -> None:
    require(world, "requireActive", doctor, PartyKind.DOCTOR)


def test_require_active__of_another_kind__reverts(world: World, doctor: PartyId) -> None:
    with refuses("KindNotAllowed", kind=PartyKind.DOCTOR):
        require(world, "requireActive", doctor, PartyKind.HOSPITAL)


def test_require_active__an_applicant_or_suspended__reverts(
    world: World, applicant: PartyId, doctor: PartyId
) -> None:
    world.suspend(doctor)
    for party in (applicant, doctor):
        with refuses("NotAccredited", party=party):
            require(world, "requireActive", party, PartyKind.DOCTOR)


def test_require_active__after_the_last_second_of_the_licence__reverts(world: World) -> None:
    doctor = world.register(PartyKind.DOCTOR, valid_for=DAY)
    until = world.read("CredentialRegistry", "partyOf", doctor)["validUntil"]
    world.chain.move_to(until)
    require(world, "requireActive", doctor, PartyKind.DOCTOR)
    world.chain.move_to(until + 1)
    with refuses("LicenceExpired", party=doctor, validUntil=until, neededAt=until + 1):
        require(world, "requireActive", doctor, PartyKind.DOCTOR)


def test_require_power__needs_every_power_asked_for(world: World) -> None:
    require(world, "requirePower", world.bank, Power.SETTLEMENT_BANK)
    both = Power.SETTLEMENT_BANK | Power.ARBITER
    with refuses("PowerMissing", party=world.bank, held=Power.SETTLEMENT_BANK, needed=both):
        require(world, "requirePower", world.bank, both)


def test_require_power__of_a_suspended_or_expired_official__reverts(world: World) -> None:
    clerk = world.register(PartyKind.OFFICIAL, powers=Power.ARBITER, valid_for=DAY)
    until = world.read("CredentialRegistry", "partyOf", clerk)["validUntil"]
    world.suspend(world.bank)
    with refuses("NotAccredited", party=world.bank):
        require(world, "requirePower", world.bank, Power.SETTLEMENT_BANK)
    world.chain.move_to(until + 1)
    with refuses("LicenceExpired", party=clerk, validUntil=until, neededAt=until + 1):
        require(world, "requirePower", clerk, Power.ARBITER)


def test_require_signed__by_all_in_order__passes(world: World, doctor: PartyId, institution: PartyId) -> None:
    parties = [institution, doctor, institution]
    require(world, "requireSigned", DIGEST, parties, signed(world, *parties))


def test_require_signed__in_another_order__reverts(
    world: World, doctor: PartyId, institution: PartyId
) -> None:
    with refuses("InvalidSignature", party=doctor, signer=0):
        require(world, "requireSigned", DIGEST, [doctor, institution], signed(world, institution, doctor))


def test_require_signed__by_too_few_or_too_many__reverts(
    world: World, doctor: PartyId, institution: PartyId
) -> None:
    both = [doctor, institution]
    for signatures in (
        signed(world, doctor),
        signed(world, *both, doctor),
        b"",
        signed(world, *both) + b"\0",
    ):
        with refuses("MalformedSignatures"):
            require(world, "requireSigned", DIGEST, both, signatures)


def test_require_signed__by_nobody__takes_no_signature(world: World, doctor: PartyId) -> None:
    require(world, "requireSigned", DIGEST, [], b"")
    with refuses("MalformedSignatures"):
        require(world, "requireSigned", DIGEST, [], signed(world, doctor))


def test_require_signed_by__its_key__passes_and_no_other(
    world: World, doctor: PartyId, institution: PartyId
) -> None:
    require(world, "requireSignedBy", DIGEST, doctor, signed(world, doctor))
    with refuses("InvalidSignature", party=doctor, signer=0):
        require(world, "requireSignedBy", DIGEST, doctor, signed(world, institution))


@pytest.mark.parametrize("length", [0, 1, 2, 3, 67, 69])
def test_require_signed_by__with_a_wrong_length__reverts(world: World, doctor: PartyId, length: int) -> None:
    with refuses("MalformedSignatures"):
        require(world, "requireSignedBy", DIGEST, doctor, (signed(world, doctor) + b"\0")[:length])


@pytest.mark.parametrize("length", [66, 65 + 256, 2**16 - 1])
def test_require_signed_by__with_a_length_that_runs_past_the_end__reverts(
    world: World, doctor: PartyId, length: int
) -> None:
    packed = signed(world, doctor)
    with refuses("MalformedSignatures"):
        require(world, "requireSignedBy", DIGEST, doctor, packed[:1] + length.to_bytes(2, "big") + packed[3:])


def test_require_signed_by__nobody__reverts(world: World, doctor: PartyId) -> None:
    with refuses("UnknownSigner", party=0, signer=0):
        require(world, "requireSignedBy", DIGEST, 0, signed(world, doctor))
