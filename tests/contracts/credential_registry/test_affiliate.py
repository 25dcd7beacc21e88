"""CredentialRegistry.affiliate: a doctor practises at an institution; both sign."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import DAY, NOBODY, World


@pytest.fixture
def affiliating(world: World, doctor: PartyId, institution: PartyId) -> Statement:
    return affiliation(world, doctor, institution)


def affiliation(
    world: World,
    doctor: PartyId,
    institution: PartyId,
    *,
    valid_until: int | None = None,
    standing_until: int = 0,
    version: int = 0,
) -> Statement:
    until = valid_until or world.chain.now() + 365 * DAY
    return acts.affiliate(doctor, institution, until, standing_until, version, world.deadline)


def test_affiliate__signed_by_both__is_in_force(
    world: World, doctor: PartyId, institution: PartyId, affiliating: Statement
) -> None:
    until = affiliating.values["validUntil"]
    receipt = world.act(affiliating, at=world.last_second(affiliating))
    assert events_of(world, receipt) == [
        event(
            "Affiliated", doctor=doctor, institution=institution, validUntil=until, standingUntil=0, version=1
        )
    ]
    assert world.read("CredentialRegistry", "affiliationOf", doctor, institution) == {
        "validUntil": until,
        "standingUntil": 0,
        "version": 1,
    }
    assert world.read("CredentialRegistry", "lastLoss") == 0


def test_affiliate__again__renews_and_sets_the_standing_consent(
    world: World, doctor: PartyId, institution: PartyId, affiliating: Statement
) -> None:
    world.act(affiliating)
    longer = world.chain.now() + 400 * DAY
    renewing = affiliation(world, doctor, institution, valid_until=longer, standing_until=longer, version=1)
    world.act(renewing)
    assert world.read("CredentialRegistry", "affiliationOf", doctor, institution) == {
        "validUntil": longer,
        "standingUntil": longer,
        "version": 2,
    }
    assert world.read("CredentialRegistry", "lastLoss") == 0


def test_affiliate__for_a_shorter_time_than_before__is_a_loss(
    world: World, doctor: PartyId, institution: PartyId, affiliating: Statement
) -> None:
    world.act(affiliating)
    shorter = world.chain.now() + DAY
    at = world.chain.now() + 100
    world.act(affiliation(world, doctor, institution, valid_until=shorter, version=1), at=at)
    assert world.read("CredentialRegistry", "lastLoss") == at


def test_affiliate__without_the_institutions_signature__reverts(world: World, affiliating: Statement) -> None:
    doctor, _ = affiliating.signers
    with refuses("InvalidSignature", party=affiliating.signers[1], signer=0):
        world.act(affiliating, doctor, doctor)


def test_affiliate__signed_in_the_wrong_order__reverts(world: World, affiliating: Statement) -> None:
    doctor, institution = affiliating.signers
    with refuses("InvalidSignature", party=doctor, signer=0):
        world.act(affiliating, institution, doctor)


def test_affiliate__until_now__reverts(world: World, doctor: PartyId, institution: PartyId) -> None:
    now = world.chain.now() + 100
    with refuses("ValidityInThePast", validUntil=now, nowAt=now):
        world.act(affiliation(world, doctor, institution, valid_until=now), at=now)


def test_affiliate__twice_with_one_statement__reverts(world: World, affiliating: Statement) -> None:
    world.act(affiliating)
    with refuses("StaleRevision", named=0, current=1):
        world.act(affiliating)


def test_affiliate__a_suspended_doctor_or_institution__reverts(
    world: World, doctor: PartyId, institution: PartyId, affiliating: Statement
) -> None:
    for party in (institution, doctor):
        world.suspend(party)
        with refuses("NotAccredited", party=party):
            world.act(affiliating)


def test_affiliate__an_applicant__reverts(world: World, applicant: PartyId, institution: PartyId) -> None:
    with refuses("NotAccredited", party=applicant):
        world.act(affiliation(world, applicant, institution))


@pytest.mark.parametrize("kind", [PartyKind.HOSPITAL, PartyKind.GROUP])
def test_affiliate__what_is_no_doctor__reverts(world: World, institution: PartyId, kind: PartyKind) -> None:
    other = world.register(kind)
    with refuses("KindNotAllowed", kind=kind):
        world.act(affiliation(world, other, institution))


def test_affiliate__with_what_is_no_hospital__reverts(world: World, doctor: PartyId) -> None:
    other = world.doctor()
    with refuses("KindNotAllowed", kind=PartyKind.DOCTOR):
        world.act(affiliation(world, doctor, other))


def test_affiliate__with_nobody__reverts(world: World, affiliating: Statement) -> None:
    with refuses("KindNotAllowed", kind=0):
        world.act(replace(affiliating, values={**affiliating.values, "institution": NOBODY}))


def test_affiliate__after_the_licence_has_expired__reverts(world: World, institution: PartyId) -> None:
    doctor = world.register(PartyKind.DOCTOR, valid_for=DAY // 2)
    until = world.read("CredentialRegistry", "partyOf", doctor)["validUntil"]
    with refuses("LicenceExpired", party=doctor, validUntil=until, neededAt=until + 1):
        world.act(affiliation(world, doctor, institution), at=until + 1)


@each_signature_fault
def test_affiliate__badly_signed__reverts(world: World, affiliating: Statement, fault: Fault) -> None:
    fault(world, affiliating)
