"""Simulated consultations get the fates that the shares name."""

from __future__ import annotations

import random
from collections import Counter

from huizhen.simulation.fates import SHARES, WHOLE, Fate, deal


def dealt(count: int, seed: int = 7) -> Counter[Fate]:
    return Counter(deal(random.Random(seed), count))


def test_shares__of_a_hundred__are_all_of_it() -> None:
    assert sum(SHARES.values()) == WHOLE
    assert set(SHARES) == set(Fate)


def test_deal__hundreds__are_exactly_the_shares() -> None:
    assert dealt(200) == {fate: 2 * share for fate, share in SHARES.items()}


def test_deal__a_small_world__has_one_of_each() -> None:
    for count in (2 * len(SHARES), 40, 99, 140):
        fates = dealt(count)
        assert fates.total() == count
        assert set(fates) == set(Fate)


def test_deal__a_few_or_none__are_as_many() -> None:
    assert [dealt(count).total() for count in (0, 1, 12)] == [0, 1, 12]


def test_deal__same_seed__same_order() -> None:
    assert deal(random.Random(3), 50) == deal(random.Random(3), 50)
