"""DoctorGroups.leave: a doctor leaves alone and at once."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from tests.contracts.doctor_groups.conftest import Circle
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import World


@pytest.fixture
def leaving(world: World, circle: Circle) -> Statement:
    return acts.leave(circle.group, circle.members[0], 1, world.deadline)


def test_leave__by_the_doctor_alone__ends_the_membership_at_once(
    world: World, circle: Circle, leaving: Statement
) -> None:
    doctor = circle.members[0]
    at = world.last_second(leaving)
    receipt = world.act(leaving, at=at)

    assert events_of(world, receipt) == [event("MemberLeft", group=circle.group, doctor=doctor, spell=1)]
    membership = world.read("DoctorGroups", "membershipOf", circle.group, doctor)
    assert (membership["leftAt"], membership["spell"]) == (at, 1)
    assert not world.read("DoctorGroups", "isMember", circle.group, doctor)
    assert world.read("DoctorGroups", "groupOf", circle.group)["members"] == 2


def test_leave__signed_by_the_lead__reverts(world: World, circle: Circle, leaving: Statement) -> None:
    with refuses("InvalidSignature", party=circle.members[0], signer=0):
        world.act(leaving, circle.lead)


def test_leave__as_the_lead__reverts(world: World, circle: Circle) -> None:
    with refuses("LeadMayNotLeave", group=circle.group, lead=circle.lead):
        world.act(acts.leave(circle.group, circle.lead, 1, world.deadline))


def test_leave__twice__reverts(world: World, circle: Circle, leaving: Statement) -> None:
    world.act(leaving)
    with refuses("NotMember", group=circle.group, doctor=circle.members[0]):
        world.act(leaving)


def test_leave__where_one_never_was__reverts(world: World, circle: Circle, outsider: PartyId) -> None:
    for spell in (0, 1):
        with refuses("NotMember", group=circle.group, doctor=outsider):
            world.act(acts.leave(circle.group, outsider, spell, world.deadline))


def test_leave__with_the_statement_of_an_earlier_spell__reverts(
    world: World, circle: Circle, leaving: Statement
) -> None:
    world.act(leaving)
    world.join(circle.group, circle.members[0])
    with refuses("StaleSpell", named=1, next=2):
        world.act(leaving)


def test_leave__while_suspended__is_accepted(world: World, circle: Circle, leaving: Statement) -> None:
    world.suspend(circle.members[0])
    world.act(leaving)


@each_signature_fault
def test_leave__badly_signed__reverts(world: World, leaving: Statement, fault: Fault) -> None:
    fault(world, leaving)
