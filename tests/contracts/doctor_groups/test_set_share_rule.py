"""DoctorGroups.setShareRule: shares change by version, for bookings from now on."""

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
    world.act(acts.set_share_rule(circle.group, 2, WHOLE - 1, 1, world.deadline, circle.everyone))
    with refuses("SharesDoNotSum", institutionBps=WHOLE, fundBps=1, allowed=WHOLE):
        world.act(acts.set_share_rule(circle.group, 3, WHOLE, 1, world.deadline, circle.everyone))


# I7: no doctor's share falls without that doctor's signature.

FALLING = [(3001, 1000), (3000, 1001), (0, 4001), (WHOLE, 0)]


@pytest.mark.parametrize("shares", FALLING)
def test_set_share_rule__doctors_get_less__needs_each_member(
    world: World, circle: Circle, council: Circle, shares: tuple[int, int]
) -> None:
    """Whatever the policy: the lead alone, a quorum, and all but one are not enough."""
    for group in (circle, council):
        everyone = group.everyone
        for consenters in ((), (group.lead,), everyone[:2], everyone[:-1], everyone[1:]):
            with refuses(
                "QuorumNotReached", group=group.group, signatures=len(consenters), needed=len(everyone)
            ):
                world.act(acts.set_share_rule(group.group, 2, *shares, world.deadline, consenters))
        world.act(acts.set_share_rule(group.group, 2, *shares, world.deadline, everyone))


@pytest.mark.parametrize("shares", [(4000, 0), (0, 4000), (3000, 1000), (2999, 1001), (2999, 1000)])
def test_set_share_rule__doctors_get_as_much_or_more__needs_only_the_policy(
    world: World, circle: Circle, council: Circle, shares: tuple[int, int]
) -> None:
    world.act(acts.set_share_rule(circle.group, 2, *shares, world.deadline, (circle.lead,)))
    world.act(acts.set_share_rule(council.group, 2, *shares, world.deadline, council.members[:2]))


def test_set_share_rule__doctors_get_less__counts_who_is_a_member_then(
    world: World, circle: Circle, outsider: PartyId
) -> None:
    """Who joined since has to sign as well; who left need not, and cannot stand in for a member."""
    lowering = acts.set_share_rule(circle.group, 2, 3500, 1000, world.deadline, circle.everyone)
    world.join(circle.group, outsider)
    with refuses("QuorumNotReached", group=circle.group, signatures=3, needed=4):
        world.act(lowering)
    former = circle.members[0]
    world.act(acts.leave(circle.group, former, 1, world.deadline))
    with refuses("NotMember", group=circle.group, doctor=former):
        world.act(lowering)
    left = sorted({*circle.everyone, outsider} - {former})
    world.act(acts.set_share_rule(circle.group, 2, 3500, 1000, world.deadline, left))


def test_set_share_rule__doctors_get_less__counts_nobody_twice(world: World, circle: Circle) -> None:
    first, second, _ = circle.everyone
    with refuses("ConsentersNotAscending", previous=second, next=second):
        world.act(acts.set_share_rule(circle.group, 2, 3500, 1000, world.deadline, (first, second, second)))


def test_set_share_rule__doctors_get_less__needs_the_founder_who_leads_no_more(
    world: World, circle: Circle
) -> None:
    lead = circle.members[0]
    world.act(acts.transfer_lead(circle.group, lead, 0, world.deadline, (circle.lead,)))
    with refuses("QuorumNotReached", group=circle.group, signatures=2, needed=3):
        world.act(acts.set_share_rule(circle.group, 2, 3500, 1000, world.deadline, circle.members))
    world.act(acts.set_share_rule(circle.group, 2, 3500, 1000, world.deadline, circle.everyone))


def test_set_share_rule__of_a_lead_without_members__is_signed_by_the_lead(world: World) -> None:
    lead = world.doctor()
    group = world.found(lead)
    world.act(acts.set_share_rule(group, 2, WHOLE, 0, world.deadline, (lead,)))


def test_set_share_rule__from_a_sum_of_all_that_16_bits_hold__does_not_wrap(
    world: World, circle: Circle
) -> None:
    with refuses("SharesDoNotSum", institutionBps=65_535, fundBps=1, allowed=WHOLE):
        world.act(acts.set_share_rule(circle.group, 2, 65_535, 1, world.deadline, circle.everyone))


def test_set_share_rule__of_a_group_that_was_not_founded__reverts(world: World, circle: Circle) -> None:
    group = world.register(PartyKind.GROUP)
    with refuses("UnknownGroup", group=group):
        world.act(acts.set_share_rule(group, 1, 0, 0, world.deadline, (circle.lead,)))


@each_signature_fault
def test_set_share_rule__doctors_get_less_and_badly_signed__reverts(
    world: World, circle: Circle, fault: Fault
) -> None:
    fault(world, acts.set_share_rule(circle.group, 2, 3500, 1000, world.deadline, circle.everyone))


@each_signature_fault
def test_set_share_rule__badly_signed__reverts(world: World, setting: Statement, fault: Fault) -> None:
    fault(world, setting)
