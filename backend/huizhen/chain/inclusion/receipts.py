"""Receipts as a block's receipts trie holds them: plain (legacy) or with a type byte in front (EIP-2718)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rlp

from huizhen.chain.inclusion.trie import decoded
from huizhen.errors import ProofBroken

_MOST_TYPE = 0x7F
_SUCCEEDED = b"\x01"


@dataclass(frozen=True, slots=True)
class ReceiptLog:
    """`address` has 20 bytes, each topic 32."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


def encode_receipt(answer: Mapping[str, Any]) -> bytes:
    """From a node's answer to eth_getTransactionReceipt; `root` instead of `status` before Byzantium."""
    outcome = _bytes(answer["root"]) if answer.get("root") else _integer(answer["status"])
    logs = [
        [_bytes(log["address"]), [_bytes(topic) for topic in log["topics"]], _bytes(log["data"])]
        for log in answer["logs"]
    ]
    body: bytes = rlp.encode(
        [outcome, _integer(answer["cumulativeGasUsed"]), _bytes(answer["logsBloom"]), logs]
    )
    kind = int(answer.get("type") or "0x0", 16)
    return bytes([kind]) + body if kind else body


def logs_of(encoded: bytes) -> list[ReceiptLog]:
    """The logs of a receipt as the trie holds it. Raises ProofBroken for what is none, or of a failed one."""
    body = encoded[1:] if encoded and encoded[0] <= _MOST_TYPE else encoded
    receipt = decoded(body)
    try:
        outcome, _gas, _bloom, logs = receipt
        found = [ReceiptLog(address, tuple(topics), data) for address, topics, data in logs]
    except (TypeError, ValueError) as error:
        raise _no_receipt() from error
    # Before Byzantium the outcome is the hash of a state; a receipt of a reverted transaction has no logs anyway.
    if not isinstance(logs, list) or (outcome != _SUCCEEDED and len(outcome) != 32):
        raise _no_receipt()
    for log in found:
        words = (log.address, *log.topics, log.data)
        if not all(isinstance(word, bytes) for word in words):
            raise _no_receipt()
        if len(log.address) != 20 or any(len(topic) != 32 for topic in log.topics):
            raise _no_receipt()
    return found


def _no_receipt() -> ProofBroken:
    return ProofBroken(
        "收据证明无效：证明的内容不是成功交易的收据。",
        "The proof of the receipt does not hold: it leads to no receipt of a successful transaction.",
    )


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def _integer(text: str) -> bytes:
    number = int(text, 16)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
