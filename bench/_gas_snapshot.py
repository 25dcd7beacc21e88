"""The gas figures that the repository holds a change to, in bench/gas_snapshot.json."""

from __future__ import annotations

import json
from pathlib import Path

SNAPSHOT = Path(__file__).with_name("gas_snapshot.json")
# Signatures have zero bytes here and there, which are cheaper.
TOLERANCE = 0.01
# How long the multiplication of points takes depends on the digest, which contains the time.
VARYING = {
    "book_5_passkey_fallback": 0.03,
    "book_5_sm2": 0.03,
    "verify_p256_fallback": 0.03,
    "verify_sm2": 0.03,
}


def risen(figures: dict[str, int], snapshot: dict[str, int]) -> list[str]:
    """A sentence for each figure that is above the snapshot by more than its tolerance, or not in it."""
    sentences = []
    for name, gas in figures.items():
        before = snapshot.get(name)
        allowed = VARYING.get(name, TOLERANCE)
        if before is None:
            sentences.append(f"{name} is not in {SNAPSHOT.name}; run bench/gas.py --write")
        elif gas > before * (1 + allowed):
            sentences.append(
                f"{name} rose from {before:,} to {gas:,} ({gas / before - 1:+.1%}, allowed {allowed:.0%})"
            )
    sentences += [f"{name} was not measured" for name in snapshot.keys() - figures.keys()]
    return sentences


def read_snapshot() -> dict[str, int]:
    figures: dict[str, int] = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    return figures


def write_snapshot(figures: dict[str, int]) -> None:
    SNAPSHOT.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n", encoding="utf-8")
