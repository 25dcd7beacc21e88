"""Terms, and what books or amends them: each doctor's hours go forward, so that none is taken twice."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from eth_utils.crypto import keccak

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.split import WHOLE_BPS
from huizhen.domain.terms import Documents, Policy, Pricing, Seat, Terms, encode_terms
from tests.support.imagined.money import deposit
from tests.support.imagined.state import ARBITER, LONG, PLATFORM, Case, State
from tests.support.log_encoding import Emitted

POLICY = Policy(86_400, 7_200, 3_000, 10_000, 86_400, 259_200, PartyId(ARBITER), 604_800, 5_000)
COMMON_SPECIALTIES = 8


def book(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    """Where the hospital has too little money, it pays in first."""
    group, doctors = _team(state, dice)
    terms = _terms(state, case, group, doctors, dice)
    price = terms.escrow()
    if state.available[case.hospital] < price:
        case.steps.insert(0, "book")
        return state.tell(deposit(state, case.hospital))
    state.available[case.hospital] -= price
    state.consultations += 1
    case.id, case.escrowed = state.consultations, price
    packed = _sign(case, terms)
    return [
        ("Consultations", "Booked", (case.id, case.terms_hash, case.hospital, price, packed)),
        _take_hours(state, terms),
        ("RevenueLedger", "Escrowed", (case.id, case.hospital, price)),
    ]


def reschedule(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    start = _next_start(state, case.doctors, dice)
    return _amend(state, case, replace(case.agreed, start=start, salt=state.word("salt")[:16]))


def substitute(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    """One seat goes to a doctor who is free, with the lead if it was the leading one; else there are other hours."""
    terms = case.agreed
    free = [
        doctor
        for doctor in dice.sample(state.doctor_ids, min(state.doctors, 12))
        if _may_practise(state, doctor) and state.free_from[doctor] <= terms.start
    ]
    if not free:
        return reschedule(state, case, dice)
    leaving = dice.choice(terms.seats)
    joining = _seat(state, dice.choice(sorted(state.teams)), free[0], leaving)
    seats = tuple(sorted((joining, *(seat for seat in terms.seats if seat is not leaving)), key=_doctor))
    leading = terms.seats[terms.lead]
    lead = seats.index(joining if leading is leaving else leading)
    return _amend(state, case, replace(terms, seats=seats, lead=lead, salt=state.word("salt")[:16]))


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
    return _may_practise(state, seat.doctor) and state.practice[seat.doctor] == seat.institution


def released(terms: Terms) -> Emitted:
    doctors = [seat.doctor for seat in terms.seats]
    return ("SlotBook", "Released", (terms.start, terms.slots, doctors))


def _amend(state: State, case: Case, terms: Terms) -> list[Emitted]:
    """Signed like a booking, so everything has to hold as for one."""
    if not is_bookable(state, terms.seats):
        return []
    before, replaced = case.agreed, case.terms_hash
    packed = _sign(case, terms)
    return [
        ("Consultations", "Amended", (case.id, replaced, case.terms_hash, packed)),
        released(before),
        _take_hours(state, terms),
    ]


def _sign(case: Case, terms: Terms) -> bytes:
    packed = encode_terms(terms)
    case.terms, case.terms_hash = terms, "0x" + keccak(packed).hex()
    return packed


def _take_hours(state: State, terms: Terms) -> Emitted:
    doctors = [seat.doctor for seat in terms.seats]
    for doctor in doctors:
        state.free_from[doctor] = max(state.free_from[doctor], terms.start + terms.slots)
    return ("SlotBook", "Reserved", (terms.start, terms.slots, doctors))


def _next_start(state: State, doctors: Sequence[int], dice: random.Random) -> Slot:
    return Slot(max(state.free_from[doctor] for doctor in doctors) + dice.randrange(12))


def _team(state: State, dice: random.Random) -> tuple[int, list[int]]:
    """A group, and some of its members with others from outside, in ascending order."""
    doctors: list[int] = []
    while not doctors:
        group = dice.choice(state.group_ids)
        members = list(state.teams[group].members)
        inside = dice.sample(members, min(len(members), dice.choice((1, 2, 2, 3))))
        outside = dice.sample(state.doctor_ids, dice.choice((0, 1, 1, 2)))
        doctors = [doctor for doctor in sorted({*inside, *outside}) if _may_practise(state, doctor)]
    return group, doctors


def _terms(state: State, case: Case, group: int, doctors: Sequence[int], dice: random.Random) -> Terms:
    lead = dice.randrange(len(doctors))
    seats = tuple(
        _seat(state, group, doctor, _work(doctor, place == lead or dice.random() < 0.7, dice))
        for place, doctor in enumerate(doctors)
    )
    return Terms(
        PartyId(case.hospital),
        _next_start(state, doctors, dice),
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


def _seat(state: State, group: int, doctor: int, work: Seat) -> Seat:
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


def _may_practise(state: State, doctor: int) -> bool:
    return doctor not in state.suspended


def _doctor(seat: Seat) -> int:
    return seat.doctor
