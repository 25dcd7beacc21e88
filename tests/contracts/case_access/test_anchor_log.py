"""CaseAccess.anchorLog: a platform fixes how far its log of openings has come."""

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
from tests.support.world import DAY, NOBODY, World, digest_of

FIRST, SECOND = digest_of("head", 1), digest_of("head", 2)
NEVER = {"head": b"\0" * 32, "entries": 0, "anchoredAt": 0, "sequence": 0}
MOST = 2**40 - 1


@pytest.fixture(scope="module")
def operator(world: World) -> PartyId:
    return world.register(PartyKind.PLATFORM)


def anchor(
    world: World, operator: PartyId, *, sequence: int = 0, head: bytes = FIRST, entries: int = 5
) -> Statement:
    return acts.anchor_log(operator, sequence, head, entries, world.deadline)


@pytest.fixture
def anchoring(world: World, operator: PartyId) -> Statement:
    return anchor(world, operator)


def test_anchor_log__signed_by_the_platform__is_recorded(
    world: World, operator: PartyId, anchoring: Statement
) -> None:
    assert world.read("CaseAccess", "logHeadOf", operator) == NEVER
    at = world.last_second(anchoring)
    receipt = world.act(anchoring, at=at)
    assert events_of(world, receipt) == [
        event("LogAnchored", platform=operator, head=FIRST, entries=5, sequence=1)
    ]
    assert world.read("CaseAccess", "logHeadOf", operator) == {
        "head": FIRST,
        "entries": 5,
        "anchoredAt": at,
        "sequence": 1,
    }


@pytest.mark.parametrize("entries", [6, MOST])
def test_anchor_log__with_more_entries__moves_the_head(
    world: World, operator: PartyId, anchoring: Statement, entries: int
) -> None:
    world.act(anchoring)
    world.act(anchor(world, operator, sequence=1, head=SECOND, entries=entries))
    assert world.read("CaseAccess", "logHeadOf", operator) == {
        "head": SECOND,
        "entries": entries,
        "anchoredAt": world.chain.now(),
        "sequence": 2,
    }


def test_anchor_log__of_a_day_without_openings__is_accepted(
    world: World, operator: PartyId, anchoring: Statement
) -> None:
    world.act(anchoring)
    world.act(anchor(world, operator, sequence=1))
    assert world.read("CaseAccess", "logHeadOf", operator)["sequence"] == 2


def test_anchor_log__of_a_log_without_entries__is_accepted_and_binds(world: World, operator: PartyId) -> None:
    world.act(anchor(world, operator, entries=0))
    with refuses("LogForked", head=SECOND, anchored=FIRST):
        world.act(anchor(world, operator, sequence=1, head=SECOND, entries=0))


def test_anchor_log__with_fewer_entries__reverts(
    world: World, operator: PartyId, anchoring: Statement
) -> None:
    world.act(anchoring)
    with refuses("EntriesFell", named=4, anchored=5):
        world.act(anchor(world, operator, sequence=1, head=SECOND, entries=4))


def test_anchor_log__with_another_head_for_the_same_entries__reverts(
    world: World, operator: PartyId, anchoring: Statement
) -> None:
    world.act(anchoring)
    with refuses("LogForked", head=SECOND, anchored=FIRST):
        world.act(anchor(world, operator, sequence=1, head=SECOND))


def test_anchor_log__with_the_same_head_for_more_entries__reverts(
    world: World, operator: PartyId, anchoring: Statement
) -> None:
    world.act(anchoring)
    with refuses("LogForked", head=FIRST, anchored=FIRST):
        world.act(anchor(world, operator, sequence=1, entries=6))


def test_anchor_log__without_a_head__reverts(world: World, operator: PartyId) -> None:
    with refuses("ZeroHash"):
        world.act(anchor(world, operator, head=b"\0" * 32))


def test_anchor_log__out_of_turn__reverts(world: World, operator: PartyId, anchoring: Statement) -> None:
    with refuses("StaleSequence", named=1, current=0):
        world.act(anchor(world, operator, sequence=1))
    world.act(anchoring)
    with refuses("StaleSequence", named=0, current=1):
        world.act(anchoring)


def test_anchor_log__signed_by_another_platform__reverts(
    world: World, operator: PartyId, anchoring: Statement
) -> None:
    with refuses("InvalidSignature", party=operator, signer=0):
        world.act(anchoring, world.platform)


def test_anchor_log__of_another_platform__is_a_log_of_its_own(
    world: World, operator: PartyId, anchoring: Statement
) -> None:
    world.act(anchoring)
    world.act(anchor(world, world.platform, head=SECOND, entries=1))
    assert world.read("CaseAccess", "logHeadOf", operator)["head"] == FIRST
    assert world.read("CaseAccess", "logHeadOf", world.platform)["head"] == SECOND


@pytest.mark.parametrize("kind", [PartyKind.DOCTOR, PartyKind.HOSPITAL, PartyKind.GROUP, PartyKind.OFFICIAL])
def test_anchor_log__by_what_is_no_platform__reverts(world: World, kind: PartyKind) -> None:
    with refuses("KindNotAllowed", kind=kind):
        world.act(anchor(world, world.register(kind)))


def test_anchor_log__by_nobody__reverts(world: World, operator: PartyId, anchoring: Statement) -> None:
    of_nobody = replace(anchoring, values={**anchoring.values, "platform": NOBODY})
    with refuses("KindNotAllowed", kind=0):
        world.act(of_nobody)


def test_anchor_log__by_a_suspended_platform__reverts(
    world: World, operator: PartyId, anchoring: Statement
) -> None:
    world.suspend(operator)
    with refuses("NotAccredited", party=operator):
        world.act(anchoring)


def test_anchor_log__until_the_last_second_of_the_accreditation__is_accepted_and_then_reverts(
    world: World,
) -> None:
    operator = world.register(PartyKind.PLATFORM, valid_for=DAY // 2)
    until = world.read("CredentialRegistry", "partyOf", operator)["validUntil"]
    world.act(anchor(world, operator), at=until)
    with refuses("LicenceExpired", party=operator, validUntil=until, neededAt=until + 1):
        world.act(anchor(world, operator, sequence=1), at=until + 1)


@each_signature_fault
def test_anchor_log__badly_signed__reverts(world: World, anchoring: Statement, fault: Fault) -> None:
    fault(world, anchoring)
