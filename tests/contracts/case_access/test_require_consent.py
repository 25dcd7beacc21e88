"""CaseAccess.requireConsent: what booking asks of the patient."""

from __future__ import annotations

import pytest

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from tests.support.refusals import refuses
from tests.support.world import World, digest_of

CASE, CONSENT = digest_of("case"), digest_of("consent")


@pytest.fixture
def one_time_key(world: World, hospital: PartyId) -> SoftwareKey:
    return world.consent(hospital, CASE, CONSENT)


def require(world: World, hospital: PartyId, as_of: int, consent: bytes = CONSENT) -> None:
    world.read("CaseAccess", "requireConsent", CASE, consent, hospital, as_of)


def last_valid(world: World) -> int:
    second: int = world.read("CaseAccess", "consentOf", CASE, CONSENT)["validUntil"]
    return second


def test_require_consent__until_its_last_second__passes_and_then_reverts(
    world: World, hospital: PartyId, one_time_key: SoftwareKey
) -> None:
    until = last_valid(world)
    require(world, hospital, until)
    with refuses("ConsentNotInForce", consent=CONSENT, validUntil=until, withdrawn=False):
        require(world, hospital, until + 1)


def test_require_consent__that_was_withdrawn__reverts(
    world: World, hospital: PartyId, one_time_key: SoftwareKey
) -> None:
    world.act(acts.withdraw_consent(CASE, CONSENT, world.deadline), one_time_key)
    until = last_valid(world)
    with refuses("ConsentNotInForce", consent=CONSENT, validUntil=until, withdrawn=True):
        require(world, hospital, until)


def test_require_consent__for_another_hospital__reverts(
    world: World, hospital: PartyId, one_time_key: SoftwareKey
) -> None:
    other = world.hospital()
    with refuses("ConsentForOtherHospital", granted=hospital, asked=other):
        require(world, other, last_valid(world))


def test_require_consent__that_nobody_gave__reverts(
    world: World, hospital: PartyId, one_time_key: SoftwareKey
) -> None:
    other = digest_of("another consent")
    with refuses("NotGranted", consent=other):
        require(world, hospital, 0, other)
