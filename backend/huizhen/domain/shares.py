"""A group's share rule in plain numbers: who receives what of one doctor's fee."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.split import LegKind, PaidSeat, split

EXAMPLE_FEE = Fen(100_000)

_PLATFORM, _DOCTOR, _INSTITUTION, _GROUP = (PartyId(number) for number in (1, 2, 3, 4))


@dataclass(frozen=True, slots=True)
class Shares:
    """Of `fee`; the four sum to it exactly."""

    fee: Fen
    doctor: Fen
    institution: Fen
    fund: Fen
    platform: Fen


def shares_of(fee: Fen, platform_bps: int, institution_bps: int, fund_bps: int) -> Shares:
    """Computed as a consultation of this one seat would be. Raises SharesDoNotSum."""
    seat = PaidSeat(_DOCTOR, _INSTITUTION, _GROUP, institution_bps, fund_bps, fee)
    legs = {leg.kind: leg.amount for leg in split(_PLATFORM, platform_bps, (seat,))}
    return Shares(
        fee,
        legs.get(LegKind.SEAT, Fen(0)),
        legs.get(LegKind.INSTITUTION, Fen(0)),
        legs.get(LegKind.FUND, Fen(0)),
        legs.get(LegKind.PLATFORM, Fen(0)),
    )
