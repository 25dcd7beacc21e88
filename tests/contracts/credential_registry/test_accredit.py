"""CredentialRegistry.accredit: an authority says what a party may do, and until when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind, PartyStatus, Power
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import AUTHORITY, BEIJING, DAY, SPECIALTIES, World


@pytest.fixture
def accrediting(world: World, applicant: PartyId) -> Statement:
    return accreditation(world, applicant)


def accreditation(
    world: World,
    party: PartyId,
    *,
    specialties: int = SPECIALTIES,
    valid_until: int | None = None,
    powers: int = 0,
    authority: PartyId = AUTHORITY,
) -> Statement:
    return acts.accredit(
        party,
        world.revision(party),
        specialties,
        BEIJING,
        valid_until or world.chain.now() + 365 * DAY,
        powers,
        authority,
        world.deadline,
    )


def last_loss(world: World) -> int:
    second: int = world.read("CredentialRegistry", "lastLoss")
    return second


def test_accredit__an_applicant__says_all_that_it_may_do(
    world: World, applicant: PartyId, accrediting: Statement
) -> None:
    valid_until = accrediting.values["validUntil"]
    receipt = world.act(accrediting, at=world.last_second(accrediting))

    assert events_of(world, receipt) == [
        event(
            "Accredited",
            party=applicant,
            authority=AUTHORITY,
            specialties=SPECIALTIES,
            city=BEIJING,
            validUntil=valid_until,
            powers=0,
        )
    ]
    assert world.read("CredentialRegistry", "partyOf", applicant) == {
        "specialties": SPECIALTIES,
        "validUntil": valid_until,
        "city": BEIJING,
        "kind": PartyKind.DOCTOR,
        "status": PartyStatus.ACCREDITED,
        "powers": 0,
        "signers": 1,
    }
    assert world.revision(applicant) == 1


def test_accredit__again__renews_without_a_loss(world: World, doctor: PartyId) -> None:
    before = last_loss(world)
    longer = world.chain.now() + 4000 * DAY
    world.act(accreditation(world, doctor, specialties=SPECIALTIES | 1, valid_until=longer))
    record = world.read("CredentialRegistry", "partyOf", doctor)
    assert (record["specialties"], record["validUntil"]) == (SPECIALTIES | 1, longer)
    assert last_loss(world) == before


def test_accredit__for_less_than_before__is_a_loss(world: World, doctor: PartyId) -> None:
    longer = world.chain.now() + 4000 * DAY
    world.act(accreditation(world, doctor, valid_until=longer, powers=Power.ARBITER))
    for less in (
        accreditation(
            world, doctor, specialties=SPECIALTIES & ~0b10, valid_until=longer, powers=Power.ARBITER
        ),
        accreditation(world, doctor, specialties=SPECIALTIES, valid_until=longer - 1, powers=Power.ARBITER),
        accreditation(world, doctor, specialties=SPECIALTIES, valid_until=longer - 1, powers=0),
    ):
        at = world.chain.now() + 100
        revision = world.revision(doctor)
        world.act(replace(less, values={**less.values, "revision": revision}), at=at)
        assert last_loss(world) == at


def test_accredit__until_the_next_second__is_accepted_and_until_now_reverts(
    world: World, applicant: PartyId
) -> None:
    now = world.chain.now() + 100
    with refuses("ValidityInThePast", validUntil=now, nowAt=now):
        world.act(accreditation(world, applicant, valid_until=now), at=now)
    world.act(accreditation(world, applicant, valid_until=now + 2), at=now + 1)


def test_accredit__a_second_time_with_one_statement__reverts(world: World, accrediting: Statement) -> None:
    world.act(accrediting)
    with refuses("StaleRevision", named=0, current=1):
        world.act(accrediting)


def test_accredit__ahead_of_the_revision__reverts(world: World, accrediting: Statement) -> None:
    ahead = replace(accrediting, values={**accrediting.values, "revision": 1})
    with refuses("StaleRevision", named=1, current=0):
        world.act(ahead)


def test_accredit__nobody__reverts(world: World) -> None:
    nobody = PartyId(world.read("CredentialRegistry", "partyCount") + 1)
    with refuses("UnknownParty", party=nobody):
        world.act(accreditation(world, nobody))


def test_accredit__a_suspended_party__reverts(world: World, doctor: PartyId) -> None:
    world.suspend(doctor)
    with refuses("NotAccredited", party=doctor):
        world.act(accreditation(world, doctor))


def test_accredit__by_an_official_without_the_power__reverts(world: World, applicant: PartyId) -> None:
    with refuses("PowerMissing", party=world.bank, held=Power.SETTLEMENT_BANK, needed=Power.AUTHORITY):
        world.act(accreditation(world, applicant, authority=world.bank))


def test_accredit__by_itself__reverts(world: World, applicant: PartyId) -> None:
    with refuses("NotAccredited", party=applicant):
        world.act(accreditation(world, applicant, powers=Power.AUTHORITY, authority=applicant))


def test_accredit__by_a_second_authority__is_accepted(
    world: World, applicant: PartyId, second_authority: PartyId
) -> None:
    world.act(accreditation(world, applicant, authority=second_authority))


def test_accredit__by_a_suspended_authority__reverts(
    world: World, applicant: PartyId, second_authority: PartyId
) -> None:
    world.suspend(second_authority)
    with refuses("NotAccredited", party=second_authority):
        world.act(accreditation(world, applicant, authority=second_authority))


def test_accredit__by_an_authority_on_its_last_day__is_accepted_and_then_reverts(
    world: World, applicant: PartyId
) -> None:
    authority = world.register(PartyKind.OFFICIAL, powers=Power.AUTHORITY, valid_for=DAY // 2)
    until = world.read("CredentialRegistry", "partyOf", authority)["validUntil"]
    world.act(accreditation(world, applicant, authority=authority), at=until)
    with refuses("LicenceExpired", party=authority, validUntil=until, neededAt=until + 1):
        world.act(accreditation(world, applicant, authority=authority), at=until + 1)


@each_signature_fault
def test_accredit__badly_signed__reverts(world: World, accrediting: Statement, fault: Fault) -> None:
    fault(world, accrediting)
