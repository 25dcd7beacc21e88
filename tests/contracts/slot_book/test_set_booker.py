"""SlotBook.setBooker: only whom the AccessManager allows says who may write."""

from __future__ import annotations

from typing import Any

import ape
from ape.contracts import ContractInstance

from tests.support.ape_chain import Contracts

HOURS = ([7], 100, 4)


def test_set_booker__by_the_administrator__allows_and_forbids(
    slot_book: ContractInstance, admin: Any, stranger: Any
) -> None:
    for allowed in (True, False):
        receipt = slot_book.setBooker(stranger, allowed, sender=admin)
        assert receipt.events == [slot_book.BookerSet(booker=stranger.address, allowed=allowed)]
        assert slot_book.isBooker(stranger) is allowed


def test_set_booker__by_anybody_else__reverts(
    slot_book: ContractInstance, booker: Any, stranger: Any
) -> None:
    for caller in (stranger, booker):
        with ape.reverts(slot_book.AccessManagedUnauthorized, caller=caller.address):
            slot_book.setBooker(caller, True, sender=caller)


def test_set_booker__forbidding__stops_what_was_allowed(
    slot_book: ContractInstance, admin: Any, booker: Any
) -> None:
    slot_book.reserve(*HOURS, sender=booker)
    slot_book.setBooker(booker, False, sender=admin)
    with ape.reverts(slot_book.NotBooker, caller=booker.address):
        slot_book.release(*HOURS, sender=booker)


def test_set_booker__after_deployment__allows_consultations_and_nobody_else(
    slot_book: ContractInstance, contracts: Contracts, admin: Any
) -> None:
    assert slot_book.isBooker(contracts["Consultations"])
    assert not slot_book.isBooker(admin)
    assert not slot_book.isBooker(contracts["AccessManager"])
