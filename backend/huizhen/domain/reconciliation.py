"""Ledger against bank: every expected item and every bank line ends in one match or one typed exception.

At least 95 % is linked by itself, 70-95 % is suggested to a person, and a pair that a person dismissed is
never suggested again. The rules run from certain to vague, each on what is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from huizhen.domain.bank_items import Expected, Observed, Run
from huizhen.domain.matching import (
    match_account_sums,
    match_accounts,
    match_batch_sums,
    match_references,
    report_the_rest,
    suggest_names,
)
from huizhen.domain.open_items import OpenItems

_RULES = (match_references, match_accounts, match_batch_sums, match_account_sums, suggest_names)


def reconcile(
    expected: Iterable[Expected],
    observed: Iterable[Observed],
    as_of: date,
    dismissed: frozenset[tuple[str, str]] = frozenset(),
) -> Run:
    """Give open items only. `dismissed` holds pairs (reference, line); ages are counted up to `as_of`."""
    items = OpenItems(list(expected), list(observed), dismissed, as_of)
    for rule in _RULES:
        rule(items)
        items.sweep()
    report_the_rest(items)
    return Run(tuple(items.matches), tuple(items.exceptions))
