"""The working set of one reconciliation run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from huizhen.domain.bank_items import ExceptionItem, ExceptionKind, Expected, Match, Observed, Rule
from huizhen.domain.money import Fen


@dataclass(slots=True)
class OpenItems:
    """What no rule has settled yet, and what the rules found."""

    expected: list[Expected]
    observed: list[Observed]
    dismissed: frozenset[tuple[str, str]]
    as_of: date
    matches: list[Match] = field(default_factory=list)
    exceptions: list[ExceptionItem] = field(default_factory=list)
    settled_references: set[str] = field(default_factory=set)
    settled_lines: set[str] = field(default_factory=set)

    def may_pair(self, expected: Iterable[Expected], observed: Sequence[Observed]) -> bool:
        """Whether nobody dismissed any pair of these."""
        return not self.dismissed or not any(
            (one.reference, other.line) in self.dismissed for one in expected for other in observed
        )

    def match(
        self, expected: Sequence[Expected], observed: Sequence[Observed], confidence: int, rule: Rule
    ) -> None:
        references, lines = tuple(e.reference for e in expected), tuple(o.line for o in observed)
        apart = max(days_apart(e, o) for e in expected for o in observed)
        self.matches.append(Match(references, lines, confidence, rule, apart))
        self.settled_references.update(references)
        self.settled_lines.update(lines)

    def report(self, kind: ExceptionKind, expected: Sequence[Expected], observed: Sequence[Observed]) -> None:
        references, lines = tuple(e.reference for e in expected), tuple(o.line for o in observed)
        oldest = min([e.day for e in expected] + [o.day for o in observed])
        difference = sum(o.amount for o in observed) - sum(e.amount for e in expected)
        self.exceptions.append(
            ExceptionItem(kind, references, lines, Fen(difference), (self.as_of - oldest).days)
        )
        self.settled_lines.update(lines)
        if kind not in (ExceptionKind.DUPLICATE, ExceptionKind.RETURNED):
            self.settled_references.update(references)

    def sweep(self) -> None:
        """Drop what is settled, so that the next rule walks over the rest only."""
        self.expected = [e for e in self.expected if e.reference not in self.settled_references]
        self.observed = [o for o in self.observed if o.line not in self.settled_lines]


def days_apart(expected: Expected, observed: Observed) -> int:
    return abs((expected.day - observed.day).days)
