"""CaseAccess.grantKey: the hospital of the consent gives a recipient the case's key, for a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind, Power
from tests.support.events import event, events_of
from tests.support.open_case import KEY, OpenCase
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import DAY, NOBODY, World, digest_of

SECOND = digest_of("key wrapped anew")


@pytest.fixture
def granting(case: OpenCase, reader: PartyId) -> Statement:
    return case.granting(reader)


def test_grant_key__signed_by_the_hospital__opens_the_case(
    world: World, case: OpenCase, granting: Statement, reader: PartyId
) -> None:
    until = granting.values["validUntil"]
    receipt = world.act(granting, at=world.last_second(granting))
    assert events_of(world, receipt) == [
        event(
            "KeyGranted",
            caseFile=case.case_file,
            recipient=reader,
            hospital=case.hospital,
            consent=case.consent,
            key=KEY,
            validUntil=until,
            version=1,
        )
    ]
    assert world.read("CaseAccess", "keyGrantOf", case.case_file, reader) == {
        "consent": case.consent,
        "key": KEY,
        "validUntil": until,
        "version": 1,
    }
    assert world.read("CaseAccess", "hospitalOf", case.case_file) == case.hospital
    assert case.may_open(reader)


def test_grant_key__again__replaces_key_and_time(
    world: World, case: OpenCase, granting: Statement, reader: PartyId
) -> None:
    world.act(granting)
    until = world.chain.now() + DAY
    world.act(case.granting(reader, key=SECOND, valid_until=until, version=1))
    assert world.read("CaseAccess", "keyGrantOf", case.case_file, reader) == {
        "consent": case.consent,
        "key": SECOND,
        "validUntil": until,
        "version": 2,
    }


def test_grant_key__under_a_new_consent__opens_what_a_withdrawal_closed(
    world: World, case: OpenCase, granting: Statement, reader: PartyId
) -> None:
    world.act(granting)
    case.withdraw()
    later = case.with_another_consent()
    assert not case.may_open(reader)
    world.act(later.granting(reader, version=1))
    assert case.may_open(reader)


@pytest.mark.parametrize("kind", [PartyKind.DOCTOR, PartyKind.HOSPITAL])
def test_grant_key__to_those_who_treat__is_accepted(world: World, case: OpenCase, kind: PartyKind) -> None:
    recipient = world.register(kind)
    world.act(case.granting(recipient))
    assert case.may_open(recipient)


def test_grant_key__to_an_arbiter__is_accepted(world: World, case: OpenCase, arbiter: PartyId) -> None:
    world.act(case.granting(arbiter))
    assert case.may_open(arbiter)


@pytest.mark.parametrize("kind", [PartyKind.GROUP, PartyKind.PLATFORM])
def test_grant_key__to_one_who_never_reads__reverts(world: World, case: OpenCase, kind: PartyKind) -> None:
    with refuses("KindNotAllowed", kind=kind):
        world.act(case.granting(world.register(kind)))


def test_grant_key__to_an_official_who_is_no_arbiter__reverts(world: World, case: OpenCase) -> None:
    with refuses("PowerMissing", party=world.bank, held=Power.SETTLEMENT_BANK, needed=Power.ARBITER):
        world.act(case.granting(world.bank))


def test_grant_key__to_a_party_that_is_not_there__reverts(world: World, case: OpenCase) -> None:
    beyond = PartyId(world.read("CredentialRegistry", "partyCount") + 1)
    for nobody in (NOBODY, beyond):
        with refuses("KindNotAllowed", kind=0):
            world.act(case.granting(nobody))


@pytest.mark.parametrize("kind", [PartyKind.DOCTOR, PartyKind.HOSPITAL, PartyKind.OFFICIAL])
def test_grant_key__to_one_who_is_suspended__reverts(world: World, case: OpenCase, kind: PartyKind) -> None:
    recipient = world.register(kind, powers=Power.ARBITER if kind is PartyKind.OFFICIAL else 0)
    world.suspend(recipient)
    with refuses("NotAccredited", party=recipient):
        world.act(case.granting(recipient))


def test_grant_key__to_one_whose_licence_has_expired__reverts(world: World, case: OpenCase) -> None:
    recipient = world.register(PartyKind.DOCTOR, valid_for=DAY // 2)
    until = world.read("CredentialRegistry", "partyOf", recipient)["validUntil"]
    world.act(case.granting(recipient), at=until)
    with refuses("LicenceExpired", party=recipient, validUntil=until, neededAt=until + 1):
        world.act(case.granting(recipient, version=1), at=until + 1)


def test_grant_key__until_the_end_of_the_consent__is_accepted_and_beyond_it_reverts(
    world: World, case: OpenCase, reader: PartyId
) -> None:
    until = case.last_second
    with refuses("GrantBeyondConsent", validUntil=until + 1, allowed=until):
        world.act(case.granting(reader, valid_until=until + 1))
    world.act(case.granting(reader, valid_until=until))


def test_grant_key__until_now__reverts(world: World, case: OpenCase, reader: PartyId) -> None:
    now = world.chain.now() + 100
    with refuses("ValidityInThePast", validUntil=now, nowAt=now):
        world.act(case.granting(reader, valid_until=now), at=now)
    world.act(case.granting(reader, valid_until=now + 2), at=now + 1)


def test_grant_key__without_a_key__reverts(world: World, case: OpenCase, reader: PartyId) -> None:
    with refuses("ZeroHash"):
        world.act(case.granting(reader, key=b"\0" * 32))


def test_grant_key__twice_with_one_statement__reverts(world: World, granting: Statement) -> None:
    world.act(granting)
    with refuses("StaleRevision", named=0, current=1):
        world.act(granting)


def test_grant_key__signed_before_the_grant_was_ended__reverts(
    world: World, case: OpenCase, granting: Statement, reader: PartyId
) -> None:
    world.act(granting)
    kept = case.granting(reader, version=1)
    world.act(case.ending(reader, reader))
    for statement, named in ((granting, 0), (kept, 1)):
        with refuses("StaleRevision", named=named, current=2):
            world.act(statement)


def test_grant_key__under_a_consent_that_nobody_gave__reverts(
    world: World, case: OpenCase, reader: PartyId
) -> None:
    other = digest_of("another consent")
    with refuses("NotGranted", consent=other):
        world.act(replace(case, consent=other).granting(reader))


def test_grant_key__after_the_consent_was_withdrawn__reverts(
    world: World, case: OpenCase, granting: Statement
) -> None:
    case.withdraw()
    with refuses("ConsentNotInForce", consent=case.consent, validUntil=case.last_second, withdrawn=True):
        world.act(granting)


def test_grant_key__after_the_consent_has_ended__reverts(
    world: World, case: OpenCase, reader: PartyId
) -> None:
    until = case.last_second
    with refuses("ConsentNotInForce", consent=case.consent, validUntil=until, withdrawn=False):
        world.act(case.granting(reader, valid_until=until + DAY, deadline=until + DAY), at=until + 1)


def test_grant_key__signed_by_another_hospital__reverts(world: World, granting: Statement) -> None:
    with refuses("InvalidSignature", party=granting.signers[0], signer=0):
        world.act(granting, world.hospital())


def test_grant_key__signed_by_the_recipient__reverts(
    world: World, granting: Statement, reader: PartyId
) -> None:
    with refuses("InvalidSignature", party=granting.signers[0], signer=0):
        world.act(granting, reader)


def test_grant_key__by_another_hospital_with_a_consent_of_its_own__reverts(
    world: World, case: OpenCase, granting: Statement, reader: PartyId
) -> None:
    """A consent is only a key and a signature: anybody can make one up for a case that it has seen."""
    world.act(granting)
    other = world.hospital()
    with refuses("CaseOfOtherHospital", hospital=case.hospital, asked=other):
        world.act(case.with_another_consent(other).granting(reader, version=1))


def test_grant_key__by_a_suspended_hospital__reverts(world: World, granting: Statement) -> None:
    (hospital,) = granting.signers
    world.suspend(hospital)
    with refuses("NotAccredited", party=hospital):
        world.act(granting)


def test_grant_key__under_a_consent_to_what_is_no_hospital__reverts(world: World, reader: PartyId) -> None:
    with refuses("KindNotAllowed", kind=PartyKind.DOCTOR):
        world.act(OpenCase.of(world, reader).granting(reader))


@each_signature_fault
def test_grant_key__badly_signed__reverts(world: World, granting: Statement, fault: Fault) -> None:
    fault(world, granting)
