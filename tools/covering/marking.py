"""Puts marks into compiled code: at the head of every stretch of code, and at every jump that depends on something.

A mark asks for the balance of an address of its own, which works in a view as well, changes nothing, and leaves a trace
that no revert undoes: the EVM has loaded that account. The compiler gives its assembly with the place in the text of
each instruction, and takes it back with the marks in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.covering.text import Span

FIRST = 0xC0_0000_0000  # no contract of the tests lies so low
ROOM = 2**32
Item = dict[str, Any]
Assembly = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Code that runs from its head to its end: the places of its instructions, by file."""

    spans: frozenset[tuple[str, Span]]


@dataclass(frozen=True, slots=True)
class Jump:
    """One way of a jump."""

    file: str
    span: Span
    jumped: bool


@dataclass(slots=True)
class Marker:
    """`points` has what each mark stands for; the mark's address is FIRST and its place in the list."""

    files: frozenset[str]
    points: list[Stretch | Jump] = field(default_factory=list)

    def marked(self, assembly: Assembly, names: Sequence[str] | None = None) -> Assembly:
        """With the assemblies inside it: the code to be deployed, and the contracts that it makes."""
        names = names or assembly["sourceList"]
        code = list(self._code(assembly[".code"], names))
        inner: Mapping[str, Any] = assembly.get(".data", {})
        data = {
            key: self.marked(value, names) if isinstance(value, dict) else value
            for key, value in inner.items()
        }
        return {**assembly, ".code": code, **({".data": data} if data else {})}

    def _code(self, items: Sequence[Item], names: Sequence[str]) -> Iterator[Item]:
        start = 0
        for end in [*_ends(items), len(items)]:
            yield from self._stretch(items[start:end], names)
            start = end

    def _stretch(self, items: Sequence[Item], names: Sequence[str]) -> Iterator[Item]:
        spans = frozenset(
            place for place in (self._place(item, names) for item in items) if place is not None
        )
        rest = iter(items)
        if items and items[0]["name"] == "tag":
            yield next(rest)
            yield next(rest)  # JUMPDEST
        if spans:
            yield from _ask([_push(self._mark(Stretch(spans)))], items[0])
        for item in rest:
            place = self._place(item, names)
            if item["name"] == "JUMPI" and place is not None:
                jumped = self._mark(Jump(*place, jumped=True))
                self._mark(Jump(*place, jumped=False))
                # Below the destination lies what decides: one more where that is zero.
                yield from _ask([_push(jumped), {"name": "DUP3"}, {"name": "ISZERO"}, {"name": "ADD"}], item)
            yield item

    def _mark(self, point: Stretch | Jump) -> int:
        self.points.append(point)
        return FIRST + len(self.points) - 1

    def _place(self, item: Item, names: Sequence[str]) -> tuple[str, Span] | None:
        file = names[item["source"]] if 0 <= item.get("source", -1) < len(names) else ""
        return (file, (item["begin"], item["end"])) if file in self.files else None


def _ends(items: Sequence[Item]) -> Iterator[int]:
    """Before each tag and after each jump that depends on something."""
    for place, item in enumerate(items):
        if item["name"] == "tag" and place:
            yield place
        if item["name"] == "JUMPI" and items[place + 1]["name"] != "tag":
            yield place + 1


def _push(number: int) -> Item:
    return {"name": "PUSH", "value": f"{number:X}"}


def _ask(address: Sequence[Item], beside: Item) -> Iterator[Item]:
    where: Item = {key: beside[key] for key in ("begin", "end", "source") if key in beside}
    return ({**where, **item} for item in [*address, {"name": "BALANCE"}, {"name": "POP"}])
