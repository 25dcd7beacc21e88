"""What a consultation has to pay to whom when its escrow ends, and that the ledger did exactly that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from huizhen.domain.ids import PartyId
from huizhen.domain.split import Leg, charged_part, split
from huizhen.domain.terms import Terms
from tests.support.books import moves
from tests.support.events import Event, event
from tests.support.world import World

WHOLE = 10_000


def all_seats(terms: Terms) -> int:
    return (1 << len(terms.seats)) - 1


def due_legs(
    terms: Terms, mask: int | None = None, steps: int = 0, charge_bps: int = WHOLE
) -> tuple[Leg, ...]:
    """By domain/split.py, which the vectors hold to the same figures as Split.sol."""
    seats = terms.paid_seats(all_seats(terms) if mask is None else mask, steps)
    charged = [replace(seat, fee=charged_part(seat.fee, charge_bps)) for seat in seats]
    legs = split(terms.pricing.platform, terms.pricing.platform_bps, charged)
    assert sum(leg.amount for leg in legs) == sum(seat.fee for seat in charged)
    return legs


def charge(terms: Terms, mask: int, steps: int = 0) -> int:
    """What seats cost, fen."""
    return sum(seat.fee for seat in terms.paid_seats(mask, steps))


def escrow_released(terms: Terms, consultation: int, legs: Sequence[Leg], funded: int | None = None) -> Event:
    packed = tuple(leg.kind << 160 | leg.party << 128 | leg.amount for leg in legs)
    return event(
        "EscrowReleased",
        consultation=consultation,
        hospital=terms.hospital,
        funded=terms.escrow() if funded is None else funded,
        legs=packed,
    )


@contextmanager
def releases(world: World, terms: Terms, legs: Sequence[Leg], funded: int | None = None) -> Iterator[None]:
    """The escrow, or a part of it, ends: each leg reaches its party, the rest the hospital, and nothing else moves."""
    funded = terms.escrow() if funded is None else funded
    paid = sum(leg.amount for leg in legs)
    due: dict[PartyId, int] = {}
    for leg in legs:
        due[leg.party] = due.get(leg.party, 0) + leg.amount
    credits_before = {party: _credit(world, party) for party in due}
    funds_before = world.read("RevenueLedger", "fundsOf", terms.hospital)
    with moves(world, escrowed=-funded, credited=paid, available=funded - paid):
        yield
    assert {party: _credit(world, party) - credits_before[party] for party in due} == due
    assert world.read("RevenueLedger", "fundsOf", terms.hospital) == {
        "available": funds_before["available"] + funded - paid,
        "escrowed": funds_before["escrowed"] - funded,
    }


def _credit(world: World, party: PartyId) -> int:
    credited: int = world.read("RevenueLedger", "creditOf", party)["credited"]
    return credited
