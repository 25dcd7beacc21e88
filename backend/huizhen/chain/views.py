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
from huizhen.chain.decoder import snake_case

_WORD = 32
_STATIC = re.compile(r"u?int\d+|bool|address|bytes\d+")

Convert = Callable[[bytes], Any]


@dataclass(frozen=True, slots=True)
class View:
    """`words` are the fields of the answer, in order, where all of them are static; `plain` says that there is but
    one value and no struct around it.
    """

    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[AbiEntry, ...]
    words: tuple[tuple[str, Convert], ...] | None
    plain: bool

    @classmethod
    def of(cls, function: AbiEntry) -> View:
        outputs = tuple(function["outputs"])
        struct = len(outputs) == 1 and outputs[0]["type"] == "tuple"
        fields = outputs[0]["components"] if struct else outputs
        static = (struct or len(outputs) == 1) and all(_is_static(each["type"]) for each in fields)
        words = (
            tuple((snake_case(each["name"]), _converter(each["type"])) for each in fields) if static else None
        )
        inputs = tuple(collapse_if_tuple(cast(ABIComponent, entry)) for entry in function["inputs"])
        selector = function_abi_to_4byte_selector(cast(ABIFunction, function))
        return cls(selector, inputs, outputs, words, not struct)

    def calldata(self, arguments: Sequence[int | str]) -> bytes:
        """Hashes and addresses among the arguments are hex text. Raises ValueError for what does not fit."""
        if all(_is_static(kind) for kind in self.inputs):
            words = (_word(kind, each) for kind, each in zip(self.inputs, arguments, strict=True))
            return self.selector + b"".join(words)
        values = [bytes.fromhex(each[2:]) if isinstance(each, str) else each for each in arguments]
        return self.selector + encode(self.inputs, values)

    def answer(self, raw: bytes) -> Any:
        """A struct as a mapping by snake_case name, bytes as hex text, everything else as it is."""
        if self.words is None:
            kinds = [collapse_if_tuple(cast(ABIComponent, entry)) for entry in self.outputs]
            values = decode(kinds, raw)
            shown = [_plain(entry, value) for entry, value in zip(self.outputs, values, strict=True)]
            return shown[0] if len(shown) == 1 else shown
        if len(raw) != _WORD * len(self.words):
            raise ValueError(f"{len(raw)} bytes are not {len(self.words)} words")
        if self.plain:
            return self.words[0][1](raw)
        return {
            name: convert(raw[at : at + _WORD])
            for at, (name, convert) in zip(range(0, len(raw), _WORD), self.words, strict=True)
        }


def _is_static(kind: str) -> bool:
    return bool(_STATIC.fullmatch(kind))


def _word(kind: str, value: int | str) -> bytes:
    if isinstance(value, int):
        return (value % 2**256 if kind.startswith("int") else value).to_bytes(_WORD, "big")
    raw = bytes.fromhex(value[2:])
    if len(raw) > _WORD:
        raise ValueError(f"{value} is longer than a word")
    return raw.ljust(_WORD, b"\0") if kind.startswith("bytes") else raw.rjust(_WORD, b"\0")


def _converter(kind: str) -> Convert:
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
