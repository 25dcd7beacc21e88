"""Whether this operator can serve: node, database, indexer; each check says in a sentence what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.domain.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Readiness:
    """Ready only when every check passes and the opening page has something to show."""

    checks: tuple[Check, ...]

    @property
    def ready(self) -> bool:
        return all(check.ok for check in self.checks)
