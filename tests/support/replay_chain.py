"""A chain without contracts behind it: blocks of encoded logs that answer as a node would. It can fork anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson

from huizhen.chain.bloom import bits_of
from tests.support.log_encoding import Emitted, LogEncoder

START = 1_790_000_000


@dataclass(slots=True)
class Block:
    """`logs` is their JSON joined by commas, ready to be sent; `count` says how many they are."""

    number: int
    hash: str
    parent: str
    time: int
    logs: bytes
    count: int
    bloom: str
    transactions: tuple[str, ...]

    def header(self) -> dict[str, Any]:
        """With the fields of a real header, so that reading it costs as much."""
        return {
            "number": hex(self.number),
            "hash": self.hash,
            "parentHash": self.parent,
            "timestamp": hex(self.time),
            "baseFeePerGas": "0x7",
            "logsBloom": self.bloom,
            "transactions": list(self.transactions),
            "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
            "miner": "0x" + "00" * 20,
            "stateRoot": "0x" + "11" * 32,
            "transactionsRoot": "0x" + "22" * 32,
            "receiptsRoot": "0x" + "33" * 32,
            "difficulty": "0x0",
            "gasLimit": "0x1c9c380",
            "gasUsed": "0x5208",
            "extraData": "0x",
            "mixHash": "0x" + "00" * 32,
            "nonce": "0x0000000000000000",
            "uncles": [],
        }


@dataclass(slots=True)
class ReplayChain:
    """Block 0 is empty."""

    encoder: LogEncoder
    blocks: list[Block] = field(default_factory=list)
    step: int = 15

    def __post_init__(self) -> None:
        self.mine([])

    @property
    def head(self) -> Block:
        return self.blocks[-1]

    def mine(self, transactions: Sequence[Sequence[Emitted]], salt: str = "") -> Block:
        """One block with these transactions, each a list of logs."""
        number = len(self.blocks)
        parent = self.blocks[-1].hash if self.blocks else "0x" + "00" * 32
        encoded = [[self.encoder.encode(each) for each in logs] for logs in transactions]
        content = orjson.dumps(encoded)
        hash_ = "0x" + sha256(f"{parent}/{number}/{salt}".encode() + content).hexdigest()
        hashes: list[str] = []
        logs: list[Any] = []
        for place, of_one in enumerate(encoded):
            # Of its content alone, so that another block can include it again.
            tx_hash = "0x" + sha256(b"tx" + orjson.dumps(of_one)).hexdigest()
            hashes.append(tx_hash)
            for log in of_one:
                log |= {
                    "blockHash": hash_,
                    "blockNumber": hex(number),
                    "transactionHash": tx_hash,
                    "transactionIndex": hex(place),
                    "logIndex": hex(len(logs)),
                    "removed": False,
                }
                logs.append(log)
        bloom = f"0x{_filter_of(logs):0512x}"
        joined = b",".join(map(orjson.dumps, logs))
        time = START + self.step * number
        self.blocks.append(Block(number, hash_, parent, time, joined, len(logs), bloom, tuple(hashes)))
        return self.head

    def cut(self, number: int) -> None:
        """Forgets the blocks after this one."""
        del self.blocks[number + 1 :]

    def find(self, hash_: str) -> Block | None:
        return next((block for block in reversed(self.blocks) if block.hash == hash_), None)

    # JSON-RPC

    def answer(self, method: str, parameters: Sequence[Any]) -> bytes:
        """The result, as JSON text. Raises KeyError for a method that it does not know."""
        return _METHODS[method](self, *parameters)

    def block_at(self, tag: str) -> Block | None:
        if tag in ("latest", "safe", "finalized"):
            return self.blocks[max(len(self.blocks) - 1 - (0 if tag == "latest" else 64), 0)]
        number = int(tag, 16)
        return self.blocks[number] if number < len(self.blocks) else None

    def _block(self, tag: str, _whole: bool) -> bytes:
        block = self.block_at(tag)
        return b"null" if block is None else orjson.dumps(block.header())

    def _logs(self, query: dict[str, Any]) -> bytes:
        if "blockHash" in query:
            block = self.find(query["blockHash"])
            if block is None:
                raise LookupError("unknown block")
            return b"[" + block.logs + b"]"
        first, last = int(query["fromBlock"], 16), int(query["toBlock"], 16)
        return b"[" + b",".join(block.logs for block in self.blocks[first : last + 1] if block.logs) + b"]"

    def _receipts(self, hash_: str) -> bytes:
        block = self.find(hash_)
        return b"null" if block is None else b'[{"logs":[' + block.logs + b"]}]"

    def _chain_id(self) -> bytes:
        return b'"0x7a69"'

    def _number(self) -> bytes:
        return orjson.dumps(hex(self.head.number))


_METHODS: dict[str, Callable[..., bytes]] = {
    "eth_getBlockByNumber": ReplayChain._block,
    "eth_getLogs": ReplayChain._logs,
    "eth_getBlockReceipts": ReplayChain._receipts,
    "eth_chainId": ReplayChain._chain_id,
    "eth_blockNumber": ReplayChain._number,
}


def answer_all(chain: ReplayChain, body: Any) -> bytes:
    """One request or a batch."""
    if isinstance(body, list):
        return b"[" + b",".join(_answered(chain, each) for each in body) + b"]"
    return _answered(chain, body)


def _answered(chain: ReplayChain, request: dict[str, Any]) -> bytes:
    number = orjson.dumps(request["id"])
    try:
        result = chain.answer(request["method"], request["params"])
    except LookupError as error:
        failure = orjson.dumps({"code": -32000, "message": str(error)})
        return b'{"jsonrpc":"2.0","id":' + number + b',"error":' + failure + b"}"
    return b'{"jsonrpc":"2.0","id":' + number + b',"result":' + result + b"}"


def counted(chain: ReplayChain) -> Iterator[int]:
    """How many logs stand in each block."""
    return (block.count for block in chain.blocks)


def _filter_of(logs: Sequence[Any]) -> int:
    """The bits of a header's filter for these logs."""
    found = 0
    for log in logs:
        for value in (log["address"].lower(), *log["topics"]):
            found |= bits_of(value)
    return found
