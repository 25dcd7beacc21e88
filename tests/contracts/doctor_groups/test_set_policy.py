"""DoctorGroups.setPolicy: how many members decide changes by the policy so far."""

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
from tests.support.world import World

MOST = 255


def policy(world: World, circle: Circle, quorum: int, *consenters: PartyId, revision: int = 0) -> Statement:
    return acts.set_policy(circle.group, quorum, revision, world.deadline, consenters)


@pytest.fixture
def opening(world: World, circle: Circle) -> Statement:
    """The lead hands the decisions to two members."""
    return policy(world, circle, 2, circle.lead)


def test_set_policy__signed_by_the_lead__binds_from_now_on(
    world: World, circle: Circle, outsider: PartyId, opening: Statement
) -> None:
    receipt = world.act(opening, at=world.last_second(opening))
    assert events_of(world, receipt) == [event("PolicySet", group=circle.group, quorum=2, revision=1)]
    group = world.read("DoctorGroups", "groupOf", circle.group)
    assert (group["quorum"], group["revision"]) == (2, 1)
    with refuses("QuorumNotReached", group=circle.group, signatures=1, needed=2):
        world.join(circle.group, outsider, circle.lead)
    world.join(circle.group, outsider, *circle.members)


def test_set_policy__by_a_quorum__gives_the_lead_the_decision(
    world: World, council: Circle, outsider: PartyId
) -> None:
    world.act(policy(world, council, 0, *council.members[:2]))
    world.join(council.group, outsider, council.lead)


def test_set_policy__by_the_lead_where_a_quorum_decides__reverts(world: World, council: Circle) -> None:
    with refuses("QuorumNotReached", group=council.group, signatures=1, needed=2):
        world.act(policy(world, council, 0, council.lead))


def test_set_policy__by_members_where_the_lead_decides__reverts(world: World, circle: Circle) -> None:
    for consenters in (circle.members[:1], circle.members, circle.everyone):
        with refuses("QuorumNotReached", group=circle.group, signatures=len(consenters), needed=1):
            world.act(policy(world, circle, 2, *consenters))


def test_set_policy__by_as_many_as_the_new_quorum_but_not_the_old__reverts(
    world: World, council: Circle
) -> None:
    with refuses("QuorumNotReached", group=council.group, signatures=1, needed=2):
        world.act(policy(world, council, 1, council.members[0]))


def test_set_policy__above_the_number_of_members__means_all_of_them(world: World, council: Circle) -> None:
    world.act(policy(world, council, MOST, *council.members[:2]))
    with refuses("QuorumNotReached", group=council.group, signatures=3, needed=4):
        world.act(policy(world, council, 0, *council.members, revision=1))
    world.act(policy(world, council, 0, *council.everyone, revision=1))


def test_set_policy__twice_with_one_statement__reverts(world: World, opening: Statement) -> None:
    world.act(opening)
    with refuses("StaleRevision", named=0, current=1):
        world.act(opening)


def test_set_policy__for_a_revision_that_is_not_yet__reverts(world: World, circle: Circle) -> None:
    with refuses("StaleRevision", named=1, current=0):
        world.act(policy(world, circle, 2, circle.lead, revision=1))


def test_set_policy__of_a_group_that_was_not_founded__reverts(world: World, circle: Circle) -> None:
    group = world.register(PartyKind.GROUP)
    with refuses("UnknownGroup", group=group):
        world.act(acts.set_policy(group, 2, 0, world.deadline, (circle.lead,)))


@each_signature_fault
def test_set_policy__badly_signed__reverts(world: World, opening: Statement, fault: Fault) -> None:
    fault(world, opening)


@each_signature_fault
def test_set_policy__by_a_quorum_badly_signed__reverts(world: World, council: Circle, fault: Fault) -> None:
    fault(world, policy(world, council, 3, *council.members[:2]))
