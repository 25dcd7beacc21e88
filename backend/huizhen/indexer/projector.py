"""Events into rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from huizhen.db.base import IndexBase
from huizhen.domain import chain_events as on
from huizhen.domain.chain_events import ChainEvent
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

VERSION: Final = 3
"""Raised with every change of a projected table or a projection: the rows are built anew from the stored logs."""

# They say nothing that a row could hold.
_SILENT = (on.AuthorityUpdated, on.Eip712DomainChanged)


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
        self._touches: Touches = {
            **cases.TOUCHES,
            **consultations.TOUCHES,
            **disputes.TOUCHES,
            **money.TOUCHES,
            **payouts.TOUCHES,
        }

    @property
    def known(self) -> frozenset[type[ChainEvent]]:
        return frozenset(self._projections) | frozenset(_SILENT)

    def project_all(self, rows: RowSet, events: Sequence[ChainEvent], *, images_above: int) -> None:
        """In the order of the chain. Images are kept of rows that blocks above `images_above` change."""
        rows.prefetch(self._wanted(events))
        projections, begin = self._projections, rows.begin
        for event in events:
            begin(event, keep_images=event.at[0] > images_above)
            kind = type(event)
            projection = projections.get(kind)
            if projection is not None:
                projection(rows, event)
            elif kind not in _SILENT:
                raise TypeError(f"{kind.__name__} has no projection")

    def _wanted(self, events: Iterable[ChainEvent]) -> Iterator[tuple[type[IndexBase], tuple[object, ...]]]:
        for event in events:
            touches = self._touches.get(type(event))
            if touches is not None:
                yield from touches(event)
