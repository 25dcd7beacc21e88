"""The filter in a block's header over its logs: what it lacks was not logged in that block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from eth_hash.auto import keccak


@lru_cache(maxsize=50_000)
def bits_of(value: str) -> int:
    """Three bits of 2048 for an address or a topic in hex, as the yellow paper sets them."""
    digest = keccak(bytes.fromhex(value[2:]))
    found = 0
    for at in (0, 2, 4):
        found |= 1 << (int.from_bytes(digest[at : at + 2]) & 2047)
    return found


class Emitters:
    """Our contracts and the events that each can emit, as bits: a quick look at a filter without hashing anything.

    A kind of event is its address and first topic, joined; `bit_of` gives each a bit, and sets of them are masks.
    """

    def __init__(self, topics: Mapping[str, Iterable[str]]) -> None:
        """`topics` are the first topics of the events by address, all in hex."""
        self.bit_of: dict[bytes, int] = {}
        # Of each contract: the filter's bits of its address, and those of each kind of event by the kind's own bit.
        self._contracts: list[tuple[int, dict[int, int]]] = []
        for address, of_address in topics.items():
            kinds = {}
            for topic in of_address:
                bit = 1 << len(self.bit_of)
                self.bit_of[bytes.fromhex(address[2:] + topic[2:])] = bit
                kinds[bit] = bits_of(topic)
            self._contracts.append((bits_of(address), kinds))
        self._signs: dict[int, int] = {}

    def announced(self, logs_bloom: str) -> bool:
        """Whether the filter says that one of our contracts may have logged something; no filter says nothing."""
        if not logs_bloom:
            return True
        found = int(logs_bloom, 16)
        return any(bits & found == bits for bits, _ in self._contracts)

    def missing(self, announced: int, shown: int) -> bool:
        """Whether an event of ours seems to have been logged and its kind is not shown; chance may say so too."""
        signs = self._signs.get(shown)
        if signs is None:
            signs = self._signs[shown] = self._signs_beside(shown)
        # Most filters lack all of these bits, which saves looking for each event.
        if not announced & signs:
            return False
        return any(
            topic_bits & announced == topic_bits and not kind & shown
            for bits, kinds in self._contracts
            if bits & announced == bits
            for kind, topic_bits in kinds.items()
        )

    def _signs_beside(self, shown: int) -> int:
        """At least one bit of every other kind: of its topic, or of its address where that shows nothing."""
        found = 0
        for bits, kinds in self._contracts:
            some_shown = any(kind & shown for kind in kinds)
            beside = [mask for kind, mask in kinds.items() if not kind & shown] if some_shown else [bits]
            for mask in beside:
                found |= mask & -mask
        return found
