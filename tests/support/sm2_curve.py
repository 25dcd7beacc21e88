"""The SM2 curve in plain affine arithmetic, slow and easy to check: it judges the contracts and makes their table.

    python -m tests.support.sm2_curve

writes contracts/libraries/SM2Multiples.sol anew.
"""

from __future__ import annotations

from itertools import accumulate, repeat
from pathlib import Path

# GB/T 32918.5-2017, the recommended curve y² = x³ - 3x + B over the field of P.
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123

Point = tuple[int, int] | None
G: Point = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
MULTIPLES = 128
TABLE = Path(__file__).parents[2] / "contracts" / "libraries" / "SM2Multiples.sol"


def add(one: Point, other: Point) -> Point:
    """None is the point at infinity."""
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    over, under = (3 * x1 * x1 - 3, 2 * y1) if one == other else (y2 - y1, x2 - x1)
    slope = over * pow(under, -1, P) % P
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def multiply(factor: int, point: Point) -> Point:
    result: Point = None
    for bit in bin(factor % N)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def forge(s: int, t: int, key: Point) -> tuple[int, int] | None:
    """The digest and r that go with s and t = r + s under a key whose secret nobody need know; None at infinity.

    Whoever may choose the digest can do this. It reaches every corner of the arithmetic.
    """
    point = add(multiply(s, G), multiply(t, key))
    if point is None:
        return None
    r = (t - s) % N
    return (r - point[0]) % N, r


def table() -> str:
    points = accumulate(repeat(G, MULTIPLES), add)
    rows = [f'        hex"{x:064x}{y:064x}"' for x, y in filter(None, points)]
    return f"""// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title 1G to {MULTIPLES}G on the SM2 curve, x | y each.
/// @notice Written by tests/support/sm2_curve.py.
library SM2Multiples {{
    // forgefmt: disable-next-item
    bytes internal constant OF_G =
{chr(10).join(rows)};
}}
"""


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
