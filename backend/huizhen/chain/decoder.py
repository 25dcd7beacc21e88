"""Logs as the events of domain.chain_events, and reverts as refusals with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, cast

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_typing import ABIComponent, ABIEvent
from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic

from huizhen.chain.artifacts import AbiEntry, Artifacts
from huizhen.chain.client import RawLog
from huizhen.chain.rails import RAILS
from huizhen.domain import chain_events
from huizhen.domain.chain_events import ChainEvent, LogPosition, PayoutItem
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.split import Leg, LegKind
from huizhen.domain.statuses import PartyKind, Resolution
from huizhen.errors import UndecodableLog

# Those at fixed addresses, whose logs are indexed.
CONTRACTS = (
    "CredentialRegistry",
    "KeyReplacement",
    "InstitutionAccounts",
    "DoctorGroups",
    "SlotBook",
    "CaseAccess",
    "Consultations",
    "Disputes",
    "RevenueLedger",
    *RAILS,
)
# And the accounts that institutions have made: their refusals reach people through whoever they sign for.
REFUSING = (*CONTRACTS, "InstitutionAccount")

# What the databases hold in a BIGINT; a larger amount must be seen, never rounded.
_MOST_FEN = 2**63 - 1

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _EventDecoder:
    """Everything that the ABI says of one event, looked up once."""

    kind: type[ChainEvent]
    names: tuple[str, ...]
    indexed: tuple[tuple[str, str, Convert], ...]
    plain_types: tuple[str, ...]
    plain: tuple[tuple[str, Convert], ...]

    def decode(self, log: RawLog, at: LogPosition) -> ChainEvent:
        topics = log["topics"]
        if len(topics) != len(self.indexed) + 1:
            raise DecodingError(f"{len(topics)} topics")
        values: dict[str, Any] = {}
        for topic, (name, type_, convert) in zip(topics[1:], self.indexed, strict=True):
            values[name] = convert(decode((type_,), bytes.fromhex(topic[2:]))[0])
        decoded = decode(self.plain_types, bytes.fromhex(log["data"][2:]))
        for value, (name, convert) in zip(decoded, self.plain, strict=True):
            values[name] = convert(value)
        return self.kind(at, *(values[name] for name in self.names))


class LogDecoder:
    """Decodes the logs of one deployment. `addresses` maps contract names to addresses."""

    def __init__(self, artifacts: Artifacts, addresses: Mapping[str, str]) -> None:
        # Of the rails there is one.
        deployed = [name for name in CONTRACTS if name not in RAILS or name in addresses]
        self._contracts = {addresses[name].lower(): name for name in deployed}
        self._decoders = {
            (name, "0x" + event_abi_to_log_topic(cast(ABIEvent, entry)).hex()): _event_decoder(entry)
            for name in CONTRACTS
            for entry in artifacts.events(name)
        }

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(self._contracts)

    def decode(self, log: RawLog, block_time: int) -> ChainEvent:
        """Raises UndecodableLog: a log of ours that this version does not know must stop the index."""
        contract = self._contracts[log["address"].lower()]
        at = LogPosition(
            int(log["blockNumber"], 16),
            Hash32(log["blockHash"]),
            block_time,
            Hash32(log["transactionHash"]),
            int(log["transactionIndex"], 16),
            int(log["logIndex"], 16),
            contract,
        )
        topic = log["topics"][0] if log["topics"] else ""
        decoder = self._decoders.get((contract, topic))
        if decoder is None:
            raise _undecodable(at, "未知事件", f"unknown event {topic[:10]}")
        try:
            return decoder.decode(log, at)
        except (DecodingError, ValueError, OverflowError) as error:
            name = decoder.kind.__name__
            raise _undecodable(at, f"{name} 内容不符", f"a malformed {name}") from error

    def decode_all(self, logs: Iterable[RawLog], times: Mapping[int, int]) -> list[ChainEvent]:
        """`times` maps block numbers to their timestamps."""
        return [self.decode(log, times[int(log["blockNumber"], 16)]) for log in logs]


def _undecodable(at: LogPosition, zh: str, en: str) -> UndecodableLog:
    return UndecodableLog(
        f"索引停在区块 {at.block_number}：合约 {at.contract} 的日志无法识别（{zh}，交易 {at.tx_hash}）。"
        "请升级程序后运行 huizhen index --rebuild。",
        f"Stopped at block {at.block_number}: {at.contract} emitted {en} in transaction {at.tx_hash}. "
        "Install a version that knows it, then run huizhen index --rebuild.",
        at.block_number,
    )


def _event_decoder(entry: AbiEntry) -> _EventDecoder:
    kind = cast(type[ChainEvent], getattr(chain_events, class_name(entry["name"])))
    inputs = entry["inputs"]
    names = tuple(snake_case(each["name"]) for each in inputs)
    expected = tuple(field.name for field in fields(kind) if field.name != "at")
    if names != expected:
        raise TypeError(f"{kind.__name__} has the fields {expected}, the ABI says {names}.")
    converters = {name: _converter(each) for name, each in zip(names, inputs, strict=True)}
    indexed = [(name, each) for name, each in zip(names, inputs, strict=True) if each["indexed"]]
    plain = [(name, each) for name, each in zip(names, inputs, strict=True) if not each["indexed"]]
    return _EventDecoder(
        kind,
        names,
        tuple((name, _type(each), converters[name]) for name, each in indexed),
        tuple(_type(each) for _, each in plain),
        tuple((name, converters[name]) for name, _ in plain),
    )


def _type(entry: AbiEntry) -> str:
    return collapse_if_tuple(cast(ABIComponent, entry))


def class_name(event: str) -> str:
    """EIP712DomainChanged is Eip712DomainChanged in Python; the others keep their names."""
    return event.replace("EIP712", "Eip712")


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _converter(field: AbiEntry) -> Convert:
    type_, internal = field["type"], field.get("internalType", "")
    if internal == "enum PartyKind":
        return PartyKind
    if internal == "enum Resolution":
        return Resolution
    if internal == "Leg[]":
        return lambda words: tuple(map(_leg, words))
    if internal == "struct PayoutItem[]":
        return lambda items: tuple(map(_payout_item, items))
    if type_ in ("uint128", "uint256"):
        return _fen
    if type_ == "bytes32":
        return lambda raw: Hash32("0x" + raw.hex())
    if type_ in ("uint32[]", "bytes[]"):
        return tuple
    return _same


def _same(value: Any) -> Any:
    return value


def _fen(value: int) -> Fen:
    if value > _MOST_FEN:
        raise OverflowError(f"{value} fen are more than the index can hold")
    return Fen(value)


def _leg(word: int) -> Leg:
    """kind (8 bits) | party (32) | amount (128), as types/Payouts.sol packs them."""
    return Leg(LegKind(word >> 160), PartyId(word >> 128 & 0xFFFFFFFF), _fen(word & (1 << 128) - 1))


def _payout_item(item: tuple[int, int, int, bytes]) -> PayoutItem:
    party, gross, withheld, account = item
    return PayoutItem(PartyId(party), _fen(gross), _fen(withheld), Hash32("0x" + account.hex()))
