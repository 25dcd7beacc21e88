"""What the opening page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huizhen.domain.money import Fen


@dataclass(frozen=True, slots=True)
class HomeFigures:
    """Counts over the index at `block`. `paid` is what the bank confirmed to payees; `block_time` is UTC."""

    doctors: int
    hospitals: int
    groups: int
    cities: int
    booked: int
    settled: int
    escrowed: Fen
    paid: Fen
    block: int
    block_time: datetime
    age_seconds: int
