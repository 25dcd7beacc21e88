"""Calldata, answers, logs, errors and what is signed, as bytes: from the artefacts' ABI, written for speed.

The model runs some hundred thousand calls; eth_abi and eth_account take a hundred times as long. test_wire.py holds
this encoder to theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from eth_abi.abi import decode
from eth_typing import ABIEvent, ABIFunction
from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic, function_abi_to_4byte_selector
from eth_utils.crypto import keccak

from huizhen.chain.artifacts import AbiEntry, Artifacts
from huizhen.chain.statements import AMENDING, Statements
from huizhen.domain.statement import Statement
from tests.model.spec.act import Act
from tests.model.spec.state import Log, Refusal

# Where an error that a contract lets through from another is declared.
DECLARING = (
    "CredentialRegistry",
    "DoctorGroups",
    "SlotBook",
    "CaseAccess",
    "RevenueLedger",
    "BankRail",
    "AccessManager",
    "Consultations",
    "Disputes",
    "KeyReplacement",
    "TermsCodec",
    "Split",
)
NESTED = ("book", *AMENDING)
PANIC = bytes.fromhex("4e487b71")

RawLog = tuple[str, tuple[bytes, ...], bytes]


def word(value: Any) -> bytes:
    """A number, a flag, bytes32 or an address (as hex or as 20 bytes)."""
    if isinstance(value, int):
        return value.to_bytes(32, "big")
    if isinstance(value, str):
        value = bytes.fromhex(value[2:])
    return bytes(value.rjust(32, b"\0") if len(value) == 20 else value)


def _tail(kind: str, value: Any) -> bytes:
    if kind == "bytes":
        content: bytes = value
        return word(len(content)) + content + bytes(-len(content) % 32)
    if kind.startswith("("):
        return word(len(value)) + b"".join(word(part) for row in value for part in row)
    return word(len(value)) + b"".join(map(word, value))


def encode(kinds: Sequence[str], values: Sequence[Any]) -> bytes:
    """Static words, `bytes`, and lists of words or of rows of words."""
    heads, tails, end = [], [], 32 * len(kinds)
    for kind, value in zip(kinds, values, strict=True):
        if kind == "bytes" or kind.endswith("]"):
            tail = _tail(kind, value)
            heads.append(word(end))
            tails.append(tail)
            end += len(tail)
        else:
            heads.append(word(value))
    return b"".join(heads + tails)


def fits(kind: str, value: Any) -> bool:
    """Whether a number lies within its type; Solidity refuses the call otherwise, and says nothing."""
    return not kind.startswith("uint") or kind.endswith("]") or value < 1 << int(kind[4:] or 256)


@dataclass(frozen=True)
class Function:
    entry: AbiEntry

    @cached_property
    def selector(self) -> bytes:
        return function_abi_to_4byte_selector(cast(ABIFunction, self.entry))

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(each["name"] for each in self.entry["inputs"])

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        return tuple(collapse_if_tuple(each) for each in self.entry["inputs"])

    def calldata(self, values: Sequence[Any]) -> bytes:
        return self.selector + encode(self.kinds, values)

    def takes(self, values: Mapping[str, Any]) -> bool:
        return all(
            fits("uint8" if "enum" in each["internalType"] else kind, values[each["name"]])
            and not ("enum" in each["internalType"] and values[each["name"]] > 5)
            for each, kind in zip(self.entry["inputs"], self.kinds, strict=True)
        )


class Wire:
    """Of one deployment. Addresses are checksummed."""

    def __init__(self, chain_id: int, addresses: Mapping[str, str], artifacts: Artifacts) -> None:
        self.addresses, self.artifacts = addresses, artifacts
        self.statements = Statements(chain_id, addresses, artifacts)
        domain = keccak(
            text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
        )
        head = domain + keccak(text="Huizhen") + keccak(text="1") + word(chain_id)
        self._domains = {name: keccak(head + word(address)) for name, address in addresses.items()}
        self._functions: dict[tuple[str, str], Function] = {}
        self._shapes: dict[tuple[str, str], tuple[bytes, list[Field]]] = {}
        self._nested: dict[tuple[str, bytes, bytes | None], bytes] = {}
        self._events: dict[tuple[str, str], tuple[bytes, list[bool], list[str]]] = {}

    # Calls

    def function(self, contract: str, name: str) -> Function:
        key = contract, name
        if key not in self._functions:
            self._functions[key] = Function(self.artifacts.function(contract, name))
        return self._functions[key]

    def calldata(self, act: Act) -> bytes:
        function = self.function(act.contract, act.function)
        return function.calldata([act.values[name] for name in function.names])

    def takes(self, act: Act) -> bool:
        return self.function(act.contract, act.function).takes(act.values)

    # What is signed

    def digest(self, contract: str, function: str, values: Mapping[str, Any]) -> bytes:
        """The 32 bytes of EIP-712. Raises TermsUnreadable where terms cannot be read."""
        if function in NESTED:
            return self._nested_digest(contract, function, values)
        typehash, fields = self._shape(contract, function, values)
        parts = [typehash]
        for name, kind, row in fields:
            value = values[name]
            if row is not None:
                value = keccak(b"".join(keccak(row + b"".join(map(word, each))) for each in value))
            elif name == "terms" or kind == "bytes":
                value = keccak(value)
            parts.append(word(value))
        return keccak(b"\x19\x01" + self._domains[contract] + keccak(b"".join(parts)))

    def _nested_digest(self, contract: str, function: str, values: Mapping[str, Any]) -> bytes:
        """Where terms themselves are signed, with all that is nested in them: hashed once for each."""
        key = function, values["terms"], values.get("to")
        if key not in self._nested:
            self._nested[key] = self.statements.digest(Statement(contract, function, values))
        return self._nested[key]

    def _shape(self, contract: str, function: str, values: Mapping[str, Any]) -> tuple[bytes, list[Field]]:
        """The type hash, and for each field its name, its type and, of a list of structs, their type hash."""
        key = contract, function
        if key not in self._shapes:
            named = {name: _as_mappings(value) for name, value in values.items()}
            document = self.statements.typed_data(Statement(contract, function, named))
            types = {name: fields for name, fields in document["types"].items() if name != "EIP712Domain"}
            written = {
                name: name + "(" + ",".join(each["type"] + " " + each["name"] for each in fields) + ")"
                for name, fields in types.items()
            }
            primary = document["primaryType"]
            others = "".join(written[name] for name in sorted(written) if name != primary)
            fields = [
                (each["name"], each["type"], _row_hash(written, each["type"])) for each in types[primary]
            ]
            self._shapes[key] = keccak(text=written[primary] + others), fields
        return self._shapes[key]

    # What comes back

    def log(self, log: Log) -> RawLog:
        topic, indexed, kinds = self._event(log.contract, log.event)
        pairs = list(zip(indexed, log.values, strict=True))
        topics = (topic, *(word(value) for is_topic, value in pairs if is_topic))
        rest = [value for is_topic, value in pairs if not is_topic]
        return self.addresses[log.contract], topics, encode(kinds, rest)

    def _event(self, contract: str, name: str) -> tuple[bytes, list[bool], list[str]]:
        key = contract, name
        if key not in self._events:
            entry = self.artifacts.event(contract, name)
            indexed = [each["indexed"] for each in entry["inputs"]]
            kinds = [collapse_if_tuple(each) for each in entry["inputs"] if not each["indexed"]]
            self._events[key] = event_abi_to_log_topic(cast(ABIEvent, entry)), indexed, kinds
        return self._events[key]

    def error(self, contract: str, refusal: Refusal) -> bytes:
        if refusal.name == "":
            return b""
        if refusal.name == "Panic":
            return PANIC + word(refusal.values[0])
        entry = next(
            entry
            for declaring in (contract, *DECLARING)
            for entry in self.artifacts.errors(declaring)
            if entry["name"] == refusal.name and len(entry["inputs"]) == len(refusal.values)
        )
        kinds = [collapse_if_tuple(each) for each in entry["inputs"]]
        selector = function_abi_to_4byte_selector(cast(ABIFunction, {**entry, "type": "function"}))
        return selector + encode(kinds, refusal.values)

    def reading(self, revert: bytes) -> str:
        """An error in words, for whoever looks for a difference."""
        for declaring in DECLARING:
            for entry in self.artifacts.errors(declaring):
                kinds = [collapse_if_tuple(each) for each in entry["inputs"]]
                if revert[:4] == keccak(text=f"{entry['name']}({','.join(kinds)})")[:4]:
                    return f"{entry['name']}{decode(kinds, revert[4:])}"
        return revert.hex() or "a revert that says nothing"


Field = tuple[str, str, bytes | None]


def _as_mappings(value: Any) -> Any:
    """Rows of a payout as typed data wants them."""
    if isinstance(value, list) and value and hasattr(value[0], "_asdict"):
        return [each._asdict() for each in value]
    return value


def _row_hash(written: Mapping[str, str], kind: str) -> bytes | None:
    return keccak(text=written[kind[:-2]]) if kind.endswith("[]") and kind[:-2] in written else None
