"""Licences, institutions of practice and agreements; officials are left alone, so that what they began stays theirs."""

from __future__ import annotations

import random

from tests.support.imagined.state import AUTHORITY, LONG, State
from tests.support.log_encoding import Emitted

SUSPENDED_AT_ONCE = 8
"""One doctor in so many at most is suspended."""


def suspended(state: State, dice: random.Random) -> list[Emitted]:
    """Or, where some are already, reinstated: the one who waits longest."""
    most = max(state.doctors // SUSPENDED_AT_ONCE, 1)
    if state.suspended and (len(state.suspended) >= most or dice.random() < 0.4):
        return [("CredentialRegistry", "Reinstated", (state.suspended.pop(0), AUTHORITY))]
    doctor = dice.choice(state.doctor_ids)
    if doctor in state.suspended:
        return []
    state.suspended.append(doctor)
    return [("CredentialRegistry", "Suspended", (doctor, AUTHORITY, state.hash("reason")))]


def accredited(state: State, dice: random.Random) -> list[Emitted]:
    """A licence is renewed."""
    doctor = dice.choice(state.doctor_ids)
    if doctor in state.suspended:
        return []
    specialties = (1 << 8) - 1 | 1 << doctor % 150 | 1 << dice.randrange(150)
    values = (doctor, AUTHORITY, specialties, dice.choice((110_000, 310_000)), LONG + state.turn, 0)
    return [("CredentialRegistry", "Accredited", values)]


def moved(state: State, dice: random.Random) -> list[Emitted]:
    """A doctor leaves an institution; another one, or the same again, follows at once."""
    doctor = dice.choice(state.doctor_ids)
    if doctor in state.suspended:
        return []
    institution, next_ = state.practice[doctor], dice.choice(state.hospital_ids)
    ended = state.versions[doctor, institution] = state.versions[doctor, institution] + 1
    begun = state.versions[doctor, next_] = state.versions.get((doctor, next_), 0) + 1
    state.practice[doctor] = next_
    by = dice.choice((doctor, institution))
    logs: list[Emitted] = [
        ("CredentialRegistry", "AffiliationEnded", (doctor, institution, by, ended)),
    ]
    affiliated: Emitted = ("CredentialRegistry", "Affiliated", (doctor, next_, LONG, LONG, begun))
    state.waiting.append([affiliated])
    return logs


def agreed(state: State, dice: random.Random) -> list[Emitted]:
    """Two institutions, or with one alone nothing."""
    if state.hospitals < 2:
        return []
    a, b = sorted(dice.sample(state.hospital_ids, 2))
    version = state.versions[a, b] = state.versions.get((a, b), 0) + 1
    return [("CredentialRegistry", "Agreed", (a, b, state.hash("agreement"), LONG, version))]
