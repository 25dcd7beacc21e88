"""Split: who receives how much. Exact, each within 1 fen of its share."""

from __future__ import annotations

from collections import defaultdict

from huizhen.domain.split import LegKind
from huizhen.domain.terms import Terms
from tests.model.spec.act import require
from tests.model.spec.state import BPS, UINT32, UINT96, UINT128

MAX_LEGS = 20
ALL_SEATS = 0xFFFF

# Kind, party and amount.
Leg = tuple[int, int, int]


def require_splittable(terms: Terms) -> None:
    """Refuses what could not be split in the end."""
    pricing, policy = terms.pricing, terms.policy
    for bps in (pricing.platform_bps, policy.partial_bps, policy.late_bps, policy.default_bps):
        require(bps <= BPS, "ShareOutOfRange", bps, BPS)
    for seat in terms.seats:
        shares = seat.institution_bps + seat.fund_bps
        require(shares <= BPS, "ShareOutOfRange", shares, BPS)
        alone = seat.group == 0 and (seat.institution_bps != BPS or seat.rule_version != 0)
        require(not alone, "SharesWithoutGroup", seat.doctor, seat.institution_bps, seat.fund_bps)
    # With six seats there are at most 19 legs.
    if len(terms.seats) > 6:
        price(terms)
        legs(terms, ALL_SEATS, 0, BPS)


def fee_of(terms: Terms, seat: int, steps: int) -> int:
    pricing = terms.pricing
    return terms.seats[seat].fee * (BPS + pricing.urgency_bps + steps * pricing.overtime_bps) // BPS


def price(terms: Terms) -> int:
    """What is escrowed: all seats with all overtime that was agreed."""
    total = sum(fee_of(terms, seat, terms.pricing.overtime_steps) for seat in range(len(terms.seats)))
    require(total <= UINT96, "PriceTooHigh", total, UINT96)
    return total


def legs(terms: Terms, mask: int, steps: int, charge_bps: int) -> list[Leg]:
    """One leg for each kind and party that is due anything, in that order."""
    weights: dict[tuple[int, int], int] = defaultdict(int)
    for index, seat in enumerate(terms.seats):
        if not mask >> index & 1:
            continue
        fee = fee_of(terms, index, steps) * charge_bps // BPS
        rest = fee * (BPS - terms.pricing.platform_bps)
        weights[LegKind.SEAT, seat.doctor] += rest * (BPS - seat.institution_bps - seat.fund_bps)
        weights[LegKind.INSTITUTION, seat.institution] += rest * seat.institution_bps
        weights[LegKind.FUND, seat.group] += rest * seat.fund_bps
        weights[LegKind.PLATFORM, terms.pricing.platform] += fee * terms.pricing.platform_bps * BPS
    due = {key: weight for key, weight in sorted(weights.items()) if weight}
    require(len(due) <= MAX_LEGS, "TooManyLegs", len(due), MAX_LEGS)
    found: list[Leg] = []
    running = 0
    for (kind, party), weight in due.items():
        amount = (running + weight) // BPS**2 - running // BPS**2
        running += weight
        found.append((kind, party, amount))
    return found


def packed(leg: Leg) -> int:
    kind, party, amount = leg
    return kind << 160 | party << 128 | amount


def unpacked(leg: int) -> Leg:
    return leg >> 160, leg >> 128 & UINT32, leg & UINT128
