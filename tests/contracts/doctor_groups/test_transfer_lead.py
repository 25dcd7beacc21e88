"""DoctorGroups.transferLead: another member leads, with the group's consent and their own."""

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
from tests.support.world import AUTHORITY, BEIJING, DAY, SPECIALTIES, World


def transfer(
    world: World, circle: Circle, lead: PartyId, *consenters: PartyId, revision: int = 0
) -> Statement:
    return acts.transfer_lead(circle.group, lead, revision, world.deadline, consenters)


@pytest.fixture
def handing_over(world: World, circle: Circle) -> Statement:
    return transfer(world, circle, circle.members[0], circle.lead)


def test_transfer_lead__signed_by_both_leads__takes_effect_at_once(
    world: World, circle: Circle, handing_over: Statement
) -> None:
    lead = circle.members[0]
    receipt = world.act(handing_over, at=world.last_second(handing_over))
    assert events_of(world, receipt) == [
        event("LeadTransferred", group=circle.group, lead=lead, former=circle.lead, revision=1)
    ]
    group = world.read("DoctorGroups", "groupOf", circle.group)
    assert (group["lead"], group["revision"], group["members"]) == (lead, 1, 3)
    leads = {
        each: world.read("DoctorGroups", "membershipOf", circle.group, each)["leads"]
        for each in circle.everyone
    }
    assert leads == {each: each == lead for each in circle.everyone}


def test_transfer_lead__done__lets_the_former_lead_go_and_keeps_the_new_one(
    world: World, circle: Circle, outsider: PartyId, handing_over: Statement
) -> None:
    world.act(handing_over)
    lead = circle.members[0]
    with refuses("LeadMayNotLeave", group=circle.group, lead=lead):
        world.act(acts.leave(circle.group, lead, 1, world.deadline))
    world.act(acts.leave(circle.group, circle.lead, 1, world.deadline))
    with refuses("QuorumNotReached", group=circle.group, signatures=1, needed=1):
        world.join(circle.group, outsider, circle.lead)
    world.join(circle.group, outsider, lead)
    assert world.read("DoctorGroups", "groupOf", circle.group)["members"] == 3


def test_transfer_lead__by_a_quorum__needs_no_former_lead(world: World, council: Circle) -> None:
    first, second, third = council.members
    world.act(transfer(world, council, first, second, third))
    assert world.read("DoctorGroups", "groupOf", council.group)["lead"] == first


def test_transfer_lead__with_the_new_lead_as_a_consenter__counts_both_signatures(
    world: World, council: Circle
) -> None:
    first, second, _ = council.members
    world.act(transfer(world, council, first, first, second))
    assert world.read("DoctorGroups", "groupOf", council.group)["lead"] == first


def test_transfer_lead__the_new_lead_and_too_few_others__reverts(world: World, council: Circle) -> None:
    first, second, _ = council.members
    with refuses("QuorumNotReached", group=council.group, signatures=1, needed=2):
        world.act(transfer(world, council, first, second))


def test_transfer_lead__by_the_lead_where_a_quorum_decides__reverts(world: World, council: Circle) -> None:
    with refuses("QuorumNotReached", group=council.group, signatures=1, needed=2):
        world.act(transfer(world, council, council.members[0], council.lead))


def test_transfer_lead__seized_by_a_member_where_the_lead_decides__reverts(
    world: World, circle: Circle
) -> None:
    member = circle.members[0]
    with refuses("QuorumNotReached", group=circle.group, signatures=1, needed=1):
        world.act(transfer(world, circle, member, member))


def test_transfer_lead__without_the_new_leads_signature__reverts(
    world: World, circle: Circle, handing_over: Statement
) -> None:
    with refuses("InvalidSignature", party=circle.members[0], signer=0):
        world.act(handing_over, circle.lead, circle.lead)


def test_transfer_lead__to_who_is_no_member__reverts(world: World, circle: Circle, outsider: PartyId) -> None:
    former = circle.members[1]
    world.act(acts.leave(circle.group, former, 1, world.deadline))
    for other in (outsider, former):
        with refuses("NotMember", group=circle.group, doctor=other):
            world.act(transfer(world, circle, other, circle.lead))


def test_transfer_lead__to_the_lead__reverts(world: World, circle: Circle) -> None:
    with refuses("AlreadyLead", group=circle.group, lead=circle.lead):
        world.act(transfer(world, circle, circle.lead, circle.lead))


def test_transfer_lead__to_a_suspended_doctor__reverts(
    world: World, circle: Circle, handing_over: Statement
) -> None:
    world.suspend(circle.members[0])
    with refuses("NotAccredited", party=circle.members[0]):
        world.act(handing_over)


def test_transfer_lead__until_the_last_second_of_the_new_leads_licence(
    world: World, circle: Circle, handing_over: Statement
) -> None:
    lead, until = circle.members[0], world.chain.now() + DAY // 2
    world.act(
        acts.accredit(lead, world.revision(lead), SPECIALTIES, BEIJING, until, 0, AUTHORITY, world.deadline)
    )
    with refuses("LicenceExpired", party=lead, validUntil=until, neededAt=until + 1):
        world.act(handing_over, at=until + 1)


def test_transfer_lead__away_from_a_suspended_lead__is_accepted(
    world: World, circle: Circle, handing_over: Statement
) -> None:
    world.suspend(circle.lead)
    world.act(handing_over)


def test_transfer_lead__standing_consent__stays_and_only_the_new_lead_may_end_it(
    world: World, circle: Circle
) -> None:
    until = world.chain.now() + 30 * DAY
    world.act(acts.set_standing_consent(circle.group, circle.lead, until, 0, world.deadline))
    lead = circle.members[0]
    world.act(transfer(world, circle, lead, circle.lead, revision=1))
    assert world.read("DoctorGroups", "groupOf", circle.group)["standingUntil"] == until
    ending = acts.set_standing_consent(circle.group, lead, 0, 2, world.deadline)
    with refuses("InvalidSignature", party=lead, signer=0):
        world.act(ending, circle.lead)
    world.act(ending)


def test_transfer_lead__twice_with_one_statement__reverts(
    world: World, circle: Circle, handing_over: Statement
) -> None:
    """Even after the lead came back."""
    world.act(handing_over)
    world.act(transfer(world, circle, circle.lead, circle.members[0], revision=1))
    with refuses("StaleRevision", named=0, current=2):
        world.act(handing_over)


def test_transfer_lead__of_a_group_that_was_not_founded__reverts(world: World, circle: Circle) -> None:
    group = world.register(PartyKind.GROUP)
    with refuses("UnknownGroup", group=group):
        world.act(acts.transfer_lead(group, circle.members[0], 0, world.deadline, (circle.lead,)))


@each_signature_fault
def test_transfer_lead__badly_signed__reverts(world: World, handing_over: Statement, fault: Fault) -> None:
    fault(world, handing_over)


@each_signature_fault
def test_transfer_lead__by_a_quorum_badly_signed__reverts(
    world: World, council: Circle, fault: Fault
) -> None:
    first, second, third = council.members
    fault(world, transfer(world, council, first, second, third))
