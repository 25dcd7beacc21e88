"""Logs as the events of domain.chain_events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from eth_abi.exceptions import DecodingError
from eth_typing import ABIEvent
from eth_utils.abi import event_abi_to_log_topic

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import RawLog
from huizhen.chain.event_codec import Decode, event_decoder
from huizhen.chain.plain_logs import plain_log
from huizhen.chain.rails import RAILS
from huizhen.domain.chain_events import ChainEvent, LogPosition
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.plain_log import PlainLog
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

_WORD = 32

ReadLog = tuple[Any, ...]
"""A log and how it reads: the fields of PlainLog, contract, name of the event, arguments as text, subjects."""


class LogDecoder:
    """Decodes the logs of one deployment. `addresses` maps contract names to addresses."""

    def __init__(self, artifacts: Artifacts, addresses: Mapping[str, str]) -> None:
        # Of the rails there is one.
        deployed = [name for name in CONTRACTS if name not in RAILS or name in addresses]
        self._contracts = {bytes.fromhex(addresses[name][2:]): name for name in deployed}
        # By address and first topic: contract and event, how many bytes of topics it has, how it is read.
        self._decoders: dict[bytes, tuple[tuple[str, str], int, Decode]] = {}
        for address, name in self._contracts.items():
            for entry in artifacts.events(name):
                kind, decode = event_decoder(entry)
                topic = event_abi_to_log_topic(cast(ABIEvent, entry))
                indexed = sum(1 for each in entry["inputs"] if each["indexed"])
                self._decoders[address + topic] = ((name, kind.__name__), _WORD * (1 + indexed), decode)

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple("0x" + address.hex() for address in self._contracts)

    @property
    def first_topics(self) -> dict[str, list[str]]:
        """Of the events of each address."""
        found: dict[str, list[str]] = {address: [] for address in self.addresses}
        for key in self._decoders:
            found["0x" + key[:20].hex()].append("0x" + key[20:].hex())
        return found

    def decode(self, log: RawLog, block_time: int) -> ChainEvent:
        """Raises UndecodableLog: a log of ours that this version does not know must stop the index."""
        blocks = {int(log["blockNumber"], 16): (Hash32(log["blockHash"]), block_time)}
        return self.read([plain_log(log)], blocks)[0][0]

    def read(
        self, logs: Sequence[PlainLog], blocks: Mapping[int, tuple[Hash32, int]]
    ) -> tuple[list[ChainEvent], list[ReadLog]]:
        """`blocks` maps numbers to hashes and times. Raises UndecodableLog."""
        events: list[ChainEvent] = []
        read: list[ReadLog] = []
        decoders, new = self._decoders, tuple.__new__
        number, block_hash, time, tx, tx_hash = -1, Hash32(""), 0, b"", Hash32("")
        for log in logs:
            block_number, log_index, tx_index, raw_hash, address, topics, body = log
            if block_number != number:
                number, (block_hash, time) = block_number, blocks[block_number]
            if raw_hash != tx:
                tx, tx_hash = raw_hash, Hash32("0x" + raw_hash.hex())
            found = decoders.get(address + topics[:_WORD])
            if found is None:
                raise self._unknown(PlainLog._make(log))
            name, size, decode = found
            at = new(LogPosition, (number, block_hash, time, tx_hash, tx_index, log_index, name[0]))
            try:
                if len(topics) != size:
                    raise DecodingError(f"{len(topics) // _WORD} topics")
                event, reading = decode(at, topics[_WORD:] + body)
            except DecodingError as error:
                raise _undecodable(
                    PlainLog._make(log), name[0], f"{name[1]} 内容不符", f"a malformed {name[1]}"
                ) from error
            events.append(event)
            read.append((*log, *name, *reading))
        return events, read

    def _unknown(self, log: PlainLog) -> UndecodableLog:
        topic = "0x" + log.topics[:4].hex() if log.topics else ""
        contract = self._contracts.get(log.address, "0x" + log.address.hex())
        return _undecodable(log, contract, "未知事件", f"unknown event {topic}")


def _undecodable(log: PlainLog, contract: str, zh: str, en: str) -> UndecodableLog:
    tx_hash = "0x" + log.tx_hash.hex()
    return UndecodableLog(
        f"索引停在区块 {log.block_number}：合约 {contract} 的日志无法识别（{zh}，交易 {tx_hash}）。"
        "请升级程序后运行 huizhen index --rebuild。",
        f"Stopped at block {log.block_number}: {contract} emitted {en} in transaction {tx_hash}. "
        "Install a version that knows it, then run huizhen index --rebuild.",
        log.block_number,
    )
