"""What a campaign did: calls, successes and refusals of each action, and the states that were reached."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from huizhen.domain.statuses import BatchStatus, ConsultationStatus, PartyStatus
from tests.model.spec.state import Refusal, State

LEAST_SHARE = 0.05
# What nobody may do, and what was signed for and done.
NEVER_ALLOWED = ("move the rail", "for Disputes alone", "for KeyReplacement alone", "again")


@dataclass
class Tally:
    runs: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    refusals: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    states: Counter[str] = field(default_factory=Counter)

    def count(self, action: str, refusal: Refusal | None) -> None:
        self.calls[action] += 1
        if refusal is not None:
            self.refusals[action][refusal.name or "malformed call"] += 1

    def see(self, s: State) -> None:
        """The states in which a run left things."""
        self.runs += 1
        self.states.update(f"party {PartyStatus(row.status).name}" for row in s.parties.values())
        self.states.update(
            f"consultation {ConsultationStatus(row.status).name}" for row in s.consultations.values()
        )
        for batch in s.batches.values():
            self.states[f"batch {BatchStatus(batch.status).name}"] += 1
            for name in ("outstanding", "confirmed", "returned"):
                self.states[f"item {name}"] += getattr(batch, name).bit_count()

    def successes(self, action: str) -> int:
        return self.calls[action] - sum(self.refusals[action].values())

    def too_seldom(self) -> list[str]:
        """Actions that nearly always fail: what they would do has hardly been looked at."""
        return [
            action
            for action in self.calls
            if action not in NEVER_ALLOWED and self.successes(action) < LEAST_SHARE * self.calls[action]
        ]

    def __str__(self) -> str:
        lines = [f"{self.runs} runs, {sum(self.calls.values())} calls", ""]
        lines.append(f"{'action':24}{'calls':>7}{'success':>9}{'share':>7}  refusals")
        for action in sorted(self.calls):
            done, called = self.successes(action), self.calls[action]
            why = ", ".join(f"{name} {n}" for name, n in self.refusals[action].most_common())
            lines.append(f"{action:24}{called:7}{done:9}{done / called:7.0%}  {why}")
        lines += ["", "states reached", *(f"  {state:32}{n:7}" for state, n in sorted(self.states.items()))]
        return "\n".join(lines)
