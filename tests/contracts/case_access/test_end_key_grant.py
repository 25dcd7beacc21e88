"""CaseAccess.endKeyGrant: the case's hospital or the recipient ends a grant at once."""

from __future__ import annotations

import pytest

from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from tests.support.events import event, events_of
from tests.support.open_case import KEY, OpenCase
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import DAY, NOBODY, World


@pytest.fixture
def ending(case: OpenCase, reader: PartyId) -> Statement:
    case.grant(reader)
    return case.ending(reader, case.hospital)


@pytest.mark.parametrize("by", ["hospital", "recipient"])
def test_end_key_grant__by_either_side__closes_the_case_at_once(
    world: World, case: OpenCase, reader: PartyId, by: str
) -> None:
    case.grant(reader)
    who = case.hospital if by == "hospital" else reader
    ending = case.ending(reader, who)
    receipt = world.act(ending, at=world.last_second(ending))
    assert events_of(world, receipt) == [
        event("KeyGrantEnded", caseFile=case.case_file, recipient=reader, by=who, version=2)
    ]
    assert world.read("CaseAccess", "keyGrantOf", case.case_file, reader) == {
        "consent": case.consent,
        "key": KEY,
        "validUntil": 0,
        "version": 2,
    }
    assert not case.may_open(reader)


def test_end_key_grant__of_one_recipient__leaves_the_others(
    world: World, case: OpenCase, ending: Statement, arbiter: PartyId
) -> None:
    case.grant(arbiter)
    world.act(ending)
    assert case.may_open(arbiter)


def test_end_key_grant__by_a_third_party__reverts(
    world: World, case: OpenCase, ending: Statement, reader: PartyId
) -> None:
    other = world.hospital()
    consented = case.with_another_consent(other)
    with refuses("MayNotEndKeyGrant", party=other):
        world.act(consented.ending(reader, other))


def test_end_key_grant__by_nobody__reverts(world: World, case: OpenCase, reader: PartyId) -> None:
    """The hospital of a case that nobody acted on is 0."""
    at = world.chain.now() + 100
    with refuses("KeyGrantNotInForce", recipient=reader, validUntil=0, neededAt=at):
        world.act(case.ending(reader, NOBODY, version=0), reader, at=at)
    case.grant(reader)
    with refuses("MayNotEndKeyGrant", party=NOBODY):
        world.act(case.ending(reader, NOBODY), reader)


def test_end_key_grant__named_for_one_and_signed_by_the_other__reverts(
    world: World, ending: Statement, reader: PartyId
) -> None:
    with refuses("InvalidSignature", party=ending.signers[0], signer=0):
        world.act(ending, reader)


def test_end_key_grant__that_never_was__reverts(world: World, case: OpenCase, reader: PartyId) -> None:
    at = world.chain.now() + 100
    with refuses("KeyGrantNotInForce", recipient=reader, validUntil=0, neededAt=at):
        world.act(case.ending(reader, reader, version=0), at=at)


def test_end_key_grant__in_its_last_second__is_accepted_and_afterwards_reverts(
    world: World, case: OpenCase, reader: PartyId, arbiter: PartyId
) -> None:
    until = world.chain.now() + DAY // 2
    for recipient in (reader, arbiter):
        case.grant(recipient, valid_until=until)
    world.act(case.ending(reader, reader), at=until)
    with refuses("KeyGrantNotInForce", recipient=arbiter, validUntil=until, neededAt=until + 1):
        world.act(case.ending(arbiter, arbiter), at=until + 1)


def test_end_key_grant__twice__reverts(
    world: World, case: OpenCase, ending: Statement, reader: PartyId
) -> None:
    world.act(ending)
    with refuses("StaleRevision", named=1, current=2):
        world.act(ending)
    at = world.chain.now() + 100
    with refuses("KeyGrantNotInForce", recipient=reader, validUntil=0, neededAt=at):
        world.act(case.ending(reader, case.hospital, version=2), at=at)


def test_end_key_grant__signed_for_an_earlier_grant__reverts(
    world: World, case: OpenCase, ending: Statement, reader: PartyId
) -> None:
    world.act(case.granting(reader, version=1))
    with refuses("StaleRevision", named=1, current=2):
        world.act(ending)


@pytest.mark.parametrize("by", ["hospital", "recipient"])
def test_end_key_grant__by_one_who_is_suspended__is_accepted(
    world: World, case: OpenCase, reader: PartyId, by: str
) -> None:
    case.grant(reader)
    who = case.hospital if by == "hospital" else reader
    world.suspend(who)
    world.act(case.ending(reader, who))


def test_end_key_grant__after_the_consent_was_withdrawn__is_accepted(
    world: World, case: OpenCase, ending: Statement
) -> None:
    case.withdraw()
    world.act(ending)


@each_signature_fault
def test_end_key_grant__badly_signed__reverts(world: World, ending: Statement, fault: Fault) -> None:
    fault(world, ending)
