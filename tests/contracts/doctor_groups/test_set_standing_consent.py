"""DoctorGroups.setStandingConsent: the lead need not sign each booking until a time."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind
from tests.contracts.doctor_groups.conftest import Circle
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import DAY, World


@pytest.fixture
def consenting(world: World, circle: Circle) -> Statement:
    until = world.chain.now() + 30 * DAY
    return acts.set_standing_consent(circle.group, circle.lead, until, 0, world.deadline)


def test_set_standing_consent__signed_by_the_lead__stands_until_then(
    world: World, circle: Circle, consenting: Statement
) -> None:
    until = consenting.values["standingUntil"]
    receipt = world.act(consenting, at=world.last_second(consenting))
    assert events_of(world, receipt) == [
        event("StandingConsentSet", group=circle.group, standingUntil=until, revision=1)
    ]
    group = world.read("DoctorGroups", "groupOf", circle.group)
    assert (group["standingUntil"], group["revision"]) == (until, 1)


def test_set_standing_consent__to_nothing__ends_it(
    world: World, circle: Circle, consenting: Statement
) -> None:
    world.act(consenting)
    world.act(acts.set_standing_consent(circle.group, circle.lead, 0, 1, world.deadline))
    assert world.read("DoctorGroups", "groupOf", circle.group)["standingUntil"] == 0


def test_set_standing_consent__twice_with_one_statement__reverts(world: World, consenting: Statement) -> None:
    world.act(consenting)
    with refuses("StaleRevision", named=0, current=1):
        world.act(consenting)


def test_set_standing_consent__signed_by_a_member__reverts(
    world: World, circle: Circle, consenting: Statement
) -> None:
    with refuses("InvalidSignature", party=circle.lead, signer=0):
        world.act(consenting, circle.members[0])


def test_set_standing_consent__of_a_group_that_was_not_founded__reverts(world: World, circle: Circle) -> None:
    group = world.register(PartyKind.GROUP)
    with refuses("UnknownGroup", group=group):
        world.act(acts.set_standing_consent(group, circle.lead, 1, 0, world.deadline))


@each_signature_fault
def test_set_standing_consent__badly_signed__reverts(
    world: World, consenting: Statement, fault: Fault
) -> None:
    fault(world, consenting)
