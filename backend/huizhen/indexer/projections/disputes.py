"""Disputes: who came, what was contested, and how that ended."""

from __future__ import annotations

from typing import Final

from huizhen.db.index.consultations import Absence, Consultation, Dispute, Seat
from huizhen.domain import chain_events as on
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import decode_terms
from huizhen.indexer.rows import Projections, RowSet, Touches, Wanted


def attendance_recorded(rows: RowSet, event: on.AttendanceRecorded) -> None:
    """Where a required seat was absent, the consultation has just been cancelled instead."""
    if rows.get(Consultation, event.id)["status"] is not ConsultationStatus.CANCELLED:
        rows.change(Consultation, event.id, attended=event.seats, overtime=event.overtime)


def no_show_marked(rows: RowSet, event: on.NoShowMarked) -> None:
    """The lead's word counts as a delivery, which has its own event."""
    row = rows.get(Consultation, event.id)
    rows.add(
        Absence,
        consultation=event.id,
        by=event.by,
        seats=event.seats,
        report=event.report,
        marked_at=event.at.block_time,
    )
    if event.by == row["hospital"]:
        everybody = (1 << len(decode_terms(row["terms"]).seats)) - 1
        rows.change(Consultation, event.id, attended=everybody & ~event.seats, overtime=0)


def disputed(rows: RowSet, event: on.Disputed) -> None:
    """From now on only the overtime of a recorded attendance counts."""
    row = rows.get(Consultation, event.id)
    overtime = row["overtime"] if row["attended"] else 0
    rows.change(Consultation, event.id, status=ConsultationStatus.DISPUTED, overtime=overtime)
    before = rows.find(Dispute, event.id)
    rows.put(
        Dispute,
        event.id,
        contested=(before["contested"] if before else 0) | event.seats,
        resolved=before["resolved"] if before else 0,
        opened_at=event.at.block_time,
        rest_released=before["rest_released"] if before else False,
        by=event.by,
        reason=event.reason,
    )


def uncontested_released(rows: RowSet, event: on.UncontestedReleased) -> None:
    rows.change(Dispute, event.id, rest_released=True)


def dispute_resolved(rows: RowSet, event: on.DisputeResolved) -> None:
    row = rows.get(Dispute, event.id)
    rows.change(
        Dispute,
        event.id,
        contested=row["contested"] & ~event.seats,
        resolved=row["resolved"] | event.seats,
    )
    for index in range(event.seats.bit_length()):
        if event.seats >> index & 1:
            rows.change(Seat, event.id, index, resolution=event.resolution, resolved_bps=event.bps)


_Event = on.AttendanceRecorded | on.NoShowMarked | on.Disputed | on.UncontestedReleased | on.DisputeResolved


def _touched(event: _Event) -> Wanted:
    yield Consultation, (event.id,)
    yield Dispute, (event.id,)
    if isinstance(event, on.DisputeResolved):
        for index in range(event.seats.bit_length()):
            yield Seat, (event.id, index)


TOUCHES: Final[Touches] = dict.fromkeys(
    (on.AttendanceRecorded, on.NoShowMarked, on.Disputed, on.UncontestedReleased, on.DisputeResolved),
    _touched,
)

PROJECTIONS: Final[Projections] = {
    on.AttendanceRecorded: attendance_recorded,
    on.NoShowMarked: no_show_marked,
    on.Disputed: disputed,
    on.UncontestedReleased: uncontested_released,
    on.DisputeResolved: dispute_resolved,
}
