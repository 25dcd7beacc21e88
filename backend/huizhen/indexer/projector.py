"""Events into rows: the log itself, then what it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from huizhen.chain.decoder import Record
from huizhen.db.base import IndexBase
from huizhen.db.index.chain import Event
from huizhen.db.index.row_store import require_columns
from huizhen.domain import chain_events as on
from huizhen.domain.chain_events import ChainEvent
from huizhen.domain.event_record import arguments_text, subject_values
from huizhen.domain.ids import PartyId
from huizhen.indexer.projections import (
    cases,
    consultations,
    disputes,
    groups,
    money,
    parties,
    payouts,
    replacements,
)
from huizhen.indexer.rows import Projections, RowSet, Touches

VERSION: Final = 2
"""Raised with every change of a projected table or a projection: the rows are built anew from the stored logs."""

# They say nothing that a row could hold.
_SILENT = (on.AuthorityUpdated, on.Eip712DomainChanged)

_EVENT = (
    *("block_number", "log_index", "tx_index", "tx_hash", "contract", "name", "arguments"),
    *("consultation", "party", "counterparty", "group", "batch"),
)
require_columns(Event.__tablename__, _EVENT)


class Projector:
    def __init__(self, tax_authority: PartyId) -> None:
        self._projections: Projections = {
            **parties.PROJECTIONS,
            **groups.PROJECTIONS,
            **cases.PROJECTIONS,
            **consultations.PROJECTIONS,
            **disputes.PROJECTIONS,
            **replacements.PROJECTIONS,
            **money.PROJECTIONS,
            **payouts.projections(tax_authority),
        }
        self._touches: Touches = {**consultations.TOUCHES, **money.TOUCHES, **payouts.TOUCHES}

    @property
    def known(self) -> frozenset[type[ChainEvent]]:
        return frozenset(self._projections) | frozenset(_SILENT)

    def project_all(self, rows: RowSet, events: Iterable[ChainEvent], *, images_above: int) -> None:
        """In the order of the chain. Images are kept of rows that blocks above `images_above` change."""
        records = [(event, arguments_text(event), subject_values(event)) for event in events]
        self.project_records(rows, records, images_above=images_above)

    def project_records(self, rows: RowSet, records: Sequence[Record], *, images_above: int) -> None:
        """The same, of events whose text and subjects are known."""
        rows.prefetch(self._wanted(records))
        projections, append, begin = self._projections, rows.append, rows.begin
        for event, arguments, subjects in records:
            kind = type(event)
            number, _, _, tx_hash, tx_index, log_index, contract = event.at
            begin(event, keep_images=number > images_above)
            line = (number, log_index, tx_index, tx_hash, contract, kind.__name__, arguments, *subjects)
            append(Event, line)
            projection = projections.get(kind)
            if projection is not None:
                projection(rows, event)
            elif kind not in _SILENT:
                raise TypeError(f"{kind.__name__} has no projection")

    def _wanted(self, records: Sequence[Record]) -> Iterator[tuple[type[IndexBase], tuple[object, ...]]]:
        for event, _, _ in records:
            touches = self._touches.get(type(event))
            if touches is not None:
                yield from touches(event)
