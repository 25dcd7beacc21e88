"""What became of terms and seats after booking: amendments, contested seats, and how they ended."""

from __future__ import annotations

from huizhen.db.index.consultations import Amendment, Consultation, Dispute, Seat
from huizhen.domain.contract_reads import Read
from huizhen.domain.sentence import Sentence
from huizhen.domain.statuses import ConsultationStatus
from huizhen.services.verification.findings import Findings, numbered

AMENDMENT = Sentence("条款变更", "amendment")
DISPUTE = Sentence("争议", "dispute of consultation")
SEAT = Sentence("席位", "seat")
_NEVER = {"contested": 0, "resolved": 0, "opened_at": 0, "rest_released": False}


def compare_amendments(findings: Findings) -> None:
    """Replaced terms are cancelled for good and empty; their hash is that of the packed terms that are kept."""
    rows = findings.rows(Amendment)
    for row in rows:
        key, subject = (row.replaced,), numbered(AMENDMENT, row.consultation)
        computed = findings.state.terms_hash(row.terms)
        findings.require("amendment", key, subject, "terms", computed, row.replaced)
        read = Read("Consultations", "consultationOf", (row.replaced,))
        ended = {"id": row.consultation, "status": ConsultationStatus.CANCELLED, "escrowed": 0}
        findings.compare("amendment", key, subject, read, ended)
        read = Read("Consultations", "consultationOf", (row.terms_hash,))
        findings.compare("amendment", key, subject, read, {"id": row.consultation})
    findings.compared["amendments"] += len(rows)


def compare_disputes(findings: Findings) -> None:
    """Every consultation, whether it has a row or not: a missing row means that nothing was contested."""
    rows = {row.consultation: row for row in findings.rows(Dispute)}
    consultations = {row.id for row in findings.rows(Consultation)}
    for number in sorted(consultations | rows.keys()):
        row = rows.get(number)
        expected = {name: getattr(row, name) for name in _NEVER} if row else _NEVER
        read = Read("Disputes", "disputeOf", (number,))
        findings.compare("dispute", (number,), numbered(DISPUTE, number), read, expected)
    for seat in findings.rows(Seat):
        dispute = rows.get(seat.consultation)
        ended = bool(dispute and dispute.resolved >> seat.index & 1)
        key = (seat.consultation, seat.index)
        here, there = seat.resolution is not None, ended
        findings.require("seat", key, numbered(SEAT, *key), "resolution", here, there)
    findings.compared["disputes"] += len(rows)
