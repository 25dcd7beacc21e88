"""Consultations, the terms that their hash stands for, seats, and the hours that they keep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from huizhen.db.index.consultations import Consultation, ReservedWord, Seat, header_columns, seat_columns
from huizhen.domain.contract_reads import Read
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import Slot, words_with
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import unpack_terms
from huizhen.services.verification.findings import Findings, numbered

CONSULTATION = Sentence("会诊", "consultation")
SEAT = Sentence("席位", "seat")
HOURS = Sentence("医生时段", "hours of doctor")
CONTRACT = "Consultations"


def compare_consultations(findings: Findings) -> None:
    rows = findings.rows(Consultation)
    count = findings.count(CONTRACT, "consultationCount")
    findings.require_ids("consultation", (row.id for row in rows), range(1, count + 1), CONSULTATION)
    seats: dict[int, dict[int, Seat]] = defaultdict(dict)
    for seat in findings.rows(Seat):
        seats[seat.consultation][seat.index] = seat
    for row in rows:
        _compare_state(findings, row)
        _compare_sum(findings, row)
        _compare_terms(findings, row, seats[row.id])
    for orphan in sorted(seats.keys() - {row.id for row in rows}):
        findings.require("seat", (orphan,), numbered(SEAT, orphan), "", "present", "missing")
    findings.compared["consultations"] += len(rows)
    findings.compared["seats"] += sum(map(len, seats.values()))
    _compare_hours(findings, rows, seats)


def _compare_state(findings: Findings, row: Consultation) -> None:
    subject = numbered(CONSULTATION, row.id)
    key = (row.id,)
    read = Read(CONTRACT, "consultationOf", (row.terms_hash,))
    findings.compare(
        "consultation",
        key,
        subject,
        read,
        {
            "status": row.status,
            "id": row.id,
            "booked_at": row.booked_at,
            "delivered_at": row.delivered_at or 0,
            "seats": row.seats,
            "overtime": row.overtime,
            "escrowed": row.held,
            "attended": row.attended,
        },
    )


def _compare_sum(findings: Findings, row: Consultation) -> None:
    subject, parts = numbered(CONSULTATION, row.id), row.held + row.credited + row.returned
    findings.require("consultation", (row.id,), subject, "escrowed", row.escrowed, parts)


def _compare_terms(findings: Findings, row: Consultation, seats: dict[int, Seat]) -> None:
    """The chain keeps the hash alone: the packed terms must have it, and the columns must be what they say."""
    subject = numbered(CONSULTATION, row.id)
    packed = row.terms
    computed = findings.state.terms_hash(packed)
    findings.require("consultation", (row.id,), subject, "terms", computed, row.terms_hash)
    if computed != row.terms_hash:
        return
    header, packed_seats = unpack_terms(packed)
    findings.require_columns("consultation", (row.id,), subject, row, header_columns(header, packed_seats))
    findings.require_ids("seat", seats, range(len(packed_seats)), SEAT, (row.id,))
    for index, seat in seats.items():
        if index < len(packed_seats):
            expected = seat_columns(packed_seats[index])
            key = (row.id, index)
            findings.require_columns("seat", key, numbered(SEAT, *key), seat, expected)


def _compare_hours(
    findings: Findings, consultations: Sequence[Consultation], seats: dict[int, dict[int, Seat]]
) -> None:
    """Every word against SlotBook, and no word missing: the hours of all consultations that keep them."""
    words = {(row.doctor, row.word): row for row in findings.rows(ReservedWord)}
    kept: dict[int, dict[int, int]] = defaultdict(dict)
    for row in consultations:
        if row.status is not ConsultationStatus.CANCELLED:
            for seat in seats[row.id].values():
                slots = [Slot(row.start + offset) for offset in range(row.slots)]
                kept[seat.doctor] = words_with(kept[seat.doctor], slots)
    needed = {(doctor, word) for doctor, of_doctor in kept.items() for word in of_doctor}
    for key in sorted(needed - words.keys()):
        findings.require("reserved_word", key, numbered(HOURS, *key), "", "missing", "present")
    for key, word in words.items():
        read = Read("SlotBook", "wordOf", key)
        findings.compare("reserved_word", key, numbered(HOURS, *key), read, {"": word.bits})
    findings.compared["slots"] += sum(word.bits.bit_count() for word in words.values())
