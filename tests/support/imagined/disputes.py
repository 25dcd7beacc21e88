"""Contested seats: what nobody contests is paid first, the rest by agreement, ruling or default."""

from __future__ import annotations

import random

from huizhen.domain.statuses import Resolution
from tests.support.imagined.money import charge, legs_of, release
from tests.support.imagined.state import Case, State
from tests.support.imagined.terms import may_sit
from tests.support.log_encoding import Emitted

ZERO = "0x" + "00" * 32


def dispute(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    """By the hospital: the rest is paid at once unless a doctor who was left out may still contest it."""
    seats = _some(case.seats & ~case.contested, dice)
    logs = [_contest(state, case, case.hospital, seats)]
    return logs + _release_if_heard(state, case)


def dispute_left_out(state: State, case: Case, _dice: random.Random) -> list[Emitted]:
    """By a doctor whom the delivery leaves out."""
    for place, seat in enumerate(case.agreed.seats):
        if not case.seats >> place & 1 and may_sit(state, seat):
            return [_contest(state, case, seat.doctor, 1 << place)]
    return []


def agree(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    """The hospital and the doctors of the seats sign, so that the rest need not wait either."""
    bps = dice.randrange(0, 10_001, 500)
    logs = _resolve(state, case, _some(case.contested, dice), bps, Resolution.AGREED, ZERO)
    logs += _release_if_heard(state, case)
    _go_on(case, "agree")
    return logs


def rule(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    bps, reason = dice.randrange(0, 10_001, 1_000), state.hash("reason")
    logs = _resolve(state, case, _some(case.contested, dice), bps, Resolution.RULED, reason)
    _go_on(case, "rule")
    return logs


def default(state: State, case: Case, _dice: random.Random) -> list[Emitted]:
    bps = case.agreed.policy.default_bps
    logs = _resolve(state, case, case.contested, bps, Resolution.DEFAULT, ZERO)
    _go_on(case, "default")
    return logs


def release_uncontested(state: State, case: Case, _dice: random.Random) -> list[Emitted]:
    """The review window is over."""
    return _release_rest(state, case)


def _contest(state: State, case: Case, by: int, seats: int) -> Emitted:
    case.overtime = case.witnessed_overtime
    case.contested |= seats
    return ("Disputes", "Disputed", (case.id, by, seats, state.hash("reason")))


def _resolve(
    state: State, case: Case, seats: int, bps: int, resolution: Resolution, reason: str
) -> list[Emitted]:
    """Ends the escrow of contested seats; the last of them settles where the rest is paid."""
    case.contested &= ~seats
    case.resolved |= seats
    logs: list[Emitted] = [("Disputes", "DisputeResolved", (case.id, seats, bps, resolution, reason))]
    if case.rest_released and not case.contested:
        logs.append(("Consultations", "Settled", (case.id, False)))
    funded = charge(case.agreed, seats, case.overtime)
    logs.append(release(state, case, funded, legs_of(case.agreed, seats, case.overtime, bps)))
    return logs


def _release_if_heard(state: State, case: Case) -> list[Emitted]:
    heard = case.seats | case.contested | case.resolved
    return [] if case.rest_released or case.everybody & ~heard else _release_rest(state, case)


def _release_rest(state: State, case: Case) -> list[Emitted]:
    rest = case.seats & ~case.contested & ~case.resolved
    case.rest_released = True
    logs: list[Emitted] = [("Disputes", "UncontestedReleased", (case.id, rest))]
    if not case.contested:
        logs.append(("Consultations", "Settled", (case.id, False)))
    funded = case.escrowed - charge(case.agreed, case.contested, case.overtime)
    logs.append(release(state, case, funded, legs_of(case.agreed, rest, case.overtime)))
    return logs


def _go_on(case: Case, step: str) -> None:
    """Until nothing is contested and the rest is paid."""
    if case.contested:
        case.steps.insert(0, step)
    elif not case.rest_released:
        case.steps.insert(0, "release_uncontested")


def _some(mask: int, dice: random.Random) -> int:
    """All of these seats, or just one."""
    places = [place for place in range(mask.bit_length()) if mask >> place & 1]
    return 1 << dice.choice(places) if dice.random() < 0.6 else mask
