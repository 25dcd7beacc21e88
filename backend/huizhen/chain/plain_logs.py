"""Logs as a node sends them, in bytes: read by whoever fetches, long before anybody decodes them."""

from __future__ import annotations

from collections.abc import Iterable

from huizhen.chain.client import RawLog
from huizhen.domain.plain_log import PlainLog


def plain_log(log: RawLog) -> PlainLog:
    """Raises KeyError, TypeError or ValueError where this is not a log."""
    return plain_logs([log])[0]


def plain_logs(logs: Iterable[RawLog]) -> list[PlainLog]:
    """What neighbours have in common is read once."""
    found: list[PlainLog] = []
    new, fromhex = tuple.__new__, bytes.fromhex
    block = tx = ""
    number, tx_index, tx_hash = 0, 0, b""
    addresses: dict[str, bytes] = {}
    for log in logs:
        if log["transactionHash"] != tx or log["blockNumber"] != block:
            block, tx = log["blockNumber"], log["transactionHash"]
            number, tx_index, tx_hash = int(block, 16), int(log["transactionIndex"], 16), fromhex(tx[2:])
        address = log["address"]
        if address not in addresses:
            addresses[address] = fromhex(address[2:])
        topics = fromhex("".join(log["topics"]).replace("0x", ""))
        values = (
            number,
            int(log["logIndex"], 16),
            tx_index,
            tx_hash,
            addresses[address],
            topics,
            fromhex(log["data"][2:]),
        )
        found.append(new(PlainLog, values))
    return found
