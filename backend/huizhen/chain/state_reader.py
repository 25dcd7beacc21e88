"""Views of the contracts in bulk, at one block (services.ports.ContractState)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from eth_abi.abi import decode, encode
from eth_typing import ABIComponent, ABIFunction
from eth_utils.abi import collapse_if_tuple, function_abi_to_4byte_selector
from eth_utils.crypto import keccak

from huizhen.chain.artifacts import AbiEntry, Artifacts
from huizhen.chain.client import Header, Node
from huizhen.chain.decoder import snake_case
from huizhen.chain.rails import ANY_RAIL, rail_among
from huizhen.domain.chain_events import PayoutItem
from huizhen.domain.chain_ids import Hash32, hex32
from huizhen.domain.contract_reads import Read

_ITEM_TYPE = keccak(text="PayoutItem(uint32 party,uint128 gross,uint128 withheld,bytes32 account)")


@dataclass(frozen=True, slots=True)
class StateReader:
    """`addresses` maps contract names to addresses."""

    node: Node
    artifacts: Artifacts
    addresses: Mapping[str, str]

    def read_many(self, reads: Sequence[Read], block: int) -> list[Any]:
        calls = [(self._address(read.contract), self._calldata(read)) for read in reads]
        answers = self.node.call_many(calls, block)
        return [self._answer(read, answer) for read, answer in zip(reads, answers, strict=True)]

    def headers(self, numbers: Sequence[int]) -> list[Header]:
        return self.node.headers(numbers)

    def terms_hash(self, packed: bytes) -> Hash32:
        return hex32(keccak(packed))

    def items_hash(self, items: Sequence[PayoutItem]) -> Hash32:
        """As RevenueLedger keeps it: EIP-712, each item's hash in order."""
        kinds = ["bytes32", "uint32", "uint128", "uint128", "bytes32"]
        hashes = [
            keccak(
                encode(
                    kinds,
                    [_ITEM_TYPE, item.party, item.gross, item.withheld, bytes.fromhex(item.account[2:])],
                )
            )
            for item in items
        ]
        return hex32(keccak(b"".join(hashes)))

    def _address(self, contract: str) -> str:
        """The rail is asked through its interface, whichever it is."""
        return self.addresses[rail_among(self.addresses) if contract == ANY_RAIL else contract]

    def _calldata(self, read: Read) -> bytes:
        function = self.artifacts.function(read.contract, read.function)
        arguments = [
            bytes.fromhex(str(value)[2:]) if entry["type"].startswith("bytes") else value
            for entry, value in zip(function["inputs"], read.arguments, strict=True)
        ]
        selector = function_abi_to_4byte_selector(cast(ABIFunction, function))
        return selector + encode([_type(entry) for entry in function["inputs"]], arguments)

    def _answer(self, read: Read, answer: bytes) -> Any:
        outputs = self.artifacts.function(read.contract, read.function)["outputs"]
        values = decode([_type(entry) for entry in outputs], answer)
        plain = [_plain(entry, value) for entry, value in zip(outputs, values, strict=True)]
        return plain[0] if len(plain) == 1 else plain


def _type(entry: AbiEntry) -> str:
    return collapse_if_tuple(cast(ABIComponent, entry))


def _plain(entry: AbiEntry, value: Any) -> Any:
    """A struct as a mapping by snake_case name, bytes as hex text, everything else as it is."""
    if entry["type"] == "tuple":
        parts = zip(entry["components"], value, strict=True)
        return {snake_case(part["name"]): _plain(part, each) for part, each in parts}
    return "0x" + value.hex() if isinstance(value, bytes) else value
