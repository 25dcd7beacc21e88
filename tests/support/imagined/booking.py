"""What books a consultation or amends it: each doctor's hours go forward, so that none is taken twice."""

from __future__ import annotations

import random
from dataclasses import replace

from eth_utils.crypto import keccak

from huizhen.domain.terms import Seat, Terms, encode_terms
from tests.support.imagined.money import deposit
from tests.support.imagined.state import Case, State
from tests.support.imagined.terms import draw_up, is_bookable, may_practise, next_start, seat_of, team
from tests.support.log_encoding import Emitted


def book(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    """Where the hospital has too little money, it pays in first."""
    group, doctors = team(state, dice)
    terms = draw_up(state, case, group, doctors, dice)
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
    start = next_start(state, case.doctors, dice)
    return _amend(state, case, replace(case.agreed, start=start, salt=state.word("salt")[:16]))


def substitute(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    """One seat goes to a doctor who is free, with the lead if it was the leading one; else there are other hours."""
    terms = case.agreed
    free = [
        doctor
        for doctor in dice.sample(state.doctor_ids, min(state.doctors, 12))
        if may_practise(state, doctor) and state.free_from[doctor] <= terms.start
    ]
    if not free:
        return reschedule(state, case, dice)
    leaving = dice.choice(terms.seats)
    joining = seat_of(state, dice.choice(sorted(state.teams)), free[0], leaving)
    seats = tuple(sorted((joining, *(seat for seat in terms.seats if seat is not leaving)), key=_doctor))
    leading = terms.seats[terms.lead]
    lead = seats.index(joining if leading is leaving else leading)
    return _amend(state, case, replace(terms, seats=seats, lead=lead, salt=state.word("salt")[:16]))


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


def _doctor(seat: Seat) -> int:
    return seat.doctor
