"""A Solidity file and the tree that the compiler made of it, with every node's place in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes `start` to `end` of a file become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """`name` is the path from the checkout; offsets count bytes, because comments may hold Chinese."""

    name: str
    content: bytes
    tree: Node

    def span(self, node: Node) -> tuple[int, int]:
        start, length, _ = map(int, node["src"].split(":"))
        return start, start + length

    def text(self, node: Node) -> str:
        start, end = self.span(node)
        return self.between(start, end)

    def between(self, start: int, end: int) -> str:
        return self.content[start:end].decode()

    def statement(self, node: Node) -> tuple[int, int]:
        """With the semicolon, which the compiler does not count."""
        start, end = self.span(node)
        rest = self.content[end:]
        behind = rest.lstrip()
        return (start, end + len(rest) - len(behind) + 1) if behind.startswith(b";") else (start, end)

    def changed(self, change: Change) -> str:
        return (self.content[: change.start] + change.text.encode() + self.content[change.end :]).decode()


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file a node stands; `owner` is its function, modifier or constant."""

    contract: str = ""
    owner: str = ""


def nodes(source: Source) -> Iterator[tuple[Node, Place]]:
    """Every node of the file, each before those inside it."""
    return _walk(source.tree, Place())


def _walk(node: Node, place: Place) -> Iterator[tuple[Node, Place]]:
    match node.get("nodeType"):
        case "ContractDefinition":
            place = Place(node["name"])
        case "FunctionDefinition" | "ModifierDefinition":
            place = replace(place, owner=node["name"] or node["kind"])
        case "VariableDeclaration" if not place.owner:
            place = replace(place, owner=node["name"])
    yield node, place
    for child in node.values():
        for each in child if isinstance(child, list) else [child]:
            if isinstance(each, dict) and "nodeType" in each:
                yield from _walk(each, place)
