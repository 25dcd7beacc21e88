"""What the tests passed of each contract, as a table and as a list of what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import Any

from tools.covering.marking import Jump, Stretch
from tools.covering.text import OPPOSITE, Span, Text

WHOLE = ("RevenueLedger", "Consultations", "Split", "SlotBook")  # every branch, or the campaign fails
UNCOUNTED = ("contracts/interfaces/", "contracts/mocks/", "contracts/types/")

# Jumps of ours in the bytecode that no `if` of ours asks for, by what stands at their place in the text.
MADE_BY_THE_COMPILER = {
    "ContractDefinition": "the function is found by its selector; else a call that names none",
    "FunctionDefinition": "a constructor is sent no ether; else the deployer sent some",
    "FunctionCall": "the callee has code, did not fail and answers in form; a status is one of its values",
    "ExpressionStatement": "the same of a call, and an enum that is stored is one of its values",
    "Return": "an enum that is read is one of its values; none else was ever stored",
    "IndexAccess": "the index lies within the array; else a loop of ours were wrong",
    "BinaryOperation": "a divisor is not zero, it is a constant; an enum is one of its values",
}


@dataclass(frozen=True, slots=True)
class Line:
    file: str
    number: int


@dataclass(frozen=True, slots=True)
class Branch:
    """One outcome of a decision."""

    file: str
    span: Span
    outcome: str


@dataclass(frozen=True)
class Report:
    """`points` are the marks, `passed` the numbers of those that the tests passed; `argued` has the reasons
    for branches that nothing can reach.

    Code that stands in several contracts, as a library does, is one text: passed in any of them is passed.
    """

    texts: Mapping[str, Text]
    points: list[Stretch | Jump]
    passed: frozenset[int]
    argued: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def lines(self) -> dict[Line, bool]:
        """Lines on which a statement begins: whether tests ran all statements that begin there."""
        ran: dict[tuple[str, Span], bool] = defaultdict(bool)
        for number, point in enumerate(self.points):
            for file, span in point.spans if isinstance(point, Stretch) else ():
                statement = self.texts[file].statement(span)
                if statement:
                    ran[file, statement] |= number in self.passed
        lines: dict[Line, bool] = defaultdict(lambda: True)
        for (file, statement), did in ran.items():
            lines[Line(file, self.texts[file].line(statement))] &= did
        return dict(lines)

    @cached_property
    def branches(self) -> dict[Branch, bool]:
        """Those that are not argued for."""
        return {branch: did for branch, did in self._all.items() if self.identity(branch) not in self.argued}

    @property
    def wrongly_argued(self) -> list[str]:
        """What unreachable.toml names though a test takes it, or though there is no such branch (any more)."""
        untaken = {self.identity(branch) for branch, did in self._all.items() if not did}
        return sorted(self.argued.keys() - untaken)

    @cached_property
    def _all(self) -> dict[Branch, bool]:
        """Both outcomes of every decision, also where no contract holds its code: whether a test had it."""
        found = {
            Branch(file, span, outcome): False
            for file, text in self.texts.items()
            for span in text.decisions
            for outcome in OPPOSITE
        }
        for number, jump in self._jumps():
            decision = self.texts[jump.file].decisions.get(jump.span)
            if decision:
                found[Branch(jump.file, jump.span, decision.outcome(jump.jumped))] |= number in self.passed
        return found

    @cached_property
    def checks(self) -> dict[Jump, bool]:
        """Both ways of every jump that is the compiler's own."""
        found: dict[Jump, bool] = defaultdict(bool)
        for number, jump in self._jumps():
            if jump.span not in self.texts[jump.file].decisions:
                found[jump] |= number in self.passed
        return dict(found)

    @property
    def passes(self) -> bool:
        whole = all(did for branch, did in self.branches.items() if _name(branch.file) in WHOLE)
        return whole and not self.wrongly_argued

    def identity(self, branch: Branch) -> str:
        """Names a branch in unreachable.toml; it stays the same where lines move."""
        return f"{_name(branch.file)}: {self.texts[branch.file].shown(branch.span)}: {branch.outcome}"

    def output(self) -> Iterator[str]:
        yield f"{'contract':24}{'lines':>20}{'branches':>20}{'compiler':>12}"
        for file in sorted(file for file in self.texts if not file.startswith(UNCOUNTED)):
            lines, branches, checks = (_of(file, each) for each in (self.lines, self.branches, self.checks))
            yield f"{_name(file):24}{_share(lines):>20}{_share(branches):>20}{sum(checks):>6}/{len(checks)}"
        for branch in (branch for branch, did in self.branches.items() if not did):
            if not branch.file.startswith(UNCOUNTED):
                text = self.texts[branch.file]
                yield f"never {branch.outcome}: {branch.file}:{text.line(branch.span)}: {text.shown(branch.span)}"
        for line in (line for line, did in self.lines.items() if not did):
            if not line.file.startswith(UNCOUNTED):
                yield f"not run: {line.file}:{line.number}"

        yield from (f"unreachable: {branch}\n    {reason}" for branch, reason in self.argued.items())
        yield from (f"wrongly called unreachable: {each}" for each in self.wrongly_argued)
        yield "The last column: both ways of checks that the compiler adds to our lines, no branches of ours:"
        for kind, reason in MADE_BY_THE_COMPILER.items():
            ways = [
                did for jump, did in self.checks.items() if self.texts[jump.file].kinds.get(jump.span) == kind
            ]
            yield f"    {kind} {sum(ways)}/{len(ways)}: {reason}"

    def _jumps(self) -> Iterator[tuple[int, Jump]]:
        return ((number, point) for number, point in enumerate(self.points) if isinstance(point, Jump))


def _name(file: str) -> str:
    return PurePath(file).stem


def _of(file: str, found: Mapping[Any, bool]) -> list[bool]:
    return [did for key, did in found.items() if key.file == file]


def _share(found: list[bool]) -> str:
    """In percent, never 100 where anything is missing."""
    share = f"{1000 * sum(found) // len(found) / 10:.1f} %" if found else "-"
    return f"{sum(found)}/{len(found)} {share:>8}"
