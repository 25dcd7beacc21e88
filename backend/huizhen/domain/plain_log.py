"""A log before anybody has read it."""

from __future__ import annotations

from typing import NamedTuple


class PlainLog(NamedTuple):
    """In bytes, as the index keeps it: the four topics at most joined, the data as it is."""

    block_number: int
    log_index: int
    tx_index: int
    tx_hash: bytes
    address: bytes
    topics: bytes
    data: bytes
