"""Finance: today, payout batches, bank files, the match workbench."""

from __future__ import annotations

from huizhen_web.finance import bank_files, matching, payouts, today  # noqa: F401 (they register their views)
from huizhen_web.finance.area import area

__all__ = ["area"]
