"""The filter in a block's header over its logs: what it lacks was not logged in that block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from eth_utils.crypto import keccak

from huizhen.chain.client import RawLog


@lru_cache(maxsize=50_000)
def bits_of(value: str) -> int:
    """Three bits of 2048 for an address or a topic in hex, as the yellow paper sets them."""
    digest = keccak(bytes.fromhex(value[2:]))
    found = 0
    for at in (0, 2, 4):
        found |= 1 << (int.from_bytes(digest[at : at + 2]) & 2047)
    return found


def bits_of_logs(logs: Iterable[RawLog]) -> int:
    found = 0
    for log in logs:
        found |= bits_of(log["address"].lower())
        for topic in log["topics"]:
            found |= bits_of(topic)
    return found


@dataclass(frozen=True, slots=True)
class Emitters:
    """Our contracts and the events that each can emit, as bits: a quick look at a filter without hashing anything."""

    masks: Mapping[str, tuple[int, Mapping[str, int]]]

    @classmethod
    def of(cls, topics: Mapping[str, Iterable[str]]) -> Emitters:
        """`topics` are the first topics of the events by address, all in lower-case hex."""
        return cls(
            {
                address: (bits_of(address), {topic: bits_of(topic) for topic in of_address})
                for address, of_address in topics.items()
            }
        )

    def missing(self, announced: int, logs: Iterable[RawLog]) -> bool:
        """Whether an event of ours seems to have been logged and none like it is shown; chance may say so too."""
        shown: set[tuple[str, str]] | None = None
        for address, (bits, topics) in self.masks.items():
            if bits & announced != bits:
                continue
            if shown is None:
                shown = {(log["address"].lower(), log["topics"][0]) for log in logs if log["topics"]}
            for topic, topic_bits in topics.items():
                if topic_bits & announced == topic_bits and (address, topic) not in shown:
                    return True
        return False


def may_hide(logs_bloom: str, logs: Iterable[RawLog], addresses: Iterable[str]) -> bool:
    """Whether the filter leaves room for doubt that these are all logs of these addresses in the block.

    False is a proof; True is not: other contracts' logs and chance set bits as well.
    """
    announced, shown = int(logs_bloom, 16), bits_of_logs(logs)
    if shown & ~announced:
        return True
    hidden = announced & ~shown
    return bool(hidden) and any(bits_of(each) & ~announced == 0 for each in addresses)
