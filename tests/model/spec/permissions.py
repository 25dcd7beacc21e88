"""What AccessManager restricts: who may name bookers, and who moves the rail."""

from __future__ import annotations

from tests.model.spec import ledger, slots
from tests.model.spec.act import Act, require, rule
from tests.model.spec.state import State

ADMIN = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


def deployed(s: State, *bookers: str) -> None:
    """Who may book hours and move escrow from the beginning."""
    for contract, allowed in ((slots.SLOTS, s.slot_bookers), (ledger.LEDGER, s.ledger_bookers)):
        for booker in bookers:
            allowed.add(booker)
            s.emit(contract, "BookerSet", booker, True)


def _require_admin(a: Act) -> None:
    require(a.sender == ADMIN, "AccessManagedUnauthorized", a.sender)


@rule(slots.SLOTS, "setBooker")
def set_slot_booker(s: State, a: Act) -> None:
    _require_admin(a)
    (s.slot_bookers.add if a.allowed else s.slot_bookers.discard)(a.booker)
    s.emit(slots.SLOTS, "BookerSet", a.booker, a.allowed)


@rule(ledger.LEDGER, "setBooker")
def set_ledger_booker(s: State, a: Act) -> None:
    _require_admin(a)
    (s.ledger_bookers.add if a.allowed else s.ledger_bookers.discard)(a.booker)
    s.emit(ledger.LEDGER, "BookerSet", a.booker, a.allowed)


def only_the_ledger(_: State, a: Act) -> None:
    """Nobody else moves the rail; what the ledger does with it stands in ledger.py."""
    require(False, "AccessManagedUnauthorized", a.sender)


for verb in ("collect", "pay", "reclaim"):
    rule(ledger.RAIL, verb)(only_the_ledger)
