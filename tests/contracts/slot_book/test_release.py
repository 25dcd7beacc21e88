"""SlotBook.release: hours become free again."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance

ONE, OTHER = 7, 8
WORD = 256


@pytest.fixture
def reserved(slot_book: ContractInstance, booker: Any) -> ContractInstance:
    """Four slots of two doctors across the edge of a word."""
    slot_book.reserve([ONE, OTHER], WORD - 2, 4, sender=booker)
    return slot_book


def words(slot_book: ContractInstance, doctor: int) -> tuple[int, int]:
    return slot_book.wordOf(doctor, 0), slot_book.wordOf(doctor, 1)


def test_release__frees_exactly_the_slots(reserved: ContractInstance, booker: Any) -> None:
    receipt = reserved.release([ONE], WORD - 2, 4, sender=booker)
    assert receipt.events == [reserved.Released(start=WORD - 2, slots=4, doctors=[ONE])]
    assert words(reserved, ONE) == (0, 0)
    assert words(reserved, OTHER) == (0b11 << 254, 0b11)


def test_release__a_part__keeps_the_rest(reserved: ContractInstance, booker: Any) -> None:
    reserved.release([ONE], WORD - 1, 2, sender=booker)
    assert words(reserved, ONE) == (1 << 254, 0b10)


def test_release__then_reserve__is_accepted(reserved: ContractInstance, booker: Any) -> None:
    reserved.release([ONE, OTHER], WORD - 2, 4, sender=booker)
    reserved.reserve([ONE, OTHER], WORD - 2, 4, sender=booker)
    assert words(reserved, OTHER) == (0b11 << 254, 0b11)


@pytest.mark.parametrize(("start", "slots", "free"), [(WORD - 3, 4, WORD - 3), (WORD - 2, 5, WORD + 2)])
def test_release__a_free_slot__reverts_naming_it(
    reserved: ContractInstance, booker: Any, start: int, slots: int, free: int
) -> None:
    with ape.reverts(reserved.SlotFree, doctor=ONE, slot=free):
        reserved.release([ONE], start, slots, sender=booker)


def test_release__no_slots__reverts(reserved: ContractInstance, booker: Any) -> None:
    with ape.reverts(reserved.NoSlots):
        reserved.release([ONE], WORD - 2, 0, sender=booker)


def test_release__by_anybody_without_the_permission__reverts(
    reserved: ContractInstance, admin: Any, stranger: Any
) -> None:
    for caller in (admin, stranger):
        with ape.reverts(reserved.NotBooker, caller=caller.address):
            reserved.release([ONE], WORD - 2, 4, sender=caller)
