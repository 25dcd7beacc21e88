"""DoctorGroups.setShareRule: shares change by version, for bookings from now on."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind
from tests.contracts.doctor_groups.conftest import Circle
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import World

WHOLE = 10_000


@pytest.fixture
def setting(world: World, circle: Circle) -> Statement:
    return acts.set_share_rule(circle.group, 2, 2500, 500, world.deadline, (circle.lead,))


def test_set_share_rule__signed_by_the_lead__is_the_next_version_and_keeps_the_last(
    world: World, circle: Circle, setting: Statement
) -> None:
    receipt = world.act(setting, at=world.last_second(setting))
    assert events_of(world, receipt) == [
        event("ShareRuleSet", group=circle.group, version=2, institutionBps=2500, fundBps=500)
    ]
    group = world.read("DoctorGroups", "groupOf", circle.group)
    assert (group["ruleVersion"], group["institutionBps"], group["fundBps"]) == (2, 2500, 500)
    rules = {
        version: tuple(world.read("DoctorGroups", "shareRuleOf", circle.group, version).values())
        for version in range(4)
    }
    assert rules == {0: (0, 0), 1: (3000, 1000), 2: (2500, 500), 3: (0, 0)}


def test_set_share_rule__by_a_quorum__needs_as_many_as_an_expulsion(world: World, council: Circle) -> None:
    with refuses("QuorumNotReached", group=council.group, signatures=1, needed=2):
        world.act(acts.set_share_rule(council.group, 2, 0, 0, world.deadline, (council.lead,)))
    world.act(acts.set_share_rule(council.group, 2, 0, 0, world.deadline, council.members[:2]))


def test_set_share_rule__by_a_member_where_the_lead_decides__reverts(world: World, circle: Circle) -> None:
    with refuses("QuorumNotReached", group=circle.group, signatures=1, needed=1):
        world.act(acts.set_share_rule(circle.group, 2, 0, 0, world.deadline, circle.members[:1]))


@pytest.mark.parametrize("version", [0, 1, 3])
def test_set_share_rule__that_is_not_the_next_version__reverts(
    world: World, circle: Circle, version: int
) -> None:
    with refuses("StaleRule", group=circle.group, named=version, current=1):
        world.act(acts.set_share_rule(circle.group, version, 0, 0, world.deadline, (circle.lead,)))


def test_set_share_rule__twice_with_one_statement__reverts(
    world: World, circle: Circle, setting: Statement
) -> None:
    world.act(setting)
    with refuses("StaleRule", group=circle.group, named=2, current=2):
        world.act(setting)


def test_set_share_rule__beyond_the_whole__reverts(world: World, circle: Circle) -> None:
    world.act(acts.set_share_rule(circle.group, 2, WHOLE - 1, 1, world.deadline, (circle.lead,)))
    with refuses("SharesDoNotSum", institutionBps=WHOLE, fundBps=1, allowed=WHOLE):
        world.act(acts.set_share_rule(circle.group, 3, WHOLE, 1, world.deadline, (circle.lead,)))


def test_set_share_rule__of_a_group_that_was_not_founded__reverts(world: World, circle: Circle) -> None:
    group = world.register(PartyKind.GROUP)
    with refuses("UnknownGroup", group=group):
        world.act(acts.set_share_rule(group, 1, 0, 0, world.deadline, (circle.lead,)))


@each_signature_fault
def test_set_share_rule__badly_signed__reverts(world: World, setting: Statement, fault: Fault) -> None:
    fault(world, setting)
