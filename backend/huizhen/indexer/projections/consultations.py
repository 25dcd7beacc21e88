"""Consultations, their seats, and the hours that SlotBook keeps."""

from __future__ import annotations

from typing import Final

from huizhen.db.index.consultations import (
    Amendment,
    Consultation,
    ReservedWord,
    Seat,
    header_columns,
    seat_columns,
)
from huizhen.domain import chain_events as on
from huizhen.domain.slots import SLOTS_PER_WORD
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import unpack_terms
from huizhen.indexer.rows import Projections, RowSet, Touches, Wanted

_WORD = (1 << SLOTS_PER_WORD) - 1
_BITS = ("bits",)
_NO_HOURS = {"bits": 0}


def booked(rows: RowSet, event: on.Booked) -> None:
    header, seats = unpack_terms(event.terms)
    rows.add(
        Consultation,
        id=event.id,
        terms_hash=event.terms_hash,
        status=ConsultationStatus.BOOKED,
        escrowed=event.escrowed,
        held=event.escrowed,
        credited=0,
        returned=0,
        booked_at=event.at.block_time,
        delivered_at=None,
        ended_at=None,
        opinion=None,
        seats=0,
        attended=0,
        overtime=0,
        accepted=None,
        cancelled_by=None,
        cancel_fee_bps=None,
        terms=event.terms,
        **header_columns(header, seats),
    )
    for index, seat in enumerate(seats):
        rows.add(
            Seat,
            consultation=event.id,
            index=index,
            resolution=None,
            resolved_bps=None,
            **seat_columns(seat),
        )


def amended(rows: RowSet, event: on.Amended) -> None:
    """The same consultation under other terms; a seat keeps its place only as far as the order of doctors lets it."""
    (header, seats), row = unpack_terms(event.terms), rows.get(Consultation, event.id)
    rows.add(
        Amendment,
        replaced=event.replaced,
        consultation=event.id,
        terms_hash=event.terms_hash,
        terms=row["terms"],
        amended_at=event.at.block_time,
    )
    rows.change(
        Consultation,
        event.id,
        terms_hash=event.terms_hash,
        booked_at=event.at.block_time,
        attended=0,
        overtime=0,
        terms=event.terms,
        **header_columns(header, seats),
    )
    for index, seat in enumerate(seats):
        rows.change(Seat, event.id, index, **seat_columns(seat))


def delivered(rows: RowSet, event: on.Delivered) -> None:
    rows.change(
        Consultation,
        event.id,
        status=ConsultationStatus.DELIVERED,
        delivered_at=event.at.block_time,
        opinion=event.opinion,
        seats=event.seats,
        overtime=event.overtime,
    )


def settled(rows: RowSet, event: on.Settled) -> None:
    """Without the hospital's signature only the overtime of a recorded attendance is paid."""
    row = rows.get(Consultation, event.id)
    overtime = row["overtime"] if event.accepted or row["attended"] else 0
    _end(rows, event, ConsultationStatus.SETTLED, accepted=event.accepted, overtime=overtime)


def cancelled(rows: RowSet, event: on.Cancelled) -> None:
    _end(rows, event, ConsultationStatus.CANCELLED, cancelled_by=event.by, cancel_fee_bps=event.fee_bps)


def expired(rows: RowSet, event: on.Expired) -> None:
    _end(rows, event, ConsultationStatus.EXPIRED)


def reserved(rows: RowSet, event: on.Reserved) -> None:
    for word, mask in _masks(event.start, event.slots):
        for doctor in event.doctors:
            rows.open_row(ReservedWord, (doctor, word), _BITS, _NO_HOURS)["bits"] |= mask


def released(rows: RowSet, event: on.Released) -> None:
    for word, mask in _masks(event.start, event.slots):
        for doctor in event.doctors:
            rows.open_row(ReservedWord, (doctor, word), _BITS)["bits"] &= ~mask


def _end(
    rows: RowSet, event: on.Settled | on.Cancelled | on.Expired, status: ConsultationStatus, **values: object
) -> None:
    rows.change(Consultation, event.id, status=status, ended_at=event.at.block_time, **values)


def _masks(start: int, slots: int) -> tuple[tuple[int, int], ...]:
    """Word and bits, and the next word where the slots run past its end, as SlotBook.sol cuts them."""
    bits = ((1 << slots) - 1) << (start & 255)
    first = (start >> 8, bits & _WORD)
    return (first, (first[0] + 1, bits >> SLOTS_PER_WORD)) if bits >> SLOTS_PER_WORD else (first,)


def _amended(event: on.Amended) -> Wanted:
    yield Consultation, (event.id,)
    for index in range(len(unpack_terms(event.terms)[1])):
        yield Seat, (event.id, index)


def _consultation(event: on.Delivered | on.Settled | on.Cancelled | on.Expired) -> Wanted:
    yield Consultation, (event.id,)


def _hours(event: on.Reserved | on.Released) -> Wanted:
    for word, _ in _masks(event.start, event.slots):
        for doctor in event.doctors:
            yield ReservedWord, (doctor, word)


TOUCHES: Final[Touches] = {
    on.Amended: _amended,
    on.Delivered: _consultation,
    on.Settled: _consultation,
    on.Cancelled: _consultation,
    on.Expired: _consultation,
    on.Reserved: _hours,
    on.Released: _hours,
}

PROJECTIONS: Final[Projections] = {
    on.Booked: booked,
    on.Amended: amended,
    on.Delivered: delivered,
    on.Settled: settled,
    on.Cancelled: cancelled,
    on.Expired: expired,
    on.Reserved: reserved,
    on.Released: released,
}
