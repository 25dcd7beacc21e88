"""All mutants of the contracts, and the even sample of them that a seed draws."""

from __future__ import annotations

import difflib
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import PurePath

from tools.mutation.operators import OPERATORS
from tools.mutation.source import Change, Source, nodes

# Interfaces hold no code, mocks are never deployed.
LEFT_OUT = ("contracts/interfaces/", "contracts/mocks/")
SHORT = 12


@dataclass(frozen=True, slots=True)
class Mutant:
    """Known by what it changes and where, so that lines may move: see `identity`."""

    source: Source
    operator: str
    within: str
    change: Change
    place: int

    @property
    def file(self) -> str:
        return PurePath(self.source.name).stem

    @property
    def was(self) -> str:
        return self._shown(self.source.between(self.change.start, self.change.end))

    @property
    def becomes(self) -> str:
        return self._shown(self.change.text)

    @property
    def identity(self) -> str:
        """`place` counts the same changes within one function from 1."""
        return f"{self.within} #{self.place}: {self.was} -> {self.becomes}"

    @property
    def diff(self) -> str:
        before = self.source.content.decode().splitlines()
        after = self.source.changed(self.change).splitlines()
        lines = difflib.unified_diff(before, after, self.source.name, self.source.name, n=1, lineterm="")
        return "\n".join(lines)

    def _shown(self, text: str) -> str:
        """An operator or a number says little without its line."""
        start, end, content = self.change.start, self.change.end, self.source.content
        if end - start < SHORT:
            first, last = content.rfind(b"\n", 0, start) + 1, content.find(b"\n", end)
            text = f"{content[first:start].decode()}{text}{content[end:last].decode()}"
        return " ".join(text.split())


def all_mutants(sources: Sequence[Source]) -> list[Mutant]:
    """In the order of the text."""
    return [mutant for source in sources for mutant in _of(source)]


def drawn(mutants: Sequence[Mutant], seed: str) -> Iterator[Mutant]:
    """One of every file and operator in turn, until all are drawn. Unrelated edits hardly change the draw."""
    cells: dict[tuple[str, str], list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        cells[mutant.source.name, mutant.operator].append(mutant)
    for cell in cells.values():
        cell.sort(key=lambda mutant: _lot(seed, mutant.identity))
    order = sorted(cells, key=lambda cell: _lot(seed, *cell))
    for rounds in zip_longest(*(cells[cell] for cell in order)):
        yield from filter(None, rounds)


def _of(source: Source) -> Iterator[Mutant]:
    if source.name.startswith(LEFT_OUT):
        return
    found: list[tuple[Change, str, str]] = []
    for node, place in nodes(source):
        within = ".".join(filter(None, (place.contract, place.owner)))
        for operator, changes in OPERATORS.items():
            found += [(change, operator, within) for change in changes(source, node)]
    seen: dict[str, int] = defaultdict(int)
    taken: set[Change] = set()
    for change, operator, within in sorted(
        found, key=lambda each: (each[0].start, each[0].end, each[0].text)
    ):
        if change in taken:
            continue
        taken.add(change)
        alike = Mutant(source, operator, within, change, 1).identity
        seen[alike] += 1
        yield Mutant(source, operator, within, change, seen[alike])


def _lot(*parts: str) -> bytes:
    return hashlib.sha256("/".join(parts).encode()).digest()
