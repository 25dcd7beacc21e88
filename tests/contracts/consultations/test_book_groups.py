"""Consultations.book, every group: membership, the current rule and its shares, the lead's consent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statuses import PartyKind
from huizhen.domain.terms import Terms
from tests.support.refusals import refuses
from tests.support.team import Team
from tests.support.world import DAY, NOBODY, World

WHOLE = 10_000


def with_second(terms: Terms, **changes: object) -> Terms:
    first, second = terms.seats
    return replace(terms, seats=(first, replace(second, **changes)))  # type: ignore[arg-type]


def stand(world: World, team: Team, until: int) -> None:
    """The lead lets members be booked until then without a signature for each booking."""
    revision = world.read("DoctorGroups", "groupOf", team.group)["revision"]
    world.act(acts.set_standing_consent(team.group, team.lead, until, revision, world.deadline))


def test_book__for_a_group_that_the_doctor_left__reverts(world: World, team: Team, terms: Terms) -> None:
    doctor = team.doctors[1]
    world.act(acts.leave(team.group, doctor, 1, world.deadline))
    with refuses("NotMember", group=team.group, doctor=doctor):
        team.book(terms)


def test_book__for_a_group_that_the_doctor_rejoined__is_accepted(
    world: World, team: Team, terms: Terms
) -> None:
    doctor = team.doctors[1]
    world.act(acts.leave(team.group, doctor, 1, world.deadline))
    world.join(team.group, doctor)
    team.book(terms)


def test_book__for_a_group_of_others_or_of_nobody__reverts(world: World, team: Team, terms: Terms) -> None:
    others, unfounded = world.found(world.doctor()), world.register(PartyKind.GROUP)
    for group in (others, unfounded):
        with refuses("NotMember", group=group, doctor=team.doctors[1]):
            team.book(with_second(terms, group=group))


@pytest.mark.parametrize("version", [0, 2])
def test_book__under_a_rule_that_is_not_the_current_one__reverts(
    team: Team, terms: Terms, version: int
) -> None:
    with refuses("StaleRule", group=team.group, named=version, current=1):
        team.book(with_second(terms, rule_version=version))


def test_book__under_a_rule_that_has_changed_since__reverts(world: World, team: Team, terms: Terms) -> None:
    statement = team.booking(terms)
    world.act(acts.set_share_rule(team.group, 2, 3000, 1000, world.deadline, (team.lead,)))
    with refuses("StaleRule", group=team.group, named=1, current=2):
        world.act(statement)


@pytest.mark.parametrize("shares", [(3001, 1000), (3000, 999), (0, 0), (1000, 3000)])
def test_book__with_shares_that_are_not_the_rules__reverts(
    team: Team, terms: Terms, shares: tuple[int, int]
) -> None:
    institution_bps, fund_bps = shares
    with refuses("SharesDiffer", group=team.group, institutionBps=3000, fundBps=1000):
        team.book(with_second(terms, institution_bps=institution_bps, fund_bps=fund_bps))


# Seats without a group


def test_book__without_a_group__gives_the_institution_all_that_the_platform_leaves(
    team: Team, terms: Terms
) -> None:
    team.book(with_second(terms, group=NOBODY, rule_version=0, institution_bps=WHOLE, fund_bps=0))


@pytest.mark.parametrize("shares", [(WHOLE - 1, 0), (WHOLE - 1, 1), (0, 0)])
def test_book__without_a_group_and_with_another_share__reverts(
    team: Team, terms: Terms, shares: tuple[int, int]
) -> None:
    institution_bps, fund_bps = shares
    with refuses(
        "SharesWithoutGroup", doctor=team.doctors[1], institutionBps=institution_bps, fundBps=fund_bps
    ):
        team.book(
            with_second(
                terms, group=NOBODY, rule_version=0, institution_bps=institution_bps, fund_bps=fund_bps
            )
        )


def test_book__without_a_group_and_under_a_rule__reverts(team: Team, terms: Terms) -> None:
    with refuses("SharesWithoutGroup", doctor=team.doctors[1], institutionBps=WHOLE, fundBps=0):
        team.book(with_second(terms, group=NOBODY, rule_version=1, institution_bps=WHOLE, fund_bps=0))


# The lead's consent


def test_book__under_a_standing_consent__needs_no_lead(world: World, team: Team, terms: Terms) -> None:
    stand(world, team, world.chain.now() + DAY)
    statement = team.booking(terms)
    assert statement.signers == (team.hospital, *team.doctors)
    world.act(statement)


def test_book__a_second_after_a_standing_consent__needs_the_lead_again(
    world: World, team: Team, terms: Terms
) -> None:
    until = world.chain.now() + DAY
    stand(world, team, until)
    statement = team.booking(terms)
    with refuses("MalformedSignatures"):
        world.act(statement, at=until + 1)


def test_book__on_the_last_second_of_a_standing_consent__is_accepted(
    world: World, team: Team, terms: Terms
) -> None:
    until = world.chain.now() + DAY
    stand(world, team, until)
    world.act(team.booking(terms), at=until)


def test_book__after_the_standing_consent_was_ended__needs_the_lead_again(
    world: World, team: Team, terms: Terms
) -> None:
    stand(world, team, world.chain.now() + DAY)
    stand(world, team, 0)
    assert team.booking(terms).signers[-1] == team.lead


def test_book__seats_of_two_groups_with_one_lead__asks_the_lead_once(
    world: World, team: Team, terms: Terms
) -> None:
    other = world.found(team.lead)
    world.join(other, team.doctors[1])
    mixed = with_second(terms, group=other)
    assert team.booking(mixed).signers == (team.hospital, *team.doctors, team.lead)
    team.book(mixed)


def test_book__seats_of_two_groups__asks_both_leads_in_seat_order(
    world: World, team: Team, terms: Terms
) -> None:
    other_lead = world.doctor()
    other = world.found(other_lead)
    world.join(other, team.doctors[1])
    mixed = with_second(terms, group=other)
    assert team.booking(mixed).signers == (team.hospital, *team.doctors, team.lead, other_lead)
    team.book(mixed)


def test_book__a_lead_who_sits_in_a_seat__signs_as_a_doctor_and_as_the_lead(
    world: World, team: Team, terms: Terms
) -> None:
    first, _ = terms.seats
    own_group: PartyId = world.found(first.doctor)
    led = replace(terms, seats=(replace(first, group=own_group),))
    assert team.booking(led).signers == (team.hospital, first.doctor, first.doctor)
    team.book(led)
