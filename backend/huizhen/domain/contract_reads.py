"""A question to a contract, by names: what verifying asks thousands of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Read:
    """A view of a contract; hashes and addresses among the arguments are hex text."""

    contract: str
    function: str
    arguments: tuple[int | str, ...] = ()
