"""SlotBook: a doctor's quarters of an hour, each taken or free. A set of (doctor, slot)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tests.model.spec.act import Act, require
from tests.model.spec.act import rule as _rule
from tests.model.spec.state import UINT32, State

SLOTS = "SlotBook"
rule = partial(_rule, SLOTS)


@rule("reserve")
def reserve_directly(s: State, a: Act) -> None:
    require(a.sender in s.slot_bookers, "NotBooker", a.sender)
    reserve(s, a.doctors, a.start, a.slots)


@rule("release")
def release_directly(s: State, a: Act) -> None:
    require(a.sender in s.slot_bookers, "NotBooker", a.sender)
    release(s, a.doctors, a.start, a.slots)


def reserve(s: State, doctors: Sequence[int], start: int, slots: int) -> None:
    require(slots != 0, "NoSlots")
    for doctor in doctors:
        for slot in range(start, start + slots):
            require((doctor, slot) not in s.taken, "SlotTaken", doctor, slot & UINT32)
        s.taken |= {(doctor, slot) for slot in range(start, start + slots)}
    s.emit(SLOTS, "Reserved", start, slots, list(doctors))


def release(s: State, doctors: Sequence[int], start: int, slots: int) -> None:
    require(slots != 0, "NoSlots")
    for doctor in doctors:
        for slot in range(start, start + slots):
            require((doctor, slot) in s.taken, "SlotFree", doctor, slot & UINT32)
        s.taken -= {(doctor, slot) for slot in range(start, start + slots)}
    s.emit(SLOTS, "Released", start, slots, list(doctors))


def word_of(s: State, doctor: int, word: int) -> int:
    return sum(1 << (slot & 255) for each, slot in s.taken if each == doctor and slot >> 8 == word)
