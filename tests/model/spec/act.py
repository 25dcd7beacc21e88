"""An act: one call of a contract's function, and the checks that all contracts share.

Signatures are ideal here: one is valid if, and only if, the key of the named signer made it over this statement. The
pens that made them say so; whatever else stands in its place is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.model.spec.state import Panic, Refusal, State

# Which signer signed what: signature -> (ERC-7913 signer, digest).
Seals = Mapping[bytes, tuple[bytes, bytes]]


@dataclass(frozen=True)
class Act:
    """`values` are the arguments by their names in Solidity; `act.valid_until` reads `validUntil`.

    `digest` is the EIP-712 digest of what is signed for it; `sender` the account that calls.
    """

    contract: str
    function: str
    values: Mapping[str, Any]
    sender: str
    digest: bytes = b""
    seals: Seals = field(default_factory=dict, repr=False, compare=False)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[_camel(name)]
        except KeyError as error:
            raise AttributeError(name) from error

    def is_signed_with(self, signer: bytes, signature: bytes) -> bool:
        return self.seals.get(signature) == (signer, self.digest)


Rule = Callable[[State, Act], object]
RULES: dict[tuple[str, str], Rule] = {}


def rule(contract: str, function: str) -> Callable[[Rule], Rule]:
    """Marks what a function of a contract does."""

    def enter(made: Rule) -> Rule:
        RULES[contract, function] = made
        return made

    return enter


def require(holds: bool, error: str, *values: object) -> None:
    if not holds:
        raise Refusal(error, *values)


def require_in_time(s: State, act: Act) -> None:
    require(s.now <= act.deadline, "StatementExpired", act.deadline, s.now)


def checked(amount: int, limit: int) -> int:
    """Arithmetic as Solidity does it: refused outside of the type."""
    require(0 <= amount <= limit, "Panic", Panic.OVERFLOW)
    return amount


def require_signed(s: State, act: Act, parties: Sequence[int], packed: bytes) -> None:
    """Each party in turn: index of its signer (1 byte), length (2 bytes), signature; and nothing after the last."""
    for party in parties:
        length = int.from_bytes(packed[1:3], "big")
        require(len(packed) >= 3 + length, "MalformedSignatures")
        index, signature, packed = packed[0], packed[3 : 3 + length], packed[3 + length :]
        signer = s.signers.get((party, index))
        if signer is None:
            raise Refusal("UnknownSigner", party, index)
        require(act.is_signed_with(signer, signature), "InvalidSignature", party, index)
    require(not packed, "MalformedSignatures")


def require_signed_by(s: State, act: Act, party: int) -> None:
    require_signed(s, act, [party], act.signature)


@cache
def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)
