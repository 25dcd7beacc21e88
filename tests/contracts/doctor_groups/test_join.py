"""DoctorGroups.join: a doctor enters under the current rule, with the group's consent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind
from tests.contracts.doctor_groups.conftest import Circle
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import DAY, World


@pytest.fixture
def joining(world: World, circle: Circle, outsider: PartyId) -> Statement:
    return acts.join(circle.group, outsider, 1, 1, world.deadline, (circle.lead,))


def joining_council(
    world: World, council: Circle, doctor: PartyId, *consenters: PartyId, spell: int = 1
) -> Statement:
    return acts.join(council.group, doctor, spell, 1, world.deadline, consenters)


def test_join__signed_by_doctor_and_lead__is_a_member_at_once(
    world: World, circle: Circle, outsider: PartyId, joining: Statement
) -> None:
    at = world.last_second(joining)
    receipt = world.act(joining, at=at)
    assert events_of(world, receipt) == [event("MemberJoined", group=circle.group, doctor=outsider, spell=1)]
    membership = {
        "joinedAt": at,
        "leftAt": 0,
        "spell": 1,
        "previous": circle.members[-1],
        "leads": False,
    }
    assert world.read("DoctorGroups", "membershipOf", circle.group, outsider) == membership
    assert world.read("DoctorGroups", "groupOf", circle.group)["members"] == 4


def test_join__without_the_leads_signature__reverts(
    world: World, circle: Circle, outsider: PartyId, joining: Statement
) -> None:
    for other in (outsider, circle.members[0]):
        with refuses("InvalidSignature", party=circle.lead, signer=0):
            world.act(joining, outsider, other)


def test_join__without_the_doctors_signature__reverts(
    world: World, circle: Circle, outsider: PartyId, joining: Statement
) -> None:
    with refuses("InvalidSignature", party=outsider, signer=0):
        world.act(joining, circle.lead, circle.lead)


def test_join__with_a_members_consent_where_the_lead_decides__reverts(
    world: World, circle: Circle, outsider: PartyId
) -> None:
    for consenters in ((circle.members[0],), circle.everyone):
        with refuses("QuorumNotReached", group=circle.group, signatures=len(consenters), needed=1):
            world.act(acts.join(circle.group, outsider, 1, 1, world.deadline, consenters))


def test_join__with_nobodys_consent__reverts(
    world: World, circle: Circle, council: Circle, outsider: PartyId
) -> None:
    for group, needed in ((circle.group, 1), (council.group, 2)):
        with refuses("QuorumNotReached", group=group, signatures=0, needed=needed):
            world.act(acts.join(group, outsider, 1, 1, world.deadline, ()))


def test_join__with_the_consent_of_a_quorum__needs_no_lead(
    world: World, council: Circle, outsider: PartyId
) -> None:
    world.act(joining_council(world, council, outsider, *council.members[:2]))
    assert world.read("DoctorGroups", "isMember", council.group, outsider)


def test_join__with_more_than_a_quorum__is_accepted(world: World, council: Circle, outsider: PartyId) -> None:
    world.act(joining_council(world, council, outsider, *council.everyone))


def test_join__with_one_signature_less_than_the_quorum__reverts(
    world: World, council: Circle, outsider: PartyId
) -> None:
    with refuses("QuorumNotReached", group=council.group, signatures=1, needed=2):
        world.act(joining_council(world, council, outsider, council.lead))


def test_join__with_one_member_counted_twice__reverts(
    world: World, council: Circle, outsider: PartyId
) -> None:
    member = council.members[0]
    with refuses("ConsentersNotAscending", previous=member, next=member):
        world.act(joining_council(world, council, outsider, member, member))


def test_join__with_consenters_out_of_order__reverts(
    world: World, council: Circle, outsider: PartyId
) -> None:
    first, second = council.members[:2]
    with refuses("ConsentersNotAscending", previous=second, next=first):
        world.act(joining_council(world, council, outsider, second, first))


def test_join__with_the_consent_of_a_stranger_or_of_the_applicant__reverts(
    world: World, council: Circle, outsider: PartyId
) -> None:
    stranger = world.doctor()
    for other in (stranger, outsider):
        consenters = sorted((council.lead, other))
        with refuses("NotMember", group=council.group, doctor=other):
            world.act(joining_council(world, council, outsider, *consenters))


def test_join__with_the_consent_of_a_member_who_left__reverts(
    world: World, council: Circle, outsider: PartyId
) -> None:
    former = council.members[0]
    world.act(acts.leave(council.group, former, 1, world.deadline))
    with refuses("NotMember", group=council.group, doctor=former):
        world.act(joining_council(world, council, outsider, council.lead, former))


def test_join__a_group_that_shrank_below_its_quorum__needs_all_who_are_left(
    world: World, council: Circle, outsider: PartyId
) -> None:
    for member in council.members:
        world.act(acts.leave(council.group, member, 1, world.deadline))
    world.act(joining_council(world, council, outsider, council.lead))
    assert world.read("DoctorGroups", "groupOf", council.group)["members"] == 2

    newcomer = world.doctor()
    with refuses("QuorumNotReached", group=council.group, signatures=1, needed=2):
        world.act(joining_council(world, council, newcomer, council.lead))


def test_join__again_and_again__leaves_one_chain_of_all_who_ever_joined(
    world: World, circle: Circle, outsider: PartyId
) -> None:
    """Whoever joins for the first time hangs behind the last who did; coming back changes no place."""
    group, (first, second) = circle.group, circle.members
    world.act(acts.leave(group, first, 1, world.deadline))
    world.join(group, outsider)
    world.join(group, first)
    world.act(acts.leave(group, outsider, 1, world.deadline))
    chain = {
        doctor: world.read("DoctorGroups", "membershipOf", group, doctor)["previous"]
        for doctor in (circle.lead, first, second, outsider)
    }
    assert chain == {circle.lead: 0, first: circle.lead, second: first, outsider: second}
    assert world.read("DoctorGroups", "groupOf", group)["members"] == 3


def test_join__a_member_or_the_lead__reverts(world: World, circle: Circle) -> None:
    for member in (circle.members[0], circle.lead):
        with refuses("AlreadyMember", group=circle.group, doctor=member):
            world.act(acts.join(circle.group, member, 2, 1, world.deadline, (circle.lead,)))


def test_join__again_after_leaving__is_the_next_spell(
    world: World, circle: Circle, outsider: PartyId, joining: Statement
) -> None:
    world.act(joining)
    world.act(acts.leave(circle.group, outsider, 1, world.deadline))
    with refuses("StaleSpell", named=1, next=2):
        world.act(joining)
    world.join(circle.group, outsider)
    membership = world.read("DoctorGroups", "membershipOf", circle.group, outsider)
    assert (membership["leftAt"], membership["spell"]) == (0, 2)


@pytest.mark.parametrize("spell", [0, 2])
def test_join__under_a_wrong_spell__reverts(
    world: World, circle: Circle, outsider: PartyId, spell: int
) -> None:
    with refuses("StaleSpell", named=spell, next=1):
        world.act(acts.join(circle.group, outsider, spell, 1, world.deadline, (circle.lead,)))


def test_join__under_a_rule_that_has_changed__reverts(
    world: World, circle: Circle, outsider: PartyId, joining: Statement
) -> None:
    """The doctor agreed to the shares that were shown, and to no others."""
    world.act(acts.set_share_rule(circle.group, 2, 3000, 2000, world.deadline, circle.everyone))
    with refuses("StaleRule", group=circle.group, named=1, current=2):
        world.act(joining)


def test_join__a_group_that_was_not_founded__reverts(world: World, circle: Circle, outsider: PartyId) -> None:
    group = world.register(PartyKind.GROUP)
    with refuses("UnknownGroup", group=group):
        world.act(acts.join(group, outsider, 1, 1, world.deadline, (circle.lead,)))


def test_join__as_what_is_no_doctor__reverts(world: World, circle: Circle) -> None:
    hospital = world.hospital()
    with refuses("KindNotAllowed", kind=PartyKind.HOSPITAL):
        world.act(acts.join(circle.group, hospital, 1, 1, world.deadline, (circle.lead,)))


def test_join__while_suspended__reverts(world: World, outsider: PartyId, joining: Statement) -> None:
    world.suspend(outsider)
    with refuses("NotAccredited", party=outsider):
        world.act(joining)


def test_join__after_the_licence__reverts(world: World, circle: Circle) -> None:
    doctor = world.register(PartyKind.DOCTOR, valid_for=DAY // 2)
    until = world.read("CredentialRegistry", "partyOf", doctor)["validUntil"]
    joining = acts.join(circle.group, doctor, 1, 1, world.deadline, (circle.lead,))
    with refuses("LicenceExpired", party=doctor, validUntil=until, neededAt=until + 1):
        world.act(joining, at=until + 1)


def test_join__another_group_with_the_same_signatures__reverts(
    world: World, circle: Circle, outsider: PartyId, joining: Statement
) -> None:
    other = world.found(circle.lead)
    elsewhere = replace(joining, values={**joining.values, "group": other})
    with refuses("InvalidSignature", party=outsider, signer=0):
        world.send(elsewhere, world.sign(joining))


@each_signature_fault
def test_join__badly_signed__reverts(world: World, joining: Statement, fault: Fault) -> None:
    fault(world, joining)
