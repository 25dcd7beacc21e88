"""What the campaign found, as tables and as diffs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tools.mutation.judge import Outcome, Verdict
from tools.mutation.mutants import Mutant

LEAST_MUTANTS = 300
LEAST_KILLED = 0.95


@dataclass(frozen=True, slots=True)
class Report:
    """`argued` holds the reasons for mutants that change nothing that can be observed, by identity."""

    verdicts: Mapping[str, tuple[Mutant, Verdict]]
    argued: Mapping[str, str]

    @property
    def survivors(self) -> list[Mutant]:
        """Neither killed nor argued away."""
        return [
            mutant
            for mutant, verdict in self.verdicts.values()
            if self._counted(mutant, verdict) == "survived"
        ]

    @property
    def wrongly_argued(self) -> list[Mutant]:
        """Called equivalent, and killed by a test."""
        return [
            mutant
            for mutant, verdict in self.verdicts.values()
            if verdict.outcome is Outcome.KILLED and mutant.identity in self.argued
        ]

    @property
    def counts(self) -> Counter[str]:
        return Counter(self._counted(*each) for each in self.verdicts.values())

    @property
    def score(self) -> float:
        """Killed of those that are not equivalent."""
        counts = self.counts
        judged = counts["killed"] + counts["survived"]
        return counts["killed"] / judged if judged else 0.0

    @property
    def passes(self) -> bool:
        counts = self.counts
        enough = counts["killed"] + counts["survived"] + counts["equivalent"] >= LEAST_MUTANTS
        return enough and self.score >= LEAST_KILLED and not self.wrongly_argued

    def lines(self) -> Iterable[str]:
        yield from self._table("contract", lambda mutant: mutant.file)
        yield ""
        yield from self._table("operator", lambda mutant: mutant.operator)
        for mutant in self.survivors:
            yield f"\nsurvived: {mutant.identity}\n{mutant.diff}"
        for mutant in self.wrongly_argued:
            yield f"\nkilled, though equivalent.toml argues that nothing can see it: {mutant.identity}"
        counts = self.counts
        judged = counts["killed"] + counts["survived"]
        yield (
            f"\n{judged + counts['equivalent']} mutants: {counts['killed']} of {judged} killed ({self.score:.1%}), "
            f"{counts['equivalent']} argued equivalent; beside them {counts[Outcome.SAME]} with the same bytecode "
            f"and {counts[Outcome.NO_SOLIDITY]} that do not compile"
        )

    def _counted(self, mutant: Mutant, verdict: Verdict) -> str:
        if verdict.outcome is Outcome.SURVIVED and mutant.identity in self.argued:
            return "equivalent"
        return verdict.outcome.value

    def _table(self, title: str, key: Callable[[Mutant], str]) -> Iterable[str]:
        columns = ("killed", "survived", "equivalent")
        rows = Counter(
            (key(mutant), self._counted(mutant, verdict)) for mutant, verdict in self.verdicts.values()
        )
        yield f"{title:22}" + "".join(f"{column:>12}" for column in columns)
        for name in sorted({name for name, _ in rows}):
            yield f"{name:22}" + "".join(f"{rows[name, column]:12}" for column in columns)
