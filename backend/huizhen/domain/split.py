"""Who receives how many fen of a consultation's fee.

The same definition as contracts/libraries/Split.sol; both are checked against tests/vectors/split.json.
One leg per (kind, party), in ascending order; weights are exact integers scaled by 10^8, and a leg receives
the difference of two floors of the running sum. So the legs sum to the fees exactly, and each is within 1 fen
of its pro rata share whatever the number of seats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.errors import SharesDoNotSum, TooManyLegs, TooManySeats

MAX_SEATS = 16
MAX_LEGS = 20
WHOLE_BPS = 10_000
_SCALE = WHOLE_BPS * WHOLE_BPS


class LegKind(IntEnum):
    SEAT = 1  # the doctor
    INSTITUTION = 2
    FUND = 3  # the group's common fund
    PLATFORM = 4


@dataclass(frozen=True, slots=True)
class Leg:
    kind: LegKind
    party: PartyId
    amount: Fen


@dataclass(frozen=True, slots=True)
class PaidSeat:
    """A seat that earned its effective `fee`; both bps are of what the platform leaves over."""

    doctor: PartyId
    institution: PartyId
    group: PartyId
    institution_bps: int
    fund_bps: int
    fee: Fen

    @property
    def doctor_bps(self) -> int:
        return WHOLE_BPS - self.institution_bps - self.fund_bps


@dataclass(frozen=True, slots=True)
class Surcharge:
    """What urgency, and each half hour over the agreed time, add to a seat's fee."""

    urgency_bps: int = 0
    overtime_bps: int = 0
    overtime_steps: int = 0

    def applied_to(self, fee: Fen) -> Fen:
        bps = WHOLE_BPS + self.urgency_bps + self.overtime_steps * self.overtime_bps
        return Fen(fee * bps // WHOLE_BPS)


NO_SURCHARGE = Surcharge()


def charged_part(effective_fee: Fen, fee_bps: int) -> Fen:
    """What the cancellation policy charges of an effective fee without overtime."""
    return Fen(effective_fee * fee_bps // WHOLE_BPS)


def split(platform: PartyId, platform_bps: int, seats: Sequence[PaidSeat]) -> tuple[Leg, ...]:
    """Legs sorted by (kind, party). A leg with weight but less than a fen stays, with amount 0."""
    _refuse_impossible_shares(platform_bps, seats)
    weights: dict[tuple[LegKind, PartyId], int] = {}

    def weigh(kind: LegKind, party: PartyId, weight: int) -> None:
        if weight:
            weights[kind, party] = weights.get((kind, party), 0) + weight

    for seat in seats:
        remainder = seat.fee * (WHOLE_BPS - platform_bps)
        weigh(LegKind.SEAT, seat.doctor, remainder * seat.doctor_bps)
        weigh(LegKind.INSTITUTION, seat.institution, remainder * seat.institution_bps)
        weigh(LegKind.FUND, seat.group, remainder * seat.fund_bps)
        weigh(LegKind.PLATFORM, platform, seat.fee * platform_bps * WHOLE_BPS)
    if len(weights) > MAX_LEGS:
        raise TooManyLegs(
            f"这笔费用要分给{len(weights)}方，最多{MAX_LEGS}方：请减少席位，或选择同一机构、同一集团的医生。",
            f"The fee would go to {len(weights)} payees and at most {MAX_LEGS} are possible: "
            "take fewer seats, or doctors who share an institution or a group.",
        )
    legs: list[Leg] = []
    running = 0
    for kind, party in sorted(weights):
        before = running
        running += weights[kind, party]
        legs.append(Leg(kind, party, Fen(running // _SCALE - before // _SCALE)))
    return tuple(legs)


def _refuse_impossible_shares(platform_bps: int, seats: Sequence[PaidSeat]) -> None:
    if len(seats) > MAX_SEATS:
        raise TooManySeats(
            f"一次会诊最多{MAX_SEATS}个席位，现有{len(seats)}个：请减少席位。",
            f"A consultation has at most {MAX_SEATS} seats and this one has {len(seats)}: remove some.",
        )
    if not 0 <= platform_bps <= WHOLE_BPS:
        raise SharesDoNotSum(
            f"平台份额为{platform_bps}个基点，应在0到{WHOLE_BPS}之间。",
            f"The platform's share is {platform_bps} basis points; it must lie between 0 and {WHOLE_BPS}.",
        )
    for number, seat in enumerate(seats, start=1):
        if min(seat.institution_bps, seat.fund_bps, seat.doctor_bps) < 0:
            raise SharesDoNotSum(
                f"第{number}席：机构{seat.institution_bps}加集团{seat.fund_bps}个基点超过{WHOLE_BPS}，请更正分配规则。",
                f"Seat {number}: the institution's {seat.institution_bps} and the group's {seat.fund_bps} "
                f"basis points exceed {WHOLE_BPS}; correct the share rule.",
            )
        if seat.group == 0 and (seat.institution_bps, seat.fund_bps) != (WHOLE_BPS, 0):
            raise SharesDoNotSum(
                f"第{number}席没有集团，平台份额以外应全部归执业机构。",
                f"Seat {number} has no group: all that the platform leaves over goes to the institution.",
            )
