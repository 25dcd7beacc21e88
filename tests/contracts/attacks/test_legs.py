"""Terms whose legs differ from the computed ones, and money released by other ways than the computed split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest
from eth_typing import ABIComponent
from eth_utils.abi import collapse_if_tuple

from huizhen.chain.calls import encode_call
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.split import LegKind
from huizhen.domain.terms import Seat, Terms, encode_terms
from tests.contracts.consultations.conftest import Booking
from tests.support.books import moves
from tests.support.payouts import leg
from tests.support.refusals import refuses
from tests.support.settling import due_legs, releases
from tests.support.team import Team
from tests.support.world import World, digest_of

WHOLE = 10_000


@pytest.fixture
def fair(team: Team) -> Terms:
    """Fees that no share divides evenly."""
    terms = team.terms()
    first, second = terms.seats
    return replace(terms, seats=(replace(first, fee=Fen(99_991)), replace(second, fee=Fen(3))))


def unevenly(terms: Terms, **changes: object) -> Terms:
    """The second seat's leg is another than its group's rule says."""
    first, second = terms.seats
    return replace(terms, seats=(first, replace(second, **changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"institution_bps": 3001, "fund_bps": 1000},
        {"institution_bps": 3000, "fund_bps": 1001},
        {"institution_bps": 1000, "fund_bps": 3000},
        {"institution_bps": 0, "fund_bps": 0},
        {"institution_bps": 0, "fund_bps": WHOLE},
    ],
    ids=lambda changes: "/".join(map(str, changes.values())),
)
def test_legs__other_shares_than_the_groups_rule__are_not_booked_though_all_sign(
    world: World, team: Team, fair: Terms, changes: dict[str, int]
) -> None:
    """The shares that everybody signs are held to the rule: the split of one seat cannot be bent by agreement."""
    signers = team.booking(fair).signers
    bent = acts.book(encode_terms(unevenly(fair, **changes)), signers)
    with moves(world), refuses("SharesDiffer", group=team.group, institutionBps=3000, fundBps=1000):
        world.act(bent)


def test_legs__to_an_institution_where_the_doctor_does_not_practise__are_not_booked(
    world: World, team: Team, fair: Terms
) -> None:
    elsewhere = team.institutions[0]
    bent = acts.book(encode_terms(unevenly(fair, institution=elsewhere)), team.booking(fair).signers)
    with refuses(
        "NotAffiliated", doctor=team.doctors[1], institution=elsewhere, validUntil=0, neededAt=fair.ends_at
    ):
        world.act(bent)


def test_legs__to_a_group_that_the_doctor_does_not_belong_to__are_not_booked(
    world: World, team: Team, fair: Terms
) -> None:
    foreign = world.found(world.doctor())
    bent = acts.book(encode_terms(unevenly(fair, group=foreign)), team.booking(fair).signers)
    with refuses("NotMember", group=foreign, doctor=team.doctors[1]):
        world.act(bent)


def test_legs__beyond_the_whole__are_not_booked(world: World, team: Team, fair: Terms) -> None:
    bent = unevenly(fair, group=PartyId(0), rule_version=0, institution_bps=WHOLE, fund_bps=1)
    with refuses("ShareOutOfRange", bps=WHOLE + 1, allowed=WHOLE):
        world.act(acts.book(encode_terms(bent), team.booking(fair).signers))


def with_fee(number: int, fee: int) -> Callable[[tuple[Seat, ...]], tuple[Seat, ...]]:
    return lambda seats: tuple(
        replace(seat, fee=Fen(fee)) if place == number else seat for place, seat in enumerate(seats)
    )


@pytest.mark.parametrize(
    "changed", [with_fee(0, 99_990), with_fee(1, 4), lambda seats: seats[:1]], ids=["less", "more", "fewer"]
)
def test_legs__of_terms_shown_at_the_settlement__are_those_of_the_terms_booked(
    world: World, team: Team, fair: Terms, changed: Callable[[tuple[Seat, ...]], tuple[Seat, ...]]
) -> None:
    """Terms travel in calldata at each step; others than those booked are unknown, whatever their legs."""
    packed = team.book(fair)
    team.deliver(packed, fair)
    other = replace(fair, seats=changed(fair.seats))
    acceptance = acts.accept(encode_terms(other), team.hospital, world.deadline)
    assert world.refusal(acceptance).name == "UnknownTerms"
    with releases(world, fair, due_legs(fair)):
        world.act(acts.accept(packed, team.hospital, world.deadline))


def call_as(world: World, sender: str, contract: str, function: str, *arguments: object) -> None:
    inputs = world.chain.artifacts.function(contract, function)["inputs"]
    types = ",".join(collapse_if_tuple(cast(ABIComponent, each)) for each in inputs)
    call = encode_call(f"{function}({types})", *arguments)
    world.chain.send(world.addresses[contract], call, sender=sender)


def test_legs__released_by_anybody_who_is_not_the_contract__move_no_fen(
    world: World, team: Team, fair: Terms
) -> None:
    """Neither the ledger nor Consultations takes legs from people."""
    packed = team.book(fair)
    team.deliver(packed, fair)
    acts_of_dispute = acts.dispute(packed, team.hospital, 0b11, digest_of("reason"), world.deadline)
    world.act(acts_of_dispute)
    thief, number = world.chain.node.call("eth_accounts")[7], Booking(world, fair).id
    legs = [leg(LegKind.SEAT, team.doctors[0], fair.escrow())]
    with moves(world):
        with refuses("NotBooker", caller=thief.lower()):
            call_as(world, thief, "RevenueLedger", "release", number, team.hospital, fair.escrow(), legs)
        with refuses("NotDisputes", caller=thief.lower()):
            call_as(world, thief, "Consultations", "releasePart", packed, fair.escrow(), legs, True)


def test_legs__of_every_way_to_end__are_the_computed_ones(world: World, team: Team, fair: Terms) -> None:
    """The contract's split is that of domain/split.py to the fen, where rounding weighs most."""
    for fee in (1, 2, 3, 7, 9_999, 10_001):
        terms = replace(team.terms(), seats=with_fee(0, fee)(fair.seats))
        packed = team.book(terms)
        team.deliver(packed, terms)
        with releases(world, terms, due_legs(terms)):
            world.act(acts.accept(packed, team.hospital, world.deadline))
