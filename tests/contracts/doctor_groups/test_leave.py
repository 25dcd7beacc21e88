"""DoctorGroups.leave: a doctor leaves alone and at once."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.statement import Statement
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.team import Team
from tests.support.world import World


@pytest.fixture
def leaving(world: World, team: Team) -> Statement:
    return acts.leave(team.group, team.doctors[0], 1, world.deadline)


def test_leave__by_the_doctor_alone__ends_the_membership_at_once(
    world: World, team: Team, leaving: Statement
) -> None:
    at = world.last_second(leaving)
    receipt = world.act(leaving, at=at)

    doctor = team.doctors[0]
    assert events_of(world, receipt) == [event("MemberLeft", group=team.group, doctor=doctor, spell=1)]
    membership = world.read("DoctorGroups", "membershipOf", team.group, doctor)
    assert (membership["leftAt"], membership["spell"]) == (at, 1)
    assert not world.read("DoctorGroups", "isMember", team.group, doctor)
    assert world.read("DoctorGroups", "groupOf", team.group)["members"] == 2


@each_signature_fault
def test_leave__badly_signed__reverts(world: World, leaving: Statement, fault: Fault) -> None:
    fault(world, leaving)


def test_leave__twice__reverts(world: World, team: Team, leaving: Statement) -> None:
    world.act(leaving)
    with refuses("NotMember", group=team.group, doctor=team.doctors[0]):
        world.act(leaving)
