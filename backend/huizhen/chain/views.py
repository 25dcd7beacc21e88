"""The views of one contract, ready to be asked by the thousand: encoded and decoded word by word.

Arguments and answers of ours are static words but for a few; those go through eth_abi.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from eth_abi.abi import decode, encode
from eth_typing import ABIComponent, ABIFunction
from eth_utils.abi import collapse_if_tuple, function_abi_to_4byte_selector

from huizhen.chain.artifacts import AbiEntry
from huizhen.chain.event_codec import snake_case

_WORD = 32
_STATIC = re.compile(r"u?int\d+|bool|address|bytes\d+")

Convert = Callable[[bytes], Any]


@dataclass(frozen=True, slots=True)
class View:
    """`fields` are those of the answer, in order; a name "" alone is a plain value. A struct that holds bytes stands
    behind one `offset` word. None: an answer that only eth_abi can read.
    """

    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[AbiEntry, ...]
    fields: tuple[tuple[str, Convert | None], ...] | None
    offset: bool

    @classmethod
    def of(cls, function: AbiEntry) -> View:
        outputs = tuple(function["outputs"])
        struct = len(outputs) == 1 and outputs[0]["type"] == "tuple"
        parts = outputs[0]["components"] if struct else outputs
        flat = all(_is_static(each["type"]) or each["type"] == "bytes" for each in parts)
        plain = len(outputs) == 1 and not struct
        fields = tuple(
            ("" if plain else snake_case(each["name"]), _converter(each["type"])) for each in parts
        )
        offset = struct and any(convert is None for _, convert in fields)
        inputs = tuple(collapse_if_tuple(cast(ABIComponent, entry)) for entry in function["inputs"])
        selector = function_abi_to_4byte_selector(cast(ABIFunction, function))
        return cls(selector, inputs, outputs, fields if flat else None, offset)

    def calldata(self, arguments: Sequence[int | str]) -> bytes:
        """Hashes and addresses among the arguments are hex text. Raises ValueError for what does not fit."""
        if all(_is_static(kind) for kind in self.inputs):
            words = (_word(kind, each) for kind, each in zip(self.inputs, arguments, strict=True))
            return self.selector + b"".join(words)
        values = [bytes.fromhex(each[2:]) if isinstance(each, str) else each for each in arguments]
        return self.selector + encode(self.inputs, values)

    def answer(self, raw: bytes) -> Any:
        """Several values or a struct as a mapping by snake_case name, bytes as hex text, everything else as it is."""
        if self.fields is None:
            kinds = [collapse_if_tuple(cast(ABIComponent, entry)) for entry in self.outputs]
            values = decode(kinds, raw)
            shown = [_plain(entry, value) for entry, value in zip(self.outputs, values, strict=True)]
            return shown[0] if len(shown) == 1 else shown
        body = raw[_WORD:] if self.offset else raw
        needed = _WORD * len(self.fields)
        if len(body) < needed or (len(body) > needed and all(convert for _, convert in self.fields)):
            raise ValueError(f"{len(raw)} bytes are not {len(self.fields)} words")
        found = {
            name: convert(body[at : at + _WORD]) if convert else _tail(body, at)
            for at, (name, convert) in zip(range(0, len(body), _WORD), self.fields, strict=False)
        }
        return found.get("", found)


def _tail(body: bytes, at: int) -> str:
    """Bytes, from the word at `at` that says where their length stands."""
    start = int.from_bytes(body[at : at + _WORD], "big") + _WORD
    length = int.from_bytes(body[start - _WORD : start], "big")
    found = body[start : start + length]
    if len(found) != length:
        raise ValueError(f"{len(found)} of {length} bytes are there")
    return "0x" + found.hex()


def _is_static(kind: str) -> bool:
    return bool(_STATIC.fullmatch(kind))


def _word(kind: str, value: int | str) -> bytes:
    if isinstance(value, int):
        return (value % 2**256 if kind.startswith("int") else value).to_bytes(_WORD, "big")
    raw = bytes.fromhex(value[2:])
    if len(raw) > _WORD:
        raise ValueError(f"{value} is longer than a word")
    return raw.ljust(_WORD, b"\0") if kind.startswith("bytes") else raw.rjust(_WORD, b"\0")


def _converter(kind: str) -> Convert | None:
    """None for what stands elsewhere than in its word."""
    if kind == "bytes":
        return None
    if kind == "bool":
        return lambda word: word[-1] == 1
    if kind == "address":
        return lambda word: "0x" + word[-20:].hex()
    if kind.startswith("bytes"):
        length = int(kind.removeprefix("bytes"))
        return lambda word: "0x" + word[:length].hex()
    if kind.startswith("int"):
        return lambda word: int.from_bytes(word, "big", signed=True)
    return lambda word: int.from_bytes(word, "big")


def _plain(entry: AbiEntry, value: Any) -> Any:
    if entry["type"] == "tuple":
        parts = zip(entry["components"], value, strict=True)
        return {snake_case(part["name"]): _plain(part, each) for part, each in parts}
    return "0x" + value.hex() if isinstance(value, bytes) else value
