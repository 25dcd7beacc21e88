"""Terms as a booking needs them: a team, hours after its last ones, seats by the present rules."""

from __future__ import annotations

import random
from collections.abc import Sequence

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.split import WHOLE_BPS
from huizhen.domain.terms import Documents, Policy, Pricing, Seat, Terms
from tests.support.imagined.state import ARBITER, LONG, PLATFORM, Case, State

POLICY = Policy(86_400, 7_200, 3_000, 10_000, 86_400, 259_200, PartyId(ARBITER), 604_800, 5_000)
COMMON_SPECIALTIES = 8


def next_start(state: State, doctors: Sequence[int], dice: random.Random) -> Slot:
    return Slot(max(state.free_from[doctor] for doctor in doctors) + dice.randrange(12))


def team(state: State, dice: random.Random) -> tuple[int, list[int]]:
    """A group, and some of its members with others from outside, in ascending order."""
    doctors: list[int] = []
    while not doctors:
        group = dice.choice(state.group_ids)
        members = list(state.teams[group].members)
        inside = dice.sample(members, min(len(members), dice.choice((1, 2, 2, 3))))
        outside = dice.sample(state.doctor_ids, dice.choice((0, 1, 1, 2)))
        doctors = [doctor for doctor in sorted({*inside, *outside}) if may_practise(state, doctor)]
    return group, doctors


def draw_up(state: State, case: Case, group: int, doctors: Sequence[int], dice: random.Random) -> Terms:
    lead = dice.randrange(len(doctors))
    seats = tuple(
        seat_of(state, group, doctor, _work(doctor, place == lead or dice.random() < 0.7, dice))
        for place, doctor in enumerate(doctors)
    )
    return Terms(
        PartyId(case.hospital),
        next_start(state, doctors, dice),
        dice.choice((2, 3, 4)),
        lead,
        LONG,
        state.word("salt")[:16],
        Pricing(PartyId(PLATFORM), 500, dice.choice((0, 0, 2_000)), 1_500, dice.choice((0, 1, 2))),
        POLICY,
        Documents(state.word("agreement"), bytes.fromhex(case.file[2:]), bytes.fromhex(case.consent[2:])),
        seats,
    )


def _work(doctor: int, required: bool, dice: random.Random) -> Seat:
    """A seat without its shares."""
    fee = Fen(dice.randrange(50_000, 300_000, 100))
    specialties = 1 << doctor % COMMON_SPECIALTIES
    nobody = PartyId(0)
    return Seat(PartyId(doctor), nobody, nobody, 0, 0, 0, required, fee, specialties)


def seat_of(state: State, group: int, doctor: int, work: Seat) -> Seat:
    """The same work by this doctor: for the group, or for the institution alone."""
    team = state.teams[group]
    member = doctor in team.members
    version, institution_bps, fund_bps = team.rule if member else (0, WHOLE_BPS, 0)
    return Seat(
        PartyId(doctor),
        PartyId(state.practice[doctor]),
        PartyId(group if member else 0),
        version,
        institution_bps,
        fund_bps,
        work.required,
        work.fee,
        work.specialties,
    )


def is_bookable(state: State, seats: Sequence[Seat]) -> bool:
    """By the present members and rules of the groups, as well as by what doctors may do."""
    for seat in seats:
        if not may_sit(state, seat):
            return False
        if seat.group:
            team = state.teams[seat.group]
            rule = (seat.rule_version, seat.institution_bps, seat.fund_bps)
            if seat.doctor not in team.members or rule != team.rule:
                return False
    return True


def may_sit(state: State, seat: Seat) -> bool:
    return may_practise(state, seat.doctor) and state.practice[seat.doctor] == seat.institution


def may_practise(state: State, doctor: int) -> bool:
    return doctor not in state.suspended
