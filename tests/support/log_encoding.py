"""Logs as a node would show them, from names and plain values by the ABI: the decoder the other way round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from eth_typing import ABIEvent
from eth_utils.abi import event_abi_to_log_topic

from huizhen.chain.artifacts import AbiEntry, Artifacts

Emitted = tuple[str, str, Sequence[Any]]
"""Contract, event, values in the order of the ABI. Hashes and addresses are hex text, tuples are sequences."""


class LogEncoder:
    """`addresses` maps contract names to addresses."""

    def __init__(self, artifacts: Artifacts, addresses: Mapping[str, str]) -> None:
        self._addresses = {name: address.lower() for name, address in addresses.items()}
        self._events: dict[tuple[str, str], tuple[str, list[AbiEntry]]] = {}
        for contract in self._addresses:
            for entry in artifacts.events(contract):
                topic = "0x" + event_abi_to_log_topic(cast(ABIEvent, entry)).hex()
                self._events[contract, entry["name"]] = topic, entry["inputs"]

    def encode(self, emitted: Emitted) -> dict[str, Any]:
        """Address, topics and data of one log; the chain adds where it stands."""
        contract, event, values = emitted
        topic, inputs = self._events[contract, event]
        topics, heads, tails = [topic], [], []
        plain = [each for each in inputs if not each["indexed"]]
        at = 32 * len(plain)
        for field, value in zip(inputs, values, strict=True):
            if field["indexed"]:
                topics.append("0x" + _word(value))
            elif field["type"] == "bytes" or field["type"].endswith("]"):
                tail = _tail(value)
                heads.append(f"{at:064x}")
                tails.append(tail)
                at += len(tail) // 2
            else:
                heads.append(_word(value))
        return {"address": self._addresses[contract], "topics": topics, "data": "0x" + "".join(heads + tails)}


def _word(value: Any) -> str:
    if isinstance(value, str):
        return value[2:].rjust(64, "0")
    return f"{int(value):064x}"


def _tail(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{len(value):064x}" + value.hex() + "00" * (-len(value) % 32)
    if value and isinstance(value[0], bytes):
        return f"{len(value):064x}" + _pointed([_tail(each) for each in value])
    return f"{len(value):064x}" + "".join(
        "".join(map(_word, each)) if isinstance(each, tuple) else _word(each) for each in value
    )


def _pointed(tails: Sequence[str]) -> str:
    """Elements of any length, after where each of them begins."""
    at, heads = 32 * len(tails), []
    for tail in tails:
        heads.append(f"{at:064x}")
        at += len(tail) // 2
    return "".join(heads) + "".join(tails)
