"""SlotBook.reserve: hours of several doctors at once, or of none."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance
from eth_utils.abi import function_signature_to_4byte_selector as selector

from huizhen.chain.calls import encode_call
from tests.support.refusals import refuses
from tests.support.world import World

ONE, OTHER = 7, 8
WORD = 256
LONGEST = 255


def taken(slot_book: ContractInstance, doctor: int, first: int, last: int) -> list[int]:
    return [slot for slot in range(first, last + 1) if slot_book.isTaken(doctor, slot)]


def test_reserve__sets_exactly_the_slots_of_every_doctor(slot_book: ContractInstance, booker: Any) -> None:
    receipt = slot_book.reserve([ONE, OTHER], 100, 4, sender=booker)
    assert receipt.events == [slot_book.Reserved(start=100, slots=4, doctors=[ONE, OTHER])]
    for doctor in (ONE, OTHER):
        assert taken(slot_book, doctor, 98, 106) == [100, 101, 102, 103]
        assert slot_book.wordOf(doctor, 0) == 0b1111 << 100
    assert slot_book.wordOf(9, 0) == 0


@pytest.mark.parametrize(
    ("start", "slots", "words"),
    [
        (0, 1, (1, 0)),
        (WORD - 1, 1, (1 << 255, 0)),
        (WORD - 4, 4, (0b1111 << 252, 0)),
        (WORD - 2, 4, (0b11 << 254, 0b11)),
        (WORD, 4, (0, 0b1111)),
        (1, LONGEST, ((1 << 256) - 2, 0)),
        (2, LONGEST, ((1 << 256) - 4, 1)),
        (WORD - 1, LONGEST, (1 << 255, (1 << 254) - 1)),
    ],
)
def test_reserve__at_the_edges_of_a_word__runs_on_in_the_next(
    slot_book: ContractInstance, booker: Any, start: int, slots: int, words: tuple[int, int]
) -> None:
    slot_book.reserve([ONE], start, slots, sender=booker)
    assert (slot_book.wordOf(ONE, 0), slot_book.wordOf(ONE, 1)) == words


def test_reserve__the_very_last_slot__is_accepted(slot_book: ContractInstance, booker: Any) -> None:
    last = 2**32 - 1
    slot_book.reserve([ONE], last, 1, sender=booker)
    assert slot_book.isTaken(ONE, last)


@pytest.mark.parametrize(
    ("start", "slots", "first_taken"),
    [(100, 4, 100), (97, 4, 100), (103, 4, 103), (101, 1, 101), (90, LONGEST, 100)],
)
def test_reserve__slots_that_overlap__reverts_naming_the_first(
    slot_book: ContractInstance, booker: Any, start: int, slots: int, first_taken: int
) -> None:
    slot_book.reserve([ONE], 100, 4, sender=booker)
    with ape.reverts(slot_book.SlotTaken, doctor=ONE, slot=first_taken):
        slot_book.reserve([ONE], start, slots, sender=booker)


@pytest.mark.parametrize("start", [96, 104])
def test_reserve__slots_that_touch__is_accepted(slot_book: ContractInstance, booker: Any, start: int) -> None:
    slot_book.reserve([ONE], 100, 4, sender=booker)
    slot_book.reserve([ONE], start, 4, sender=booker)


def test_reserve__when_one_of_several_is_taken__books_nobody(
    slot_book: ContractInstance, booker: Any
) -> None:
    slot_book.reserve([OTHER], WORD, 1, sender=booker)
    with ape.reverts(slot_book.SlotTaken, doctor=OTHER, slot=WORD):
        slot_book.reserve([ONE, OTHER], WORD - 1, 2, sender=booker)
    assert slot_book.wordOf(ONE, 0) == slot_book.wordOf(ONE, 1) == slot_book.wordOf(OTHER, 0) == 0


def test_reserve__one_doctor_twice__reverts(slot_book: ContractInstance, booker: Any) -> None:
    with ape.reverts(slot_book.SlotTaken, doctor=ONE, slot=100):
        slot_book.reserve([ONE, ONE], 100, 4, sender=booker)


def test_reserve__no_slots__reverts(slot_book: ContractInstance, booker: Any) -> None:
    with ape.reverts(slot_book.NoSlots):
        slot_book.reserve([ONE], 100, 0, sender=booker)


def test_reserve__a_doctor_with_more_bits_than_the_type__reverts(
    world: World, slot_book: ContractInstance, booker: Any
) -> None:
    """Doctors are read as they lie in calldata, so no bit beyond theirs may slip into the key of their hours."""
    for doctor in (2**32 | ONE, 2**255 | ONE):
        call = encode_call("reserve(uint256[],uint32,uint8)", [doctor], 100, 4)
        dirty = selector("reserve(uint32[],uint32,uint8)") + call[4:]
        with refuses("", revert=""):
            world.chain.send(slot_book.address, dirty, sender=booker.address)


def test_reserve__by_anybody_without_the_permission__reverts(
    slot_book: ContractInstance, admin: Any, stranger: Any
) -> None:
    for caller in (admin, stranger):
        with ape.reverts(slot_book.NotBooker, caller=caller.address):
            slot_book.reserve([ONE], 100, 4, sender=caller)
