"""How old the state is that pages show: the last indexed block against the node's head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Freshness:
    """`block` and `block_time` (UTC) are those of the last indexed block, None before the first.

    `chain_now` is the head block's time in unix seconds: deadlines and countdowns run on it.
    `age_seconds` counts real seconds since the index last followed a live node; `node_up` is False while the
    node does not answer.
    """

    node_up: bool
    block: int | None
    block_time: datetime | None
    chain_now: int
    age_seconds: int
