"""DoctorGroups.expel: the group ends a membership, for a reason kept off chain."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind
from tests.contracts.doctor_groups.conftest import Circle
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import World, digest_of

REASON = digest_of("reason")


def expulsion(
    world: World, circle: Circle, doctor: PartyId, *consenters: PartyId, spell: int = 1
) -> Statement:
    return acts.expel(circle.group, doctor, spell, REASON, world.deadline, consenters)


@pytest.fixture
def expelling(world: World, circle: Circle) -> Statement:
    return expulsion(world, circle, circle.members[0], circle.lead)


def test_expel__signed_by_the_lead__ends_the_membership(
    world: World, circle: Circle, expelling: Statement
) -> None:
    doctor = circle.members[0]
    at = world.last_second(expelling)
    receipt = world.act(expelling, at=at)
    assert events_of(world, receipt) == [
        event("MemberExpelled", group=circle.group, doctor=doctor, spell=1, reason=REASON)
    ]
    assert world.read("DoctorGroups", "membershipOf", circle.group, doctor)["leftAt"] == at
    assert world.read("DoctorGroups", "groupOf", circle.group)["members"] == 2


def test_expel__by_a_member_where_the_lead_decides__reverts(world: World, circle: Circle) -> None:
    one, other = circle.members
    with refuses("QuorumNotReached", group=circle.group, signatures=1, needed=1):
        world.act(expulsion(world, circle, one, other))


def test_expel__by_a_quorum__needs_no_lead(world: World, council: Circle) -> None:
    first, second, third = council.members
    world.act(expulsion(world, council, first, second, third))
    assert not world.read("DoctorGroups", "isMember", council.group, first)


def test_expel__by_the_lead_where_a_quorum_decides__reverts(world: World, council: Circle) -> None:
    with refuses("QuorumNotReached", group=council.group, signatures=1, needed=2):
        world.act(expulsion(world, council, council.members[0], council.lead))


def test_expel__the_lead__reverts(world: World, council: Circle) -> None:
    with refuses("LeadMayNotLeave", group=council.group, lead=council.lead):
        world.act(expulsion(world, council, council.lead, *council.members))


def test_expel__who_is_no_member__reverts(world: World, circle: Circle, outsider: PartyId) -> None:
    with refuses("NotMember", group=circle.group, doctor=outsider):
        world.act(expulsion(world, circle, outsider, circle.lead))


def test_expel__twice__reverts(world: World, circle: Circle, expelling: Statement) -> None:
    world.act(expelling)
    with refuses("NotMember", group=circle.group, doctor=circle.members[0]):
        world.act(expelling)


def test_expel__with_the_statement_of_an_earlier_spell__reverts(
    world: World, circle: Circle, expelling: Statement
) -> None:
    world.act(expelling)
    world.join(circle.group, circle.members[0])
    with refuses("StaleSpell", named=1, next=2):
        world.act(expelling)


def test_expel__from_a_group_that_was_not_founded__reverts(world: World, circle: Circle) -> None:
    group = world.register(PartyKind.GROUP)
    with refuses("UnknownGroup", group=group):
        world.act(acts.expel(group, circle.members[0], 1, REASON, world.deadline, (circle.lead,)))


@each_signature_fault
def test_expel__badly_signed__reverts(world: World, expelling: Statement, fault: Fault) -> None:
    fault(world, expelling)


@each_signature_fault
def test_expel__by_a_quorum_badly_signed__reverts(world: World, council: Circle, fault: Fault) -> None:
    first, second, third = council.members
    fault(world, expulsion(world, council, first, second, third))
