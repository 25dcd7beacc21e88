"""DoctorGroups.found: an accredited group begins with its lead and its first share rule."""

from __future__ import annotations

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.world import DAY, World

WHOLE = 10_000


@pytest.fixture(scope="module")
def unfounded(world: World) -> PartyId:
    return world.register(PartyKind.GROUP)


@pytest.fixture
def founding(world: World, unfounded: PartyId, outsider: PartyId) -> Statement:
    return acts.found(unfounded, outsider, 3, 3000, 1000, world.deadline)


def test_found__signed_by_group_and_lead__begins_with_one_member_and_one_rule(
    world: World, unfounded: PartyId, outsider: PartyId, founding: Statement
) -> None:
    count = world.read("DoctorGroups", "groupCount")
    at = world.last_second(founding)
    receipt = world.act(founding, at=at)

    assert events_of(world, receipt) == [
        event("GroupFounded", group=unfounded, lead=outsider, quorum=3, institutionBps=3000, fundBps=1000)
    ]
    assert world.read("DoctorGroups", "groupOf", unfounded) == {
        "lead": outsider,
        "members": 1,
        "quorum": 3,
        "ruleVersion": 1,
        "institutionBps": 3000,
        "fundBps": 1000,
        "standingUntil": 0,
        "foundedAt": at,
        "revision": 0,
    }
    assert world.read("DoctorGroups", "isMember", unfounded, outsider)
    membership = {"joinedAt": at, "leftAt": 0, "spell": 1, "previous": 0, "leads": True}
    assert world.read("DoctorGroups", "membershipOf", unfounded, outsider) == membership
    assert world.read("DoctorGroups", "shareRuleOf", unfounded, 1) == {
        "institutionBps": 3000,
        "fundBps": 1000,
    }
    assert world.read("DoctorGroups", "groupCount") == count + 1
    assert world.read("DoctorGroups", "groupAt", count) == unfounded


@pytest.mark.parametrize("shares", [(WHOLE, 0), (0, WHOLE), (0, 0), (5000, 5000)])
def test_found__with_shares_up_to_the_whole__is_accepted(
    world: World, unfounded: PartyId, outsider: PartyId, shares: tuple[int, int]
) -> None:
    world.act(acts.found(unfounded, outsider, 0, *shares, world.deadline))


@pytest.mark.parametrize("shares", [(WHOLE, 1), (5000, 5001), (65_535, 65_535)])
def test_found__with_shares_beyond_the_whole__reverts(
    world: World, unfounded: PartyId, outsider: PartyId, shares: tuple[int, int]
) -> None:
    institution_bps, fund_bps = shares
    with refuses("SharesDoNotSum", institutionBps=institution_bps, fundBps=fund_bps, allowed=WHOLE):
        world.act(acts.found(unfounded, outsider, 0, *shares, world.deadline))


def test_found__a_second_time__reverts(world: World, unfounded: PartyId, founding: Statement) -> None:
    world.act(founding)
    with refuses("AlreadyFounded", group=unfounded):
        world.act(founding)


def test_found__without_the_leads_signature__reverts(
    world: World, unfounded: PartyId, outsider: PartyId, founding: Statement
) -> None:
    with refuses("InvalidSignature", party=outsider, signer=0):
        world.act(founding, unfounded, unfounded)


def test_found__without_the_groups_signature__reverts(
    world: World, unfounded: PartyId, outsider: PartyId, founding: Statement
) -> None:
    with refuses("InvalidSignature", party=unfounded, signer=0):
        world.act(founding, outsider, outsider)


def test_found__by_what_is_no_group__reverts(world: World, outsider: PartyId) -> None:
    hospital = world.hospital()
    with refuses("KindNotAllowed", kind=PartyKind.HOSPITAL):
        world.act(acts.found(hospital, outsider, 0, 0, 0, world.deadline))


def test_found__led_by_what_is_no_doctor__reverts(world: World, unfounded: PartyId) -> None:
    hospital = world.hospital()
    with refuses("KindNotAllowed", kind=PartyKind.HOSPITAL):
        world.act(acts.found(unfounded, hospital, 0, 0, 0, world.deadline))


def test_found__by_a_group_that_only_applied__reverts(world: World, outsider: PartyId) -> None:
    applicant = world.apply(PartyKind.GROUP)
    with refuses("NotAccredited", party=applicant):
        world.act(acts.found(applicant, outsider, 0, 0, 0, world.deadline))


def test_found__by_or_with_somebody_suspended__reverts(
    world: World, unfounded: PartyId, outsider: PartyId, founding: Statement
) -> None:
    for party in (outsider, unfounded):
        world.suspend(party)
        with refuses("NotAccredited", party=party):
            world.act(founding)


def test_found__after_the_leads_licence__reverts(world: World, unfounded: PartyId) -> None:
    lead = world.register(PartyKind.DOCTOR, valid_for=DAY // 2)
    until = world.read("CredentialRegistry", "partyOf", lead)["validUntil"]
    founding = acts.found(unfounded, lead, 0, 0, 0, world.deadline)
    with refuses("LicenceExpired", party=lead, validUntil=until, neededAt=until + 1):
        world.act(founding, at=until + 1)


@each_signature_fault
def test_found__badly_signed__reverts(world: World, founding: Statement, fault: Fault) -> None:
    fault(world, founding)
