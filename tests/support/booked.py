"""The index rows of a consultation, from its terms."""

from __future__ import annotations

from typing import Any

from huizhen.db.index.consultations import Consultation, ReservedWord, Seat, header_columns, seat_columns
from huizhen.domain.chain_ids import WordBits
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot, words_with
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Terms, encode_terms, unpack_terms
from tests.support.practice import TX

TRACED: dict[str, Any] = {"block_number": 10, "tx_hash": TX}


def consultation_rows(number: int, terms: Terms, booked_at: int) -> list[object]:
    packed = encode_terms(terms)
    header, seats = unpack_terms(packed)
    rows: list[object] = [
        Consultation(
            id=number,
            terms_hash=f"0x{number:064x}",
            status=ConsultationStatus.BOOKED,
            **header_columns(header, seats),
            escrowed=terms.escrow(),
            held=terms.escrow(),
            credited=Fen(0),
            returned=Fen(0),
            booked_at=booked_at,
            seats=0,
            attended=0,
            overtime=0,
            terms=packed,
            **TRACED,
        )
    ]
    slots = [Slot(slot) for slot in range(terms.start, terms.start + terms.slots)]
    for index, seat in enumerate(seats):
        rows.append(Seat(consultation=number, index=index, **seat_columns(seat), **TRACED))
        rows += [
            ReservedWord(doctor=seat.doctor, word=word, bits=WordBits(bits), **TRACED)
            for word, bits in words_with({}, slots).items()
        ]
    return rows
