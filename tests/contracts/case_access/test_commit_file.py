"""CaseAccess.commitFile: the hospital, or somebody who may open the case, adds a file for good."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind
from tests.support.events import event, events_of
from tests.support.open_case import FILE, OpenCase
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import DAY, NOBODY, World, digest_of

SECOND = digest_of("second file")
NONE = b"\0" * 32


@pytest.fixture
def committing(case: OpenCase) -> Statement:
    return case.committing()


def test_commit_file__signed_by_the_hospital__is_recorded(
    world: World, hospital: PartyId, case: OpenCase, committing: Statement
) -> None:
    assert world.read("CaseAccess", "hospitalOf", case.case_file) == NOBODY
    at = world.last_second(committing)
    receipt = world.act(committing, at=at)
    assert events_of(world, receipt) == [
        event("FileCommitted", caseFile=case.case_file, file=FILE, by=hospital, index=0)
    ]
    assert world.read("CaseAccess", "fileOf", case.case_file, FILE) == {
        "by": hospital,
        "index": 0,
        "committedAt": at,
    }
    assert world.read("CaseAccess", "fileCount", case.case_file) == 1
    assert world.read("CaseAccess", "fileAt", case.case_file, 0) == FILE
    assert world.read("CaseAccess", "fileAt", case.case_file, 1) == NONE
    assert world.read("CaseAccess", "hospitalOf", case.case_file) == hospital


def test_commit_file__by_a_recipient_of_the_key__stands_behind_the_first(
    world: World, case: OpenCase, committing: Statement, reader: PartyId
) -> None:
    world.act(committing)
    case.grant(reader)
    receipt = world.act(case.committing(SECOND, reader))
    assert events_of(world, receipt) == [
        event("FileCommitted", caseFile=case.case_file, file=SECOND, by=reader, index=1)
    ]
    files = [world.read("CaseAccess", "fileAt", case.case_file, index) for index in range(2)]
    assert files == [FILE, SECOND]
    assert world.read("CaseAccess", "fileOf", case.case_file, SECOND)["by"] == reader


def test_commit_file__twice__reverts(
    world: World, case: OpenCase, committing: Statement, reader: PartyId
) -> None:
    world.act(case.committing(SECOND))
    world.act(committing)
    case.grant(reader)
    for statement in (committing, case.committing(FILE, reader)):
        with refuses("FileAlreadyCommitted", file=FILE, index=1):
            world.act(statement)


def test_commit_file__that_stands_in_another_case__is_accepted_in_both(
    world: World, hospital: PartyId, case: OpenCase, committing: Statement
) -> None:
    """Whoever sees a commitment on its way cannot keep it out of its own case."""
    copied = OpenCase.of(world, world.hospital(), "another case")
    world.act(copied.committing())
    world.act(committing)
    assert world.read("CaseAccess", "fileOf", case.case_file, FILE)["by"] == hospital
    assert world.read("CaseAccess", "fileOf", copied.case_file, FILE)["by"] == copied.hospital


def test_commit_file__without_a_commitment__reverts(world: World, case: OpenCase) -> None:
    with refuses("ZeroHash"):
        world.act(case.committing(NONE))


def test_commit_file__under_a_consent_that_nobody_gave__reverts(world: World, case: OpenCase) -> None:
    other = digest_of("another consent")
    with refuses("NotGranted", consent=other):
        world.act(replace(case, consent=other).committing())


def test_commit_file__until_the_last_second_of_the_consent__is_accepted_and_then_reverts(
    world: World, case: OpenCase
) -> None:
    until = case.last_second
    world.act(case.committing(deadline=until + DAY), at=until)
    with refuses("ConsentNotInForce", consent=case.consent, validUntil=until, withdrawn=False):
        world.act(case.committing(SECOND, deadline=until + DAY), at=until + 1)


def test_commit_file__after_the_consent_was_withdrawn__reverts(
    world: World, hospital: PartyId, case: OpenCase, reader: PartyId
) -> None:
    case.grant(reader)
    case.withdraw()
    until = case.last_second
    for by in (hospital, reader):
        with refuses("ConsentNotInForce", consent=case.consent, validUntil=until, withdrawn=True):
            world.act(case.committing(by=by))


def test_commit_file__by_a_recipient_under_a_later_consent_only__reverts(
    world: World, case: OpenCase, reader: PartyId
) -> None:
    """A new consent does not bring back what was granted under the one withdrawn."""
    case.grant(reader)
    case.withdraw()
    later, until = case.with_another_consent(), case.last_second
    with refuses("ConsentNotInForce", consent=case.consent, validUntil=until, withdrawn=True):
        world.act(later.committing(by=reader))
    world.act(later.committing())


def test_commit_file__by_one_without_a_key__reverts(world: World, case: OpenCase) -> None:
    for other in (world.hospital(), world.doctor(), NOBODY):
        at = world.chain.now() + 100
        with refuses("KeyGrantNotInForce", recipient=other, validUntil=0, neededAt=at):
            world.act(case.committing(by=other), case.hospital, at=at)


def test_commit_file__until_the_last_second_of_the_grant__is_accepted_and_then_reverts(
    world: World, case: OpenCase, reader: PartyId
) -> None:
    until = case.grant(reader, valid_until=world.chain.now() + 3600)
    world.act(case.committing(by=reader), at=until)
    with refuses("KeyGrantNotInForce", recipient=reader, validUntil=until, neededAt=until + 1):
        world.act(case.committing(SECOND, reader), at=until + 1)


def test_commit_file__after_the_grant_was_ended__reverts(
    world: World, case: OpenCase, reader: PartyId
) -> None:
    case.grant(reader)
    world.act(case.ending(reader, reader))
    at = world.chain.now() + 100
    with refuses("KeyGrantNotInForce", recipient=reader, validUntil=0, neededAt=at):
        world.act(case.committing(by=reader), at=at)


def test_commit_file__by_one_who_is_suspended__reverts(
    world: World, case: OpenCase, committing: Statement, reader: PartyId
) -> None:
    case.grant(reader)
    for party, statement in ((reader, case.committing(by=reader)), (case.hospital, committing)):
        world.suspend(party)
        with refuses("NotAccredited", party=party):
            world.act(statement)


@pytest.mark.parametrize("kind", [PartyKind.DOCTOR, PartyKind.HOSPITAL])
def test_commit_file__after_the_licence_has_expired__reverts(
    world: World, case: OpenCase, kind: PartyKind
) -> None:
    party = world.register(kind, valid_for=DAY // 2)
    until = world.read("CredentialRegistry", "partyOf", party)["validUntil"]
    if kind is PartyKind.HOSPITAL:
        case = OpenCase.of(world, party, "its own case")
    else:
        case.grant(party)
    world.act(case.committing(by=party), at=until)
    with refuses("LicenceExpired", party=party, validUntil=until, neededAt=until + 1):
        world.act(case.committing(SECOND, party), at=until + 1)


def test_commit_file__by_an_arbiter_that_is_one_no_longer__reverts(
    world: World, case: OpenCase, arbiter: PartyId
) -> None:
    case.grant(arbiter)
    world.act(case.committing(by=arbiter))
    world.accredit(arbiter, powers=0)
    with refuses("PowerMissing", party=arbiter, held=0, needed=2):
        world.act(case.committing(SECOND, arbiter))


def test_commit_file__under_a_consent_to_what_is_no_hospital__reverts(world: World, reader: PartyId) -> None:
    """Whoever holds a consent's key may name anybody in it."""
    for party, kind in ((reader, PartyKind.DOCTOR), (NOBODY, 0)):
        with refuses("KindNotAllowed", kind=kind):
            world.act(OpenCase.of(world, party, f"case of {kind}").committing(), reader)


def test_commit_file__of_a_case_that_is_another_hospitals__reverts(
    world: World, hospital: PartyId, case: OpenCase, committing: Statement
) -> None:
    world.act(committing)
    other = world.hospital()
    with refuses("CaseOfOtherHospital", hospital=hospital, asked=other):
        world.act(case.with_another_consent(other).committing(SECOND))


def test_commit_file__named_for_one_and_signed_by_another__reverts(
    world: World, case: OpenCase, committing: Statement, reader: PartyId
) -> None:
    case.grant(reader)
    with refuses("InvalidSignature", party=case.hospital, signer=0):
        world.act(committing, reader)


@each_signature_fault
def test_commit_file__badly_signed__reverts(world: World, committing: Statement, fault: Fault) -> None:
    fault(world, committing)
