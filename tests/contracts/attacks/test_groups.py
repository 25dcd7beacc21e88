"""Attacks on what a group's members earned, on their shares, and on who decides for the group: each must fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.terms import Terms, encode_terms
from tests.support.refusals import refuses
from tests.support.settling import due_legs, releases
from tests.support.team import Team
from tests.support.world import World, digest_of

WHOLE = 10_000


def expel(world: World, team: Team, doctor: PartyId, *consenters: PartyId) -> None:
    world.act(
        acts.expel(team.group, doctor, 1, digest_of("reason"), world.deadline, consenters or (team.lead,))
    )


def credit(world: World, party: PartyId) -> int:
    return int(world.read("RevenueLedger", "creditOf", party)["credited"])


def council(world: World, size: int, quorum: int) -> tuple[PartyId, tuple[PartyId, ...]]:
    """A group and its members in ascending order, the lead first."""
    members = tuple(world.doctor() for _ in range(size))
    group = world.found(members[0], quorum=quorum)
    for place, member in enumerate(members[1:], start=1):
        world.join(group, member, *members[: min(place, quorum)])
    return group, members


@pytest.fixture
def agreed(team: Team) -> Terms:
    return team.terms()


# A member expelled to seize earned shares


def test_expel__before_the_booked_case_is_settled__takes_no_fen_from_the_seat(
    world: World, team: Team, agreed: Terms
) -> None:
    """The shares are those of the terms that all signed, whatever group and rule have become since."""
    packed = team.book(agreed)
    victim = team.doctors[1]
    expel(world, team, victim)
    left = (team.doctors[0], team.lead)
    world.act(acts.set_share_rule(team.group, 2, 0, WHOLE, world.deadline, left))
    team.deliver(packed, agreed)
    with releases(world, agreed, due_legs(agreed)):
        world.act(acts.accept(packed, team.hospital, world.deadline))
    assert credit(world, victim) > 0


def test_expel__after_the_case_is_settled__leaves_what_was_earned(
    world: World, team: Team, agreed: Terms
) -> None:
    packed = team.book(agreed)
    team.deliver(packed, agreed)
    world.act(acts.accept(packed, team.hospital, world.deadline))
    victim = team.doctors[1]
    before = {party: credit(world, party) for party in (*team.doctors, team.group, *team.institutions)}
    expel(world, team, victim)
    assert {party: credit(world, party) for party in before} == before
    assert before[victim] > 0


def test_expel__of_one_whose_seat_is_booked__frees_no_hour_and_no_seat(
    world: World, team: Team, agreed: Terms
) -> None:
    """Nobody can be booked in the victim's place, nor the victim's hour be sold again."""
    packed = team.book(agreed)
    victim = team.doctors[1]
    expel(world, team, victim)
    again = replace(agreed, salt=digest_of("again")[:16])
    with refuses("NotMember", group=team.group, doctor=victim):
        team.book(again)
    world.join(team.group, victim)
    with refuses("SlotTaken", doctor=team.doctors[0], slot=agreed.start):
        team.book(again)
    team.deliver(packed, agreed)


def test_expel__in_the_same_block_before_a_signed_booking__stops_it(
    world: World, team: Team, agreed: Terms
) -> None:
    """A lead who lures a doctor into signing gains no consultation under other shares: it is not booked at all."""
    booking = team.booking(agreed)
    expel(world, team, team.doctors[1])
    with refuses("NotMember", group=team.group, doctor=team.doctors[1]):
        world.act(booking)


# A share rule lowered without a doctor


def test_set_share_rule__in_small_steps_without_a_doctor__is_refused_at_each(
    world: World, team: Team
) -> None:
    for step in (1, 2, 10):
        with refuses("QuorumNotReached", group=team.group, signatures=1, needed=3):
            world.act(acts.set_share_rule(team.group, 2, 3000, 1000 + step, world.deadline, (team.lead,)))


def test_set_share_rule__raised_first_to_be_lowered_later__asks_everyone_for_the_way_back(
    world: World, team: Team
) -> None:
    """The rule in force counts, not the one that a doctor joined under: a promise once made binds."""
    world.act(acts.set_share_rule(team.group, 2, 0, 0, world.deadline, (team.lead,)))
    with refuses("QuorumNotReached", group=team.group, signatures=1, needed=3):
        world.act(acts.set_share_rule(team.group, 3, 3000, 1000, world.deadline, (team.lead,)))


def test_set_share_rule__lowered_by_a_lead_who_first_took_all_power__needs_everyone_still(
    world: World,
) -> None:
    group, members = council(world, 3, 2)
    lead, ally, victim = members
    world.act(acts.set_policy(group, 0, 0, world.deadline, (lead, ally)))
    with refuses("QuorumNotReached", group=group, signatures=1, needed=3):
        world.act(acts.set_share_rule(group, 2, 3000, 1001, world.deadline, (lead,)))
    world.act(acts.set_policy(group, 1, 1, world.deadline, (lead,)))
    with refuses("QuorumNotReached", group=group, signatures=2, needed=3):
        world.act(acts.set_share_rule(group, 2, 3000, 1001, world.deadline, (lead, ally)))
    assert world.read("DoctorGroups", "isMember", group, victim)


def test_set_share_rule__signed_before_a_doctor_joined__binds_the_newcomer_to_nothing(
    world: World, team: Team
) -> None:
    """Members gather their signatures first, then take in a doctor under the old rule."""
    ready = acts.set_share_rule(team.group, 2, 3000, 6000, world.deadline, (*team.doctors, team.lead))
    newcomer = world.doctor()
    world.join(team.group, newcomer)
    with refuses("QuorumNotReached", group=team.group, signatures=3, needed=4):
        world.act(ready)


def test_book__under_shares_that_a_doctor_never_signed__reverts(
    world: World, team: Team, agreed: Terms
) -> None:
    """A booking under the old rule cannot be carried under a new one, even where all members agreed to it."""
    booking = team.booking(agreed)
    world.act(acts.set_share_rule(team.group, 2, 0, 5000, world.deadline, (*team.doctors, team.lead)))
    with refuses("StaleRule", group=team.group, named=1, current=2):
        world.act(booking)
    first, second = agreed.seats
    altered = replace(
        agreed, seats=(first, replace(second, rule_version=2, institution_bps=0, fund_bps=5000))
    )
    signatures = world.sign(booking)
    with refuses("StaleRule", group=team.group, named=1, current=2):
        world.send(acts.book(encode_terms(altered), booking.signers), signatures)


# A lead replaced by fewer than the quorum


def test_transfer_lead__by_fewer_than_the_quorum__fails_in_every_way(world: World) -> None:
    group, members = council(world, 5, 3)
    lead, usurper, ally, other, _ = members
    for consenters in ((), (usurper,), (usurper, ally), (lead, usurper)):
        with refuses("QuorumNotReached", group=group, signatures=len(consenters), needed=3):
            world.act(acts.transfer_lead(group, usurper, 0, world.deadline, consenters))
    with refuses("ConsentersNotAscending", previous=ally, next=ally):
        world.act(acts.transfer_lead(group, usurper, 0, world.deadline, (usurper, ally, ally)))
    stranger = world.doctor()
    with refuses("NotMember", group=group, doctor=stranger):
        world.act(acts.transfer_lead(group, usurper, 0, world.deadline, (usurper, ally, stranger)))
    with refuses("InvalidSignature", party=other, signer=0):
        world.act(
            acts.transfer_lead(group, usurper, 0, world.deadline, (usurper, ally, other)),
            usurper,
            usurper,
            ally,
            ally,
        )
    assert world.read("DoctorGroups", "groupOf", group)["lead"] == lead


def test_transfer_lead__with_signatures_gathered_for_another_purpose__reverts(world: World) -> None:
    """Members who signed a policy did not sign a new lead, though group, revision and deadline are the same."""
    group, members = council(world, 3, 2)
    policy = acts.set_policy(group, members[1], 0, world.deadline, members[:2])
    seizing = acts.transfer_lead(group, members[1], 0, int(str(policy.values["deadline"])), members[:2])
    own, signed = world.sign(seizing, members[1]), world.sign(policy)
    with refuses("InvalidSignature", party=members[0], signer=0):
        world.send(seizing, [*own, *signed])


def test_act__of_a_lead_who_was_replaced__reverts(world: World, team: Team) -> None:
    """What the former lead signed before, and what the former lead signs after."""
    lead, newcomer = team.doctors[0], world.doctor()
    admitting = acts.join(team.group, newcomer, 1, 1, world.deadline, (team.lead,))
    standing = acts.set_standing_consent(team.group, team.lead, world.deadline, 0, world.deadline)
    signed_before = world.sign(standing)
    world.act(acts.transfer_lead(team.group, lead, 0, world.deadline, (team.lead,)))
    with refuses("QuorumNotReached", group=team.group, signatures=1, needed=1):
        world.act(admitting)
    with refuses("StaleRevision", named=0, current=1):
        world.send(standing, signed_before)
    later = replace(standing, values={**standing.values, "revision": 1})
    with refuses("InvalidSignature", party=lead, signer=0):
        world.act(later)


# A group that shrinks below its quorum


def test_group__shrunk_below_its_quorum__is_not_decided_by_one_of_those_left(world: World) -> None:
    group, members = council(world, 4, 3)
    lead, one, other, gone = members
    for leaving in (gone, other):
        world.act(acts.leave(group, leaving, 1, world.deadline))
    for alone in (lead, one):
        with refuses("QuorumNotReached", group=group, signatures=1, needed=2):
            world.act(acts.set_policy(group, 0, 0, world.deadline, (alone,)))
    with refuses("QuorumNotReached", group=group, signatures=1, needed=2):
        world.act(acts.expel(group, one, 1, digest_of("reason"), world.deadline, (lead,)))
    world.act(acts.set_policy(group, 0, 0, world.deadline, (lead, one)))


def test_group__shrunk_below_its_quorum__counts_no_one_who_left(world: World) -> None:
    group, members = council(world, 3, 3)
    lead, one, gone = members
    world.act(acts.leave(group, gone, 1, world.deadline))
    with refuses("NotMember", group=group, doctor=gone):
        world.act(acts.set_policy(group, 0, 0, world.deadline, (lead, one, gone)))


def test_group__grown_again_to_its_quorum__needs_it_again(world: World) -> None:
    group, members = council(world, 3, 3)
    lead, one, gone = members
    world.act(acts.leave(group, gone, 1, world.deadline))
    world.act(acts.join(group, gone, 2, 1, world.deadline, (lead, one)))
    with refuses("QuorumNotReached", group=group, signatures=2, needed=3):
        world.act(acts.set_policy(group, 0, 0, world.deadline, (lead, one)))
