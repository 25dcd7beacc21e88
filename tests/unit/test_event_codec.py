"""The generated decoders against eth_abi: the same values of every event, nothing that eth_abi reads otherwise."""

from __future__ import annotations

from typing import Any, cast

import pytest
from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple
from hypothesis import given, settings
from hypothesis import strategies as st

from huizhen.chain.artifacts import AbiEntry, Artifacts
from huizhen.chain.decoder import CONTRACTS
from huizhen.chain.event_codec import MOST_FEN, event_decoder
from huizhen.domain.chain_events import ChainEvent, LogPosition, PayoutItem
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.event_record import arguments_text, subject_values
from huizhen.domain.split import Leg, LegKind
from huizhen.domain.statuses import PartyKind, Resolution

ARTIFACTS = Artifacts()
AT = LogPosition(1, Hash32("0x0b"), 2, Hash32("0x0c"), 3, 4, "Any")
EVENTS = {entry["name"]: entry for name in CONTRACTS for entry in ARTIFACTS.events(name)}
ENUMS: dict[str, Any] = {"enum PartyKind": PartyKind, "enum Resolution": Resolution}

LEGS = st.tuples(st.sampled_from(LegKind), st.integers(0, 2**32 - 1), st.integers(0, MOST_FEN)).map(
    lambda leg: leg[0] << 160 | leg[1] << 128 | leg[2]
)
FEN = st.integers(0, MOST_FEN)
ITEMS = st.tuples(st.integers(0, 2**32 - 1), FEN, FEN, st.binary(min_size=32, max_size=32))


def values_of(field: AbiEntry) -> st.SearchStrategy[Any]:
    kind, internal = field["type"], field.get("internalType", "")
    if internal in ENUMS:
        return st.sampled_from([int(member) for member in ENUMS[internal]])
    if kind in ("uint128", "uint256"):
        return FEN
    if kind.startswith("uint") and not kind.endswith("]"):
        return st.integers(0, 2 ** int(kind[4:]) - 1)
    fixed: dict[str, st.SearchStrategy[Any]] = {
        "bool": st.booleans(),
        "address": st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex()),
        "bytes32": st.binary(min_size=32, max_size=32),
        "bytes": st.binary(max_size=100),
        "bytes[]": st.lists(st.binary(max_size=70), max_size=4),
        "uint32[]": st.lists(st.integers(0, 2**32 - 1), max_size=5),
        "uint256[]": st.lists(LEGS, max_size=5),
        "tuple[]": st.lists(ITEMS, max_size=4),
    }
    return fixed[kind]


def split(entry: AbiEntry) -> tuple[list[AbiEntry], list[AbiEntry]]:
    return [each for each in entry["inputs"] if each["indexed"]], [
        each for each in entry["inputs"] if not each["indexed"]
    ]


def types(fields: list[AbiEntry]) -> list[str]:
    return [collapse_if_tuple(cast(Any, field)) for field in fields]


def slowly(entry: AbiEntry, body: bytes) -> list[Any]:
    """Field values by eth_abi, turned into those of the dataclass. Raises DecodingError, ValueError, OverflowError."""
    indexed, plain = split(entry)
    topics = 32 * len(indexed)
    found = {
        field["name"]: value
        for fields, part in ((indexed, body[:topics]), (plain, body[topics:]))
        for field, value in zip(fields, decode(types(fields), part), strict=True)
    }
    return [converted(field, found[field["name"]]) for field in entry["inputs"]]


def converted(field: AbiEntry, value: Any) -> Any:
    kind, internal = field["type"], field.get("internalType", "")
    if internal in ENUMS:
        return ENUMS[internal](value)
    if kind == "bytes32":
        return "0x" + value.hex()
    if kind in ("uint128", "uint256") and value > MOST_FEN:
        raise OverflowError(value)
    if kind == "uint256[]":
        return tuple(
            Leg(
                LegKind(word >> 160),
                word >> 128 & 0xFFFFFFFF,
                converted({"type": "uint128"}, word & (2**128 - 1)),
            )
            for word in value
        )
    if kind == "tuple[]":
        items = []
        for party, gross, withheld, account in value:
            if max(gross, withheld) > MOST_FEN:
                raise OverflowError(gross, withheld)
            items.append(PayoutItem(party, gross, withheld, Hash32("0x" + account.hex())))
        return tuple(items)
    return tuple(value) if kind.endswith("]") else value


@pytest.mark.parametrize("name", EVENTS)
def test_decode__any_values__are_those_of_eth_abi(name: str) -> None:
    entry = EVENTS[name]
    kind, fast = event_decoder(entry)

    @given(st.tuples(*(values_of(field) for field in entry["inputs"])), st.randoms())
    @settings(max_examples=15, deadline=None)
    def same(values: tuple[Any, ...], dice: Any) -> None:
        by_name = dict(zip((field["name"] for field in entry["inputs"]), values, strict=True))
        indexed, plain = split(entry)
        body = b"".join(
            encode(types(part), [by_name[each["name"]] for each in part]) for part in (indexed, plain)
        )
        event, (text, *subjects) = fast(AT, body)
        assert event == cast(Any, kind)(AT, *slowly(entry, body))
        assert text == arguments_text(event)
        assert tuple(subjects) == subject_values(event)
        if body:
            agree_on_broken(entry, fast, kind, broken(body, dice))

    same()


def broken(body: bytes, dice: Any) -> bytes:
    """One byte is another, or some are missing or too many."""
    choice = dice.random()
    if choice < 0.2:
        return body[: -dice.randint(1, 40)]
    if choice < 0.4:
        return body + bytes(dice.choice((1, 32)))
    place = dice.randrange(len(body))
    return body[:place] + bytes([body[place] ^ 1 << dice.randrange(8)]) + body[place + 1 :]


def agree_on_broken(entry: AbiEntry, fast: Any, kind: type[ChainEvent], body: bytes) -> None:
    """The generated decoder may refuse what eth_abi reads, never the other way round, and never read it otherwise."""
    try:
        event, _ = fast(AT, body)
    except DecodingError:
        return
    assert event == cast(Any, kind)(AT, *slowly(entry, body))
