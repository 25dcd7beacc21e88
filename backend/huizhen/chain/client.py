"""The node: the only place that speaks JSON-RPC, and so the only one that opens HTTP sessions to it.

What may succeed later raises NodeError, what no retry changes FatalNodeError, a reverting call CallReverted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict

from huizhen.chain.transport import Transport
from huizhen.domain.chain_ids import Address, Hash32
from huizhen.errors import FatalNodeError, NodeError

BATCH = 200
"""Requests in one HTTP round trip; public nodes refuse much larger batches."""

HEADERS_AT_ONCE = 1_000
"""Of headers more, unless the node has refused so many."""


class RawLog(TypedDict):
    """A log as the node sends it: numbers and bytes as hex text."""

    address: str
    topics: list[str]
    data: str
    blockNumber: str
    blockHash: str
    transactionHash: str
    transactionIndex: str
    logIndex: str


class Header(NamedTuple):
    """`logs_bloom` is the filter over all logs of the block, 256 bytes as hex text. (A tuple: there are very many.)"""

    number: int
    hash: Hash32
    parent_hash: Hash32
    time: int
    base_fee: int
    transactions: int
    logs_bloom: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """`succeeded` is False when the transaction was mined and reverted."""

    tx_hash: Hash32
    block_number: int
    block_hash: Hash32
    succeeded: bool
    gas_used: int
    gas_price: int
    contract: Address | None


@dataclass(frozen=True, slots=True)
class FeeFacts:
    """Wei per gas: what the next block burns, and what the node suggests as a tip."""

    base_fee: int
    tip: int


class Node:
    """Typed calls to one chain through one or several addresses of nodes."""

    def __init__(
        self, urls: str | Sequence[str], *, timeout: float = 20.0, transport: Transport | None = None
    ) -> None:
        self.urls = (urls,) if isinstance(urls, str) else tuple(urls)
        self.timeout = timeout
        self._transport = transport or Transport(self.urls, timeout)
        self._headers_at_once = HEADERS_AT_ONCE

    def call(self, method: str, *parameters: object) -> Any:
        """Any method of the node; the ones below are typed."""
        return self._transport.one(method, parameters)

    def call_all(self, requests: Sequence[tuple[str, Sequence[object]]], at_once: int = BATCH) -> list[Any]:
        """Many requests in few round trips; answers in the order of the requests."""
        answers: list[Any] = []
        for first in range(0, len(requests), at_once):
            answers += self._transport.many(requests[first : first + at_once])
        return answers

    def addresses(self) -> list[str] | None:
        """For another process that asks the same node first; None where this one is reached in another way."""
        return self._transport.urls_in_turn if type(self._transport) is Transport else None

    def turn_away(self) -> str:
        """Asks the next node of the list from now on; answers which one is not asked any more."""
        return self._transport.turn_away()

    def close(self) -> None:
        self._transport.close()

    # Blocks and logs

    def chain_id(self) -> int:
        return int(self.call("eth_chainId"), 16)

    def head(self) -> Header:
        return self.header("latest")

    def header(self, number: int | str) -> Header:
        """Raises NodeError where the node does not have the block (yet)."""
        return _header(self.call("eth_getBlockByNumber", _tag(number), False), number)

    def headers(self, numbers: Sequence[int]) -> list[Header]:
        requests = [("eth_getBlockByNumber", (_tag(number), False)) for number in numbers]
        try:
            answers = self.call_all(requests, self._headers_at_once)
        except (NodeError, FatalNodeError):
            if len(requests) <= BATCH or self._headers_at_once == BATCH:
                raise
            # Nodes have many ways to say that so many are too many.
            self._headers_at_once = BATCH
            answers = self.call_all(requests)
        return [_header(answer, number) for answer, number in zip(answers, numbers, strict=True)]

    def logs(self, first: int, last: int, addresses: Sequence[str]) -> list[RawLog]:
        """Logs of blocks first..last, both included. Raises RangeTooLarge where the node wants fewer."""
        query = {"fromBlock": hex(first), "toBlock": hex(last), "address": list(addresses)}
        return _log_list(self.call("eth_getLogs", query))

    def logs_of_blocks(self, hashes: Sequence[Hash32], addresses: Sequence[str]) -> list[list[RawLog]]:
        """Logs of exactly these blocks, whatever the chain does meanwhile; NodeError if one is gone."""
        requests = [("eth_getLogs", ({"blockHash": hash_, "address": list(addresses)},)) for hash_ in hashes]
        return list(map(_log_list, self.call_all(requests)))

    def logs_in_receipts(self, blocks: Sequence[Hash32]) -> list[list[RawLog]]:
        """All logs of each block as its receipts have them. Raises FatalNodeError where a node does not offer these."""
        found = self.call_all([("eth_getBlockReceipts", (block,)) for block in blocks])
        for block, receipts in zip(blocks, found, strict=True):
            if receipts is None:
                raise NodeError(
                    f"节点没有区块 {block} 的收据，稍后会重试。",
                    f"The node does not have the receipts of block {block}; it is asked again.",
                )
        try:
            return [[log for receipt in receipts for log in receipt["logs"]] for receipts in found]
        except (KeyError, TypeError) as error:
            raise _not_as_asked("receipts") from error

    # State

    def call_many(self, calls: Sequence[tuple[str, bytes]], block: int | str = "latest") -> list[bytes]:
        """Return values of read-only calls (address, calldata) at one block."""
        requests = [
            ("eth_call", ({"to": address, "data": "0x" + calldata.hex()}, _tag(block)))
            for address, calldata in calls
        ]
        return [bytes.fromhex(answer[2:]) for answer in self.call_all(requests)]

    def code(self, address: str) -> bytes:
        return bytes.fromhex(self.call("eth_getCode", address, "latest")[2:])

    def balance(self, address: str) -> int:
        return int(self.call("eth_getBalance", address, "latest"), 16)

    def nonce(self, address: str, block: int | str = "latest") -> int:
        return int(self.call("eth_getTransactionCount", address, _tag(block)), 16)

    # Transactions

    def estimate(self, sender: str, to: str | None, calldata: bytes) -> int:
        """Gas of a transaction. Raises CallReverted with what the contract says."""
        request = {"from": sender, "data": "0x" + calldata.hex()} | ({"to": to} if to else {})
        return int(self.call("eth_estimateGas", request, "latest"), 16)

    def send_raw(self, transaction: bytes) -> Hash32:
        return Hash32(self.call("eth_sendRawTransaction", "0x" + transaction.hex()))

    def receipt(self, tx_hash: str) -> Receipt | None:
        return self.receipts([tx_hash])[0]

    def receipts(self, tx_hashes: Sequence[str]) -> list[Receipt | None]:
        answers = self.call_all([("eth_getTransactionReceipt", (tx_hash,)) for tx_hash in tx_hashes])
        return [read_receipt(answer) for answer in answers]

    def knows_transaction(self, tx_hash: str) -> bool:
        """Mined, or waiting in the node's pool."""
        return self.call("eth_getTransactionByHash", tx_hash) is not None

    def fees(self) -> FeeFacts:
        head, tip = self.call_all(
            [("eth_getBlockByNumber", ("latest", False)), ("eth_maxPriorityFeePerGas", ())]
        )
        return FeeFacts(_header(head, "latest").base_fee, int(tip, 16))


def _tag(number: int | str) -> str:
    return hex(number) if isinstance(number, int) else number


def _log_list(answer: Any) -> list[RawLog]:
    if not isinstance(answer, list):
        raise _not_as_asked("logs")
    return answer


def _not_as_asked(what: str) -> NodeError:
    return NodeError(
        f"节点返回的内容（{what}）不完整，稍后会重试。",
        f"What the node sent as {what} is not whole; it is asked again.",
    )


def _header(answer: dict[str, Any] | None, asked: int | str) -> Header:
    if answer is None:
        raise NodeError(
            f"节点没有区块 {asked}，稍后会重试。", f"The node does not have block {asked}; it is asked again."
        )
    try:
        number = int(answer["number"], 16)
        if isinstance(asked, int) and number != asked:
            raise _not_as_asked(f"block {asked}")
        return Header(
            number,
            Hash32(answer["hash"]),
            Hash32(answer["parentHash"]),
            int(answer["timestamp"], 16),
            int(answer.get("baseFeePerGas", "0x0"), 16),
            len(answer["transactions"]),
            answer.get("logsBloom") or "",
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FatalNodeError(
            f"节点返回的区块 {asked} 缺少字段，请检查节点地址。",
            f"What the node sent as block {asked} is not a block. Check the address of the node.",
        ) from error


def read_receipt(answer: Mapping[str, Any] | None) -> Receipt | None:
    """None while the transaction is not mined."""
    if answer is None or answer.get("blockNumber") is None:
        return None
    created = answer.get("contractAddress")
    return Receipt(
        Hash32(answer["transactionHash"]),
        int(answer["blockNumber"], 16),
        Hash32(answer["blockHash"]),
        int(answer["status"], 16) == 1,
        int(answer["gasUsed"], 16),
        int(answer.get("effectiveGasPrice", "0x0"), 16),
        Address(created) if created else None,
    )
