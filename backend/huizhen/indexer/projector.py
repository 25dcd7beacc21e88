"""Events into rows: the log itself, then what it means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from huizhen.db.index.chain import Event
from huizhen.domain import chain_events as on
from huizhen.domain.chain_events import ChainEvent
from huizhen.domain.event_record import arguments_text, subjects_of
from huizhen.domain.ids import PartyId
from huizhen.indexer.projections import consultations, groups, money, parties, payouts
from huizhen.indexer.rows import Projections, RowSet

VERSION: Final = 1
"""Raised with every change of a table or a projection: an index of another version is built anew."""

# They say nothing that a row could hold.
_SILENT = (on.AuthorityUpdated, on.Eip712DomainChanged)


class Projector:
    def __init__(self, tax_authority: PartyId) -> None:
        self._projections: Projections = {
            **parties.PROJECTIONS,
            **groups.PROJECTIONS,
            **consultations.PROJECTIONS,
            **money.PROJECTIONS,
            **payouts.projections(tax_authority),
        }

    @property
    def known(self) -> frozenset[type[ChainEvent]]:
        return frozenset(self._projections) | frozenset(_SILENT)

    def project_all(self, rows: RowSet, events: Iterable[ChainEvent], *, images_above: int) -> None:
        """In the order of the chain. Images are kept of rows that blocks above `images_above` change."""
        for event in events:
            rows.begin(event, keep_images=event.at.block_number > images_above)
            _record(rows, event)
            projection = self._projections.get(type(event))
            if projection is not None:
                projection(rows, event)
            elif not isinstance(event, _SILENT):
                raise TypeError(f"{type(event).__name__} has no projection")


def _record(rows: RowSet, event: ChainEvent) -> None:
    subjects = subjects_of(event)
    rows.add(
        Event,
        log_index=event.at.log_index,
        tx_index=event.at.tx_index,
        contract=event.at.contract,
        name=type(event).__name__,
        arguments=arguments_text(event),
        consultation=subjects.consultation,
        party=subjects.party,
        counterparty=subjects.counterparty,
        group=subjects.group,
        batch=subjects.batch,
    )
