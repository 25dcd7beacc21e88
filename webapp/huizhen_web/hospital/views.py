"""All rooms of the booking hospital."""

from __future__ import annotations

from huizhen_web.hospital import board, cases, shown, team
from huizhen_web.hospital.area import area

__all__ = ["area", "board", "cases", "shown", "team"]
