"""From booking to an end without a dispute. (The order of logs is that of the contracts' calls.)"""

from __future__ import annotations

import random

from tests.support.imagined.booking import released
from tests.support.imagined.money import legs_of, release
from tests.support.imagined.state import Case, State
from tests.support.imagined.terms import may_sit
from tests.support.log_encoding import Emitted

NOBODY = 0


def attend(_state: State, case: Case, dice: random.Random) -> list[Emitted]:
    case.attended = _present(case, dice, 0.15)
    case.overtime = dice.randint(0, case.agreed.pricing.overtime_steps)
    return [_attendance(case, case.attended, case.overtime)]


def attend_without_required(state: State, case: Case, _dice: random.Random) -> list[Emitted]:
    """Without them there is no consultation; everybody else may have come."""
    came = case.everybody & ~case.agreed.required_mask
    return [*_cancel(state, case, NOBODY, 0), _attendance(case, came, 0)]


def mark_seats(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    """By the hospital, which says so of optional seats alone."""
    absent = case.everybody & ~case.agreed.required_mask
    if not absent:
        return attend(state, case, dice)
    case.attended, case.overtime = case.everybody & ~absent, 0
    values = (case.id, case.hospital, absent, state.hash("report"))
    return [("Disputes", "NoShowMarked", values)]


def mark_hospital(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    """The lead's word counts as a delivery."""
    if not _is_qualified(state, case):
        return expire(state, case, dice)
    report, lead = state.hash("report"), case.agreed.seats[case.agreed.lead].doctor
    case.seats, case.overtime = _present(case, dice, 0.2), 0
    return [
        ("Consultations", "Delivered", (case.id, report, case.seats, 0)),
        ("Disputes", "NoShowMarked", (case.id, lead, case.seats, report)),
    ]


def deliver(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    """Who lost a licence or an institution meanwhile cannot: then the time runs out."""
    if not _is_qualified(state, case):
        return expire(state, case, dice)
    if case.attended:
        case.seats = case.attended
    else:
        case.seats = _present(case, dice, 0.2)
        case.overtime = dice.randint(0, case.agreed.pricing.overtime_steps)
    values = (case.id, state.hash("opinion"), case.seats, case.overtime)
    return [("Consultations", "Delivered", values)]


def accept(state: State, case: Case, _dice: random.Random) -> list[Emitted]:
    return _settle(state, case, case.overtime, True)


def accept_by_time(state: State, case: Case, _dice: random.Random) -> list[Emitted]:
    return _settle(state, case, case.witnessed_overtime, False)


def cancel(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    """By the lead for nothing, by the hospital for what its policy says."""
    policy, lead = case.agreed.policy, case.agreed.seats[case.agreed.lead].doctor
    by, fee_bps = dice.choice(
        ((lead, 0), (case.hospital, 0), (case.hospital, policy.partial_bps), (case.hospital, policy.late_bps))
    )
    return _cancel(state, case, by, fee_bps)


def cancel_withdrawn(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    return _cancel(state, case, NOBODY, dice.choice((0, case.agreed.policy.partial_bps)))


def expire(state: State, case: Case, _dice: random.Random) -> list[Emitted]:
    """The hours are past: nobody frees them."""
    case.steps.clear()
    return [("Consultations", "Expired", (case.id,)), release(state, case, case.escrowed, ())]


def _settle(state: State, case: Case, overtime: int, accepted: bool) -> list[Emitted]:
    legs = legs_of(case.agreed, case.seats, overtime)
    return [
        ("Consultations", "Settled", (case.id, accepted)),
        release(state, case, case.escrowed, legs),
    ]


def _cancel(state: State, case: Case, by: int, fee_bps: int) -> list[Emitted]:
    legs = legs_of(case.agreed, case.everybody, 0, fee_bps) if fee_bps else ()
    return [
        ("Consultations", "Cancelled", (case.id, by, fee_bps)),
        released(case.agreed),
        release(state, case, case.escrowed, legs),
    ]


def _attendance(case: Case, seats: int, overtime: int) -> Emitted:
    return ("Disputes", "AttendanceRecorded", (case.id, seats, overtime))


def _is_qualified(state: State, case: Case) -> bool:
    return all(may_sit(state, seat) for seat in case.agreed.seats)


def _present(case: Case, dice: random.Random, absence: float) -> int:
    """All seats, or now and then only those that are required."""
    return case.agreed.required_mask if dice.random() < absence else case.everybody
