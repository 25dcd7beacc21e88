"""A development chain that sends at once, at a chosen second, and says what a contract refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from eth_abi.abi import decode, encode
from eth_typing import ABIComponent, ABIEvent, ABIFunction
from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic, function_abi_to_4byte_selector

from huizhen.chain import decoder
from huizhen.chain.artifacts import AbiEntry, Artifacts
from huizhen.chain.client import Node, Receipt
from huizhen.domain.chain_ids import Hash32
from huizhen.errors import CallReverted

GAS = 12_000_000
REFUSING = (*decoder.REFUSING, "TermsCodec", "Split")


class Refused(Exception):
    """A contract's custom error, by name and arguments; the name is empty where it only reverted."""

    def __init__(self, name: str, values: Mapping[str, object]) -> None:
        super().__init__(f"{name}({', '.join(f'{key}={value}' for key, value in values.items())})")
        self.name = name
        self.values = values


@dataclass(slots=True)
class AnvilChain:
    """Sends from an account that the node unlocks; `relay` may be anybody: no contract looks at it."""

    node: Node
    artifacts: Artifacts
    relay: str = ""
    _errors: dict[bytes, AbiEntry] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.relay = self.relay or self.node.call("eth_accounts")[0]
        for contract in REFUSING:
            for entry in self.artifacts.errors(contract):
                self._errors[selector_of(entry)] = entry

    def send(self, to: str, calldata: bytes, *, at: int | None = None, sender: str | None = None) -> Receipt:
        """Mines the transaction in a block of its own, at second `at` if given. Raises Refused."""
        if at is not None:
            self.node.call("evm_setNextBlockTimestamp", at)
        mined = self.node.call("eth_sendTransactionSync", self._request(to, calldata, sender))
        receipt = self.node.receipt(Hash32(mined["transactionHash"]))
        assert receipt is not None
        if not receipt.succeeded:
            raise self._refusal(receipt.tx_hash)
        return receipt

    def send_together(self, calls: Sequence[tuple[str, bytes]]) -> None:
        """Mines all of them in one block, in order. Raises Refused."""
        self.node.call("evm_setAutomine", False)
        try:
            hashes = [
                self.node.call("eth_sendTransaction", self._request(to, calldata)) for to, calldata in calls
            ]
            self.node.call("evm_mine")
        finally:
            self.node.call("evm_setAutomine", True)
        for receipt in self.node.receipts(hashes):
            assert receipt is not None
            if not receipt.succeeded:
                raise self._refusal(receipt.tx_hash)

    def _request(self, to: str, calldata: bytes, sender: str | None = None) -> dict[str, str]:
        return {"from": sender or self.relay, "to": to, "data": "0x" + calldata.hex(), "gas": hex(GAS)}

    def read(self, contract: str, address: str, function: str, *arguments: object) -> Any:
        """The answer of a view: one value, a tuple of several, structs as mappings. Raises Refused."""
        entry = self.artifacts.function(contract, function)
        calldata = selector_of(entry) + encode(_types(entry["inputs"]), arguments)
        try:
            (answer,) = self.node.call_many([(address, calldata)])
        except CallReverted as reverted:
            raise self.refusal(reverted.revert) from reverted
        values = decode(_types(entry["outputs"]), answer)
        named = [_named(part, value) for part, value in zip(entry["outputs"], values, strict=True)]
        return named[0] if len(named) == 1 else tuple(named)

    def now(self) -> int:
        return self.node.head().time

    def move_to(self, time: int) -> None:
        """Mines an empty block at this second; it must lie ahead."""
        self.node.call("evm_setNextBlockTimestamp", time)
        self.node.call("evm_mine")

    def legs(self, receipt: Receipt) -> list[int]:
        """The packed legs of the EscrowReleased that a transaction left."""
        released = event_abi_to_log_topic(
            cast(ABIEvent, self.artifacts.event("RevenueLedger", "EscrowReleased"))
        )
        logs = self.node.call("eth_getTransactionReceipt", receipt.tx_hash)["logs"]
        (found,) = [log["data"] for log in logs if log["topics"][0] == "0x" + released.hex()]
        return list(decode(["uint128", "uint256[]"], bytes.fromhex(found[2:]))[1])

    def refusal(self, revert: bytes) -> Refused:
        entry = self._errors.get(revert[:4])
        if entry is None:
            return Refused("", {"revert": revert.hex()})
        values = decode(_types(entry["inputs"]), revert[4:])
        return Refused(entry["name"], {e["name"]: v for e, v in zip(entry["inputs"], values, strict=True)})

    def _refusal(self, tx_hash: Hash32) -> Refused:
        trace = self.node.call("debug_traceTransaction", tx_hash, {"tracer": "callTracer"})
        return self.refusal(bytes.fromhex(trace.get("output", "0x")[2:]))


def selector_of(entry: AbiEntry) -> bytes:
    return function_abi_to_4byte_selector(cast(ABIFunction, {**entry, "type": "function"}))


def _types(fields: list[AbiEntry]) -> list[str]:
    return [collapse_if_tuple(cast(ABIComponent, field)) for field in fields]


def _named(field: AbiEntry, value: Any) -> Any:
    if field["type"].startswith("tuple["):
        return [_named({**field, "type": "tuple"}, item) for item in value]
    if field["type"] != "tuple":
        return value
    parts = zip(field["components"], value, strict=True)
    return {part["name"]: _named(part, item) for part, item in parts}
