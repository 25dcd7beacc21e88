"""A decoder for each event, written from its ABI entry: no ABI library and no lookup per log on the indexer's path.

A decoder takes a position and the body of a log: its indexed topics and its data, joined. It reads what Solidity
writes and nothing else: set padding, a tail in another place or bytes left over make the log unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import IntEnum
from struct import Struct
from typing import Any, Final, NamedTuple, cast

from eth_abi.exceptions import DecodingError

from huizhen.chain.artifacts import AbiEntry
from huizhen.domain import chain_events
from huizhen.domain.chain_events import ChainEvent, LogPosition, PayoutItem
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.event_record import argument_text, subject_names
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.split import Leg, LegKind
from huizhen.domain.statuses import PartyKind, Resolution

Reading = tuple[str, int | None, int | None, int | None, int | None, int | None]
"""The arguments as text and the subjects, as domain.event_record has them."""

Decode = Callable[[LogPosition, bytes], tuple[ChainEvent, Reading]]

# What the databases hold in a BIGINT; a larger amount must be seen, never rounded.
MOST_FEN: Final = 2**63 - 1

_WORD = 32
_MASK32, _MASK128 = (1 << 32) - 1, (1 << 128) - 1
_UINT = re.compile(r"uint(\d+)")
_LEG_KINDS = {int(kind): kind for kind in LegKind}
# By the name that Solidity has for it: its members by number.
_ENUMS: Mapping[str, Mapping[int, IntEnum]] = {
    f"enum {kind.__name__}": {int(member): member for member in kind} for kind in (PartyKind, Resolution)
}
_int = int.from_bytes
_new = object.__new__
_set_kind, _set_party, _set_amount = (
    cast(Any, vars(Leg)[name]).__set__ for name in ("kind", "party", "amount")
)


def event_decoder(entry: AbiEntry) -> tuple[type[ChainEvent], Decode]:
    """Raises TypeError where the dataclass of domain.chain_events is not what the ABI says."""
    kind = cast(type[ChainEvent], getattr(chain_events, class_name(entry["name"])))
    inputs: list[AbiEntry] = entry["inputs"]
    names = tuple(snake_case(each["name"]) for each in inputs)
    expected = tuple(field.name for field in fields(kind) if field.name != "at")
    if names != expected:
        raise TypeError(f"{kind.__name__} has the fields {expected}, the ABI says {names}.")
    return kind, _compiled(kind, inputs)


def class_name(event: str) -> str:
    """EIP712DomainChanged is Eip712DomainChanged in Python; the others keep their names."""
    return event.replace("EIP712", "Eip712")


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _compiled(kind: type[ChainEvent], inputs: list[AbiEntry]) -> Decode:
    """The source of one function: the words unpacked at once and checked, the tails, then event, text and subjects."""
    ordered = [each for each in inputs if each["indexed"]] + [each for each in inputs if not each["indexed"]]
    topics = _WORD * sum(1 for each in inputs if each["indexed"])
    head = _WORD * len(ordered)
    words = [_word(f"v_{snake_case(each['name'])}", each) for each in ordered]
    lines = [f"if len(body) < {head}: malformed()"]
    if words:
        lines.append(f"{', '.join(name for word in words for name in word.names)}, = unpack(body)")
    if wrong := " or ".join(word.wrong for word in words if word.wrong):
        lines.append(f"if {wrong}: malformed()")
    lines += [word.convert for word in words if word.convert]
    lines.append(f"tail = {head}")
    for each in ordered:
        if _is_dynamic(each):
            name = f"v_{snake_case(each['name'])}"
            lines.append(f"if {name} != tail - {topics}: malformed()")
            lines.append(f"{name}, tail = {_tail_reader(each)}(body, tail)")
    lines.append("if len(body) != tail: malformed()")
    names = [f"v_{snake_case(each['name'])}" for each in inputs]
    lines += ["event = new(kind)", "set_at(event, at)"]
    lines += [f"set_{name}(event, {name})" for name in names]
    text = ",".join(
        f'"{name[2:]}":{{{_shown(each, name)}}}' for name, each in zip(names, inputs, strict=True)
    )
    subjects = ", ".join(
        "None" if name is None else f"v_{name}" for name in subject_names(kind, numeric(inputs))
    )
    lines.append(f"return event, (f'{{{{{text}}}}}', {subjects})")
    source = "def decode(at, body):\n" + "".join(f"    {line}\n" for line in lines)
    # Setting the slots is what the frozen dataclass itself does, at half the price.
    setters = {
        f"set_v_{field.name}": getattr(kind, field.name).__set__
        for field in fields(kind)
        if field.name != "at"
    }
    scope: dict[str, Any] = {
        **_SCOPE,
        **setters,
        "kind": kind,
        "new": object.__new__,
        "set_at": cast(Any, vars(ChainEvent)["at"]).__set__,
        "unpack": Struct(">" + "".join(word.format for word in words)).unpack_from,
    }
    # The text is made of our own compiler's ABI, never of what a node sends.
    exec(source, scope)  # noqa: S102
    return cast(Decode, scope["decode"])


def numeric(inputs: list[AbiEntry]) -> frozenset[str]:
    """The arguments that are numbers: an `id` that is a hash names no consultation."""
    return frozenset(
        snake_case(each["name"])
        for each in inputs
        if each["type"].startswith(("uint", "bool")) and not _is_dynamic(each)
    )


class _Word(NamedTuple):
    """How one word of the head is unpacked: struct format, names, a condition that must not hold, a conversion."""

    format: str
    names: tuple[str, ...]
    wrong: str
    convert: str


def _is_dynamic(field: AbiEntry) -> bool:
    kind: str = field["type"]
    return kind == "bytes" or kind.endswith("]")


def _is_enum(field: AbiEntry) -> bool:
    """Raises TypeError for one that the decoder does not know."""
    internal = str(field.get("internalType", ""))
    if internal.startswith("enum ") and internal not in _ENUMS:
        raise TypeError(f"{internal} in an event: the decoder has to learn it")
    return internal in _ENUMS


def _word(name: str, field: AbiEntry) -> _Word:
    type_ = field["type"]
    if type_ == "bytes32":
        return _Word("32s", (name,), "", f"{name} = '0x' + {name}.hex()")
    if type_ == "address":
        return _Word("12s20s", (f"p{name}", name), f"p{name} != pad", f"{name} = '0x' + {name}.hex()")
    parts = (f"p{name}", f"q{name}", f"r{name}", name)
    empty = f"p{name} or q{name} or r{name}"
    if _is_dynamic(field):
        return _Word("QQQQ", parts, empty, "")
    if type_ == "bool":
        return _Word("QQQQ", parts, f"{empty} or {name} > 1", f"{name} = {name} == 1")
    if _is_enum(field):
        members = f"enums[{field['internalType']!r}]"
        return _Word("QQQQ", parts, f"{empty} or {name} not in {members}", f"{name} = {members}[{name}]")
    found = _UINT.fullmatch(type_)
    if found is None:
        raise TypeError(f"{type_} in an event: the decoder has to learn it")
    bits = int(found[1])
    if bits <= 64 or bits in (128, 256):
        most = MOST_FEN if bits in (128, 256) else (1 << bits) - 1
        return _Word("QQQQ", parts, f"{empty} or {name} > {most}", "")
    wrong = (
        f"p{name} or q{name} >> {bits - 128}"
        if bits > 128
        else f"p{name} or q{name} or r{name} >> {bits - 64}"
    )
    return _Word("QQQQ", parts, wrong, f"{name} |= q{name} << 128 | r{name} << 64")


def _shown(field: AbiEntry, name: str) -> str:
    """The expression of an argument in the text of the event."""
    type_ = field["type"]
    if type_ in ("bytes32", "address"):
        return f"quote}}{{{name}}}{{quote"
    if type_ == "bytes":
        return f"quote}}0x{{{name}.hex()}}{{quote"
    if type_ == "bool":
        return f"json_flag[{name}]"
    found = _UINT.fullmatch(type_)
    if found and not _is_enum(field) and (int(found[1]) <= 64 or int(found[1]) in (128, 256)):
        return name
    return f"shown({name})"


def _tail_reader(field: AbiEntry) -> str:
    if field.get("internalType") == "Leg[]":
        return "legs"
    if field.get("internalType") == "struct PayoutItem[]":
        return "items"
    readers = {"bytes": "octets", "uint32[]": "parties", "bytes[]": "octets_list"}
    if field["type"] not in readers:
        raise TypeError(f"{field['type']} in an event: the decoder has to learn it")
    return readers[field["type"]]


def _malformed() -> None:
    raise DecodingError("not what the contract writes")


def _count(body: bytes, at: int, size: int) -> tuple[int, int]:
    """How many elements of a size the tail at `at` announces and the body has, and where they begin."""
    count, first = _int(body[at : at + _WORD]), at + _WORD
    if first + count * size > len(body):
        _malformed()
    return count, first


def _octets(body: bytes, at: int) -> tuple[bytes, int]:
    length, first = _count(body, at, 1)
    end = first + length
    padded = -(-end // _WORD) * _WORD
    if len(body) < padded or any(body[end:padded]):
        _malformed()
    return body[first:end], padded


def _octets_list(body: bytes, at: int) -> tuple[tuple[bytes, ...], int]:
    count, first = _count(body, at, _WORD)
    end, found = first + count * _WORD, []
    for place in range(count):
        if _int(body[first + place * _WORD : first + (place + 1) * _WORD]) != end - first:
            _malformed()
        value, end = _octets(body, end)
        found.append(value)
    return tuple(found), end


def _parties(body: bytes, at: int) -> tuple[tuple[PartyId, ...], int]:
    count, first = _count(body, at, _WORD)
    words = tuple(_int(body[place : place + _WORD]) for place in range(first, first + count * _WORD, _WORD))
    if words and max(words) > _MASK32:
        _malformed()
    return cast(tuple[PartyId, ...], words), first + count * _WORD


def _legs(body: bytes, at: int) -> tuple[tuple[Leg, ...], int]:
    """kind (8 bits) | party (32) | amount (128), as types/Payouts.sol packs them."""
    count, first = _count(body, at, _WORD)
    end, found = first + count * _WORD, []
    for place in range(first, end, _WORD):
        word = _int(body[place : place + _WORD])
        kind, amount = _LEG_KINDS.get(word >> 160), word & _MASK128
        if kind is None or amount > MOST_FEN:
            _malformed()
        leg = _new(Leg)
        _set_kind(leg, kind)
        _set_party(leg, word >> 128 & _MASK32)
        _set_amount(leg, amount)
        found.append(leg)
    return tuple(found), end


def _items(body: bytes, at: int) -> tuple[tuple[PayoutItem, ...], int]:
    count, first = _count(body, at, 4 * _WORD)
    end, found = first + count * 4 * _WORD, []
    for place in range(first, end, 4 * _WORD):
        party, gross, withheld = (_int(body[p : p + _WORD]) for p in range(place, place + 3 * _WORD, _WORD))
        account = Hash32("0x" + body[place + 3 * _WORD : place + 4 * _WORD].hex())
        if party > _MASK32 or gross > MOST_FEN or withheld > MOST_FEN:
            _malformed()
        found.append(PayoutItem(PartyId(party), Fen(gross), Fen(withheld), account))
    return tuple(found), end


_SCOPE: Mapping[str, Any] = {
    "pad": bytes(12),
    "quote": '"',
    "json_flag": {False: "false", True: "true"},
    "shown": argument_text,
    "enums": _ENUMS,
    "malformed": _malformed,
    "octets": _octets,
    "octets_list": _octets_list,
    "parties": _parties,
    "legs": _legs,
    "items": _items,
}
