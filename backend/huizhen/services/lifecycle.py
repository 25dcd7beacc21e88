"""A consultation of the index as the domain knows it."""

from __future__ import annotations

from dataclasses import replace

from huizhen.db.index.consultations import Consultation as Row
from huizhen.domain.consultation import Consultation
from huizhen.domain.split import WHOLE_BPS
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import decode_terms


def packed_terms(row: Row) -> bytes:
    return bytes.fromhex(row.terms.removeprefix("0x"))


def lifecycle(row: Row) -> Consultation:
    """Settled pays the seats that signed, cancelled charges all by the policy, expired nobody."""
    terms = decode_terms(packed_terms(row))
    known = Consultation(terms, row.status, row.delivered_at, row.seats, row.overtime)
    match row.status:
        case ConsultationStatus.SETTLED:
            return replace(known, charged_bps=WHOLE_BPS)
        case ConsultationStatus.CANCELLED:
            return replace(known, seats=everyone(known), charged_bps=row.cancel_fee_bps or 0)
        case _:
            return known


def everyone(known: Consultation) -> int:
    """The mask of all seats."""
    return (1 << len(known.terms.seats)) - 1


def if_settled(known: Consultation) -> Consultation:
    """What settling would pay: the seats that signed, or all of them while no opinion is there."""
    seats = known.seats if known.delivered_at is not None else everyone(known)
    return replace(known, status=ConsultationStatus.SETTLED, seats=seats, charged_bps=WHOLE_BPS)
