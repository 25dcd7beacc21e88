"""CredentialRegistry.endAffiliation: the doctor or the institution ends it at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import DAY, World


@pytest.fixture
def ending(world: World, doctor: PartyId, institution: PartyId) -> Statement:
    world.affiliate(doctor, institution)
    return acts.end_affiliation(doctor, institution, doctor, 1, world.deadline)


@pytest.mark.parametrize("by", ["doctor", "institution"])
def test_end_affiliation__by_either_side__is_a_loss_at_once(
    world: World, doctor: PartyId, institution: PartyId, by: str
) -> None:
    world.affiliate(doctor, institution)
    who = doctor if by == "doctor" else institution
    ending = acts.end_affiliation(doctor, institution, who, 1, world.deadline)
    at = world.last_second(ending)
    receipt = world.act(ending, at=at)

    assert events_of(world, receipt) == [
        event("AffiliationEnded", doctor=doctor, institution=institution, by=who, version=2)
    ]
    assert world.read("CredentialRegistry", "affiliationOf", doctor, institution) == {
        "validUntil": 0,
        "standingUntil": 0,
        "version": 2,
    }
    assert world.read("CredentialRegistry", "lastLoss") == at


def test_end_affiliation__by_a_third_party__reverts(
    world: World, doctor: PartyId, institution: PartyId, ending: Statement
) -> None:
    other = world.hospital()
    with refuses("UnknownParty", party=other):
        world.act(acts.end_affiliation(doctor, institution, other, 1, world.deadline))


def test_end_affiliation__named_for_one_and_signed_by_the_other__reverts(
    world: World, doctor: PartyId, institution: PartyId, ending: Statement
) -> None:
    with refuses("InvalidSignature", party=doctor, signer=0):
        world.act(ending, institution)


def test_end_affiliation__that_never_was__reverts(
    world: World, doctor: PartyId, institution: PartyId
) -> None:
    at = world.chain.now() + 100
    with refuses("NotAffiliated", doctor=doctor, institution=institution, validUntil=0, neededAt=at):
        world.act(acts.end_affiliation(doctor, institution, doctor, 0, world.deadline), at=at)


def test_end_affiliation__in_its_last_second__is_accepted_and_afterwards_reverts(
    world: World, doctor: PartyId, institution: PartyId
) -> None:
    until = world.chain.now() + DAY // 2
    world.act(acts.affiliate(doctor, institution, until, 0, 0, world.deadline))
    ending = acts.end_affiliation(doctor, institution, doctor, 1, world.deadline)
    world.act(ending, at=until)

    world.act(acts.affiliate(doctor, institution, until + DAY, 0, 2, world.deadline))
    ending = acts.end_affiliation(doctor, institution, doctor, 3, until + 2 * DAY)
    late = until + DAY + 1
    with refuses("NotAffiliated", doctor=doctor, institution=institution, validUntil=late - 1, neededAt=late):
        world.act(ending, at=late)


def test_end_affiliation__twice__reverts(
    world: World, doctor: PartyId, institution: PartyId, ending: Statement
) -> None:
    world.act(ending)
    with refuses("StaleRevision", named=1, current=2):
        world.act(ending)
    again = replace(ending, values={**ending.values, "version": 2})
    at = world.chain.now() + 100
    with refuses("NotAffiliated", doctor=doctor, institution=institution, validUntil=0, neededAt=at):
        world.act(again, at=at)


def test_end_affiliation__by_a_suspended_doctor__is_accepted(
    world: World, doctor: PartyId, ending: Statement
) -> None:
    world.suspend(doctor)
    world.act(ending)


@each_signature_fault
def test_end_affiliation__badly_signed__reverts(world: World, ending: Statement, fault: Fault) -> None:
    fault(world, ending)
