"""Calls by their signature, where no ABI is at hand or needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.abi import function_signature_to_4byte_selector


def encode_call(signature: str, *arguments: object) -> bytes:
    """Calldata of `signature`, such as "creditOf(uint32)"."""
    kinds = [kind for kind in signature[signature.index("(") + 1 : -1].split(",") if kind]
    return function_signature_to_4byte_selector(signature) + encode(kinds, arguments)


def decode_answer(kinds: Sequence[str], answer: bytes) -> tuple[Any, ...]:
    return decode(kinds, answer)
