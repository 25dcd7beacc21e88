"""KeyReplacement.requestReplacement: an authority asks, in public and three days ahead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind, Power
from tests.support.events import event, events_of
from tests.support.key_changes import (
    DELAY,
    NEW,
    cancelling,
    contest,
    is_pending,
    recorded,
    requesting,
    ruling,
    sequence,
    signer_of,
)
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import AUTHORITY, DAY, World

OTHER = SoftwareKey.from_seed("another new key")
LONGEST = 1024


@pytest.fixture
def request_(world: World, doctor: PartyId) -> Statement:
    return requesting(world, doctor)


def test_request_replacement__by_an_authority__waits_three_days(
    world: World, doctor: PartyId, request_: Statement
) -> None:
    at = world.last_second(request_)
    revision = world.revision(doctor)
    receipt = world.act(request_, at=at)
    assert events_of(world, receipt) == [
        event(
            "ReplacementRequested",
            party=doctor,
            authority=AUTHORITY,
            signer=NEW.signer,
            notBefore=at + DELAY,
            sequence=1,
        )
    ]
    assert recorded(world, doctor) == {
        "sequence": 1,
        "authority": AUTHORITY,
        "authorityRevision": world.revision(AUTHORITY),
        "notBefore": at + DELAY,
        "contested": False,
        "allowed": False,
        "signer": NEW.signer,
    }
    assert is_pending(world, doctor)
    assert signer_of(world, doctor) == world.keys[doctor].signer
    assert world.revision(doctor) == revision


def test_request_replacement__of_an_applicant_or_a_suspended_party__is_accepted(
    world: World, doctor: PartyId
) -> None:
    applicant = world.apply(PartyKind.HOSPITAL)
    world.suspend(doctor)
    for party, key in ((applicant, NEW), (doctor, OTHER)):
        world.act(requesting(world, party, key))
        assert is_pending(world, party)


def test_request_replacement__while_one_is_pending__takes_its_place_and_waits_anew(
    world: World, doctor: PartyId, request_: Statement, second_authority: PartyId
) -> None:
    world.act(request_)
    world.chain.move_to(world.chain.now() + DELAY)
    at = world.chain.now() + 1
    world.act(requesting(world, doctor, OTHER, second_authority), at=at)
    kept = recorded(world, doctor)
    assert (kept["signer"], kept["authority"], kept["notBefore"], kept["sequence"]) == (
        OTHER.signer,
        second_authority,
        at + DELAY,
        2,
    )


def test_request_replacement__in_the_place_of_one_that_was_allowed__needs_a_ruling_of_its_own(
    world: World, doctor: PartyId, arbiter: PartyId
) -> None:
    contest(world, doctor)
    world.act(ruling(world, doctor, arbiter, allowed=True))
    world.act(requesting(world, doctor, OTHER))
    kept = recorded(world, doctor)
    assert (kept["contested"], kept["allowed"]) == (True, False)


def test_request_replacement__with_a_key_that_the_party_has__is_accepted(
    world: World, doctor: PartyId
) -> None:
    """One of two keys was stolen: the other stays."""
    world.act(requesting(world, doctor, world.keys[doctor]))
    assert recorded(world, doctor)["signer"] == world.keys[doctor].signer


def test_request_replacement__with_a_key_of_another_party__reverts(world: World, doctor: PartyId) -> None:
    other = world.doctor()
    with refuses("SignerTaken", party=other):
        world.act(requesting(world, doctor, world.keys[other]))


def test_request_replacement__without_the_new_key__reverts(
    world: World, doctor: PartyId, request_: Statement
) -> None:
    digest = world.statements.digest(request_)
    another = acts.request_replacement(doctor, 0, NEW.signer, AUTHORITY, world.deadline + 1)
    for possession in (b"", OTHER.sign(digest), NEW.sign(world.statements.digest(another))):
        with refuses("PossessionUnproven", party=doctor):
            world.act(request_.with_possession(possession))


@pytest.mark.parametrize("length", [0, 19, LONGEST])
def test_request_replacement__with_no_key__reverts(world: World, doctor: PartyId, length: int) -> None:
    statement = acts.request_replacement(doctor, 0, b"\1" * length, AUTHORITY, world.deadline)
    with refuses("PossessionUnproven", party=doctor):
        world.act(world.proven(statement, NEW))


def test_request_replacement__with_a_key_too_long__reverts(world: World, doctor: PartyId) -> None:
    statement = acts.request_replacement(doctor, 0, b"\1" * (LONGEST + 1), AUTHORITY, world.deadline)
    with refuses("SignerTooLong", length=LONGEST + 1, allowed=LONGEST):
        world.act(world.proven(statement, NEW))


def test_request_replacement__by_an_arbiter__reverts(world: World, doctor: PartyId, arbiter: PartyId) -> None:
    with refuses("PowerMissing", party=arbiter, held=Power.ARBITER, needed=Power.AUTHORITY):
        world.act(requesting(world, doctor, authority=arbiter))


def test_request_replacement__by_a_suspended_authority__reverts(
    world: World, doctor: PartyId, second_authority: PartyId
) -> None:
    world.suspend(second_authority)
    with refuses("NotAccredited", party=second_authority):
        world.act(requesting(world, doctor, authority=second_authority))


def test_request_replacement__by_an_authority__until_its_last_second(world: World, doctor: PartyId) -> None:
    brief = world.register(PartyKind.OFFICIAL, powers=Power.AUTHORITY, valid_for=DAY // 2)
    end = world.read("CredentialRegistry", "partyOf", brief)["validUntil"]
    world.act(requesting(world, doctor, authority=brief), at=end)
    with refuses("LicenceExpired", party=brief, validUntil=end, neededAt=end + 1):
        world.act(requesting(world, doctor, authority=brief), at=end + 1)


def test_request_replacement__of_the_authority_that_asks__reverts(
    world: World, second_authority: PartyId
) -> None:
    with refuses("OwnCause", officer=second_authority):
        world.act(requesting(world, second_authority, authority=second_authority))


def test_request_replacement__of_nobody__reverts(world: World) -> None:
    nobody = PartyId(world.read("CredentialRegistry", "partyCount") + 1)
    for party in (PartyId(0), nobody):
        with refuses("UnknownParty", party=party):
            world.act(requesting(world, party))


def test_request_replacement__twice_with_one_statement__reverts(
    world: World, doctor: PartyId, request_: Statement
) -> None:
    world.act(request_)
    with refuses("StaleSequence", named=0, current=1):
        world.act(request_)
    world.act(cancelling(world, doctor))
    with refuses("StaleSequence", named=0, current=2):
        world.act(request_)


def test_request_replacement__of_a_later_sequence__reverts(
    world: World, doctor: PartyId, request_: Statement
) -> None:
    early = replace(request_, values={**request_.values, "sequence": 1})
    with refuses("StaleSequence", named=1, current=0):
        world.act(world.proven(early, NEW))
    assert sequence(world, doctor) == 0


@each_signature_fault
def test_request_replacement__badly_signed__reverts(world: World, request_: Statement, fault: Fault) -> None:
    fault(world, request_)
