"""CredentialRegistry.suspend: an authority stops a party at once."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyStatus, Power
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import AUTHORITY, World, digest_of

REASON = digest_of("reason")


def suspension(world: World, party: PartyId, *, authority: PartyId = AUTHORITY) -> Statement:
    return acts.suspend(party, world.revision(party), REASON, authority, world.deadline)


@pytest.fixture
def suspending(world: World, doctor: PartyId) -> Statement:
    return suspension(world, doctor)


def test_suspend__an_accredited_party__is_a_loss_at_once(
    world: World, doctor: PartyId, suspending: Statement
) -> None:
    at = world.last_second(suspending)
    receipt = world.act(suspending, at=at)
    assert events_of(world, receipt) == [event("Suspended", party=doctor, authority=AUTHORITY, reason=REASON)]
    assert world.read("CredentialRegistry", "partyOf", doctor)["status"] == PartyStatus.SUSPENDED
    assert world.read("CredentialRegistry", "lastLoss") == at
    assert world.revision(doctor) == 2


def test_suspend__twice__reverts(world: World, doctor: PartyId, suspending: Statement) -> None:
    world.act(suspending)
    with refuses("StaleRevision", named=1, current=2):
        world.act(suspending)
    with refuses("NotAccredited", party=doctor):
        world.act(suspension(world, doctor))


def test_suspend__an_applicant__reverts(world: World, applicant: PartyId) -> None:
    with refuses("NotAccredited", party=applicant):
        world.act(suspension(world, applicant))


def test_suspend__nobody__reverts(world: World) -> None:
    nobody = PartyId(world.read("CredentialRegistry", "partyCount") + 1)
    with refuses("UnknownParty", party=nobody):
        world.act(suspension(world, nobody))


def test_suspend__by_a_hospital__reverts(world: World, doctor: PartyId, institution: PartyId) -> None:
    with refuses("PowerMissing", party=institution, held=0, needed=Power.AUTHORITY):
        world.act(suspension(world, doctor, authority=institution))


@each_signature_fault
def test_suspend__badly_signed__reverts(world: World, suspending: Statement, fault: Fault) -> None:
    fault(world, suspending)
