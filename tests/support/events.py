"""The events of a transaction, in the words of the contracts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from eth_abi.abi import decode
from eth_typing import ABIComponent, ABIEvent
from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic

from huizhen.chain.artifacts import AbiEntry
from huizhen.chain.client import Receipt
from tests.support.world import World


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    values: dict[str, object]


def event(name: str, **values: object) -> Event:
    return Event(name, values)


def events_of(world: World, receipt: Receipt) -> list[Event]:
    """All that our contracts said in this transaction, in order; what others said, such as accounts, is left out."""
    contracts = {address.lower(): name for name, address in world.addresses.items()}
    logs = world.chain.node.call("eth_getTransactionReceipt", receipt.tx_hash)["logs"]
    ours = [(contracts.get(log["address"].lower()), log) for log in logs]
    return [_decoded(world, contract, log) for contract, log in ours if contract is not None]


def history_of(world: World, contract: str) -> list[Event]:
    """All that one contract has said since it was made."""
    node = world.chain.node
    logs = node.logs(0, node.head().number, [world.addresses[contract]])
    return [_decoded(world, contract, cast(dict[str, Any], log)) for log in logs]


def _decoded(world: World, contract: str, log: dict[str, Any]) -> Event:
    topic, *topics = (bytes.fromhex(each[2:]) for each in log["topics"])
    entry = next(
        each
        for each in world.chain.artifacts.events(contract)
        if event_abi_to_log_topic(cast(ABIEvent, each)) == topic
    )
    plain = [field for field in entry["inputs"] if not field["indexed"]]
    values = iter(decode([_type(field) for field in plain], bytes.fromhex(log["data"][2:])))
    indexed = iter(topics)
    return Event(
        entry["name"],
        {
            field["name"]: decode([_type(field)], next(indexed))[0] if field["indexed"] else next(values)
            for field in entry["inputs"]
        },
    )


def _type(field: AbiEntry) -> str:
    return collapse_if_tuple(cast(ABIComponent, field))
