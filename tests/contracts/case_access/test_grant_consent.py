"""CaseAccess.grantConsent: the patient's one-time key consents, for one hospital and a time."""

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
from tests.support.world import DAY, World, digest_of

CASE, CONSENT = digest_of("case"), digest_of("consent")
KEY = SoftwareKey.from_seed("patient")


def grant(world: World, hospital: PartyId, *, valid_until: int | None = None) -> Statement:
    until = valid_until or world.chain.now() + 60 * DAY
    return acts.grant_consent(CASE, CONSENT, hospital, until, KEY.address, world.deadline)


@pytest.fixture
def granting(world: World, hospital: PartyId) -> Statement:
    return grant(world, hospital)


def test_grant_consent__signed_by_the_key__is_recorded(
    world: World, hospital: PartyId, granting: Statement
) -> None:
    until = granting.values["validUntil"]
    key = KEY.address.lower()
    count = world.read("CaseAccess", "consentCount")
    receipt = world.act(granting, KEY, at=world.last_second(granting))
    assert events_of(world, receipt) == [
        event("ConsentGranted", caseFile=CASE, consent=CONSENT, hospital=hospital, key=key, validUntil=until)
    ]
    assert world.read("CaseAccess", "consentOf", CASE, CONSENT) == {
        "key": key,
        "hospital": hospital,
        "validUntil": until,
        "withdrawn": False,
    }
    assert world.read("CaseAccess", "consentCount") == count + 1


def test_grant_consent__twice__reverts(world: World, granting: Statement) -> None:
    world.act(granting, KEY)
    with refuses("AlreadyGranted", consent=CONSENT):
        world.act(granting, KEY)


def test_grant_consent__after_a_withdrawal__reverts(world: World, granting: Statement) -> None:
    world.act(granting, KEY)
    world.act(acts.withdraw_consent(CASE, CONSENT, world.deadline), KEY)
    with refuses("AlreadyGranted", consent=CONSENT):
        world.act(granting, KEY)


def test_grant_consent__of_one_case_twice_under_other_commitments__is_accepted(
    world: World, hospital: PartyId, granting: Statement
) -> None:
    world.act(granting, KEY)
    other = replace(granting, values={**granting.values, "consent": digest_of("another consent")})
    world.act(other, KEY)


def test_grant_consent__until_now__reverts(world: World, hospital: PartyId) -> None:
    now = world.chain.now() + 100
    with refuses("ValidityInThePast", validUntil=now, nowAt=now):
        world.act(grant(world, hospital, valid_until=now), KEY, at=now)
    world.act(grant(world, hospital, valid_until=now + 2), KEY, at=now + 1)


def test_grant_consent__signed_by_another_key__reverts(
    world: World, hospital: PartyId, granting: Statement
) -> None:
    for key in (STRANGER, world.keys[hospital]):
        with refuses("InvalidSignature", key=KEY.address.lower()):
            world.act(granting, key)


@pytest.mark.parametrize(
    ("field", "value"), [("hospital", 99), ("validUntil", 2**40 - 1), ("caseFile", CONSENT)]
)
def test_grant_consent__signed_for_other_values__reverts(
    world: World, granting: Statement, field: str, value: object
) -> None:
    altered = replace(granting, values={**granting.values, field: value})
    with refuses("InvalidSignature", key=KEY.address.lower()):
        world.send(altered, world.sign(granting, KEY))


def test_grant_consent__signed_for_another_chain__reverts(world: World, granting: Statement) -> None:
    digest = replace(world.statements, chain_id=1).digest(granting)
    with refuses("InvalidSignature", key=KEY.address.lower()):
        world.send_packed(granting, KEY.sign(digest))


def test_grant_consent__for_the_key_that_nobody_has__reverts(world: World, granting: Statement) -> None:
    """An invalid signature recovers to the zero address, which must not count as its signer."""
    zero = "0x" + "00" * 20
    with refuses("InvalidSignature", key=zero):
        world.send_packed(replace(granting, values={**granting.values, "key": zero}), b"\0" * 65)


def test_grant_consent__one_second_late__reverts(world: World, granting: Statement) -> None:
    deadline = world.last_second(granting)
    with refuses("StatementExpired", deadline=deadline, nowAt=deadline + 1):
        world.act(granting, KEY, at=deadline + 1)
