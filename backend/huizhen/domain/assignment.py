"""Cheapest assignment of rows to distinct columns, grown row by row along shortest augmenting paths.

Sizes are tiny (at most 16 rows), so Bellman-Ford over the rows is enough. Rows once assigned stay so, and
after each step the total is the least possible for the rows chosen so far; so required rows go in first, and
among optional ones each step takes the row that costs least to add.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


class Assignment:
    """`costs[row]` maps each column that the row may take to its cost (>= 0)."""

    __slots__ = ("_costs", "_row_of", "column_of", "total")

    def __init__(self, costs: Sequence[Mapping[int, int]]) -> None:
        self._costs = costs
        self._row_of: dict[int, int] = {}
        self.column_of: dict[int, int] = {}
        self.total = 0

    def cheapest_step(self, rows: Iterable[int]) -> tuple[int, list[tuple[int, int]]] | None:
        """What adding the best of these unassigned rows costs, and the (row, column) pairs that change."""
        distance = dict.fromkeys(rows, 0)
        reached_from: dict[int, int] = {}
        best: tuple[int, int, int] | None = None
        waiting = list(distance)
        for row in waiting:
            for column, cost in self._costs[row].items():
                reach = distance[row] + cost
                owner = self._row_of.get(column)
                if owner is None:
                    if best is None or reach < best[0]:
                        best = reach, row, column
                elif owner != row:
                    moved = reach - self._costs[owner][column]
                    if owner not in distance or moved < distance[owner]:
                        distance[owner] = moved
                        reached_from[owner] = row
                        waiting.append(owner)
        if best is None:
            return None
        cost, row, column = best
        changes = [(row, column)]
        while row in reached_from:
            column = self.column_of[row]
            row = reached_from[row]
            changes.append((row, column))
        return cost, changes

    def take(self, step: tuple[int, list[tuple[int, int]]]) -> None:
        cost, changes = step
        self.total += cost
        for row, column in changes:
            self.column_of[row] = column
            self._row_of[column] = row

    def crowd(self, row: int) -> tuple[set[int], set[int]]:
        """Why a row cannot be added: the rows that compete, it included, and their too few columns."""
        rows, columns = {row}, set[int]()
        waiting = [row]
        for current in waiting:
            for column in self._costs[current]:
                columns.add(column)
                owner = self._row_of[column]
                if owner not in rows:
                    rows.add(owner)
                    waiting.append(owner)
        return rows, columns
