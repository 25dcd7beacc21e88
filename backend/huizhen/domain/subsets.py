"""Which of a few amounts add up to one: the bounded search behind n:1 and 1:n matches."""

from __future__ import annotations

from collections.abc import Sequence

MAX_ITEMS = 12
_MAX_STEPS = 5_000


def subset_with_sum(amounts: Sequence[int], target: int) -> tuple[tuple[int, ...], bool] | None:
    """Indices of two or more positive amounts that sum to target, and whether they alone do.

    None when there is no such subset, when there are more than MAX_ITEMS amounts, or when the search takes too
    long: then a person decides.
    """
    if not 2 <= len(amounts) <= MAX_ITEMS:
        return None
    order = sorted(range(len(amounts)), key=lambda index: -amounts[index])
    left = [0] * (len(order) + 1)
    for place in range(len(order) - 1, -1, -1):
        left[place] = left[place + 1] + amounts[order[place]]
    found: list[tuple[int, ...]] = []
    stack: list[tuple[int, int, tuple[int, ...]]] = [(0, target, ())]
    steps = 0
    while stack and len(found) < 2:
        place, missing, taken = stack.pop()
        steps += 1
        if steps > _MAX_STEPS:
            return None
        if missing == 0:
            if len(taken) > 1:
                found.append(taken)
        elif place < len(order) and 0 < missing <= left[place]:
            stack.append((place + 1, missing, taken))
            stack.append((place + 1, missing - amounts[order[place]], (*taken, order[place])))
    return (tuple(sorted(found[0])), len(found) == 1) if found else None
