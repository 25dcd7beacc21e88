"""CaseAccess.withdrawConsent: the same key withdraws for good."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import STRANGER
from tests.support.world import World, digest_of

CASE, CONSENT = digest_of("case"), digest_of("consent")


@pytest.fixture
def patient(world: World, hospital: PartyId) -> SoftwareKey:
    """The key that has consented."""
    return world.consent(hospital, CASE, CONSENT)


@pytest.fixture
def withdrawing(world: World) -> Statement:
    return acts.withdraw_consent(CASE, CONSENT, world.deadline)


def test_withdraw_consent__by_the_key_that_gave_it__ends_it_for_good(
    world: World, patient: SoftwareKey, withdrawing: Statement
) -> None:
    receipt = world.act(withdrawing, patient, at=world.last_second(withdrawing))
    assert events_of(world, receipt) == [event("ConsentWithdrawn", caseFile=CASE, consent=CONSENT)]
    assert world.read("CaseAccess", "consentOf", CASE, CONSENT)["withdrawn"] is True


def test_withdraw_consent__twice__reverts(world: World, patient: SoftwareKey, withdrawing: Statement) -> None:
    world.act(withdrawing, patient)
    with refuses("AlreadyWithdrawn", consent=CONSENT):
        world.act(withdrawing, patient)


def test_withdraw_consent__that_was_not_given__reverts(
    world: World, patient: SoftwareKey, withdrawing: Statement
) -> None:
    other = digest_of("another consent")
    with refuses("NotGranted", consent=other):
        world.act(replace(withdrawing, values={**withdrawing.values, "consent": other}), patient)


def test_withdraw_consent__by_another_key__reverts(
    world: World, hospital: PartyId, patient: SoftwareKey, withdrawing: Statement
) -> None:
    for key in (STRANGER, world.keys[hospital]):
        with refuses("InvalidSignature", key=patient.address.lower()):
            world.act(withdrawing, key)


def test_withdraw_consent__signed_for_another_case__reverts(
    world: World, hospital: PartyId, patient: SoftwareKey, withdrawing: Statement
) -> None:
    other = replace(withdrawing, values={**withdrawing.values, "caseFile": digest_of("another case")})
    with refuses("InvalidSignature", key=patient.address.lower()):
        world.send(withdrawing, world.sign(other, patient))


def test_withdraw_consent__signed_for_another_chain__reverts(
    world: World, patient: SoftwareKey, withdrawing: Statement
) -> None:
    digest = replace(world.statements, chain_id=1).digest(withdrawing)
    with refuses("InvalidSignature", key=patient.address.lower()):
        world.send_packed(withdrawing, patient.sign(digest))


def test_withdraw_consent__one_second_late__reverts(
    world: World, patient: SoftwareKey, withdrawing: Statement
) -> None:
    deadline = world.last_second(withdrawing)
    with refuses("StatementExpired", deadline=deadline, nowAt=deadline + 1):
        world.act(withdrawing, patient, at=deadline + 1)
