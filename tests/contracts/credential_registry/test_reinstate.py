"""CredentialRegistry.reinstate: an authority ends a suspension."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyStatus, Power
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import AUTHORITY, World


def reinstatement(world: World, party: PartyId, *, authority: PartyId = AUTHORITY) -> Statement:
    return acts.reinstate(party, world.revision(party), authority, world.deadline)


@pytest.fixture
def reinstating(world: World, doctor: PartyId) -> Statement:
    world.suspend(doctor)
    return reinstatement(world, doctor)


def test_reinstate__a_suspended_party__restores_what_it_held(
    world: World, doctor: PartyId, reinstating: Statement
) -> None:
    suspended = world.read("CredentialRegistry", "partyOf", doctor)
    receipt = world.act(reinstating, at=world.last_second(reinstating))
    assert events_of(world, receipt) == [event("Reinstated", party=doctor, authority=AUTHORITY)]
    restored = suspended | {"status": PartyStatus.ACCREDITED}
    assert world.read("CredentialRegistry", "partyOf", doctor) == restored


def test_reinstate__twice__reverts(world: World, doctor: PartyId, reinstating: Statement) -> None:
    world.act(reinstating)
    with refuses("StaleRevision", named=2, current=3):
        world.act(reinstating)
    with refuses("NotSuspended", party=doctor):
        world.act(reinstatement(world, doctor))


def test_reinstate__an_applicant__reverts(world: World, applicant: PartyId) -> None:
    with refuses("NotSuspended", party=applicant):
        world.act(reinstatement(world, applicant))


def test_reinstate__by_the_suspended_party__reverts(world: World, doctor: PartyId) -> None:
    world.suspend(doctor)
    with refuses("NotAccredited", party=doctor):
        world.act(reinstatement(world, doctor, authority=doctor))


def test_reinstate__without_the_power__reverts(world: World, doctor: PartyId) -> None:
    world.suspend(doctor)
    with refuses("PowerMissing", party=world.approver, held=Power.PAYOUT_APPROVER, needed=Power.AUTHORITY):
        world.act(reinstatement(world, doctor, authority=world.approver))


@each_signature_fault
def test_reinstate__badly_signed__reverts(world: World, reinstating: Statement, fault: Fault) -> None:
    fault(world, reinstating)
