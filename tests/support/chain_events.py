"""Events at chosen places of a chain, for projections that are tested without one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from huizhen.domain.chain_events import ChainEvent, LogPosition
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.event_record import arguments_text, subject_values
from huizhen.domain.ids import PartyId
from huizhen.indexer.projector import Projector
from huizhen.indexer.rows import RowSet

TAX_AUTHORITY = PartyId(2)
START = 1_790_000_000

Event = TypeVar("Event", bound=ChainEvent)


def hash_of(number: int) -> Hash32:
    return Hash32(f"0x{number:064x}")


@dataclass(slots=True)
class Tape:
    """Each event stands in a block of its own, `pause` seconds after the one before."""

    rows: RowSet = field(default_factory=lambda: RowSet(lambda _table, _key: None))
    block: int = 0
    pause: int = 3600
    images_above: int = 0

    def play(self, kind: Callable[..., Event], *values: object, contract: str = "Any") -> Event:
        self.block += 1
        at = LogPosition(
            self.block,
            hash_of(self.block),
            self.time,
            hash_of(0xAA00 + self.block),
            0,
            0,
            contract,
        )
        event = kind(at, *values)
        Projector(TAX_AUTHORITY).project_all(self.rows, [event], images_above=self.images_above)
        return event

    @property
    def time(self) -> int:
        """Of the newest block."""
        return START + self.block * self.pause


def stored_log(event: ChainEvent) -> tuple[object, ...]:
    """As the index keeps it, but for the bytes that no node has sent."""
    at = event.at
    place = (at.block_number, at.log_index, at.tx_index, bytes.fromhex(at.tx_hash[2:]))
    raw = (bytes(20), b"", b"")
    return (*place, *raw, at.contract, type(event).__name__, arguments_text(event), *subject_values(event))
