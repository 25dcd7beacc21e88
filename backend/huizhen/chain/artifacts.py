"""The compiled contracts, as `huizhen compile` left them in build/contracts/."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from huizhen.errors import ConfigurationError

CHECKOUT = Path(__file__).resolve().parents[3]
BUILT = CHECKOUT / "build" / "contracts"

AbiEntry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Artifacts:
    """Reads artefacts on demand and keeps them. Raises ConfigurationError where they have not been built."""

    folder: Path = BUILT
    _read: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False, compare=False)

    def artifact(self, contract: str) -> dict[str, Any]:
        if contract not in self._read:
            file = self.folder / f"{contract}.json"
            try:
                self._read[contract] = orjson.loads(file.read_bytes())
            except FileNotFoundError as error:
                raise ConfigurationError(
                    f"合约 {contract} 尚未编译，请先运行 huizhen compile。",
                    f"The contract {contract} has not been compiled. Run huizhen compile first.",
                ) from error
        return self._read[contract]

    def function(self, contract: str, name: str) -> AbiEntry:
        return self._entry(contract, "function", name)

    def event(self, contract: str, name: str) -> AbiEntry:
        return self._entry(contract, "event", name)

    def events(self, contract: str) -> Iterator[AbiEntry]:
        return self._entries(contract, "event")

    def errors(self, contract: str) -> Iterator[AbiEntry]:
        return self._entries(contract, "error")

    def _entry(self, contract: str, kind: str, name: str) -> AbiEntry:
        return next(entry for entry in self._entries(contract, kind) if entry["name"] == name)

    def _entries(self, contract: str, kind: str) -> Iterator[AbiEntry]:
        return (entry for entry in self.artifact(contract)["abi"] if entry["type"] == kind)
