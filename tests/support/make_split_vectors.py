"""Writes tests/vectors/split.json, which split.py and Split.sol both have to reproduce.

    python -m tests.support.make_split_vectors

The legs are computed here with exact fractions and not with split.py, so that the file judges both.
"""

from __future__ import annotations

import json
import random
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import TypedDict

VECTORS = Path(__file__).parents[1] / "vectors" / "split.json"
SEED = 20261123
WHOLE = 10_000
MAX_FEE = 2**96 - 1
PRIMES = (2, 3, 7, 97, 101, 9_973, 99_991, 1_299_709)

Seat = dict[str, int]


class Leg(TypedDict):
    kind: int
    party: int
    amount: str


class Case(TypedDict):
    platform: int
    platform_bps: int
    seats: list[dict[str, int | str]]
    legs: list[Leg]


def seat(doctor: int, institution: int, group: int, institution_bps: int, fund_bps: int, fee: int) -> Seat:
    return {
        "doctor": doctor,
        "institution": institution,
        "group": group,
        "institution_bps": institution_bps,
        "fund_bps": fund_bps,
        "fee": fee,
    }


def legs_of(platform: int, platform_bps: int, seats: list[Seat]) -> list[Leg]:
    shares: dict[tuple[int, int], Fraction] = {}
    for s in seats:
        taken = Fraction(s["fee"] * platform_bps, WHOLE)
        rest = s["fee"] - taken
        institution = rest * s["institution_bps"] / WHOLE
        fund = rest * s["fund_bps"] / WHOLE
        for kind, party, share in (
            (1, s["doctor"], rest - institution - fund),
            (2, s["institution"], institution),
            (3, s["group"], fund),
            (4, platform, taken),
        ):
            if share:
                shares[kind, party] = shares.get((kind, party), Fraction(0)) + share
    legs: list[Leg] = []
    total = Fraction(0)
    for kind, party in sorted(shares):
        before, total = total, total + shares[kind, party]
        legs.append({"kind": kind, "party": party, "amount": str(floor(total) - floor(before))})
    return legs


def case(platform: int, platform_bps: int, seats: list[Seat]) -> Case:
    return {
        "platform": platform,
        "platform_bps": platform_bps,
        "seats": [{**s, "fee": str(s["fee"])} for s in seats],
        "legs": legs_of(platform, platform_bps, seats),
    }


def edge_cases() -> list[Case]:
    plain = seat(11, 21, 31, 3_000, 1_000, 100_000)
    alone = seat(11, 21, 0, WHOLE, 0, 1)
    return [
        case(1, 500, [plain]),
        case(1, 0, [alone]),
        case(1, WHOLE, [alone]),
        case(1, 500, [alone]),
        case(1, 500, [seat(11, 21, 31, 3_000, 1_000, 1)]),
        case(1, 500, [seat(11, 21, 31, 3_333, 3_333, fee) for fee in range(1, 8)]),
        case(1, 500, [seat(11 + i, 21, 31, 3_000, 1_000, 1) for i in range(16)]),
        case(1, 1, [seat(11, 21, 31, 1, 1, 1)]),
        case(1, 0, [plain | {"fee": 0}]),
        case(1, 500, [plain | {"fee": 0}, seat(12, 22, 32, 4_000, 500, 7)]),
        case(1, 500, []),
        case(1, 0, [seat(11, 21, 31, 0, 0, 333)]),
        case(1, 0, [seat(11, 21, 31, WHOLE, 0, 333)]),
        case(1, 0, [seat(11, 21, 31, 0, WHOLE, 333)]),
        case(1, 700, [seat(11, 21, 31, 2_500, 1_500, MAX_FEE)]),
        case(1, 700, [seat(11 + i, 21 + i % 2, 31, 2_500, 1_501, MAX_FEE - i) for i in range(16)]),
        # 20 legs: 16 doctors, an institution, two groups, the platform; then 6 whole seats and a shared one.
        case(1, 333, [seat(11 + i, 50, 31 + i % 2, 2_501, 1_499, 99_991 + i) for i in range(16)]),
        case(
            1,
            600,
            [seat(11 + i, 41 + i, 71 + i, 3_001, 999, 7_919 * (i + 1)) for i in range(6)]
            + [seat(17, 41, 71, 3_001, 999, 13)],
        ),
        # A group that is also the platform, an institution with the id of a doctor: kinds keep them apart.
        case(31, 500, [seat(11, 11, 31, 3_000, 1_000, 999)]),
        case(2**32 - 1, 9_999, [seat(2**32 - 2, 2**32 - 3, 2**32 - 4, 9_998, 1, PRIMES[-1])]),
        # Unordered on the way in, ordered on the way out; the same doctor twice.
        case(
            5,
            450,
            [
                seat(90, 80, 70, 2_000, 2_000, 101),
                seat(9, 8, 7, 2_000, 2_000, 103),
                seat(90, 8, 70, 1_000, 3_000, 107),
            ],
        ),
    ]


def random_case(dice: random.Random) -> Case:
    institutions = dice.sample(range(1_000, 2_000), dice.randint(1, 5))
    groups = [0, *dice.sample(range(2_000, 3_000), dice.randint(0, 4))]
    ranges = ((0, 10), (1, 1_000), (10_000, 500_000), (1, 2**53), (MAX_FEE - 1_000, MAX_FEE))
    lowest, highest = dice.choice(ranges)
    seats = []
    for doctor in dice.sample(range(10, 1_000), dice.randint(1, 16)):
        group = dice.choice(groups)
        cut = sorted(
            dice.choice((0, 1, 2_500, 3_333, 9_999, WHOLE, dice.randint(0, WHOLE))) for _ in range(2)
        )
        institution_bps, fund_bps = (cut[0], cut[1] - cut[0]) if group else (WHOLE, 0)
        fee = dice.choice(PRIMES) if dice.random() < 0.2 else dice.randint(lowest, highest)
        seats.append(seat(doctor, dice.choice(institutions), group, institution_bps, fund_bps, fee))
    return case(dice.randint(1, 9), dice.choice((0, 1, 300, 500, 1_000, 3_333, WHOLE)), seats)


def all_cases() -> list[Case]:
    dice = random.Random(SEED)
    cases = edge_cases()
    while len(cases) < 240:
        made = random_case(dice)
        if len(made["legs"]) <= 20:
            cases.append(made)
    return cases


def text() -> str:
    """One case a line, so that a change shows as the cases that changed."""
    return "[\n" + ",\n".join(json.dumps(made, separators=(",", ":")) for made in all_cases()) + "\n]\n"


if __name__ == "__main__":
    VECTORS.write_text(text())
