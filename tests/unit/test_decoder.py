"""Logs become events field by field, for every event that the contracts declare."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from eth_abi.abi import encode
from eth_typing import ABIEvent
from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic

from huizhen.chain.artifacts import AbiEntry, Artifacts
from huizhen.chain.client import RawLog
from huizhen.chain.decoder import CONTRACTS, LogDecoder
from huizhen.domain import chain_events as on
from huizhen.domain.event_record import arguments_text, subjects_of
from huizhen.domain.split import Leg, LegKind
from huizhen.domain.statuses import PartyKind
from huizhen.errors import UndecodableLog

ARTIFACTS = Artifacts()
ADDRESSES = {name: f"0x{place:040X}" for place, name in enumerate(CONTRACTS, start=10)}
DECODER = LogDecoder(ARTIFACTS, ADDRESSES)
EVENTS = [(contract, entry["name"]) for contract in CONTRACTS for entry in ARTIFACTS.events(contract)]

SAMPLES: dict[str, Any] = {
    "bool": True,
    "address": "0x" + "ab" * 20,
    "bytes": b"\x01\x02\x03",
    "bytes32": b"\x07" * 32,
    "bytes[]": [b"\x01\x02", b"\x03"],
    "uint32[]": [3, 5],
    "uint256[]": [1 << 160 | 7 << 128 | 250, 4 << 160 | 9 << 128 | 1],
    "(uint32,uint128,uint128,bytes32)[]": [(5, 900, 100, b"\x01" * 32)],
}


def log_of(contract: str, entry: AbiEntry, values: list[Any]) -> RawLog:
    topics, plain = [event_abi_to_log_topic(cast(ABIEvent, entry))], []
    for field, value in zip(entry["inputs"], values, strict=True):
        if field["indexed"]:
            topics.append(encode([field["type"]], [value]))
        else:
            plain.append((collapse_if_tuple(cast(Any, field)), value))
    data = encode([kind for kind, _ in plain], [value for _, value in plain])
    return {
        "address": ADDRESSES[contract].lower(),
        "topics": ["0x" + topic.hex() for topic in topics],
        "data": "0x" + data.hex(),
        "blockNumber": "0x10",
        "blockHash": "0x" + "0b" * 32,
        "transactionHash": "0x" + "0c" * 32,
        "transactionIndex": "0x2",
        "logIndex": "0x3",
    }


def samples(entry: AbiEntry) -> list[Any]:
    """Small numbers; a different one for each field, and of enums one that each of them has."""
    return [_sample(field, place) for place, field in enumerate(entry["inputs"])]


def _sample(field: AbiEntry, place: int) -> Any:
    if field.get("internalType", "").startswith("enum "):
        return place % 3 + 1
    return SAMPLES.get(collapse_if_tuple(cast(Any, field)), place % 5 + 1)


@pytest.mark.parametrize(("contract", "name"), EVENTS)
def test_decode__every_event_of_the_abi__keeps_each_value(contract: str, name: str) -> None:
    entry = ARTIFACTS.event(contract, name)
    event = DECODER.decode(log_of(contract, entry, samples(entry)), 1234)
    assert (event.at.block_number, event.at.block_time, event.at.tx_index, event.at.log_index) == (
        16,
        1234,
        2,
        3,
    )
    assert event.at.contract == contract
    kept = json.loads(arguments_text(event))
    assert len(kept) == len(entry["inputs"])
    for value, sample in zip(kept.values(), samples(entry), strict=True):
        if isinstance(sample, bytes):
            assert value == "0x" + sample.hex()
        elif isinstance(sample, int | str) and not isinstance(value, str):
            assert value == sample


def test_decode__packed_legs__are_taken_apart() -> None:
    entry = ARTIFACTS.event("RevenueLedger", "EscrowReleased")
    event = DECODER.decode(log_of("RevenueLedger", entry, samples(entry)), 0)
    assert isinstance(event, on.EscrowReleased)
    assert event.legs == (Leg(LegKind.SEAT, 7, 250), Leg(LegKind.PLATFORM, 9, 1))  # type: ignore[arg-type]
    assert json.loads(arguments_text(event))["legs"][0] == {"kind": "seat", "party": 7, "amount": 250}


def test_decode__kind_of_a_party__is_named() -> None:
    entry = ARTIFACTS.event("CredentialRegistry", "Applied")
    values = samples(entry)
    values[1] = 2
    event = DECODER.decode(log_of("CredentialRegistry", entry, values), 0)
    assert isinstance(event, on.Applied)
    assert event.kind is PartyKind.HOSPITAL


def test_subjects__of_events__serve_timelines() -> None:
    entry = ARTIFACTS.event("DoctorGroups", "MemberJoined")
    joined = subjects_of(DECODER.decode(log_of("DoctorGroups", entry, [20, 7, 1]), 0))
    assert (joined.group, joined.party, joined.consultation) == (20, 7, None)
    entry = ARTIFACTS.event("Consultations", "Cancelled")
    cancelled = subjects_of(DECODER.decode(log_of("Consultations", entry, [4, 9, 0]), 0))
    assert (cancelled.consultation, cancelled.party) == (4, 9)


def broken(**changes: Any) -> RawLog:
    entry = ARTIFACTS.event("SlotBook", "Reserved")
    return cast(RawLog, {**log_of("SlotBook", entry, samples(entry)), **changes})


@pytest.mark.parametrize(
    "log",
    [
        broken(topics=["0x" + "ff" * 32]),
        broken(topics=[]),
        broken(data="0x1234"),
        broken(address=ADDRESSES["DoctorGroups"]),
    ],
)
def test_decode__what_this_version_does_not_know__stops_with_its_block(log: RawLog) -> None:
    with pytest.raises(UndecodableLog, match="huizhen index --rebuild") as stopped:
        DECODER.decode(log, 0)
    assert stopped.value.block_number == 16


def test_decode__amount_beyond_the_database__stops_rather_than_rounds() -> None:
    entry = ARTIFACTS.event("RevenueLedger", "Deposited")
    with pytest.raises(UndecodableLog):
        DECODER.decode(log_of("RevenueLedger", entry, [3, 2**63, b"\x01" * 32]), 0)
    event = DECODER.decode(log_of("RevenueLedger", entry, [3, 2**63 - 1, b"\x01" * 32]), 0)
    assert isinstance(event, on.Deposited)
    assert event.amount == 2**63 - 1
