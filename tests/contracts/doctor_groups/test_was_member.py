"""DoctorGroups.wasMember: membership at any second of the past, through all spells."""

from __future__ import annotations

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from tests.contracts.doctor_groups.conftest import Circle
from tests.support.world import World

NEVER_LEFT = 2**40 - 1


def was_member(world: World, group: PartyId, doctor: PartyId, epoch: int) -> bool:
    answer: bool = world.read("DoctorGroups", "wasMember", group, doctor, epoch)
    return answer


def join_at(world: World, circle: Circle, doctor: PartyId, spell: int, at: int) -> None:
    world.act(acts.join(circle.group, doctor, spell, 1, world.deadline, (circle.lead,)), at=at)


def leave_at(world: World, circle: Circle, doctor: PartyId, spell: int, at: int) -> None:
    world.act(acts.leave(circle.group, doctor, spell, world.deadline), at=at)


def test_was_member__through_all_spells__from_joining_until_before_leaving(
    world: World, circle: Circle, outsider: PartyId
) -> None:
    now = world.chain.now()
    spells = [(now + 100, now + 110), (now + 120, now + 121), (now + 130, now + 140)]
    for spell, (joined, left) in enumerate(spells, start=1):
        join_at(world, circle, outsider, spell, joined)
        leave_at(world, circle, outsider, spell, left)
    join_at(world, circle, outsider, 4, now + 150)

    inside = {second for joined, left in spells for second in range(joined, left)}
    for second in (*range(now + 98, now + 152), NEVER_LEFT):
        expected = second in inside or second >= now + 150
        assert was_member(world, circle.group, outsider, second) == expected, second - now


def test_was_member__left_in_the_second_of_joining__is_false(
    world: World, circle: Circle, outsider: PartyId
) -> None:
    """A membership without length: both in one block."""
    joining = acts.join(circle.group, outsider, 1, 1, world.deadline, (circle.lead,))
    leaving = acts.leave(circle.group, outsider, 1, world.deadline)
    world.act_together(joining, leaving)
    membership = world.read("DoctorGroups", "membershipOf", circle.group, outsider)
    assert membership["joinedAt"] == membership["leftAt"] != 0
    for second in (membership["joinedAt"] - 1, membership["joinedAt"], membership["joinedAt"] + 1):
        assert not was_member(world, circle.group, outsider, second)


def test_was_member__never__is_false(world: World, circle: Circle, outsider: PartyId) -> None:
    for epoch in (0, world.chain.now(), NEVER_LEFT):
        assert not was_member(world, circle.group, outsider, epoch)


def test_was_member__the_lead__since_the_group_was_founded(world: World, circle: Circle) -> None:
    founded = world.read("DoctorGroups", "groupOf", circle.group)["foundedAt"]
    assert not was_member(world, circle.group, circle.lead, founded - 1)
    assert was_member(world, circle.group, circle.lead, founded)
    assert was_member(world, circle.group, circle.lead, NEVER_LEFT)
