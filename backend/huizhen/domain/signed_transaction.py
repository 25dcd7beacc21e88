"""A transaction that is signed and not yet sent: what has to be on disk before it is broadcast."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.domain.chain_ids import Hash32


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """`fee` is the fee cap in wei per gas, `gas` the limit."""

    raw: bytes
    tx_hash: Hash32
    nonce: int
    fee: int
    gas: int
