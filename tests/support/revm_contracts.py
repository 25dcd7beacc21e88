"""What contract tests say to Ape, said to pyrevm: accounts, contracts, their calls, events and errors."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest
from eth_abi.abi import decode, encode
from eth_typing import ABIComponent, ABIEvent, ABIFunction
from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic, function_abi_to_4byte_selector
from eth_utils.address import to_checksum_address

from huizhen.chain.artifacts import AbiEntry
from huizhen.chain.client import Receipt
from huizhen.chain.signer import SoftwareKey
from huizhen.errors import CallReverted
from tests.support.anvil_chain import Refused
from tests.support.revm_chain import RevmChain
from tests.support.revm_node import GAS

NOWHERE = f"0x{0:040x}"


@dataclass(frozen=True, slots=True)
class ContractContainer:
    """A contract that can be deployed, by the name of its artefact; `chain` where one of them stands already."""

    name: str
    chain: RevmChain | None = None

    def at(self, address: str) -> ContractInstance:
        assert self.chain is not None
        return ContractInstance(self.chain, self.name, address)

    def __getattr__(self, name: str) -> Any:
        """Errors and events, which need no address."""
        return getattr(self.at(NOWHERE), name)


@dataclass(frozen=True, slots=True)
class Account:
    chain: RevmChain
    key: SoftwareKey

    @property
    def address(self) -> str:
        return self.key.address

    @property
    def private_key(self) -> str:
        return "0x" + self.key.secret.hex()

    def deploy(self, container: ContractContainer, *arguments: object) -> ContractInstance:
        abi = self.chain.artifacts.artifact(container.name)["abi"]
        inputs: list[AbiEntry] = next((each["inputs"] for each in abi if each["type"] == "constructor"), [])
        encoded = encode([_type(each) for each in inputs], [_plain(each) for each in arguments])
        at = self.chain.deploy(container.name, encoded, sender=self.address)
        return ContractInstance(self.chain, container.name, at)


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, expected or found."""

    name: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Made:
    """A transaction that was accepted, what it answered, and the events of the contract that was called."""

    receipt: Receipt
    events: list[Happened]
    return_value: Any

    @property
    def gas_used(self) -> int:
        return self.receipt.gas_used


class ContractInstance:
    """Its functions, events and errors are attributes, as in Ape."""

    def __init__(self, chain: RevmChain, name: str, address: str) -> None:
        self.address = address
        self._chain, self._name = chain, name

    def __getattr__(self, name: str) -> Any:
        found = [each for each in self._abi if each.get("name") == name]
        if not found:
            raise AttributeError(f"{self._name} has no {name}")
        match found[0]["type"]:
            case "event":
                return lambda **values: Happened(name, {key: _plain(each) for key, each in values.items()})
            case "error":
                self._chain.learn(found[0])
                return name
        return _Function(self, found)

    @property
    def _abi(self) -> list[AbiEntry]:
        abi: list[AbiEntry] = self._chain.artifacts.artifact(self._name)["abi"]
        return abi


@dataclass(frozen=True, slots=True)
class _Function:
    """`overloads` differ in the number of their arguments."""

    contract: ContractInstance
    overloads: list[AbiEntry]

    def __call__(self, *arguments: object, sender: Account | None = None, gas: int = GAS) -> Any:
        entry = self._entry(arguments)
        calldata = self.encode_input(*arguments)
        chain, to = self.contract._chain, self.contract.address
        if entry["stateMutability"] not in ("view", "pure"):
            relay = sender.address if sender else None
            mined = chain.node.mined(chain.send(to, calldata, sender=relay, gas=gas))
            own = [log for log in mined.logs if log["address"] == to.lower()]
            events = [_happened(self.contract._abi, log) for log in own]
            return Made(mined.receipt, events, _answer(entry, mined.answer))
        try:
            (answer,) = chain.node.call_many([(to, calldata)])
        except CallReverted as reverted:
            raise chain.refusal(reverted.revert) from reverted
        return _answer(entry, answer)

    def encode_input(self, *arguments: object) -> bytes:
        entry = self._entry(arguments)
        selector: bytes = function_abi_to_4byte_selector(cast(ABIFunction, entry))
        return selector + encode(
            [_type(each) for each in entry["inputs"]], [_plain(each) for each in arguments]
        )

    def _entry(self, arguments: tuple[object, ...]) -> AbiEntry:
        return next(each for each in self.overloads if len(each["inputs"]) == len(arguments))


def _answer(entry: AbiEntry, answer: bytes) -> Any:
    values = decode([_type(each) for each in entry["outputs"]], answer)
    named = [_named(each, value) for each, value in zip(entry["outputs"], values, strict=True)]
    if len(named) < 2:
        return named[0] if named else None
    return namedtuple("Answer", [each["name"] for each in entry["outputs"]], rename=True)(*named)


@contextmanager
def reverts(error: str = "", **values: object) -> Iterator[None]:
    """The custom error, with these of its arguments; without a name, whatever is refused."""
    with pytest.raises(Refused) as caught:
        yield
    if not error:
        return
    expected = {name: _plain(value) for name, value in values.items()}
    found = {name: _plain(caught.value.values.get(name)) for name in expected}
    assert (caught.value.name, found) == (error, expected)


def _happened(abi: list[AbiEntry], log: dict[str, Any]) -> Happened:
    topic, *topics = (bytes.fromhex(each[2:]) for each in log["topics"])
    entry = next(
        each
        for each in abi
        if each["type"] == "event" and event_abi_to_log_topic(cast(ABIEvent, each)) == topic
    )
    plain = [each for each in entry["inputs"] if not each["indexed"]]
    values = iter(decode([_type(each) for each in plain], bytes.fromhex(log["data"][2:])))
    indexed = iter(topics)
    found = {
        each["name"]: decode([_type(each)], next(indexed))[0] if each["indexed"] else next(values)
        for each in entry["inputs"]
    }
    return Happened(entry["name"], {key: _plain(each) for key, each in found.items()})


def _plain(value: Any) -> Any:
    """Accounts and contracts by their address, in lower case as the decoder gives it; lists for tuples."""
    if isinstance(value, Account | ContractInstance):
        return value.address.lower()
    if isinstance(value, str) and value.startswith("0x") and len(value) == 42:
        return value.lower()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _named(field: AbiEntry, value: Any) -> Any:
    """Structs answer to the names of their fields; addresses are checksummed, as in Ape."""
    if field["type"] == "tuple":
        parts = zip(field["components"], value, strict=True)
        return SimpleNamespace(**{part["name"]: _named(part, each) for part, each in parts})
    if field["type"] == "tuple[]":
        return [_named({**field, "type": "tuple"}, each) for each in value]
    if field["type"] == "address":
        return to_checksum_address(value)
    return list(value) if isinstance(value, tuple) else value


def _type(field: AbiEntry) -> str:
    return collapse_if_tuple(cast(ABIComponent, field))
