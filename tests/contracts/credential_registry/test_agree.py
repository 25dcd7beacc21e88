"""CredentialRegistry.agree: two hospitals put a cooperation agreement in force; both sign."""

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
from tests.support.world import DAY, World, digest_of

DOCUMENT = digest_of("agreement")
Pair = tuple[PartyId, PartyId]


@pytest.fixture(scope="module")
def hospitals(world: World) -> Pair:
    return world.hospital(), world.hospital()


def agreement(world: World, pair: Pair, *, valid_until: int | None = None, version: int = 0) -> Statement:
    until = valid_until or world.chain.now() + 365 * DAY
    return acts.agree(*pair, DOCUMENT, until, version, world.deadline)


@pytest.fixture
def agreeing(world: World, hospitals: Pair) -> Statement:
    return agreement(world, hospitals)


def test_agree__signed_by_both__is_in_force_in_either_order(
    world: World, hospitals: Pair, agreeing: Statement
) -> None:
    a, b = hospitals
    until = agreeing.values["validUntil"]
    receipt = world.act(agreeing, at=world.last_second(agreeing))
    assert events_of(world, receipt) == [
        event("Agreed", a=a, b=b, commitment=DOCUMENT, validUntil=until, version=1)
    ]
    in_force = {"validUntil": until, "version": 1, "commitment": DOCUMENT}
    assert world.read("CredentialRegistry", "agreementOf", a, b) == in_force
    assert world.read("CredentialRegistry", "agreementOf", b, a) == in_force


def test_agree__again__replaces_the_agreement(world: World, hospitals: Pair, agreeing: Statement) -> None:
    world.act(agreeing)
    shorter = world.chain.now() + DAY
    world.act(agreement(world, hospitals, valid_until=shorter, version=1))
    replaced = world.read("CredentialRegistry", "agreementOf", *hospitals)
    assert (replaced["validUntil"], replaced["version"]) == (shorter, 2)


def test_agree__twice_with_one_statement__reverts(world: World, agreeing: Statement) -> None:
    world.act(agreeing)
    with refuses("StaleRevision", named=0, current=1):
        world.act(agreeing)


def test_agree__in_descending_order_or_with_itself__reverts(
    world: World, hospitals: Pair, agreeing: Statement
) -> None:
    a, b = hospitals
    for one, other in ((b, a), (a, a)):
        with refuses("SameParty", party=other):
            world.act(replace(agreeing, values={**agreeing.values, "a": one, "b": other}))


def test_agree__signed_by_one_side_alone__reverts(world: World, hospitals: Pair, agreeing: Statement) -> None:
    a, b = hospitals
    with refuses("InvalidSignature", party=b, signer=0):
        world.act(agreeing, a, a)
    with refuses("InvalidSignature", party=a, signer=0):
        world.act(agreeing, b, b)


def test_agree__until_now__reverts(world: World, hospitals: Pair) -> None:
    now = world.chain.now() + 100
    with refuses("ValidityInThePast", validUntil=now, nowAt=now):
        world.act(agreement(world, hospitals, valid_until=now), at=now)


def test_agree__with_a_suspended_hospital__reverts(
    world: World, hospitals: Pair, agreeing: Statement
) -> None:
    for party in reversed(hospitals):
        world.suspend(party)
        with refuses("NotAccredited", party=party):
            world.act(agreeing)


def test_agree__with_what_is_no_hospital__reverts(world: World, hospitals: Pair) -> None:
    group = world.register(PartyKind.GROUP)
    with refuses("KindNotAllowed", kind=PartyKind.GROUP):
        world.act(agreement(world, (hospitals[0], group)))


@each_signature_fault
def test_agree__badly_signed__reverts(world: World, agreeing: Statement, fault: Fault) -> None:
    fault(world, agreeing)
