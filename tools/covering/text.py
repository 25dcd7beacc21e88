"""What of a Solidity file can be covered: its statements and its decisions, by their place in the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tools.mutation.source import Node, Source, nodes

Span = tuple[int, int]

COMPOUND = {"Block", "UncheckedBlock", "InlineAssembly", "PlaceholderStatement", "TryStatement"}
YUL = {
    "YulExpressionStatement",
    "YulAssignment",
    "YulVariableDeclaration",
    "YulBreak",
    "YulContinue",
    "YulLeave",
}
# What the jump of such a node says. The compiler jumps over the body of an `if`, out of a loop, to the first value of a
# conditional, and past the right side of `&&` and `||`.
JUMPS_WHEN = {
    "IfStatement": "false",
    "WhileStatement": "false",
    "ForStatement": "false",
    "YulIf": "false",
    "YulForLoop": "false",
    "YulCase": "true",
    "Conditional": "true",
    "&&": "false",
    "||": "true",
    "require": "true",
    "assert": "true",
    "TryStatement": "true",
}
OPPOSITE = {"true": "false", "false": "true"}


@dataclass(frozen=True, slots=True)
class Decision:
    """`jumps_when` is the outcome for which the compiled code jumps."""

    span: Span
    kind: str
    jumps_when: str

    def outcome(self, jumped: bool) -> str:
        return self.jumps_when if jumped else OPPOSITE[self.jumps_when]


class Text:
    """One file. Spans are bytes from the file's beginning, as the compiler counts them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.decisions: dict[Span, Decision] = {}
        self.kinds: dict[Span, str] = {}
        self._statements: list[Span] = []
        for node, _ in nodes(source):
            span = source.span(node)
            self.kinds.setdefault(span, node["nodeType"])
            kind = _decides(node)
            if kind:
                self.decisions[span] = Decision(span, kind, JUMPS_WHEN[kind])
            if _is_statement(node):
                self._statements.append(span)

    @cached_property
    def _by_start(self) -> dict[int, list[Span]]:
        """For each byte the statements around it, the innermost first."""
        around: dict[int, list[Span]] = defaultdict(list)
        for span in sorted(self._statements, key=lambda each: each[1] - each[0]):
            for byte in range(*span):
                around[byte].append(span)
        return around

    def statement(self, span: Span) -> Span | None:
        """The innermost statement that holds the span."""
        return next((each for each in self._by_start.get(span[0], ()) if span[1] <= each[1]), None)

    def line(self, span: Span) -> int:
        return self.source.content.count(b"\n", 0, span[0]) + 1

    def shown(self, span: Span) -> str:
        """Its first line."""
        return self.source.between(*span).split("\n")[0].strip()


def _is_statement(node: Node) -> bool:
    kind = node["nodeType"]
    if kind in COMPOUND:
        return False
    return (
        kind.endswith("Statement")
        or kind == "Return"
        or kind in YUL
        or kind in {"YulIf", "YulForLoop", "Break", "Continue"}
    )


def _decides(node: Node) -> str | None:
    match node:
        case {"nodeType": "YulCase", "value": "default"} | {
            "nodeType": "YulForLoop",
            "condition": {"nodeType": "YulLiteral"},
        }:
            return None
        case {"nodeType": "BinaryOperation", "operator": "&&" | "||" as operator}:
            return str(operator)
        case {
            "nodeType": "FunctionCall",
            "expression": {"nodeType": "Identifier", "name": "require" | "assert" as name},
        }:
            return str(name)
        case {"nodeType": kind} if kind in JUMPS_WHEN:
            return str(kind)
    return None


def texts(sources: dict[str, Source]) -> Iterator[tuple[str, Text]]:
    return ((name, Text(source)) for name, source in sources.items())
