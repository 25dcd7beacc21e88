"""keccak256 of what is asked for again and again: signers, terms, lists of items."""

from __future__ import annotations

from functools import lru_cache

from eth_utils.crypto import keccak as _keccak


@lru_cache(maxsize=65536)
def keccak(value: bytes) -> bytes:
    return _keccak(value)
