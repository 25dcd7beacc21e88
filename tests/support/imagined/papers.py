"""CaseAccess: consents, files, keys of readers, the heads of the platform's log."""

from __future__ import annotations

import random

from tests.support.imagined.courses import course
from tests.support.imagined.state import LONG, PLATFORM, Case, State
from tests.support.log_encoding import Emitted


def begin(state: State, dice: random.Random) -> list[Emitted]:
    """A patient consents."""
    case = Case(state.hash("case"), state.hash("consent"), dice.choice(state.hospital_ids), course(dice))
    if case.steps:
        state.open.append(case)
    values = (case.file, case.consent, case.hospital, state.address(), LONG)
    return [("CaseAccess", "ConsentGranted", values)]


def withdraw(_state: State, case: Case, _dice: random.Random) -> list[Emitted]:
    return [("CaseAccess", "ConsentWithdrawn", (case.file, case.consent))]


def commit_file(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    """By the hospital, or by somebody who may open the case."""
    by = dice.choice((case.hospital, *(doctor for doctor in case.keys if doctor not in state.suspended)))
    case.files += 1
    return [("CaseAccess", "FileCommitted", (case.file, state.hash("file"), by, case.files - 1))]


def grant_keys(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    """One doctor a transaction; nobody who is suspended."""
    without = [doctor for doctor in case.doctors if doctor not in {*case.keys, *state.suspended}]
    if not without:
        return []
    case.steps.insert(0, "grant_keys")
    return _grant(state, case, without[0])


def renew_key(state: State, case: Case, dice: random.Random) -> list[Emitted]:
    readers = [doctor for doctor in sorted(case.keys) if doctor not in state.suspended]
    return _grant(state, case, dice.choice(readers)) if readers else []


def end_key(_state: State, case: Case, dice: random.Random) -> list[Emitted]:
    if not case.keys:
        return []
    doctor = dice.choice(sorted(case.keys))
    values = (case.file, doctor, dice.choice((doctor, case.hospital)), case.keys.pop(doctor) + 1)
    return [("CaseAccess", "KeyGrantEnded", values)]


def anchored(state: State, dice: random.Random) -> list[Emitted]:
    entries, sequence = state.anchors
    state.anchors = entries + dice.randint(1, 500), sequence + 1
    return [("CaseAccess", "LogAnchored", (PLATFORM, state.hash("head"), *state.anchors))]


def _grant(state: State, case: Case, doctor: int) -> list[Emitted]:
    version = case.keys[doctor] = case.keys.get(doctor, 0) + 1
    values = (case.file, doctor, case.hospital, case.consent, state.hash("key"), LONG, version)
    return [("CaseAccess", "KeyGranted", values)]
