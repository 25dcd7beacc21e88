"""Writes tests/vectors/sm3.json and sm2.json, which the contracts' libraries have to reproduce.

    python -m tests.support.make_sm_vectors

Digests are OpenSSL's. Whether a signature holds is computed in plain affine arithmetic (sm2_curve.py).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.hazmat.primitives import hashes

from tests.support.sm2_curve import B, G, N, P, Point, add, forge, multiply

VECTORS = Path(__file__).parents[1] / "vectors"
SEED = 20261124
LONGEST = 200
# Where digits of the factors change sign or carry, where windows end, and where the factor is turned round.
EDGES = (
    *(1, 2, 3, 6, 7, 8, 9, 15, 16, 17, 126, 127, 128, 129, 255, 256, 257),
    *(2**128, 2**248 - 1, 2**248, 2**252, 2**255, N // 2, N // 2 + 1, N - 1, N - 2, N - 8, N - 128),
    *(int(digit * (64 // len(digit)), 16) for digit in ("7", "78", "7f", "80", "8", "f7")),
)
Case = dict[str, str | bool]


def sm3(message: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(message)
    return digest.finalize()


def digests() -> list[Case]:
    dice = random.Random(SEED)
    messages = [dice.randbytes(length) for length in range(LONGEST + 1)]
    return [{"message": "0x" + each.hex(), "digest": "0x" + sm3(each).hex()} for each in messages]


def case(e: int, r: int, s: int, key: tuple[int, int], holds: bool) -> Case:
    words = {"e": e, "r": r, "s": s, "x": key[0], "y": key[1]}
    return {**{name: f"0x{value:064x}" for name, value in words.items()}, "holds": holds}


def cases_of(s: int, t: int, key: Point) -> Iterator[Case]:
    """The signature with these factors and a neighbour of it; without any where the sum is infinity or r is 0."""
    assert key is not None
    made = forge(s, t, key)
    if made is None or made[1] == 0:
        yield case(s, (t - s) % N, s, key, False)
        return
    e, r = made
    yield case(e % N, r, s, key, True)
    yield case((e + 1) % N, r, s, key, False)


def signatures() -> Iterator[Case]:
    dice = random.Random(SEED)
    small = [multiply(factor, G) for factor in (1, 2, 3, 5, 7, 8, 127, 128, 129)]
    keys = [*small, *(multiply(N - factor, G) for factor in (1, 2, 4, 8, 128)), multiply(pow(2, -1, N), G)]
    for s in EDGES:
        yield from cases_of(s % N, dice.choice(EDGES) % N, dice.choice(keys))
        yield from cases_of(s % N, dice.randrange(1, N), multiply(dice.randrange(1, N), G))
        yield from cases_of(dice.randrange(1, N), s % N, multiply(dice.randrange(1, N), G))
    for key in keys:
        for factor in (1, 2, 3, 8, 128):
            yield from cases_of(factor, 1, key)
            yield from cases_of(N - factor, 1, key)
    for factor in (1, 2, 9, 129):
        # sG + tQ is infinity.
        yield from cases_of(factor, N - 1, multiply(factor, G))
    yield from above_order(dice)
    for _ in range(100):
        yield from cases_of(dice.randrange(1, N), dice.randrange(1, N), multiply(dice.randrange(1, N), G))


def above_order(dice: random.Random) -> Iterator[Case]:
    """Sums whose x lies between N and P, which chance never finds: the key is made to fit."""
    for x in range(N, N + 12):
        y = pow(x**3 - 3 * x + B, (P + 1) // 4, P)
        if (y * y - x**3 + 3 * x - B) % P == 0:
            s, t = dice.randrange(1, N), dice.randrange(1, N)
            yield from cases_of(s, t, multiply(pow(t, -1, N), add((x, y), multiply(N - s, G))))


def text(cases: Sequence[Case]) -> str:
    """One case a line, so that a change shows as the cases that changed."""
    return "[\n" + ",\n".join(json.dumps(made, separators=(",", ":")) for made in cases) + "\n]\n"


if __name__ == "__main__":
    (VECTORS / "sm3.json").write_text(text(digests()), encoding="utf-8")
    (VECTORS / "sm2.json").write_text(text(list(signatures())), encoding="utf-8")
